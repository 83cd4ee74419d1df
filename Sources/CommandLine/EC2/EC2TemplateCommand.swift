import ArgumentParser
import Cluster
import Core
import EC2
import VirtualIP

/// `pmm-ha ec2 template`
struct EC2TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Print a CloudFormation template of all that a cluster on EC2 is made of.",
    discussion: """
      Asks nobody, and makes nothing: you deploy it, and see the change set first:
        pmm-ha ec2 template >pmm-ha-stack.yml
        aws cloudformation deploy --stack-name pmm-ha --template-file pmm-ha-stack.yml --capabilities CAPABILITY_IAM \
      --no-execute-changeset --parameter-overrides ImageId=ami-... KeyName=... AdminNetwork=.../32 ClientNetwork=...
      Then: aws cloudformation describe-stacks --stack-name pmm-ha >stack.json; pmm-ha init --from-stack stack.json
      """)

  @Option(
    name: [.short, .long], help: ArgumentHelp("A spec of platform ec2 to take the names from; without it the options.", valueName: "file"),
    completion: .file(extensions: ["yml", "yaml"]))
  var file: String?

  @Option(help: ArgumentHelp("The cluster's name.", valueName: "name")) var cluster = "pmm-ha"
  @Option(help: ArgumentHelp("A node's host name; twice.", valueName: "name")) var node: [String] = ["pmm1", "pmm2"]
  @Option(help: ArgumentHelp("How the VPC learns of PMM's address: secondary-ip, overlay-route, nlb, none.", valueName: "way"))
  var address = VirtualIPSpec.EC2Kind.secondaryIP.rawValue
  @Option(help: ArgumentHelp("The port of PMM's HTTPS.", valueName: "port")) var port = 443
  @Flag(help: "In a VPC and subnet that exist; their ids are parameters.") var existingNetwork = false
  @Flag(help: "With a small third instance in another zone, for corosync-qnetd.") var thirdVote = false

  func run() throws {
    let document = try template().document
    // The template is made here, so this is a defect of pmm-ha; better seen now than minutes into a deployment.
    let violations = TemplateRules.violations(document)
    guard violations.isEmpty else { throw ValidationError(violations.joined(separator: "\n")) }
    Terminal.output.write(document.yaml)
  }

  private func template() throws -> StackTemplate {
    if let file { return try LoadedSpec(file: file).cluster.stackTemplate(thirdVote: thirdVote) }
    guard let kind = VirtualIPSpec.EC2Kind(rawValue: address) else {
      throw ValidationError("--address: '\(address)' is not known. Write one of secondary-ip, overlay-route, nlb, none.")
    }
    guard node.count == 2, node[0] != node[1] else { throw ValidationError("--node: a cluster has exactly two nodes, of two names.") }
    guard (1...65535).contains(port) else { throw ValidationError("--port: \(port) is not a port.") }
    return StackTemplate(
      cluster: cluster, nodes: try node.map { try NodeName($0) }, address: kind, port: port, existingNetwork: existingNetwork,
      thirdVote: thirdVote)
  }
}
