import Core

/// Whether a disk takes SCSI-3 persistent reservations, by sg_persist(8).
package struct ReservationFacts: Sendable, Equatable, Codable {
  package enum Support: Sendable, Equatable, Codable {
    case absent
    /// sg_persist is not installed yet.
    case unknown
    case yes
    /// In the tool's words.
    case no(String)
  }
  package var support: Support
  /// `LIO-ORG disk0`; empty where the kernel does not say.
  package var model: String

  /// A section of fencing-probe.sh.
  init(_ text: String) {
    let values = keyValues(text)
    model = values["model"].map { String($0.trimmingPrefix { $0 == " " }) } ?? ""
    while model.hasSuffix(" ") { model.removeLast() }
    if values["kind"] == "absent" {
      support = .absent
    } else if let status = values["status"] {
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("model=") && !$0.hasPrefix("status=") }.map(String.init)
      // Older versions of sg3-utils say `Registrants Only` in capitals.
      let kind = lines.first { $0.lowercased().contains("write exclusive, registrants only: ") }
      if status != "0" {
        support = .no(
          lines.last { $0.contains(": ") || $0.contains("fail") }.map { String($0.trimmingPrefix { $0 == " " }) } ?? "sg_persist: \(status)"
        )
      } else {
        support = kind?.hasSuffix(": 0") == true ? .no("it does not know 'write exclusive, registrants only'") : .yes
      }
    } else {
      support = .unknown
    }
  }
}
