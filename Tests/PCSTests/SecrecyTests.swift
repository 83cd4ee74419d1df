import Core
import Foundation
import Testing

@testable import PCS

/// Runs the scripts on this machine, with programs in place of the real ones that write down what they were given.
@Suite struct SecrecyTests {
  private let password = "not in any argv"

  @Test("pcs and chpasswd get the password on standard input, and no program gets it in its arguments")
  func arguments() throws {
    let authorize = try run(spec.steps("authorize"), standIns: ["pcs", "curl"])
    #expect(authorize.status == 0, "\(authorize.output)")
    #expect(
      authorize.calls == [
        "curl -k -s -o /dev/null --noproxy * --max-time 5 https://198.51.100.11:2224/",
        "curl -k -s -o /dev/null --noproxy * --max-time 5 https://198.51.100.12:2224/",
        "pcs host auth pmm1 addr=198.51.100.11 pmm2 addr=198.51.100.12 -u hacluster",
      ])
    #expect(authorize.input["pcs"] == password)

    let set = try run(spec.steps("set-password"), standIns: ["chpasswd", "getent", "mkdir", "sha256sum"])
    #expect(set.input["chpasswd"] == "hacluster:\(password)\n")
    #expect(!(authorize.calls + set.calls).contains { $0.contains(password) })
  }

  @Test("The probe shows no whole token, and knows the password from another")
  func probe() throws {
    let tokens = ["25ac5e26-6b1a-48c8-8e55-fb0e4c56199c", "68f996da-8f53-47dc-b121-752431498e98"]
    let text = String(decoding: PackageResources.pcs_probe_sh, as: UTF8.self)
    let redacted = try #require(text.firstRange(of: "redacted() {"))
    let end = try #require(text.firstRange(of: "\n}\n"))
    let function = text[redacted.lowerBound..<end.upperBound]
    let json = #"{"a": {"token": "\#(tokens[0])"}, "b": {"token":"\#(tokens[1])", "c": 1}, "d": {"token": "short"}}"#
    let script = Script("redact", Array("\(function)\nprintf '%s' \"$JSON\" | redacted\n".utf8), ["JSON": Text(json)])
    let said = try run(script, standIns: [])
    #expect(said.output == #"{"a": {"token": "25ac5e26"}, "b": {"token": "68f996da", "c": 1}, "d": {"token": ""}}"# + "\n")
  }

  private struct Said {
    var status: Int32
    var output: String
    /// Name and arguments of the stand-ins, in order.
    var calls: [String]
    /// What each stand-in read, by its name.
    var input: [String: String]
  }

  private func run(_ script: Script, standIns: [String]) throws -> Said {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pcs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appendingPathComponent("password").path
    try password.write(toFile: file, atomically: true, encoding: .utf8)
    for name in standIns {
      let path = directory.appendingPathComponent(name).path
      try "#!/bin/sh\necho \"\(name) $*\" >>'\(directory.path)/calls'\ncat >'\(directory.path)/\(name).input'\n"
        .write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    // The stand-ins come first in PATH; the file of the test takes the place of the one in /etc.
    let text =
      "PATH='\(directory.path)':$PATH\n"
      + script.rendered { _ in "" }.replacing("FILE=\(PCSSpec.passwordPath)", with: "FILE='\(file)'")
      .replacing("PATH=\"$PATH:/usr/sbin:/sbin\"", with: "PATH=\"$PATH\"").replacing("/var/lib/pmm-ha", with: directory.path)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    input.fileHandleForWriting.write(Data(text.utf8))
    try input.fileHandleForWriting.close()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    func read(_ name: String) -> String? { try? String(contentsOfFile: directory.appendingPathComponent(name).path, encoding: .utf8) }
    return Said(
      status: process.terminationStatus, output: said,
      calls: (read("calls") ?? "").split(separator: "\n").map(String.init),
      input: Dictionary(uniqueKeysWithValues: standIns.compactMap { name in read("\(name).input").map { (name, $0) } }))
  }
}

extension PCSSpec {
  /// The script of that name in the plan for bare nodes.
  fileprivate func steps(_ name: String) throws -> Script {
    let bare = try PCSFacts(Answer("== pcs\n== unit\n== known hosts\n== tokens\n== end\n"))
    let scripts = proposal([pmm1: bare, pmm2: bare]).steps.compactMap { step in
      if case .run(let script) = step.action, script.name == name { script } else { nil }
    }
    return try #require(scripts.first)
  }
}
