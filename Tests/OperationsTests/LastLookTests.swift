import Foundation
import TestSupport
import Testing

@testable import Core
@testable import Operations

/// The scripts that confirm or forget a node, with stand-ins for the tools that they call. Each tool in turn fails, prints
/// nothing, prints half, prints something else, or hangs.
@Suite("The last look before a node is confirmed or forgotten") struct LastLookTests {
  enum Act: String, CaseIterable, Sendable {
    case confirm, look, forget, alone

    /// The tools whose answers license the act.
    var witnesses: [String] { ["crm_mon", "corosync-quorumtool"] }

    var body: [UInt8] {
      switch self {
      case .confirm: PackageResources.confirm_off_sh
      case .look: PackageResources.look_lost_sh
      case .forget: PackageResources.forget_node_sh
      case .alone: PackageResources.start_alone_sh
      }
    }

    /// What the tools are told that cannot be taken back.
    var done: [String] {
      switch self {
      case .confirm: ["stonith_admin --confirm pmm2"]
      case .look: []
      case .forget: ["crm_node --force --remove pmm2"]
      case .alone: ["corosync-cmapctl -s quorum.cancel_wait_for_all u8 1", "stonith_admin --confirm pmm2"]
      }
    }

    var isUnclean: Bool { self == .confirm || self == .alone }
  }

  @Test("Where every tool shows the node as lost, the act is done", arguments: Act.allCases)
  func shown(_ act: Act) throws {
    let result = try run(act)
    #expect(result.status == 0 && result.done == act.done, "\(result)")
  }

  @Test(
    "A tool that has not answered ends the act before it, by the tool's name", arguments: Act.allCases,
    ["fails", "empty", "half", "garbage", "hangs"])
  func unanswered(_ act: Act, _ fault: String) throws {
    for tool in act.witnesses {
      let result = try run(act, broken: "\(tool):\(fault)")
      // Before it asks about pmm2, `start --alone` has made the node quorate: Corosync showed it to be alone.
      let about = tool == "crm_mon" ? result.done.filter { $0.contains("pmm2") } : result.done
      #expect(result.status != 0 && about.isEmpty, "\(tool) \(fault): \(result)")
      #expect(result.output.contains(tool) || result.output.contains("Corosync to answer"), "\(tool) \(fault): \(result)")
    }
  }

  @Test(
    "A living node is neither confirmed nor forgotten", arguments: Act.allCases,
    [
      "s/online=\"false\" pending=\"false\" unclean=\"[a-z]*\"/online=\"true\" pending=\"false\" unclean=\"false\"/",
      "s/pending=\"false\" unclean=\"true\"/pending=\"true\" unclean=\"true\"/;s/pending=\"false\" unclean=\"false\" left/pending=\"true\" unclean=\"false\"/",
      "/\"pmm2\"/d",
    ])
  func living(_ act: Act, _ edit: String) throws {
    let result = try run(act, edit: edit)
    #expect(result.status != 0 && !result.done.contains { $0.contains("pmm2") }, "\(result)")
  }

  @Test("A node that Corosync still lists is neither confirmed nor forgotten", arguments: Act.allCases)
  func member(_ act: Act) throws {
    let result = try run(act, members: "         1          1 pmm1 (local)\n         2          1 fe80::2\n")
    #expect(result.status != 0 && result.done.isEmpty && result.output.contains("another member, fe80::2 (number 2)"), "\(result)")
  }

  @Test("An unclean node is not forgotten")
  func unclean() throws {
    for act in [Act.look, .forget] {
      let result = try run(act, edit: "s/unclean=\"false\" left/unclean=\"true\"/")
      #expect(result.status != 0 && result.done.isEmpty && result.output.contains("is unclean"), "\(result)")
    }
  }

  private struct Outcome {
    let status: Int32
    let output: String
    /// Acts that cannot be taken back, in order.
    let done: [String]
  }

