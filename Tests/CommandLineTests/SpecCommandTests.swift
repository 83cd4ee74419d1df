import ArgumentParser
import Cluster
import Foundation
import SpecFile
import Testing

@testable import CommandLine

@Suite("init, validate")
struct SpecCommandTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private static let nodes = ["--node", "pmm1=10.0.0.1,10.1.0.1", "--node", "pmm2=10.0.0.2,10.1.0.2"]
  private static let rest = ["--vip", "10.0.0.100/24", "--device", "/dev/disk/by-id/scsi-1"]
  private static let devices = ["--fence-device", "pmm1=10.0.0.21", "--fence-device", "pmm2=10.0.0.22"]

  @Test("With options alone init writes a spec that is right, and never over another one")
  func scripted() throws {
    try withDirectory { (directory: String) throws in
      let file = "\(directory)/pmm-ha.yml"
      let arguments = ["--output", file] + Self.nodes + Self.rest + Self.devices + ["--timing", "fast", "--tag", "3.4.0"]
      try Init.parse(arguments).run()
      let cluster = try LoadedSpec(file: file).cluster
      #expect(cluster.nodes.map(\.addresses) == [["10.0.0.1", "10.1.0.1"], ["10.0.0.2", "10.1.0.2"]])
      #expect(cluster.timing == .fast)
      #expect(cluster.pmm.tag == "3.4.0")
      #expect(cluster.fencing.devices.map(\.password) == [.environment("PMM_HA_BMC_PMM1"), .environment("PMM_HA_BMC_PMM2")])
      let error = #expect(throws: InitFailure.self) { try Init.parse(arguments).run() }
      #expect(error?.description.hasPrefix("\(file) is there already.") == true)
      try Init.parse(arguments + ["--force", "--cluster", "other"]).run()
      #expect(try LoadedSpec(file: file).cluster.name == "other")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["pmm-ha.yml"])
    }
  }

  @Test("Options that make no right spec are answered by their mistakes, and nothing is written")
  func refused() throws {
    try withDirectory { (directory: String) throws in
      let file = "\(directory)/pmm-ha.yml"
      for (arguments, words) in [
        (
          Self.nodes + ["--vip", "10.9.0.100/24", "--device", "/dev/disk/by-id/scsi-1"] + Self.devices,
          "virtual_ip/address: 10.9.0.100/24 does not reach"
        ),
        (Self.nodes + Self.rest + ["--fence-device", "pmm3=10.0.0.21"], "there is no node pmm3"),
        (["--node", "pmm1"], "write NAME=ADDRESS"),
      ] {
        let error = #expect(throws: InitFailure.self) { try Init.parse(["--output", file] + arguments).run() }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
    }
  }

  /// Feeds answers to the questions: the spec that they make, and what was said on the way.
  private func answer(_ answers: [String], _ draft: SpecDraft = SpecDraft()) throws -> (SpecDraft, String) {
    var left = answers[...]
    var said = ""
    var questions = InitQuestions(draft, try Schema.ofSpec(), file: "pmm-ha.yml") { _ in
      left.popFirst()
    } tell: {
      said += $0 + "\n"
    }
    return (try questions.ask(), said)
  }

  @Test("A wrong answer is asked again at once, with what would be right")
  func questions() throws {
    let (draft, said) = try answer([
      "", "PMM1", "pmm1", "10.0.0.300", "10.0.0.1,10.1.0.1", "pmm1", "", "10.0.0.2", "10.0.0.2, 10.1.0.2", "", "10.9.0.9/24", "", "sda",
      "/dev/disk/by-id/scsi-1", "ext3", "", "/", "", "/srv/pmm/share", "", "ipmilan", "", "10.0.0.1", "10.0.0.21", "10.0.0.21", "10.0.0.22",
      "",
      "slow", "", "3.4.1",
    ])
    for words in [
      "'PMM1' is not a host name", "'10.0.0.300' is not an IP address", "another node has the name pmm1", "this node has 1 address",
      "10.9.0.9/24 does not reach", "'sda' is not a block device's path", "Did you mean 'ext4'?", "'/' is not an absolute path",
      "/srv/pmm/share lies on the shared storage", "'ipmilan' is not a fence agent's name", "10.0.0.1 is the address of pmm1 itself",
      "pmm2's device is the same as pmm1's", "Write one of fast, standard, cloud",
    ] { #expect(said.contains(words), "\(words) in:\n\(said)") }
    #expect(said.split(separator: "\n").count == 1 + 13)
    let cluster = try LoadedSpec(yaml: draft.yaml(try Schema.ofSpec()), file: "pmm-ha.yml").cluster
    #expect(cluster.virtualIP.address?.description == "10.0.0.100")
    #expect(cluster.nodes.map(\.name.description) == ["pmm1", "pmm2"])
  }

  @Test("What the options say is not asked; without fencing no devices are; the end of the input gives up")
  func fewerQuestions() throws {
    var draft = SpecDraft()
    draft.cluster = "pmm-ha"
    draft.nodes = [.init(name: "pmm1", addresses: ["10.0.0.1"]), .init(name: "pmm2", addresses: ["10.0.0.2"])]
    (draft.sshUser, draft.virtualIP, draft.device, draft.filesystem) = ("root", "10.0.0.100/24", "/dev/disk/by-id/scsi-1", "xfs")
    (draft.mountPoint, draft.configShare, draft.timing, draft.tag) = ("/srv/pmm", "/mnt/share", "cloud", "3.4.1")
    let (answered, _) = try answer([SpecDraft.noFencing], draft)
    #expect(answered.missing.isEmpty)
    #expect(throws: InitFailure.self) { try answer([], draft) }
  }

  @Test("validate ends with status 1 for a wrong spec and for a secret file that others can read, else with 0")
  func validate() throws {
    try withDirectory { (directory: String) throws in
      let file = "\(directory)/pmm-ha.yml"
      try Data(Schema.exampleText.replacing("{env: PMM_HA_BMC_PMM1}", with: "{file: bmc}").utf8).write(to: URL(filePath: file))
      try Validate.parse([file]).run()
      try Data("hunter2\n".utf8).write(to: URL(filePath: "\(directory)/bmc"))
      #expect(chmod("\(directory)/bmc", 0o644) == 0)
      #expect(throws: ExitCode(1)) { try Validate.parse([file, "--json"]).run() }
      #expect(chmod("\(directory)/bmc", 0o600) == 0)
      try Validate.parse(["--file", file]).run()
      try Data("cluster: 1\n".utf8).write(to: URL(filePath: file))
      #expect(throws: ExitCode(1)) { try Validate.parse([file]).run() }
    }
  }
}
