import Core
import Foundation
import Testing
import VirtualIP

@testable import EC2
@testable import Pacemaker

@Suite("An address that a VPC knows") struct EC2AddressTests {
  @Test(
    "Each way has its resources, the API's beside the group",
    arguments: [
      (VirtualIPSpec.EC2Kind.secondaryIP, ["pmm_fs", "pmm_server"], ["pmm_ip", "pmm_ec2_ip"]),
      (.overlayRoute, ["pmm_fs", "pmm_server"], ["pmm_ec2_ip"]), (.route53, ["pmm_fs", "pmm_server"], ["pmm_ec2_ip"]),
      (.nlb, ["pmm_fs", "pmm_server"], []),
      (.none, ["pmm_fs", "pmm_server"], []),
    ])
  func resources(_ kind: VirtualIPSpec.EC2Kind, _ members: [String], _ beside: [String]) throws {
    let desired = try Sample.desired(kind)
    #expect(desired.group.members.map(\.id) == members)
    #expect(desired.resources.filter { $0.agent.standard != "stonith" }.map(\.id) == beside)
    #expect(desired.colocations.map(\.resource) == beside)
  }

  @Test("crm_verify at its strictest has nothing to say", arguments: VirtualIPSpec.EC2Kind.allCases)
  func verified(_ kind: VirtualIPSpec.EC2Kind) throws {
    let settled = try settled(kind)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("pmm-ha-\(UUID().uuidString).xml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try settled.write(toFile: path, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/crm_verify")
    process.arguments = ["-VV", "--xml-file", path]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(words == "" && process.terminationStatus == 0)
  }

  /// Both nodes up, everything started.
  private func settled(_ kind: VirtualIPSpec.EC2Kind) throws -> String {
    try Scheduler.simulate(Sample.desired(kind).seed, "--node-up", "pmm1", "--node-up", "pmm2", "--quorum", "1").cib
  }

  private func home(_ cib: String) throws -> String {
    let words = try Scheduler.simulate(cib).words
    let line = try #require(words.split(separator: "\n").first { $0.contains("pmm_server") && $0.contains("Started") }, "\(words)")
    return line.contains("pmm1") ? "pmm1" : "pmm2"
  }

  @Test("A monitor of the address that fails, as awsvip's does when the API refuses, restarts nothing of PMM")
  func failedMonitor() throws {
    for kind in [VirtualIPSpec.EC2Kind.secondaryIP, .overlayRoute, .route53] {
      let cib = try settled(kind)
      let node = try home(cib)
      // 5: dig or the AWS CLI is gone; 6: aws-vpc-route53 dislikes a parameter.
      for result in [1, 5, 6, 7] {
        // A probe, as `crm_resource --refresh` and `pmm-ha cleanup` start one, and a recurring monitor.
        for interval in [0, 60000] {
          let words = try Scheduler.simulate(cib, "--op-inject", "pmm_ec2_ip_monitor_\(interval)@\(node)=\(result)").words
          let touched = Scheduler.actions(words).filter { !$0.contains("pmm_ec2_ip") && !$0.contains("monitor") }
          #expect(touched.isEmpty, "\(kind) \(interval) \(result): \(words)")
        }
      }
    }
  }

  @Test("A stop of the address that fails gets nobody fenced, and a start that fails moves nothing")
  func failedStopAndStart() throws {
    for kind in [VirtualIPSpec.EC2Kind.secondaryIP, .route53] {
      let cib = try settled(kind)
      let node = try home(cib)
      for (operation, result) in [("stop", 1), ("start", 1), ("start", 5), ("start", 6)] {
        let words = try Scheduler.simulate(cib, "--op-inject", "pmm_ec2_ip_\(operation)_0@\(node)=\(result)").words
        let touched = Scheduler.actions(words).filter { !$0.contains("pmm_ec2_ip") && !$0.contains("monitor") }
        #expect(touched.isEmpty, "\(kind) \(operation) \(result): \(words)")
      }
    }
  }

