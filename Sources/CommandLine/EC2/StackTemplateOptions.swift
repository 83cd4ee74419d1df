import ArgumentParser
import Cluster
import Core
import EC2
import VirtualIP

/// What a template is of: a spec, or the options.
struct StackTemplateOptions: ParsableArguments {
  @Option(
    name: [.short, .long], help: ArgumentHelp("A spec of platform ec2 to take the names from; without it the options.", valueName: "file"),
    completion: .file(extensions: ["yml", "yaml"]))
  var file: String?

  @Option(help: ArgumentHelp("The cluster's name.", valueName: "name")) var cluster = "pmm-ha"
  @Option(help: ArgumentHelp("A node's host name; twice.", valueName: "name")) var node: [String] = ["pmm1", "pmm2"]
  @Option(help: ArgumentHelp("How the VPC learns of PMM's address: \(Self.ways).", valueName: "way"))
  var address = VirtualIPSpec.EC2Kind.secondaryIP.rawValue
  @Option(help: ArgumentHelp("The port of PMM's HTTPS.", valueName: "port")) var port = 443
  @Flag(help: "In a VPC and subnet that exist; their ids are parameters.") var existingNetwork = false
  @Flag(help: "With a small third instance in another zone, for corosync-qnetd.") var thirdVote = false

  private static let ways = VirtualIPSpec.EC2Kind.allCases.map(\.rawValue).joined(separator: ", ")

  func template() throws -> StackTemplate {
    if let file { return try LoadedSpec(file: file).cluster.stackTemplate(thirdVote: thirdVote) }
    guard let kind = VirtualIPSpec.EC2Kind(rawValue: address) else {
      throw ValidationError("--address: '\(address)' is not known. Write one of \(Self.ways).")
    }
    guard node.count == 2, node[0] != node[1] else { throw ValidationError("--node: a cluster has exactly two nodes, of two names.") }
    guard (1...65535).contains(port) else { throw ValidationError("--port: \(port) is not a port.") }
    return StackTemplate(
      cluster: cluster, nodes: try node.map { try NodeName($0) }, address: kind, port: port, existingNetwork: existingNetwork,
      thirdVote: thirdVote)
  }

  /// The template, proven against what AWS would refuse minutes into a deployment.
  func document() throws -> Document {
    let document = try template().document
    // It is made here, so this is a defect of pmm-ha.
    let violations = TemplateRules.violations(document)
    guard violations.isEmpty else { throw ValidationError(violations.joined(separator: "\n")) }
    return document
  }
}
