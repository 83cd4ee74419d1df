import ArgumentParser
import Drills
import FoundationEssentials

/// `pmm-ha drill run`
struct DrillRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run drills, one after the other, and write their reports.",
    discussion: """
      In a lab (--lab, or a spec of one) all drills run; on a cluster of your own those that need ssh or the cluster's own \
      fencing, after you typed the cluster's name. Never without a healthy start. Exit status 1: a drill failed.
      """)
  @Argument(help: "Drills by name, or files of your own (./mine.yml).") var names: [String] = []
  @Flag(help: "All drills that can run there.") var all = false
  @Flag(help: "The short set.") var short = false
  @OptionGroup var options: DrillOptions

  func validate() throws {
    guard [!names.isEmpty, all, short].count(where: { $0 }) == 1 else {
      throw ValidationError("Name drills, or say --all or --short. Which there are: pmm-ha drill list")
    }
  }

  func run() async throws {
    var drills = try names.isEmpty ? DrillLibrary.all() : names.map(DrillLibrary.named)
    if short { drills = drills.filter(\.short) }
    let site = try await options.site()
    if all && site.lab == nil { drills = drills.filter { $0.place == .anywhere } }
    if all {
      for refusal in drills.compactMap(site.refusal) { Terminal.errors.write("Left out: \(refusal).\n") }
      drills.removeAll { site.refusal(of: $0) != nil }
    }
    if all, let lab = site.lab, try lab.newerTag == nil, drills.contains(where: \.updates) {
      drills.removeAll(where: \.updates)
      Terminal.errors.write("No newer PMM is at hand in this lab, so no update is tried; a new lab has one.\n")
    }
    try await play(drills, on: site, options)
  }
}

/// `pmm-ha drill random`
struct DrillRandom: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "random", abstract: "Run drills chosen by chance; the same seed chooses the same ones.")
  @Option(help: ArgumentHelp("How many.", valueName: "number")) var count = 10
  @Option(help: ArgumentHelp("Where chance begins.", valueName: "number")) var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Begin no further drill after so many minutes.", valueName: "number")) var minutes: Int?
  @OptionGroup var options: DrillOptions

  func run() async throws {
    let site = try await options.site()
    let drills = try DrillLibrary.all().filter { $0.random && site.refusal(of: $0) == nil }
    try await play(RandomDrills.chosen(from: drills, count: count, seed: seed), on: site, options, minutes: minutes)
  }
}

/// Runs drills and renders what comes of them.
private func play(_ drills: [Drill], on site: Site, _ options: DrillOptions, minutes: Int? = nil) async throws {
  let store = DrillStore(directory: options.reports ?? Workspace.drills(of: site.spec.cluster.name))
  let end = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
  var results: [DrillResult] = []
  for (index, drill) in drills.enumerated() {
    if let end, ContinuousClock.now > end { break }
    let live = LiveDrill(quiet: options.json)
    await live.begin(drill, index + 1, of: drills.count)
    do {
      let result = try await DrillRunner(site) { await live.show($0) }.run(drill)
      let report = try store.keep(result)
      results.append(result)
      await live.end(result, report: report)
    } catch {
      await live.stop()
      throw error
    }
  }
  try store.keepJUnit(results)
  if options.json { try printJSON(results) } else { Terminal.output.write(DrillSummary(results: results, terminal: .output).text) }
  if results.contains(where: { !$0.passed }) { throw ExitCode(1) }
}
