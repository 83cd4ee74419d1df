import Core
import VirtualIP

// The name that Route 53 has. Its API is one for all regions, and has no dry run of a change.
extension EC2Preflight {
  static let nameQuestions = ["zone", "records", "change"]

  /// What the role may not: each is one that the agent needs.
  func nameRights(_ node: NodeName, _ account: EC2Account) -> [Finding] {
    guard address.ec2 == .route53 else { return [] }
    let actions = ["zone": "route53:GetHostedZone", "records": "route53:ListResourceRecordSets", "change": "route53:GetChange"]
    return Self.nameQuestions.compactMap { question in
      guard let error = account.errors[question], let action = actions[question] else { return nil }
      return error.isDenial ? missing(action, node) : nil
    }
  }

  func name(_ known: [EC2Account]) -> [Finding] {
    guard let record = address.record else { return [] }
    let place = "virtual_ip/hosted_zone"
    if let error = known.lazy.compactMap({ $0.errors["zone"] }).first(where: { !$0.isDenial }) {
      let unknown = error.code.hasPrefix("NoSuchHostedZone") || error.code == "InvalidInput"
      return [
        Finding(
          .blocking, at: place,
          unknown
            ? "there is no hosted zone \(record.zone) in this account"
            : "Route 53 does not answer the nodes (\(error.code)): no name would move",
          hint: unknown
            ? "look it up: aws route53 list-hosted-zones-by-name"
            : "give the subnet a way to route53.amazonaws.com, which is outside the VPC: a NAT gateway, aws ec2 create-nat-gateway \(cli) --subnet-id \(spec.subnet ?? "subnet-...")"
        )
      ]
    }
    guard let zone = known.lazy.compactMap({ $0.zone }).first else { return [] }
    var result: [Finding] = []
    if "\(record.name)." != zone.name, !"\(record.name).".hasSuffix(".\(zone.name)") {
      result.append(
        Finding(
          .blocking, at: "virtual_ip/record", "\(record.name) is not in the zone \(record.zone), which is \(zone.name)",
          hint: "write a name that ends in .\(zone.name.dropLast()), or another zone: aws route53 list-hosted-zones-by-name"))
    }
    let vpcs = Set(known.compactMap(\.instances).flatMap(\.list).compactMap(\.vpc))
    if zone.isPrivate, let vpc = vpcs.sorted().first(where: { !zone.vpcs.contains($0) }) {
      result.append(
        Finding(
          .blocking, at: place, "\(zone.name) is a private zone and not of the nodes' \(vpc), where the name would not be known",
          hint: "aws route53 associate-vpc-with-hosted-zone --hosted-zone-id \(record.zone) --vpc VPCRegion=\(spec.region),VPCId=\(vpc)"))
    }
    return result + known.lazy.compactMap { $0.records }.prefix(1).flatMap { records(record, $0) }
  }

  /// The agent writes a simple A record, over whatever is there.
  private func records(_ record: Route53Record, _ found: [EC2Account.Record]) -> [Finding] {
    func finding(_ words: String) -> Finding {
      Finding(
        .blocking, at: "virtual_ip/record", "\(record.name) \(words)",
        hint:
          "write another name, or take that away: aws route53 list-resource-record-sets --hosted-zone-id \(record.zone) --start-record-name \(record.name) --max-items 5"
      )
    }
    if found.contains(where: { $0.type == "CNAME" }) { return [finding("is a CNAME, beside which Route 53 takes no A record")] }
    if found.contains(where: { $0.type == "A" && ($0.alias || $0.set != nil) }) {
      return [finding("leads to something else by an alias or a routing policy, which the agent would break or be refused by")]
    }
    guard found.contains(where: { $0.type == "A" }) else {
      let node = nodes.sorted { $0.key < $1.key }.first?.value ?? "ADDRESS"
      let change =
        #"'{"Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": "\#(record.name)", "Type": "A", "TTL": \#(record.ttl), "ResourceRecords": [{"Value": "\#(node)"}]}}]}'"#
      return [
        Finding(
          .note, at: "virtual_ip/record",
          "\(record.name) is not there yet; the agent makes it, but who asks before that may be told for 15 minutes that there is none",
          hint: "make it first: aws route53 change-resource-record-sets --hosted-zone-id \(record.zone) --change-batch \(change)")
      ]
    }
    let strangers = found.filter { $0.type == "A" }.flatMap(\.values).filter { !nodes.values.contains($0) }
    guard let stranger = strangers.first else { return [] }
    return [
      Finding(
        .warning, at: "virtual_ip/record", "\(record.name) leads to \(stranger), which is none of the nodes; apply makes it lead to one",
        hint: "if somebody else uses the name, write another")
    ]
  }
}
