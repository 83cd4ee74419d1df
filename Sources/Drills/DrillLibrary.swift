import Core
import FoundationEssentials
import SpecFile

/// The drills that come with the program, and those of the user's own.
package enum DrillLibrary {
  /// All drills of the program, by their names, in the order in which `run --all` takes them.
  package static func all() throws -> [Drill] {
    let schema = try schema
    return try embedded.map { try read(String(decoding: $0.body, as: UTF8.self), name: $0.name, file: "\($0.name).yml", schema) }
  }

  /// The text of a drill's file.
  package static func text(of name: String) throws -> String {
    if isPath(name) { return try content(of: name) }
    guard let found = embedded.first(where: { $0.name == name }) else { throw unknown(name) }
    return String(decoding: found.body, as: UTF8.self)
  }

  /// A drill by its name, or by the path of a file of the user's (`./mine.yml`).
  package static func named(_ name: String) throws -> Drill {
    let base = name.split(separator: "/").last.map(String.init) ?? name
    let plain = base.hasSuffix(".yml") ? String(base.dropLast(4)) : base
    return try read(try text(of: name), name: plain, file: isPath(name) ? name : "\(name).yml", try schema)
  }

  /// The annotated example: the reference of all keys.
  package static var exampleText: String { String(decoding: PackageResources.drill_example_yml, as: UTF8.self) }

  private static var schema: Schema { get throws { try Schema.of(example: exampleText) } }

  private static func isPath(_ name: String) -> Bool { name.contains("/") || name.hasSuffix(".yml") }

  private static func content(of file: String) throws -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    } catch {
      throw UnknownDrill(description: "\(file) cannot be read. Name a drill's file, or one of: pmm-ha drill list")
    }
  }

  private static func unknown(_ name: String) -> UnknownDrill {
    let near = didYouMean(name, among: embedded.map(\.name)).map { " Did you mean '\($0)'?" } ?? ""
    return UnknownDrill(description: "There is no drill '\(name)'.\(near) All of them: pmm-ha drill list; a file of your own: ./NAME.yml")
  }

  /// Checks and decodes a drill; throws all mistakes with their lines.
  static func read(_ yaml: String, name: String, file: String, _ schema: Schema) throws -> Drill {
    let root = try parsedTree(yaml, file: file)
    var validation = Validation(root, against: schema)
    let complete = validation.run()
    var problems = validation.problems
    checkFaults(complete, &problems)
    guard !problems.all.contains(where: \.isError) else { throw UnusableSpec(file: file, problems.all) }
    var drill = try complete.decode(Drill.self)
    drill.name = name
    return drill
  }

  private static func checkFaults(_ root: Tree, _ problems: inout ProblemList) {
    func check(_ list: Tree?, _ path: Path) {
      for (index, item) in (list?.items ?? []).enumerated() {
        guard let word = item["fault"]?.text else { continue }
        let path = path / index / "fault"
        guard let fault = Fault(rawValue: word) else {
          let near = didYouMean(word, among: Fault.allCases.map(\.rawValue)).map { "Did you mean '\($0)'?" }
          problems.add(path, "'\(word)' is no fault", near ?? "All of them: pmm-ha drill list --faults.")
          continue
        }
        if fault.needsLab && root["place"]?.text == "anywhere" {
          problems.add(path, "'\(word)' can only be done in a lab", "Write place: lab.")
        }
      }
    }
    for (index, act) in (root["acts"]?.items ?? []).enumerated() { check(act["do"], Path("acts") / index / "do") }
    check(root["heal"], Path("heal"))
  }

  private static let embedded: [(name: String, body: [UInt8])] = [
    ("power-cut-active", PackageResources.power_cut_active_yml),
    ("power-cut-passive", PackageResources.power_cut_passive_yml),
    ("power-cut-both", PackageResources.power_cut_both_yml),
    ("stale-pid", PackageResources.stale_pid_yml),
    ("freeze-active", PackageResources.freeze_active_yml),
    ("fence-active", PackageResources.fence_active_yml),
    ("reboot-active", PackageResources.reboot_active_yml),
    ("rolling-reboot", PackageResources.rolling_reboot_yml),
    ("partition", PackageResources.partition_yml),
    ("ring-cut", PackageResources.ring_cut_yml),
    ("client-network-cut", PackageResources.client_network_cut_yml),
    ("bad-network", PackageResources.bad_network_yml),
    ("kill-pmm", PackageResources.kill_pmm_yml),
    ("stop-pmm", PackageResources.stop_pmm_yml),
    ("kill-database", PackageResources.kill_database_yml),
    ("kill-corosync-active", PackageResources.kill_corosync_active_yml),
    ("kill-pacemaker-active", PackageResources.kill_pacemaker_active_yml),
    ("remove-address", PackageResources.remove_address_yml),
    ("read-only", PackageResources.read_only_yml),
    ("full", PackageResources.full_yml),
    ("device-gone-on-passive", PackageResources.device_gone_on_passive_yml),
    ("device-errors-active", PackageResources.device_errors_active_yml),
    ("slots-gone", PackageResources.slots_gone_yml),
    ("slots-gone-cut", PackageResources.slots_gone_cut_yml),
    ("share-gone", PackageResources.share_gone_yml),
    ("bmc-silent-crash", PackageResources.bmc_silent_crash_yml),
    ("bmc-password", PackageResources.bmc_password_yml),
    ("bad-image", PackageResources.bad_image_yml),
    ("clock-jump-active", PackageResources.clock_jump_active_yml),
    ("clock-jump-passive", PackageResources.clock_jump_passive_yml),
    ("api-away", PackageResources.api_away_yml),
    ("api-away-crash", PackageResources.api_away_crash_yml),
    ("metadata-away", PackageResources.metadata_away_yml),
    ("slow-stop", PackageResources.slow_stop_yml),
    ("standby", PackageResources.standby_yml),
    ("move", PackageResources.move_yml),
    ("update", PackageResources.update_yml),
  ]
}

/// No such drill.
package struct UnknownDrill: Error, CustomStringConvertible {
  package let description: String
}
