import ArgumentParser
import Cluster

/// The spec that a verb works with; every verb that needs one has these.
struct SpecOptions: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("The spec.", valueName: "file"), completion: .file(extensions: ["yml", "yaml"]))
  var file = "pmm-ha.yml"

  /// Reads and checks it. Throws what can be printed as it stands: all mistakes, a line each.
  func load() throws -> LoadedSpec { try LoadedSpec(file: file) }
}
