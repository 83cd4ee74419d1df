import Core
import VirtualIP

extension EC2Preflight {
  /// What was asked and what the answer was, a line each.
  package func evidence(_ accounts: [NodeName: EC2Account?]) -> [String] {
    var lines: [String] = []
    for case (let node, let account?) in accounts.sorted(by: { $0.key < $1.key }) {
      if let metadata = account.metadata {
        lines.append(
          "\(node): the metadata service says \(metadata.instance) in \(metadata.zone), role \(metadata.role.isEmpty ? "none" : metadata.role)"
        )
      }
      if let instances = account.instances {
        let clock = instances.clock.map { ", clock within \(abs($0)) s" } ?? ""
        lines.append("\(node): the EC2 API of \(spec.region) answers in \(instances.seconds) s\(clock)")
      }
      let rights = [("stop", account.stop), ("start", account.start), ("replace the route", account.replaceRoute)]
      let allowed = rights.filter { $0.1 == "allowed" }.map(\.0)
      if !allowed.isEmpty { lines.append("\(node): dry runs allowed: \(allowed.joined(separator: ", "))") }
    }
    let known = accounts.values.compactMap(\.self)
    for instance in known.lazy.compactMap({ $0.instances }).first?.list ?? [] {
      lines.append("\(instance.id): \(instance.type), \(instance.state), \(instance.zone), \(instance.addresses.joined(separator: " "))")
    }
    if let volume = known.lazy.compactMap({ $0.volume }).first {
      lines.append(
        "\(spec.volume): \(volume.type)\(volume.multiAttach ? " Multi-Attach" : ""), \(volume.zone), attached to \(volume.instances.joined(separator: " "))"
          + (volume.encrypted ? ", encrypted" : ""))
    }
    if let key = known.lazy.compactMap({ $0.key }).first {
      lines.append("the volume's key: \(key.arn), \(key.state), \(key.manager == "CUSTOMER" ? "your own" : "Amazon's")")
    }
    if let zone = known.lazy.compactMap({ $0.zone }).first, let record = address.record {
      let values = known.lazy.compactMap { $0.records }.first?.filter { $0.type == "A" }.flatMap(\.values) ?? []
      lines.append(
        "\(record.zone): \(zone.name), \(zone.isPrivate ? "private" : "public"); \(record.name) is \(values.isEmpty ? "not there yet" : values.joined(separator: " "))"
      )
    }
    if let rules = known.lazy.compactMap({ $0.rules }).first { lines.append("security groups: \(rules.count) rules that let in") }
    return lines
  }
}
