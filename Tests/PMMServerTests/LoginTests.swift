import Core
import Foundation
import TestSupport
import Testing

@testable import PMMServer

@Suite struct LoginTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")

  @Test("The first password and a noted old one are changed by the API, and no password stands in an argument")
  func change() throws {
    let pmm = try LoginStandIn(password: "admin")
    defer { pmm.remove() }
    let first = try pmm.set(#"n"e\w 1"#)
    #expect(first.status == 0 && first.output == "", "\(first.output)")
    #expect(try pmm.password() == #"n"e\w 1"# && pmm.noted() == #"n"e\w 1"#)
    #expect(try pmm.set("second").status == 0)
    #expect(try pmm.password() == "second")
    let calls = try pmm.calls()
    #expect(calls.contains("PUT") && !calls.contains("podman") && !calls.contains("n\"e") && !calls.contains("second"))
    #expect(try FileManager.default.attributesOfItem(atPath: pmm.path("noted"))[.posixPermissions] as? Int == 0o600)
  }

  @Test("A password that is right already is only noted, and one that nobody knows is set in the container")
  func unknown() throws {
    let pmm = try LoginStandIn(password: "right")
    defer { pmm.remove() }
    #expect(try pmm.set("right").status == 0)
    #expect(try pmm.noted() == "right" && !pmm.calls().contains("PUT"))
    try pmm.change("somebody's")
    #expect(try pmm.set("mine").status == 0)
    #expect(try pmm.password() == "mine" && pmm.calls().contains("podman exec --interactive pmm-server"))
    #expect(try !pmm.calls().contains("mine"))
  }

  @Test("Where PMM says neither yes nor no, or the container's tool fails, nothing is noted")
  func failures() throws {
    let pmm = try LoginStandIn(password: "other", broken: true)
    defer { pmm.remove() }
    let failed = try pmm.set("mine")
    #expect(failed.status == 1 && failed.output.contains("could not be set: no such container"), "\(failed.output)")
    try pmm.change("")
    let silent = try pmm.set("mine")
    #expect(silent.status == 1 && silent.output.contains("does not say whether"), "\(silent.output)")
    #expect(!FileManager.default.fileExists(atPath: pmm.path("noted")))
  }

  @Test("The password is set where PMM runs, kept on the other node, and asked for once")
  func plan() throws {
    let server = try example(adminPassword: .environment("X"))
    #expect(server.spec.secrets == [SecretName("pmm-admin-password"): .environment("X")])
    let script = server.question.script
    #expect(script["PASSWORD"] == "<secret pmm-admin-password>" && script["PASSWORD_FILE"] == PMMPath.password)
    var facts = [pmm1: try PlanTests().bare(), pmm2: try PlanTests().bare()]
    #expect(server.setPassword(facts) == [])
    facts[pmm2]?.alive = true
    #expect(
      server.setPassword(facts).map(\.id) == [
        "pmm2/PMMServer/Set the password of PMM's user admin", "pmm1/PMMServer/Write \(PMMPath.password)",
      ])
    for node in [pmm1, pmm2] { facts[node]?.files[PMMPath.password] = FileFact(.same, mode: 0o600) }
    #expect(server.setPassword(facts) == [])
    facts[pmm2]?.hasDefaultLogin = true
    #expect(server.setPassword(facts).map(\.why) == ["it is still admin"])
    #expect(server.loginFindings(facts) == [])
    #expect(try example().loginFindings(facts).map(\.severity) == [.warning])
    facts[pmm2]?.hasDefaultLogin = false
    #expect(try example().loginFindings(facts) == [])
    // A password that is asked for on the terminal is not known to a plan.
    facts[pmm2]?.files[PMMPath.password] = FileFact(.unknown, mode: 0o600)
    #expect(server.setPassword(facts) == [])
  }
}

/// A PMM that knows one password, behind stand-ins for curl and podman that note their arguments.
struct LoginStandIn {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-login-\(UUID().uuidString)").path

  init(password: String, broken: Bool = false) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try change(password)
    let curl = """
      import json, os, re, sys
      directory = os.path.dirname(sys.argv[0])
      arguments = sys.argv[1:]
      open(directory + "/calls", "a").write("curl " + " ".join(arguments) + "\\n")
      user = re.fullmatch(r'user = "(.*)"\\n', sys.stdin.read()).group(1)
      given = re.sub(r"\\\\(.)", r"\\1", user)[len("admin:"):]
      real = open(directory + "/password").read()
      if real == "": sys.stdout.write("000"); sys.exit(7)
      if given != real: sys.stdout.write("401"); sys.exit(0)
      if "PUT" in arguments:
        change = json.load(open([a for a in arguments if a.startswith("@")][0][1:]))
        assert change["oldPassword"] == real and change["newPassword"] == change["confirmNew"]
        open(directory + "/password", "w").write(change["newPassword"])
      sys.stdout.write("200")
      """
    let podman =
      broken
      ? "#!/bin/sh\necho no such container >&2\nexit 125\n"
      : "#!/bin/sh\necho \"podman $1 $2 $3\" >>\(path("calls"))\nread -r new\nprintf %s \"$new\" >\(path("password"))\n"
    for (name, text) in [("curl", "#!/usr/bin/python3\n\(curl)\n"), ("podman", podman)] {
      try text.write(toFile: path(name), atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path(name))
    }
  }

  func path(_ name: String) -> String { "\(directory)/\(name)" }
  func remove() { try? FileManager.default.removeItem(atPath: directory) }
  func change(_ password: String) throws { try password.write(toFile: path("password"), atomically: false, encoding: .utf8) }
  func password() throws -> String { try String(contentsOfFile: path("password"), encoding: .utf8) }
  func noted() throws -> String { try String(contentsOfFile: path("noted"), encoding: .utf8) }
  func calls() throws -> String { try String(contentsOfFile: path("calls"), encoding: .utf8) }

  func set(_ new: String) throws -> Outcome {
    let script = Script(
      "set-admin-password", PackageResources.set_admin_password_sh,
      ["NEW": Text(new), "NOTE": Text(path("noted")), "URL": "https://127.0.0.1:9", "VERSION_PATH": "/v1/server/version", "TRIES": "2"])
    return try shell("PATH=\(directory):$PATH\n" + script.rendered { _ in "" })
  }
}
