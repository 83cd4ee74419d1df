/// One thing that a change set would do.
package struct StackChange: Sendable, Equatable, Codable {
  /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`.
  package let action: String
  package let logicalResourceId: String
  package let physicalResourceId: String?
  package let resourceType: String
  /// Whether a new one takes the place of the old: `True`, `False`, `Conditional`.
  package let replacement: String?
  /// What becomes of the old one, by the template's policies: `Delete`, `Snapshot`, `ReplaceAndDelete`, ...
  package let policyAction: String?
  /// What is changed: `Properties`, `Tags`, ...
  package let scope: [String]?

  package var isReplacement: Bool { action == "Modify" && replacement != nil && replacement != "False" }

  /// It goes, and what is in it too.
  package var destroys: Bool {
    guard DataHolder(resourceType) != nil, action == "Remove" || isReplacement else { return false }
    return !(policyAction.map { $0.hasSuffix("Retain") || $0.hasSuffix("Snapshot") } ?? false)
  }

  /// A node of a running cluster stops, or loses its disk.
  package var disrupts: Bool {
    ["AWS::EC2::Instance", "AWS::EC2::VolumeAttachment", "AWS::EC2::Volume"].contains(resourceType)
      && (action == "Remove" || action == "Modify" && scope != ["Tags"])
  }

  /// As `--allow-destroy` names it.
  package var name: String { physicalResourceId ?? logicalResourceId }
}

/// What of a stack holds data.
package enum DataHolder: String, Sendable, Codable {
  case volume = "AWS::EC2::Volume"
  case share = "AWS::EFS::FileSystem"

  init?(_ type: String) { self.init(rawValue: type) }

  package var words: String {
    switch self {
    case .volume: "PMM's data"
    case .share: "the config share's files"
    }
  }
}

/// A change set as describe-change-set tells of it.
struct ChangeSet: Decodable, Sendable {
  let stackId: String
  let status: String
  let statusReason: String?
  let changes: [Change]?

  struct Change: Decodable, Sendable { let resourceChange: StackChange? }
  struct Created: Decodable, Sendable {
    let id: String
    let stackId: String
  }

  var isVain: Bool { status == "FAILED" && Self.isVain(statusReason ?? "") }

  /// Nothing would change. (Both sentences have been AWS's.)
  static func isVain(_ reason: String) -> Bool {
    ["didn't contain changes", "No updates are to be performed"].contains { reason.contains($0) }
  }

  struct Request: Encodable, Sendable {
    let stackName: String
    let changeSetName: String
    let changeSetType: String
    let templateBody: String
    let parameters: [Parameter]
    let capabilities: [String]
    let description: String
  }

  struct Parameter: Encodable, Sendable {
    let parameterKey: String
    var parameterValue: String?
    var usePreviousValue: Bool?
  }

  /// For what is done with a change set that is there.
  struct Name: Encodable, Sendable {
    let stackName: String
    let changeSetName: String
  }
}
