import Foundation
import Testing

@testable import Provisioning

/// AWS as far as moto is it, on this machine's loopback, for all tests; and the AWS CLI that asks it.
final class Server: Sendable {
  struct Missing: Error, CustomStringConvertible {
    let what: String
    var description: String { "\(what) is missing: run scripts/need ec2" }
  }

  let address: String
  private let process: Process
  private let lifeline: Pipe

  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private static func tool(_ name: String, _ places: [String]) throws -> String {
    let found: String? = places.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else { throw Missing(what: name) }
    return found
  }

  /// The one that has moto and boto3.
  static func python() throws -> String { try tool("python", ["/var/cache/pmm-ha/moto-5.2.1/bin", "\(package)/.build/moto-5.2.1/bin"]) }

  static func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
  }

  static let shared = Result { try Server() }

  /// It ends when the other end of its standard input is closed: with this process, however that ends.
  init() throws {
    process = Process()
    lifeline = Pipe()
    process.executableURL = URL(fileURLWithPath: try Self.python())
    process.arguments = [try Self.fixture("cloudformation.py")]
    let output = Pipe()
    (process.standardInput, process.standardOutput, process.standardError) = (lifeline, output, FileHandle.nullDevice)
    try process.run()
    var line = ""
    while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
      line += String(decoding: byte, as: UTF8.self)
    }
    address = line.trimmingCharacters(in: .newlines)
    try #require(address.hasPrefix("127.0.0.1:"), "moto did not start")
  }

  /// The AWS CLI, of a version that knows AWS_ENDPOINT_URL. Whatever does not go to this server goes nowhere.
  func cli(_ more: [String: String] = [:]) throws -> AWSCLI {
    var cli = AWSCLI(region: "eu-central-1")
    cli.program = try Self.tool("aws", ["\(Self.package)/.build/aws-cli/bin"])
    cli.environment = variables().merging(more) { $1 }
    return cli
  }

  func variables() -> [String: String] {
    [
      "AWS_ENDPOINT_URL": "http://\(address)", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
      "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
      "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1",
    ]
  }
}
