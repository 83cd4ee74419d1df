/// CloudFormation's word for how a stack is: `CREATE_COMPLETE`.
package struct StackStatus: RawRepresentable, Sendable, Equatable, Codable, CustomStringConvertible {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package var description: String { rawValue }

  /// A change set was made for it, and never executed: it holds nothing.
  package var isEmpty: Bool { rawValue == "REVIEW_IN_PROGRESS" }
  /// Something is being done to it.
  package var isUnderWay: Bool { rawValue.hasSuffix("_IN_PROGRESS") && !isEmpty }
  package var isDeleted: Bool { rawValue == "DELETE_COMPLETE" }
  /// All of it is there; a change set can be made for it.
  package var isWhole: Bool {
    ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"].contains(rawValue)
  }
  /// What was wanted has been done.
  package var isSuccess: Bool { ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"].contains(rawValue) }
}

/// A stack as describe-stacks tells of it.
struct StackDescription: Decodable, Sendable {
  let stackId: String
  let stackName: String
  let stackStatus: StackStatus
  let stackStatusReason: String?
  let enableTerminationProtection: Bool?
  let parameters: [Parameter]?
  let outputs: [Output]?

  struct Parameter: Decodable, Sendable { let parameterKey: String }
  struct Output: Decodable, Sendable {
    let outputKey: String
    let outputValue: String
  }

  struct Answer: Decodable, Sendable { let stacks: [StackDescription] }
  struct Request: Encodable, Sendable { let stackName: String }
}

/// A stack's id: `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID`.
struct StackIdentity: Sendable {
  let region: String
  let account: String

  init(_ id: String) {
    let parts = id.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    region = parts.count > 3 ? parts[3] : ""
    account = parts.count > 4 ? parts[4] : ""
  }
}

extension AWSCLI {
  /// nil where there is no stack of that name or id.
  func stack(_ name: String) async throws -> StackDescription? {
    do {
      let answer: StackDescription.Answer = try await call(
        "cloudformation", "describe-stacks", StackDescription.Request(stackName: name))
      return answer.stacks.first
    } catch let failure as AWSFailure where failure.code == "ValidationError" && failure.message.contains("does not exist") {
      return nil
    }
  }
}
