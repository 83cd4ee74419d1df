import Foundation
import Testing

@testable import Core
@testable import Operations

/// The scripts that wait, with crm_mon's real words for them.
@Suite("Waiting for a node") struct WaitingTests {
  @Test("A node on which something runs already is online")
  func online() throws {
    let said = try wait(PackageResources.await_node_sh, in: "probe-status-corosync-3.1.7-third-vote")
    #expect(said.status == 0, "\(said)")
  }

  @Test(
    "A crm_mon that fails or prints half has not shown that a node is lost, joining or online", arguments: ["lost", "joining", "online"])
  func unanswered(_ what: String) throws {
    for edit in ["EDIT='/pacemaker-result>/d'", "EDIT=40q", "EDIT=d"] {
      let said = try wait(PackageResources.await_node_sh, "WHAT=\(what) \(edit)", in: "probe-status-corosync-3.1.7-third-vote")
      #expect(said.status == 1 && said.output.contains("crm_mon does not answer"), "\(edit): \(said)")
    }
  }

  @Test("A node that joins is back and not yet online; one that has not joined anew is neither")
  func joining() throws {
    let fixture = "probe-status-corosync-3.1.7-third-vote"
    let body = PackageResources.await_node_sh
    let joins = #"EDIT='s/pending="false"/pending="true"/'"#
    #expect(try wait(body, "WHAT=joining \(joins)", in: fixture).status == 0)
    let early = try wait(body, joins, in: fixture)
    #expect(early.status == 1 && early.output.contains("still waiting: pmm2 to be online"), "\(early)")
    #expect(try wait(body, "WHAT=lost", in: fixture).status == 0)
    for what in ["lost", "joining", "online"] {
      #expect(try wait(body, "WHAT=\(what) JOINS=2", in: fixture).status == 1)
    }
    #expect(try wait(body, #"WHAT=lost JOINS=2 EDIT='s/ online="true"/ online="false"/'"#, in: fixture).status == 0)
  }

  /// `variables` come last, in the shell's own words.
  private func wait(_ body: [UInt8], _ variables: String = "", in fixture: String) throws -> (output: String, status: Int32) {
    let url = try #require(Bundle.module.url(forResource: fixture, withExtension: "txt", subdirectory: "Fixtures"))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-s"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
    try process.run()
    let tools = """
      crm_mon() { sed "$EDIT" '\(url.path())'; }
      crm_node() { printf '1 pmm1 member\\n2 pmm2 member\\n'; }
      crm_standby() { :; }
      corosync_cmapctl() { echo 'runtime.members.2.join_count (u32) = 2'; }
      timeout() {
        while :; do case $1 in -k) shift 2 ;; [0-9]*) shift ;; corosync-cmapctl) corosync_cmapctl; return ;; *) break ;; esac; done
        "$@"
      }
      NODE=pmm2 SERVICE=pmm_server LIMIT=0 WHAT=online ID=2 JOINS=1 EDIT=
      \(variables)

      """
    let script = Script.functions + tools + String(decoding: PackageResources.wait_sh + body, as: UTF8.self)
    try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }
}
