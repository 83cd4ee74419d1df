import Core

/// A call of the AWS CLI that failed: which, why, and what to do.
package struct AWSFailure: Error, Equatable, CustomStringConvertible {
  /// `cloudformation describe-stacks`
  let operation: String
  /// AWS's own: `ValidationError`; nil where the CLI did not come as far as AWS.
  let code: String?
  let message: String
  let hint: String

  package var description: String { "aws \(operation): \(message)\n  → \(hint)" }

  init(operation: String, code: String?, message: String, hint: String) {
    self.operation = operation
    self.code = code
    self.message = message
    self.hint = hint
  }

  static let missing = AWSFailure(
    operation: "--version", code: nil, message: "the AWS CLI is not on the PATH",
    hint:
      "install it: apt-get install awscli, dnf install awscli2, or https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
  )

  /// Reads what the CLI printed. Version 2 puts words before it since 2.30.
  init(operation: String, errors: String) {
    let lines = errors.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }.filter { !$0.isEmpty }
    let begin = "An error occurred ("
    if let line = lines.first(where: { $0.contains(begin) }), let start = line.firstRange(of: begin)?.upperBound,
      let end = line[start...].firstIndex(of: ")")
    {
      let code = String(line[start..<end])
      let words = line.firstRange(of: " operation: ").map { String(line[$0.upperBound...]) } ?? String(line)
      self.init(operation: operation, code: code, message: "\(words) (\(code))", hint: Self.hint(code: code, words))
    } else {
      let words = lines.suffix(2).joined(separator: " ")
      self.init(
        operation: operation, code: nil, message: words.isEmpty ? "it failed and said nothing" : words, hint: Self.hint(code: nil, words))
    }
  }

  private static func hint(code: String?, _ words: String) -> String {
    func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) || code == $0 } }
    if says("Unable to locate credentials", "NoCredentials") {
      return "log in: 'aws configure' or 'aws sso login', or name a profile: --profile; 'aws sts get-caller-identity' then says who you are"
    }
    if says("must specify a region") { return "name it: --region eu-central-1, or: aws configure set region eu-central-1" }
    if says("config profile") { return "'aws configure list-profiles' shows those that there are" }
    if says("ExpiredToken", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "expired") {
      return "log in again: 'aws sso login' or 'aws configure'; look at the AWS_ variables, and at this machine's clock"
    }
    if says("Could not connect", "Connect timeout", "Read timeout", "Could not resolve") {
      return "is the region's name right, and does this machine reach AWS (https_proxy)?"
    }
    if says("AccessDenied", "AccessDeniedException", "UnauthorizedOperation") {
      return "it takes the rights of somebody who makes infrastructure: CloudFormation, EC2, IAM and EFS"
    }
    if says("Throttling", "RequestLimitExceeded") { return "wait a minute and run it again" }
    return "run it again; the same call by hand with --debug tells more"
  }
}