  @Test("Route 53's resource has what the distribution's agent wants, and no address is set in a node")
  func route53() throws {
    let resource = try #require(try Sample.desired(.route53).resources.first { $0.id == "pmm_ec2_ip" })
    #expect(resource.agent.description == "ocf:heartbeat:aws-vpc-route53")
    #expect(
      resource.parameters.map { "\($0.name)=\($0.value)" } == [
        "hostedzoneid=Z0123456789ABCDEFGHIJ", "fullname=pmm.example.internal.", "ip=local", "ttl=10", "profile=pmm-ha-text",
        "awscli=/etc/pmm-ha/ec2/aws",
      ])
    let address = try Sample.address(.route53)
    #expect(Sample.spec.config(address).contains("\n[profile pmm-ha-text]\nregion = eu-central-1\noutput = text\n"))
    #expect(!Sample.spec.config(try Sample.address(.secondaryIP)).contains("text"))
  }

  @Test("A node's address that is gone comes back without a restart of PMM; one that cannot start moves all to the other node")
  func lostAddress() throws {
    let cib = try settled(.secondaryIP)
    let node = try home(cib)
    let interval = try #require(try Sample.desired(.secondaryIP).resources.first { $0.id == "pmm_ip" }?.operations.last?.interval)
    let gone = Scheduler.actions(try Scheduler.simulate(cib, "--op-inject", "pmm_ip_monitor_\(interval)000@\(node)=7").words)
    #expect(gone.contains { $0.contains("pmm_ip") && $0.contains("start on \(node)") }, "\(gone)")
    #expect(gone.allSatisfy { $0.contains("pmm_ip") || $0.contains("monitor") }, "\(gone)")
    let other = node == "pmm1" ? "pmm2" : "pmm1"
    // A failed start counts as infinitely many failures (start-failure-is-fatal), which pacemaker-attrd notes.
    let counted = """
      <transient_attributes id="1"><instance_attributes id="status-1"><nvpair id="c" name="fail-count-pmm_ip#start_0" value="INFINITY"/>\
      <nvpair id="l" name="last-failure-pmm_ip#start_0" value="\(Int(Date().timeIntervalSince1970))"/></instance_attributes></transient_attributes>
      """
    let head = try #require(cib.firstRange(of: try Regex("<node_state [^>]*uname=\"\(node)\"[^>]*>")))
    // Under that name since this feature set (Pacemaker 1.1.17).
    let after = cib.replacingCharacters(in: head, with: cib[head] + counted).replacing(
      "feature_set=\"3.0.0\"", with: "feature_set=\"3.0.13\"")
    let failed = Scheduler.actions(try Scheduler.simulate(after).words)
    for resource in ["pmm_fs", "pmm_ip", "pmm_server"] {
      #expect(failed.contains { $0.contains("\(resource) ") && $0.contains("start on \(other)") }, "\(failed)")
    }
  }

  @Test("These tests can fail: the usual order, with the API's resource first and critical, restarts PMM")
  func usualOrderRestarts() throws {
    var cib = try Sample.desired(.secondaryIP)
    var api = try #require(cib.resources.first { $0.id == "pmm_ec2_ip" })
    cib.resources.removeAll { $0.id == api.id }
    cib.colocations.removeAll { $0.resource == api.id }
    api.meta = []
    api.operations = [Operation("monitor", interval: 60, timeout: 30)]
    cib.group.members.insert(api, at: 0)
    let settled = try Scheduler.simulate(cib.seed, "--node-up", "pmm1", "--node-up", "pmm2", "--quorum", "1").cib
    let node = try home(settled)
    let words = try Scheduler.simulate(settled, "--op-inject", "pmm_ec2_ip_monitor_60000@\(node)=7").words
    #expect(Scheduler.actions(words).contains { $0.contains("pmm_server") && $0.contains("stop") }, "\(words)")
  }

  @Test("When the active node is lost PMM and the address follow the fence agent's stop, the filesystem first")
  func failover() throws {
    let cib = try settled(.secondaryIP)
    let node = try home(cib)
    let other = node == "pmm1" ? "pmm2" : "pmm1"
    let words = try Scheduler.simulate(cib, "--node-fail", node).words
    #expect(Scheduler.actions(words).contains { $0.contains("Fencing \(node)") })
    let starts = Scheduler.actions(words).filter { $0.contains("start on \(other)") && $0.contains("pmm_") && !$0.contains("fence") }
    let order = starts.map { $0.split(whereSeparator: \.isWhitespace)[3] }
    #expect(order.first == "pmm_fs" && order.sorted() == ["pmm_ec2_ip", "pmm_fs", "pmm_ip", "pmm_server"])
  }

  @Test("A node that comes back is not asked whether it has the address, and none waits for its answer")
  func back() throws {
    let cib = try settled(.secondaryIP)
    let other = try home(cib) == "pmm1" ? "pmm2" : "pmm1"
    let away = try Scheduler.simulate(cib, "--node-down", other).cib
    let words = try Scheduler.simulate(away, "--node-up", other).words
    let asked = Scheduler.actions(words).filter { $0.contains("monitor on \(other)") }
    #expect(asked.contains { $0.contains("pmm_fs") } && !asked.contains { $0.contains("pmm_ec2_ip") }, "\(words)")
  }

  @Test("Where the address's start failed PMM stays, and a planned move takes both along")
  func together() throws {
    let cib = try settled(.secondaryIP)
    let node = try home(cib)
    let words = try Scheduler.simulate(cib, "--node-down", node).words
    #expect(!Scheduler.actions(words).isEmpty)
    let moved = try Scheduler.simulate(cib, "--op-inject", "pmm_server_monitor_20000@\(node)=7").words
    #expect(!Scheduler.actions(moved).contains { $0.contains("pmm_ec2_ip") }, "\(moved)")
  }
}
