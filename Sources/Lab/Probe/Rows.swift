import FoundationEssentials
import Subprocess

extension Lab {
  /// Commits a row in the database of the lab's own PMM, as a client of the virtual IP; returns when it is acknowledged.
  package func commit(row: String) async throws {
    let answer = try await client("rows", ["--data", "{\"id\": \"\(row)\"}"])
    guard answer.contains(row) else { throw LabFailure("the row was not acknowledged: \(answer)", hint: "see: pmm-ha status") }
  }

  /// The ids of all rows, in the order in which they were committed.
  package func rowIDs() async throws -> [String] { try ids(await rows()) }

  private func ids(_ answer: String) throws -> [String] {
    struct All: Decodable { let ids: [String] }
    return try JSONDecoder().decode(All.self, from: Data(answer.utf8)).ids
  }

  /// What the database answers when it is asked for its rows: JSON with all their ids.
  package func rows() async throws -> String { try await client("rows", []) }

  private func client(_ what: String, _ arguments: [String]) async throws -> String {
    let url = "https://\(try record().virtualIP)/lab/\(what)"
    let command = ["--net=/run/netns/pmm-ha-lab-\(name)", "curl", "--silent", "--show-error", "--insecure", "--max-time", "5"]
    let result = try await run(
      .name("nsenter"), arguments: Arguments(command + arguments + [url]), output: .string(limit: 64 << 20), error: .string(limit: 1 << 16))
    guard case .exited(0) = result.terminationStatus else {
      throw LabFailure("\(url): \(result.standardError)", hint: "does the service run? pmm-ha status")
    }
    return result.standardOutput
  }
}
