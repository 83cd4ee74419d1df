import Core
import Pacemaker
import VirtualIP

/// Where the EC2 variant's files lie on a node.
package enum EC2Path {
  /// The AWS CLI with limits, for the resource agents' `awscli`.
  package static let cli = "/etc/pmm-ha/ec2/aws"
  /// The AWS CLI's configuration: the region, and that rights come from the instance's role.
  package static let config = "/etc/pmm-ha/ec2/config"
  /// In that file: answers as text, which aws-vpc-route53 reads.
  static let textProfile = "pmm-ha-text"
}

extension EC2Spec {
  /// The resource that tells the VPC which node has the address.
  package static let addressResource = "pmm_ec2_ip"

  /// Beside the group and where that runs: nothing waits for it, and it waits for the filesystem's start only. (Without that
  /// a busy survivor, to which Pacemaker gives one job at a time, started the address first, and when the other node was
  /// back before the group had begun here, the group began there.) It starts while PMM starts; as the group's last member
  /// it came 4 to 8 s later.
  ///
  /// It is not critical, so that its failure moves nothing: PMM's life never hangs on an answer of the EC2 API. awsvip has
  /// no recurring monitor: its says "not running" whenever the API refuses, and takes minutes when it is away. A stop
  /// that fails is passed over, for it would get a healthy node fenced, and the next start takes the address away from
  /// wherever it is.
  package func fragment(_ address: VirtualIPSpec) -> CIBFragment {
    var fragment = CIBFragment()
    let operations = [
      Operation("start", timeout: 180), Operation("stop", timeout: 180, options: [Pair("on-fail", "ignore")]),
    ]
    // A failed start is tried again after a minute.
    let meta = [Pair("critical", "false"), Pair("failure-timeout", "60s"), Pair("migration-threshold", "INFINITY")]
    let ip = address.address?.description ?? ""
    switch address.ec2 {
    case .secondaryIP:
      fragment.resources = [
        Primitive(
          Self.addressResource, .ocf("heartbeat", "awsvip"),
          parameters: [Pair("secondary_private_ip", ip), Pair("awscli", EC2Path.cli)],
          meta: meta, operations: operations)
      ]
    case .route53:
      guard let record = address.record else { break }
      fragment.resources = [
        Primitive(
          Self.addressResource, .ocf("heartbeat", "aws-vpc-route53"),
          parameters: [
            Pair("hostedzoneid", record.zone), Pair("fullname", "\(record.name)."), Pair("ip", "local"), Pair("ttl", "\(record.ttl)"),
            Pair("profile", EC2Path.textProfile), Pair("awscli", EC2Path.cli),
          ],
          meta: meta,
          // A start says that all is well even where Route 53 refused the change (resource-agents 4.12, `_update_record`'s
          // status goes unread). The monitor asks and changes it again, and never fails for what Route 53 says.
          operations: operations + [
            Operation("monitor", interval: 60, timeout: 120, options: [Pair("on-fail", "ignore")])
          ])
      ]
    case .overlayRoute:
      fragment.resources = [
        Primitive(
          Self.addressResource, .ocf("heartbeat", "aws-vpc-move-ip"),
          parameters: [
            Pair("ip", ip), Pair("routing_table", address.routeTables.joined(separator: ",")),
            Pair("interface", address.interface ?? "eth0"), Pair("region", region), Pair("awscli", EC2Path.cli),
          ],
          meta: meta,
          // With monapi off, its default, the monitor looks at the node's own address only.
          operations: operations + [
            Operation("monitor", interval: 60, timeout: 60, options: [Pair("on-fail", "ignore")])
          ])
      ]
    case .nlb, .some(.none), nil: break
    }
    // A node that comes back may be the owner still, by the API's word. That is no second instance to be stopped, for a
    // start takes the address away from it; and a start does not wait until it was asked.
    for resource in fragment.resources.map(\.id) {
      fragment.locations += instances.keys.sorted().map {
        .init("location-\(resource)-\($0)-0", resource: resource, node: $0, score: "0", isProbed: false)
      }
    }
    fragment.colocations = fragment.resources.map { .init($0.id, with: PacemakerSpec.filesystem) }
    return fragment
  }
}
