import Core
import Corosync
import FoundationEssentials
import Pacemaker
import Transport

/// What a node of a cluster says that was built without this tool.
package struct HandMadeNode: Sendable, Equatable {
  package var name: NodeName
  package var corosync: CorosyncFacts
  package var pacemaker: PacemakerFacts
  /// Corosync's links, this node's own address on each.
  var links: [Int: String] = [:]
  /// Addresses of names that stand in corosync.conf.
  var names: [String: String] = [:]
  /// `interface`, `address`, `prefix` of each address that it has.
  var addresses: [(interface: String, address: String, prefix: String)] = []
  /// pmm-server.service with its drop-ins, but Pacemaker's own; empty where there is none.
  var unit: Unit
  var unitPath: String
  var startsAtBoot: Bool
  /// The files that the unit names, values of secrets hidden.
  var files: [String: String] = [:]
  var disk: Disk?
  var groups: [VolumeGroup] = []
  /// Ids by names.
  var images: [String: String] = [:]
  /// Directories of its own disk from which the unit takes PMM's data, and how many entries they have.
  var ownDisk: [(path: String, entries: Int)] = []

  struct Disk: Sendable, Equatable {
    var device: String
    var real: String
    var type: String
    /// Its name in /dev/disk/by-id, where it has one.
    var id: String?
  }

  struct VolumeGroup: Sendable, Equatable {
    var name: String
    var size: Int
    var free: Int
    var systemID: String
    /// Sizes of its logical volumes by name, bytes.
    var volumes: [String: Int]
    /// Its disks; by a stable name, where they have one.
    var disks: [String]
  }

  package static func == (left: HandMadeNode, right: HandMadeNode) -> Bool { "\(left)" == "\(right)" }

  /// Asks the node everything, in one round trip.
  static func read(_ node: NodeName, asking door: any Asking) async throws -> HandMadeNode {
    let (corosync, pacemaker, answer) = try await door.ask(
      CorosyncFacts.question, PacemakerFacts.question, Question("adopt-probe", PackageResources.adopt_probe_sh, limit: 60), of: node)
    return try HandMadeNode(corosync, pacemaker, answer)
  }

  /// `answer`: what adopt-probe.sh printed.
  init(_ corosync: CorosyncFacts, _ pacemaker: PacemakerFacts, _ answer: Answer) throws {
    self.corosync = corosync
    self.pacemaker = pacemaker
    let sections = answer.sections
    guard sections["end"] != nil, let node = sections["node"].map(keyValues), let name = node["name"] else {
      throw UnreadableAnswer("adopt-probe", "it ended early: \(answer.said)")
    }
    self.name = try NodeName(name)
    func lines(_ section: String) -> [Substring] { (sections[section] ?? "").split(separator: "\n") }
    // "LINK ID 0 udp\n\taddr\t= 198.51.100.11"
    var link: Int?
    for line in lines("links") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.starts(with: ["LINK", "ID"]), words.count > 2 { link = Int(words[2]) }
      if words.first == "addr", let last = words.last, let number = link { links[number] = String(last) }
    }
    names = keyValues(sections["names"] ?? "")
    // "2: ring0    inet 198.51.100.11/24 brd ... scope global ring0"
    addresses = lines("addresses").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 3, let slash = words[3].firstIndex(of: "/") else { return nil }
      return (String(words[1]), String(words[3][..<slash]), String(words[3][words[3].index(after: slash)...]))
    }
    let state = keyValues(sections["unit"] ?? "")
    unitPath = state["FragmentPath"] ?? ""
    startsAtBoot = state["UnitFileState"]?.hasPrefix("enabled") == true
    for (key, text) in sections where key.hasPrefix("file ") { files[String(key.dropFirst(5))] = text }
    unit = Unit(sections["unit file"] ?? "", files: files)
    let place = keyValues(sections["disk"] ?? "")
    disk = place["device"].map {
      Disk(device: $0, real: place["real"] ?? "", type: place["type"] ?? "", id: place["id"].flatMap { $0.isEmpty ? nil : $0 })
    }
    func rows(_ section: String) -> [[String]] {
      lines(section).map { $0.split(separator: "|", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } } }
    }
    groups = rows("groups").filter { $0.count == 4 }.map { row in
      VolumeGroup(
        name: row[0], size: Int(row[1]) ?? 0, free: Int(row[2]) ?? 0, systemID: row[3],
        volumes: rows("volumes").filter { $0.count > 2 && $0[0] == row[0] }.reduce(into: [:]) { $0[$1[1]] = Int($1[2]) },
        disks: rows("physical").filter { $0.count > 2 && $0[1] == row[0] }.map { $0[2].isEmpty ? $0[0] : $0[2] })
    }
    images = try Self.images(sections["images"] ?? "")
    ownDisk = lines("own disk").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? Int(words[0]).map { (String(words[1]), $0) } : nil
    }
  }

  private static func images(_ json: String) throws -> [String: String] {
    struct Image: Decodable {
      let id: String
      let names: [String]?
      let digest: String?
    }
    guard json.contains("[") else { return [:] }
    guard let list = try? JSONDecoder().decode([Image].self, from: Data(json.utf8)) else {
      throw UnreadableAnswer("adopt-probe", "podman's images.json is not as known: \(json.prefix(120))")
    }
    return list.reduce(into: [:]) { result, image in
      for name in image.names ?? [] {
        result[name] = image.id
        if let digest = image.digest, let reference = ImageReference(name) { result["\(reference.name)@\(digest)"] = image.id }
      }
    }
  }
}
