import Core
import Foundation
import Testing

@testable import EC2

/// The preflight's questions as a node asks them, with boto3, against moto.
@Suite("What a node asks AWS about a name and a key, against moto") struct SurveyTests {
  private func python(_ server: Server, _ arguments: [String], _ variables: [String: String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Server.python())
    process.arguments = arguments
    // The metadata service is one that is not there.
    process.environment = server.variables().merging(
      ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9", "LIMIT": "30", "PATH": "/usr/bin:/bin"].merging(variables) { $1 }
    ) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return words
  }

  @Test("The zone, the record, the change and the key are told as the preflight reads them; what is not there, too")
  func asked() throws {
    let server = try Server.shared.get()
    let said = try python(server, [try Server.fixture("account.py")], [:])
    var variables = Dictionary(
      uniqueKeysWithValues: said.split(separator: "\n").map { line in
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        return (parts[0], parts[1])
      })
    variables["RECORD"] = "pmm.example.internal"
    let program = String(decoding: PackageResources.ec2_survey_py, as: UTF8.self)
    func account() throws -> EC2Account {
      let text = try python(server, ["-c", program], variables)
      return try #require(try EC2Account.parsed(Answer("== account\n\(text)\n== end\n")))
    }
    let first = try account()
    #expect(first.zone == .init(name: "example.internal.", isPrivate: true, vpcs: [variables["VPC"] ?? ""]), "\(first)")
    #expect(first.records == [.init(type: "A", ttl: 10, values: ["172.31.0.4"], alias: false, set: nil)])
    #expect(first.key == .init(arn: variables["KEY"] ?? "", state: "Enabled", manager: "CUSTOMER"))
    #expect(first.instances?.list.map(\.vpc) == [variables["VPC"], variables["VPC"]])
    #expect(first.errors["change"] == nil)

    variables["RECORD"] = "other.example.internal"
    #expect(try account().records == [])
    variables["ZONE"] = "Z00000000000000000000"
    #expect(try account().errors["zone"]?.code == "NoSuchHostedZone")
  }
}
