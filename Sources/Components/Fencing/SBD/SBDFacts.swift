import Core

/// What a node says about SBD.
package struct SBDFacts: Sendable, Equatable, Codable {
  package var installed: Bool
  /// `/etc/default/sbd` or `/etc/sysconfig/sbd`.
  package var path: String
  package var file: FileFact
  package var active: Bool
  /// Pacemaker starts it.
  package var enabled: Bool
  /// Its Pacemaker.
  package var clusterRuns: Bool
  /// Its settings were written after it was started.
  package var stale: Bool
  package var watchdog: Watchdog
  /// nil without a disk.
  package var disk: Disk?

  package struct Watchdog: Sendable, Equatable, Codable {
    package var present: Bool
    /// In its driver's words, `Software Watchdog`; nil where the kernel does not say.
    package var identity: String?
    /// Somebody feeds it.
    package var inUse: Bool

    var isSoftware: Bool { identity == "Software Watchdog" }
  }

  package struct Disk: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
      case absent, other, block
    }
    package var kind: Kind
    /// Bytes.
    package var size: Int?
    /// nil where there is none.
    package var header: Header?
    package var readable: Bool
    /// The words of the tool that could not say what is on it, or where it is mounted; nil where all was read.
    package var unreadable: String?
    /// What the path leads to on this node: `/dev/sdb`; empty where it leads nowhere.
    package var real = ""
    /// Types of other data on it and on its partitions, sorted: `LVM2_member`; `unknown-data` where its kind is not known.
    package var signatures: [String]
    package var mountPoints: [String]
  }

  /// What `sbd create` writes first (struct sector_header_s of sbd.h).
  package struct Header: Sendable, Equatable, Codable {
    /// Tells this disk from another one.
    package var id: String
    package var watchdog: Int
    package var messageWait: Int

    /// `hex`: the disk's first 49 bytes. Numbers are in network byte order, at multiples of 4.
    init?(hex: String) {
      let digits = Array(hex.utf8)
      guard digits.count == 98, hex.hasPrefix("5342445f5342445f") else { return nil }  // SBD_SBD_
      func number(_ offset: Int) -> Int {
        Int(String(decoding: digits[offset * 2..<offset * 2 + 8], as: UTF8.self), radix: 16) ?? 0
      }
      watchdog = number(16)
      messageWait = number(28)
      id = String(hex.suffix(32))
    }
  }

  /// The sections of fencing-probe.sh; nil where SBD was not asked for.
  init?(_ sections: [String: String]) {
    guard let own = sections["sbd"].map(keyValues) else { return nil }
    installed = own["installed"] == "yes"
    path = own["file"] ?? SBDSpec.files[0]
    file = FileFact(.absent)
    if let content = sections["sbd file"] {
      file = FileFact(.shown, content: content, mode: own["mode"].flatMap { UInt16($0, radix: 8) })
    }
    active = own["sbd"] == "active"
    enabled = own["enabled"] == "enabled"
    clusterRuns = ["active", "activating"].contains(own["cluster"])
    stale = own["stale"] == "yes"
    let dog = keyValues(sections["watchdog"] ?? "")
    watchdog = Watchdog(present: dog["present"] == "yes", identity: dog["identity"], inUse: dog["state"] == "active")
    disk = sections["sbd disk"].map(Disk.init)
  }
}

extension SBDFacts.Disk {
  /// The output of fencing-probe.sh's look_at.
  fileprivate init(_ text: String) {
    let values = keyValues(text)
    func all(_ word: String) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
    }
    let hex = values["header"] ?? ""
    self.init(
      kind: values["kind"].flatMap(Kind.init) ?? .absent, size: values["size"].flatMap { Int($0) }, header: SBDFacts.Header(hex: hex),
      readable: !hex.isEmpty && values["unreadable"] == nil, unreadable: values["unreadable"], real: values["real"] ?? "",
      signatures: Set(all("signature")).subtracting(["sbd"]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
      mountPoints: all("mounted"))
  }
}
