import ArgumentParser

/// `pmm-ha ec2 template`
struct EC2TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Print a CloudFormation template of all that a cluster on EC2 is made of.",
    discussion: """
      Asks nobody, and makes nothing: pmm-ha ec2 up deploys it, or you do, and see the change set first:
        pmm-ha ec2 template >pmm-ha-stack.yml
        aws cloudformation deploy --stack-name pmm-ha --template-file pmm-ha-stack.yml --capabilities CAPABILITY_IAM \
      --no-execute-changeset --parameter-overrides ImageId=ami-... KeyName=... AdminNetwork=.../32 ClientNetwork=...
      Then: aws cloudformation describe-stacks --stack-name pmm-ha >stack.json; pmm-ha init --from-stack stack.json
      """)

  @OptionGroup var options: StackTemplateOptions

  func run() throws { Terminal.output.write(try options.document().yaml) }
}
