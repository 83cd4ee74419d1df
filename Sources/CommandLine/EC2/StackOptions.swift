import ArgumentParser
import Provisioning

/// Which stack, and by whose rights.
struct StackOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The stack's name; without it the cluster's.", valueName: "name")) var stack: String?
  @Option(help: ArgumentHelp("The region; without it the AWS CLI's own.", valueName: "region")) var region: String?
  @Option(help: ArgumentHelp("A profile of the AWS CLI.", valueName: "name")) var profile: String?
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Option(help: ArgumentHelp("What is in this may be lost: a volume's or file system's id.", valueName: "id"))
  var allowDestroy: [String] = []
  @Flag(help: "For programs: one JSON object at the end.") var json = false

  var cli: AWSCLI { AWSCLI(region: region, profile: profile) }

  /// `[A-Za-z][A-Za-z0-9-]{0,127}`, as CloudFormation wants it.
  func name(_ cluster: String) throws -> String {
    let name = stack ?? cluster
    func isLetter(_ character: Character) -> Bool { character.isASCII && character.isLetter }
    func isOther(_ character: Character) -> Bool { character.isASCII && character.isNumber || character == "-" }
    guard let first = name.first, isLetter(first), name.count <= 128, name.allSatisfy({ isLetter($0) || isOther($0) })
    else {
      throw ValidationError("--stack: '\(name)' cannot be a stack's name. Write letters, digits and hyphens, a letter first.")
    }
    return name
  }

  /// ` --region X --profile Y`, as far as they were given, for a command to type next.
  var words: String { (region.map { " --region \($0)" } ?? "") + (profile.map { " --profile \($0)" } ?? "") }
}
