import Core
import Foundation
import Testing

@testable import PMMServer

/// The scripts themselves, with stand-ins for podman and Pacemaker's tools.
@Suite struct ScriptTests {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-pmm-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

  @Test("The image is loaded or pulled, must be the one that the other node has, and its id is noted")
  func image() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(
      "podman",
      "#!/bin/sh\necho \"$*\" >>\(path("calls"))\ncase $1 in load) echo 'Loaded image: other:1' ;; image) cat \(path("id")) 2>/dev/null ;; esac\n",
      mode: 0o755)
    func run(archive: String = "", expected: String = "") throws -> (output: String, status: Int32) {
      try sh("REFERENCE=r/i:3; ARCHIVE='\(archive)'; EXPECTED='\(expected)'\n" + text(PackageResources.provide_image_sh))
    }
    let archive = try write("a.tar", "")
    let other = try run(archive: archive)
    #expect(other.status == 1 && other.output.contains("holds other images than r/i:3: other:1"))
    #expect(try run(archive: "/nosuch").output.contains("there is no archive /nosuch"))
    try write("id", "abc\n")
    #expect(try run(archive: archive, expected: "abc").status == 0)
    #expect(try run().status == 0)
    #expect(try String(contentsOfFile: path("lib/pmm-image"), encoding: .utf8) == "abc")
    #expect(try String(contentsOfFile: path("calls"), encoding: .utf8).contains("pull --quiet r/i:3\n"))
    let differs = try run(expected: "def")
    #expect(differs.status == 1 && differs.output.contains("is another image here (abc) than on the other node (def)"))
    #expect(!FileManager.default.fileExists(atPath: path("lib/pmm-image")))
  }

  @Test("Two nodes' images are compared by their notes")
  func compare() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write("lib/pmm-image", "abc")
    func run(_ theirs: String) throws -> Int32 {
      try sh("REFERENCE=r:1; THEIRS=\(Data(theirs.utf8).base64EncodedString())\n" + text(PackageResources.compare_images_sh)).status
    }
    #expect(try run("abc") == 0)
    #expect(try run("def") == 1)
  }

  @Test("A restart stops PMM, waits, lets it start, and leaves no mark")
  func restart() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try pacemaker(stopping: "Stopped")
    let result = try restart(stop: 1)
    #expect(result.status == 0 && result.output == "")
    #expect(
      try String(contentsOfFile: path("calls"), encoding: .utf8) == """
        --resource pmm_server --meta --set-parameter target-role --parameter-value Stopped
        --resource pmm_server --meta --delete-parameter target-role

        """)
    #expect(!FileManager.default.fileExists(atPath: path("lib/pmm-restart")))
  }

  @Test("A PMM that does not stop is let go again, and the failure says where to look")
  func stuck() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try pacemaker(stopping: "Started")
    let result = try restart(stop: -30)
    #expect(result.status == 1 && result.output.contains("did not stop within 0 s"))
    #expect(try String(contentsOfFile: path("calls"), encoding: .utf8).hasSuffix("--delete-parameter target-role\n"))
    #expect(!FileManager.default.fileExists(atPath: path("lib/pmm-restart")))
  }

  @Test("A restart that cannot take its word back leaves the mark that the next plan sees")
  func cutOff() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try pacemaker(stopping: "Stopped")
    try write("crm_resource", "#!/bin/sh\ncase $* in *delete*) exit 1 ;; *) echo Stopped >\(path("role")) ;; esac\n", mode: 0o755)
    let result = try restart(stop: 1)
    #expect(result.status == 1 && result.output.contains("crm_resource -r pmm_server --meta -d target-role"))
    #expect(FileManager.default.fileExists(atPath: path("lib/pmm-restart")))
  }

  @Test("The probe says so where nothing is installed, and compares what is secret without printing it")
  func probe() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let secret = try write("secret.env", "TOKEN=hush\n", mode: 0o600)
    let shown = try write("env", "PMM_TAG=1\n")
    func ask(_ content: String, _ secrets: String) throws -> PMMFacts {
      let result = try sh(
        "SHOWN='\(shown) /nosuch'; SECRET='\(secret) /nosuch2'; CONTENT='\(content)'; SECRETS='\(secrets)'; SHARE=/nosuch; PORT=9; OWNER=1000\n"
          + Script.functions + text(PackageResources.data_owner_sh + PMMPart.script + PackageResources.pmm_probe_sh))
      #expect(!result.output.contains("hush"))
      return try PMMFacts(Answer(result.output, status: result.status))
    }
    let facts = try ask("TOKEN=hush\n", "+hush\n")
    #expect(!facts.share && !facts.alive && facts.settingsCurrent == nil)
    #expect(
      facts.files == [
        shown: FileFact(.shown, content: "PMM_TAG=1\n", mode: 0o644), secret: FileFact(.same, mode: 0o600), "/nosuch2": FileFact(.absent),
      ])
    #expect(try ask("TOKEN=other\n", "+other\n").files[secret]?.state == .different)
    #expect(try ask("TOKEN=\n", "+\n").files[secret]?.state == .unknown)
  }

  /// Pacemaker's tools for one resource; told to stop it becomes `stopping`.
  private func pacemaker(stopping: String) throws {
    try write("role", "Started\n")
    try write(
      "crm_resource",
      "#!/bin/sh\necho \"$*\" >>\(path("calls"))\ncase $* in *delete*) echo Started ;; *) echo \(stopping) ;; esac >\(path("role"))\n",
      mode: 0o755)
    let resource = #"  <resource id="pmm_server" resource_agent="ocf:pmm-ha:pmm-server" role="$role" active="$active" x="" />"#
    try write(
      "crm_mon", "#!/bin/sh\nread -r role <\(path("role"))\nactive=true; [ $role = Started ] || active=false\ncat <<E\n\(resource)\nE\n",
      mode: 0o755)
  }

  private func restart(stop: Int) throws -> (output: String, status: Int32) {
    try sh(Script.functions + "RESOURCE=pmm_server; STOP=\(stop); START=1\n" + text(PackageResources.restart_pmm_sh))
  }

  /// A script that leaves its marks in the test's own directory.
  private func text(_ resource: [UInt8]) -> String {
    String(decoding: resource, as: UTF8.self).replacing("/var/lib/pmm-ha", with: path("lib")).replacing("/run/pmm-ha", with: path("run"))
  }

  private func path(_ name: String) -> String { directory.appending(path: name).path() }

  @discardableResult
  private func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
    let url = directory.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path())
    return url.path()
  }

  private func sh(_ text: String) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-s"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("(\nPATH=\(directory.path()):$PATH\n\(text)\n) </dev/null\n".utf8))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }
}
