import Testing

@testable import EC2
@testable import Provisioning

@Suite("What the AWS CLI and CloudFormation say") struct ReadingTests {
  /// As aws-cli 1.45.11 and 2.31 print them.
  static let errors: [(text: String, code: String?, hint: String)] = [
    (
      "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id pmm-ha does not exist\n",
      "ValidationError", "run it again"
    ),
    (
      "\naws: [ERROR]: An error occurred (AccessDenied) when calling the CreateChangeSet operation: User is not authorized\n",
      "AccessDenied",
      "it takes the rights"
    ),
    (
      "\nAn error occurred (ExpiredToken) when calling the DescribeStacks operation: The security token included in the request is expired\n",
      "ExpiredToken", "log in again"
    ),
    ("\nUnable to locate credentials. You can configure credentials by running \"aws configure\".\n", nil, "log in: 'aws configure'"),
    ("\nYou must specify a region. You can also configure your region by running \"aws configure\".\n", nil, "name it: --region"),
    ("\nThe config profile (nobody) could not be found\n", nil, "'aws configure list-profiles'"),
    (
      "\nCould not connect to the endpoint URL: \"https://cloudformation.eu-nowhere-1.amazonaws.com/\"\n", nil, "is the region's name right"
    ),
  ]

  @Test("A failed call is told with AWS's words and a way on", arguments: errors)
  func failure(_ text: String, _ code: String?, _ hint: String) {
    let failure = AWSFailure(operation: "cloudformation describe-stacks", errors: text)
    #expect(failure.code == code && failure.hint.hasPrefix(hint), "\(failure)")
    #expect(!failure.message.contains("An error occurred") && !failure.message.contains("\n"))
  }

  @Test("A template's deletion policies are read from YAML with CloudFormation's tags, and from JSON")
  func policies() throws {
    let yaml = """
      Resources:
        Volume: {Type: "AWS::EC2::Volume", DeletionPolicy: Snapshot, Properties: {AvailabilityZone: !GetAtt NodeOne.AvailabilityZone}}
        Share: {Type: "AWS::EFS::FileSystem", Properties: {Encrypted: !Ref Yes}}
      """
    #expect(try TemplateBody.policies(yaml: yaml) == ["Volume": "Snapshot"])
    let json = #"{"TemplateBody":{"Resources":{"Volume":{"DeletionPolicy":"Retain"},"Share":{"Type":"AWS::EFS::FileSystem"}}}}"#
    let body: TemplateBody = try AWSCLI.decode(json)
    #expect(body.policies == ["Volume": "Retain"])
  }

  private func change(_ json: String) throws -> StackChange { try AWSCLI.decode(json) }

  @Test("A volume that goes or is replaced loses data, unless the template keeps it; one that is made loses none")
  func destroys() throws {
    func volume(_ more: String) throws -> Bool {
      try change(
        #"{"Action":"Modify","LogicalResourceId":"Volume","PhysicalResourceId":"vol-1","ResourceType":"AWS::EC2::Volume""# + more + "}"
      )
      .destroys
    }
    #expect(try volume(#","Replacement":"True""#))
    #expect(try volume(#","Replacement":"Conditional","PolicyAction":"ReplaceAndDelete""#))
    #expect(try !volume(#","Replacement":"True","PolicyAction":"ReplaceAndSnapshot""#))
    #expect(try !volume(#","Replacement":"False""#))
    #expect(try change(#"{"Action":"Remove","LogicalResourceId":"Share","ResourceType":"AWS::EFS::FileSystem"}"#).destroys)
    #expect(try !change(#"{"Action":"Add","LogicalResourceId":"Share","ResourceType":"AWS::EFS::FileSystem"}"#).destroys)
    #expect(try !change(#"{"Action":"Remove","LogicalResourceId":"Login","ResourceType":"AWS::EC2::SecurityGroupIngress"}"#).destroys)
  }

  @Test("A changed instance stops a node; its tags do not")
  func disrupts() throws {
    func node(_ more: String) throws -> Bool {
      try change(#"{"LogicalResourceId":"NodeOne","PhysicalResourceId":"i-1","ResourceType":"AWS::EC2::Instance""# + more + "}").disrupts
    }
    #expect(try node(#","Action":"Modify","Scope":["Properties"],"Replacement":"False""#))
    #expect(try node(#","Action":"Remove""#))
    #expect(try !node(#","Action":"Modify","Scope":["Tags"],"Replacement":"False""#))
  }

  @Test("What a new stack misses is asked for at once, with the template's words; a strange name is refused")
  func parameters() throws {
    func deployment(_ values: [String: String]) -> Deployment {
      Deployment(
        AWSCLI(),
        StackWish(
          name: "pmm-ha", template: "",
          parameters: [
            TemplateParameter(key: "ImageId", words: "The AMI", hasDefault: false),
            TemplateParameter(key: "KeyName", words: "The key pair", hasDefault: false),
            TemplateParameter(key: "VolumeSize", words: "GiB", hasDefault: true),
          ], values: values))
    }
    let missing = try #require(throws: StackFailure.self) { try deployment([:]).parameters(known: []) }
    #expect(missing.hint.contains("--parameter ImageId=...   The AMI\n  --parameter KeyName=...   The key pair"))
    let stranger = try #require(throws: StackFailure.self) { try deployment(["Imageid": "ami-1"]).parameters(known: []) }
    #expect(stranger.message.contains("no parameter Imageid"))
    let kept = try deployment(["KeyName": "ops"]).parameters(known: ["ImageId", "KeyName", "VolumeSize"])
    #expect(kept.map(\.parameterKey) == ["ImageId", "KeyName", "VolumeSize"] && kept.map(\.usePreviousValue) == [true, nil, true])
  }
}