  /// `broken`: `TOOL:FAULT`. `edit`: a sed command for crm_mon's answer.
  private func run(_ act: Act, broken: String = "", edit: String = "", members: String? = nil) throws -> Outcome {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-last-look-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
      try text.write(to: directory.appending(path: name), atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.appending(path: name).path())
    }
    let pmm2 = "online=\"false\" pending=\"false\" unclean=\"\(act.isUnclean)\"" + (act.isUnclean ? "" : " left=\"\"")
    try write("state", Self.state(pmm2))
    try write("members", members ?? "         1          1 pmm1 (local)\n         0          1            Qdevice\n")
    for (tool, body) in Self.tools { try write(tool, Self.tool(tool, body), mode: 0o755) }
    let variables = "OTHER=pmm2 SERVICE=pmm_server LIMIT=2 CONFIRM=yes EDIT=\(shellQuoted(edit)) BROKEN=\(broken)"
    // A limit of a second for every tool, and of one for every wait.
    let functions = """
      export PATH=\(directory.path()):$PATH HERE=\(directory.path()) \(variables)
      timeout() {
        while :; do case $1 in -k) shift 2 ;; -*) shift ;; *) break ;; esac; done
        shift
        command timeout 1 "$@"
      }

      """
    var body = String(decoding: PackageResources.wait_sh + PackageResources.last_look_sh + act.body, as: UTF8.self)
    for limit in ["30", "10"] { body = body.replacing("until_true \(limit) ", with: "until_true 1 ") }
    let said = try execute("/bin/sh", ["-s"], input: functions + Script.functions + "(\n" + body + "\n) </dev/null\n")
    let done = (try? String(contentsOf: directory.appending(path: "done"), encoding: .utf8)) ?? ""
    return Outcome(
      status: said.status, output: said.output, done: done.split(separator: "\n").map(String.init))
  }

  /// As crm_mon 2.1.5 prints it; confirming makes pmm2 clean.
  private static func state(_ pmm2: String) -> String {
    """
    <pacemaker-result api-version="2.25" request="crm_mon -1 --output-as=xml">
      <nodes>
        <node name="pmm1" id="1" online="true" standby="false" pending="false" unclean="false"/>
        <node name="pmm2" id="2" \(pmm2)/>
      </nodes>
      <resources>
        <resource id="pmm_server" role="Started" failed="false">
          <node name="pmm1" id="1" cached="true"/>
        </resource>
      </resources>
      <status code="0" message="OK"/>
    </pacemaker-result>

    """
  }

  private static let tools = [
    ("crm_mon", "sed \"$EDIT\" \"$HERE/state\""),
    ("crm_node", "case $1 in -l) printf '1 pmm1 member\\n2 pmm2 member\\n' ;; *) done_with \"$@\" ;; esac"),
    ("cibadmin", "echo '<nodes><node id=\"2\" uname=\"pmm2\"/></nodes>'"),
    ("corosync-cfgtool", ":"), ("systemctl", ":"),
    (
      "corosync-quorumtool",
      """
      case $1 in
      -l) printf 'Membership information\\n    Nodeid      Votes Name\\n'; cat "$HERE/members" ;;
      *) if [ -e "$HERE/done" ]; then echo 'Quorate:          Yes'; else echo 'Quorate:          No'; exit 2; fi ;;
      esac
      """
    ), ("corosync-cmapctl", "done_with \"$@\""),
    ("stonith_admin", "done_with \"$@\"; sed -i 's/unclean=\"true\"/unclean=\"false\"/' \"$HERE/state\""),
  ]

  private static func tool(_ name: String, _ body: String) -> String {
    """
    #!/bin/sh
    done_with() { echo "\(name) $*" >>"$HERE/done"; }
    work() {
    \(body)
    }
    case $BROKEN in
    \(name):fails) echo '\(name): error' >&2; exit 1 ;;
    \(name):empty) exit 0 ;;
    \(name):garbage) echo 'lorem ipsum'; exit 0 ;;
    \(name):half) work "$@" | head -c 60; exit 0 ;;
    \(name):hangs) sleep 20 ;;
    esac
    work "$@"
    """
  }
}
