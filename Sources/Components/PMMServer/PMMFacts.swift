import Core
import FoundationEssentials

/// What a node says about PMM Server.
package struct PMMFacts: Sendable, Equatable, Codable {
  package var podman: Bool
  package var curl: Bool
  package var selinux: Bool
  /// The config share's directory is there.
  package var share: Bool
  /// It does not answer: what lies there is not known, and is not missing.
  package var shareDown: Bool
  /// A restart of ours was cut off on this node: Pacemaker may still be told to keep PMM stopped.
  package var restartInterrupted: Bool
  /// By path: what `SHOWN` and `SECRET` of the probe name.
  package var files: [String: FileFact]
  /// systemd's words for the unit: `active`, `enabled`; nil where there is none.
  package var activeState: String?
  package var unitFileState: String?
  package var needsReload: Bool
  /// The unit's control group has processes.
  package var alive: Bool
  /// The settings that the running PMM was started with are those on the disk; nil where that was not noted.
  package var settingsCurrent: Bool?
  /// Who listens on PMM's port, where it is not PMM: the program's name, or empty.
  package var portTakenBy: String?
  /// Ids (sha256, hexadecimal) of images by all of their names, those by digest included.
  package var images: [String: String]
  /// Where the data of PMM lies as it was set up by hand; nil where nothing says so, or the unit is ours.
  package var volume: Volume?
  /// Entries in the mounted shared filesystem, lost+found left out; nil where it is not mounted.
  package var sharedEntries: Int?
  /// Whose the data in the mounted shared filesystem is; nil where it is not mounted.
  package var data: PMMData?
  /// The certificate of the spec's `pmm.tls`; nil where it has none.
  package var tls: TLSFacts?
  /// The file that `PMM_ENCRYPTION_KEY_PATH` names; nil where the spec names none outside of PMM's data.
  package var encryptionKey: EncryptionKeyFacts?
  /// Whether PMM lets in the user admin with the password admin, as the resource agent has found; nil where it has not asked.
  package var hasDefaultLogin: Bool?
  /// The users that images run as, by the images' ids: `1000:0`, `pmm`; empty for root.
  package var imageUsers: [String: String]
  /// The image of the container named pmm-server; it runs where `alive`.
  package var container: Container?

  /// PMM's parts as supervisord has noted them; `.no` where no container of PMM's runs.
  package var parts: Fact<[PMMPart]>

  package struct Container: Sendable, Equatable, Codable {
    /// `docker.io/percona/pmm-server:3.4.1`, as it was called at the start.
    package var imageName: String
    package var imageID: String
  }

  /// The directory that becomes PMM's /srv.
  package struct Volume: Sendable, Equatable, Codable {
    package var path: String
    /// What is in it; 0 where it is not there.
    package var entries: Int
  }

  /// Reads what pmm-probe.sh printed. Throws where it was cut off, or podman's files are not as known.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let node = sections["node"].map(keyValues), let unit = sections["unit"].map(keyValues), let modes = sections["modes"],
      let secret = sections["secret"], let images = sections["images"]
    else { throw UnreadableAnswer("pmm-probe", "it ended early (exit status \(answer.status)): \(answer.said)") }
    podman = node["podman"] == "yes"
    curl = node["curl"] == "yes"
    selinux = node["selinux"] == "yes"
    share = node["share"] == "yes"
    shareDown = node["share"] == "down"
    restartInterrupted = node["restart"] == "interrupted"
    files = [:]
    for (name, content) in sections where name.hasPrefix("file ") {
      files[String(name.dropFirst(5))] = FileFact(.shown, content: content)
    }
    for (state, path) in secret.split(separator: "\n").compactMap(pair) {
      files[path] = FileFact(FileFact.State(rawValue: state) ?? .unknown)
    }
    for (mode, path) in modes.split(separator: "\n").compactMap(pair) { files[path]?.mode = UInt16(mode, radix: 8) }
    activeState = unit["ActiveState"]
    unitFileState = unit["UnitFileState"].flatMap { $0.isEmpty ? nil : $0 }
    needsReload = unit["NeedDaemonReload"] == "yes"
    alive = unit["Alive"] == "yes"
    settingsCurrent = unit["Settings"].map { $0 == "same" }
    portTakenBy = (sections["port"] ?? "").split(separator: "\n").first.map(listener)
    let place = keyValues(sections["volume"] ?? "")
    volume = place["path"].map { Volume(path: $0, entries: place["entries"].flatMap { Int($0) } ?? 0) }
    sharedEntries = place["shared"].flatMap { Int($0) }
    tls = sections["tls"].flatMap { TLSFacts(keyValues($0)) }
    encryptionKey = sections["key"].map { EncryptionKeyFacts(keyValues($0)) }
    hasDefaultLogin = unit["Login"].flatMap { ["default": true, "changed": false][$0] }
    data = sections["data"].flatMap { PMMData(keyValues($0)) }
    imageUsers = (sections["users"] ?? "").split(separator: "\n").reduce(into: [:]) { result, line in
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
    }
    parts = PMMPart.read(sections["parts"] ?? "")
    self.images = try Self.images(images)
    container = try sections.filter { $0.key.hasPrefix("containers ") }.sorted { $0.key < $1.key }.compactMap {
      try Self.container($0.value)
    }.last
  }

  /// Reads podman's overlay-images/images.json (4.3 to 5.x).
  private static func images(_ json: String) throws -> [String: String] {
    struct Image: Decodable {
      let id: String
      let names: [String]?
      let digest: String?
    }
    guard json.contains("[") else { return [:] }
    let list: [Image] = try read(json, "images.json")
    return list.reduce(into: [:]) { result, image in
      for name in image.names ?? [] {
        result[name] = image.id
        // Pulled by its tag, an image is still the one that its digest names.
        if let digest = image.digest, let reference = ImageReference(name) { result["\(reference.name)@\(digest)"] = image.id }
      }
    }
  }

  /// Reads podman's overlay-containers/containers.json or volatile-containers.json (4.3 to 5.x).
  private static func container(_ json: String) throws -> Container? {
    struct Entry: Decodable {
      let names: [String]?
      let image: String?
      let metadata: String?
    }
    struct Metadata: Decodable {
      let name: String?
      enum CodingKeys: String, CodingKey { case name = "image-name" }
    }
    guard json.contains("[") else { return nil }
    let list: [Entry] = try read(json, "containers.json")
    guard let entry = list.last(where: { $0.names?.contains(PMMServer.name) == true }), let id = entry.image else { return nil }
    let metadata: Metadata? = try entry.metadata.map { try read($0, "containers.json") }
    return Container(imageName: metadata?.name ?? "", imageID: id)
  }

  private static func read<Value: Decodable>(_ json: String, _ name: String) throws -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(json.utf8)) } catch {
      throw UnreadableAnswer("pmm-probe", "podman's \(name) is not as known: \(json.prefix(120))")
    }
  }
}

/// `WORD REST` as two.
private func pair(_ line: Substring) -> (String, String)? {
  let parts = line.split(separator: " ", maxSplits: 1)
  return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
}

/// The program's name from a line of ss (iproute2 6.1): `... users:(("nginx",pid=812,fd=6))`.
private func listener(_ line: Substring) -> String {
  let parts = line.split(separator: "\"")
  return parts.count > 1 && parts[0].hasSuffix("users:((") ? String(parts[1]) : ""
}
