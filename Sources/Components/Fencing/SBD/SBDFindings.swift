import Core

extension SBDSpec {
  func findings(_ known: [(node: NodeName, facts: SBDFacts)], consent: Consent, thirdVote: Bool) -> [Finding] {
    var findings = known.flatMap { watchdogFindings($0.node, $0.facts) }
    if let disk {
      findings += known.flatMap { diskFindings($0.node, disk, $0.facts.disk) }
      findings += contentFindings(disk, known, consent)
    } else if !thirdVote {
      findings.append(
        Finding(
          .blocking, at: "fencing",
          "SBD without a disk needs a third vote: with two, a node that is cut off cannot know that it is the one to reset itself",
          hint: "give fence_sbd a disk (device: /dev/disk/by-id/...), or the cluster a quorum device"))
    }
    return findings
  }

  private func watchdogFindings(_ node: NodeName, _ facts: SBDFacts) -> [Finding] {
    let dog = facts.watchdog
    func finding(_ severity: Finding.Severity, _ message: String, _ hint: String) -> Finding {
      Finding(severity, at: node.description, message, hint: hint)
    }
    if !dog.present {
      return [
        finding(
          .blocking, "it has no watchdog (\(watchdog)): SBD could not make it reset itself",
          "load the driver of the machine's own (iTCO_wdt, hpwdt, ipmi_watchdog, i6300esb, ...); where it has none: "
            + "echo softdog >/etc/modules-load.d/softdog.conf; modprobe softdog")
      ]
    }
    var findings: [Finding] = []
    if dog.isSoftware {
      findings.append(
        finding(
          .warning, "its watchdog is the kernel's own timer (softdog): it does not reset a node whose kernel hangs or that is paused",
          "use the machine's hardware watchdog, or put a device that switches the power before SBD (level: 1)"))
    }
    if dog.inUse && !facts.active {
      findings.append(
        finding(
          .blocking, "something else feeds \(watchdog) already, and only one can",
          "see who: fuser \(watchdog); systemd itself does where RuntimeWatchdogSec is set in /etc/systemd/system.conf"))
    }
    return findings
  }

  private func diskFindings(_ node: NodeName, _ disk: String, _ facts: SBDFacts.Disk?) -> [Finding] {
    func blocking(_ message: String, _ hint: String) -> [Finding] { [Finding(.blocking, at: node.description, message, hint: hint)] }
    guard let facts, facts.kind != .absent else {
      return blocking("SBD's disk \(disk) is not there", "attach it to this node, or correct 'device' under fencing")
    }
    guard facts.kind == .block else {
      return blocking("\(disk) is not a disk", "name a block device that both nodes see, such as /dev/disk/by-id/...")
    }
    if !facts.readable {
      let words = facts.unreadable.map { " (\($0))" } ?? ""
      return blocking("SBD's disk \(disk) cannot be read\(words), so it does not count as blank", "see the kernel's words on it: dmesg")
    }
    // 255 slots of two sectors, and some.
    if let size = facts.size, size < 1 << 20 { return blocking("\(disk) is too small for SBD", "give it a disk of 4 MiB or more") }
    if !facts.mountPoints.isEmpty {
      return blocking("\(disk) is mounted at \(facts.mountPoints.joined(separator: ", "))", "give SBD a disk of its own")
    }
    return []
  }

  private func contentFindings(_ disk: String, _ known: [(node: NodeName, facts: SBDFacts)], _ consent: Consent) -> [Finding] {
    func blocking(_ message: String, _ hint: String) -> [Finding] { [Finding(.blocking, at: disk, message, hint: hint)] }
    let disks = known.compactMap(\.facts.disk).filter { $0.kind == .block && $0.readable }
    guard disks.count == known.count, let first = disks.first else { return [] }
    if Set(disks.map(\.size)).count > 1 || Set(disks.map(\.header?.id)).count > 1 {
      let what = Set(disks.map(\.size)).count > 1 ? "sizes" : "contents"
      return blocking("it is not one disk: \(what) differ between the nodes", "attach one and the same disk to both nodes")
    }
    guard let header = first.header else {
      let found = Self.signatures(known).joined(separator: "+")
      if found.isEmpty || consent.covers("\(disk)=\(found)") { return [] }
      return blocking(
        "it holds foreign data: \(found == "unknown-data" ? "data of a kind that no tool knows" : found), and SBD's slots would destroy it",
        "name another disk; or, if that may go: --allow-destroy \(disk)=\(found)")
    }
    return timeFindings(disk, header)
  }

  /// What stands on the disk counts, whatever the file says.
  private func timeFindings(_ disk: String, _ header: SBDFacts.Header) -> [Finding] {
    let own = "watchdog \(header.watchdog) s, msgwait \(header.messageWait) s"
    let anew = "with the cluster stopped on both nodes: sbd -d \(disk) -1 \(times.watchdog) -4 \(times.messageWait) create"
    if header.messageWait < 2 * header.watchdog {
      return [
        Finding(
          .blocking, at: disk,
          "SBD's times on it are unsafe (\(own)): a node would count as dead before its watchdog has reset it; msgwait must be twice as long",
          hint: anew)
      ]
    }
    let allowed = max(60, times.fencingTimeout)
    if SBDTimes.fencingTimeout(messageWait: header.messageWait) > allowed {
      return [
        Finding(
          .blocking, at: disk, "SBD's times on it (\(own)) are longer than Pacemaker would wait for a fencing (\(allowed) s)",
          hint: "write watchdog_timeout: \(header.watchdog) under fencing, or \(anew)")
      ]
    }
    if header.watchdog == times.watchdog && header.messageWait == times.messageWait { return [] }
    return [
      Finding(
        .warning, at: disk,
        "SBD's times on it are \(own), not those of the spec (\(times.watchdog) s, \(times.messageWait) s); the disk's count",
        hint: "write watchdog_timeout: \(header.watchdog) under fencing, or \(anew)")
    ]
  }
}
