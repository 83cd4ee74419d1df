import Core
import Testing
import VirtualIP

@testable import EC2

@Suite("The EC2 variant's plan") struct EC2PlanTests {
  private func facts() throws -> EC2Facts { try EC2Facts(Sample.answer("fence-agents-4.12.1-debian12.txt")) }

  @Test("Debian 12's fence_aws says what it can do, and the plan what is missed")
  func debian() throws {
    var fact = try facts()
    #expect(fact.agents == ["awsvip", "aws-vpc-move-ip"] && !fact.hasCLI && fact.config.state == .absent)
    let parameters = try #require(fact.fenceParameters)
    #expect(parameters.contains("disable_timeout") && !parameters.contains("skip_race_check") && !parameters.contains("skip_os_shutdown"))
    fact.volumes = ["vol0123456789abcdef0": "nvme1n1"]
    let proposal = Sample.spec.proposal([Sample.pmm1: fact, Sample.pmm2: fact], try Sample.address(.secondaryIP), fencesByAPI: true)
    #expect(proposal.findings.map(\.severity) == [.note, .note])
    #expect(proposal.findings.map { $0.message.split(separator: " ")[3] } == ["skip_race_check", "skip_os_shutdown"])
  }

  @Test("The AWS CLI's files are written once")
  func files() throws {
    var fact = try facts()
    fact.volumes = ["vol0123456789abcdef0": "nvme2n1"]
    let address = try Sample.address(.secondaryIP)
    let steps = Sample.spec.proposal([Sample.pmm1: fact], address, fencesByAPI: true).steps
    #expect(steps.map(\.what) == ["Write /etc/pmm-ha/ec2/config", "Write /etc/pmm-ha/ec2/aws"])
    for step in steps {
      guard case .write(let file) = step.action else { return #expect(Bool(false)) }
      let written = FileFact(.shown, content: file.content.description, mode: file.mode)
      if file.path == EC2Path.config { fact.config = written } else { fact.cli = written }
    }
    #expect(Sample.spec.proposal([Sample.pmm1: fact], address, fencesByAPI: true).steps.isEmpty)
  }

  @Test("A volume that is not attached is found by its serial number, with the command that attaches it")
  func volume() throws {
    var fact = try facts()
    fact.volumes = ["vol0aaaaaaaaaaaaaaaa": "nvme1n1"]
    let found = Sample.spec.proposal([Sample.pmm1: fact], try Sample.address(.secondaryIP), fencesByAPI: false).findings
    let finding = try #require(found.first)
    #expect(found.count == 1 && finding.severity == .blocking && finding.message.contains("vol0aaaaaaaaaaaaaaaa"))
    #expect(
      finding.hint.contains(
        "aws ec2 attach-volume --region eu-central-1 --volume-id vol-0123456789abcdef0 --instance-id i-0123456789abcdef0"))
  }

  @Test("A service that sets secondary addresses by itself is named, where such an address is used")
  func cloudSetup() throws {
    var fact = try facts()
    fact.volumes = ["vol0123456789abcdef0": "nvme1n1"]
    fact.foreignSetup = ["nm-cloud-setup.timer"]
    func findings(_ address: VirtualIPSpec.EC2Kind) throws -> [Finding] {
      Sample.spec.proposal([Sample.pmm1: fact], try Sample.address(address), fencesByAPI: false).findings
    }
    #expect(try findings(.secondaryIP).map(\.severity) == [.warning])
    #expect(try findings(.nlb).isEmpty)
  }

  @Test("Only what every node's agent offers is used")
  func offered() throws {
    var (old, new) = (try facts(), try facts())
    new.fenceParameters?.insert("skip_race_check")
    #expect(Sample.spec.offered([old, new])?.contains("skip_race_check") == false)
    #expect(Sample.spec.offered([new, new])?.contains("skip_race_check") == true)
    old.fenceParameters = nil
    #expect(Sample.spec.offered([old, new]) == nil)
  }
}
