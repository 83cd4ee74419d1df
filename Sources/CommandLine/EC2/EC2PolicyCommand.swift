import ArgumentParser
import Cluster

/// `pmm-ha ec2 policy`
struct EC2PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Print the IAM policy that the instances' role needs, and no more.",
    discussion: """
      Asks nobody. Attach it: pmm-ha ec2 policy >policy.json; aws iam put-role-policy --role-name ROLE --policy-name pmm-ha \
      --policy-document file://policy.json
      """)

  @OptionGroup var spec: SpecOptions

  func run() throws { Terminal.output.write(try spec.load().cluster.ec2Policy().document.json) }
}
