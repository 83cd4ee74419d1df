import Core
import FoundationEssentials
import Glibc
import Subprocess

/// The AWS CLI of this machine, with the rights of whoever calls it.
package struct AWSCLI: Sendable {
  /// nil: what the CLI's own configuration says.
  let region: String?
  let profile: String?
  /// nil: the PATH's.
  var program: String?
  /// Besides this process's own.
  var environment: [String: String] = [:]

  package init(region: String? = nil, profile: String? = nil) {
    self.region = region
    self.profile = profile
  }

  /// No request of its own.
  struct Nothing: Codable {}

  /// What a call answers. The request is in a file that only this user reads: nothing of it stands in the list of processes,
  /// and a template may be longer than an argument. (The CLI reads it twice, so it cannot be standard input.)
  func call<Response: Decodable & Sendable>(
    _ service: String, _ operation: String, _ request: some Encodable = Nothing(), _ options: String...
  ) async throws -> Response {
    let output = try await text(service, operation, request, options)
    do {
      return try Self.decode(output.isEmpty ? "{}" : output)
    } catch {
      throw AWSFailure(
        operation: "\(service) \(operation)", code: nil, message: "its answer was not understood: \(error)",
        hint: "is 'aws --version' 1.27 or 2.7, or newer?")
    }
  }

  /// The answer as it is.
  func text(_ service: String, _ operation: String, _ request: some Encodable, _ options: [String] = []) async throws -> String {
    let file = try PrivateFile(try Self.text(request))
    defer { file.remove() }
    return try await output(of: arguments(service, operation, file.path) + options, "\(service) \(operation)")
  }

  private func arguments(_ service: String, _ operation: String, _ file: String) -> [String] {
    [service, operation, "--output", "json", "--cli-connect-timeout", "10", "--cli-read-timeout", "60"]
      + (region.map { ["--region", $0] } ?? []) + (profile.map { ["--profile", $0] } ?? [])
      + ["--cli-input-json", "file://\(file)"]
  }

  private func output(of arguments: [String], _ operation: String) async throws -> String {
    let program = program ?? programPath("aws")
    guard program.contains("/") else { throw AWSFailure.missing }
    // Version 2 would show its answer in a pager, and ask for what it misses.
    var variables: [Environment.Key: String] = ["AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off"]
    for (name, value) in environment { variables[.init(stringLiteral: name)] = value }
    let result = try await run(
      .path(.init(program)), arguments: Arguments(arguments),
      environment: .inherit.updating(variables), input: .none,
      output: .string(limit: 16 << 20), error: .string(limit: 1 << 16))
    guard case .exited(0) = result.terminationStatus else {
      throw AWSFailure(operation: operation, errors: result.standardError)
    }
    return result.standardOutput
  }

  // AWS's keys begin with a capital letter, and Swift's names do not. (A dictionary's keys stay as they are.)

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .custom { AWSKey($0[$0.count - 1].stringValue) { $0.uppercased() } }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Response: Decodable>(_ text: String) throws -> Response {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { AWSKey($0[$0.count - 1].stringValue) { $0.lowercased() } }
    return try decoder.decode(Response.self, from: Data(text.utf8))
  }

  private struct AWSKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(_ name: String, _ first: (String) -> String) { stringValue = first(String(name.prefix(1))) + name.dropFirst() }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// A file for a moment, which nobody else can read.
private struct PrivateFile {
  let path: String

  init(_ text: String) throws {
    let directory = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    // mkstemp(3): 0600.
    var template = Array("\(directory)/pmm-ha-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard descriptor >= 0 else {
      throw StackFailure(
        "No file can be made in \(directory): \(String(cString: strerror(errno)))", "set TMPDIR to a directory that can be written to")
    }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      bytes = bytes.dropFirst(count)
    }
    close(descriptor)
    guard bytes.isEmpty else {
      unlink(path)
      throw StackFailure("\(path) cannot be written: \(String(cString: strerror(errno)))", "is there room?")
    }
  }

  func remove() { unlink(path) }
}
