import ArgumentParser
import Drills

/// `pmm-ha drill`: break a cluster on purpose, and see what it is worth.
struct DrillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill", abstract: "Break a cluster on purpose: what clients felt, what was lost, and whether anything ran twice.",
    subcommands: [DrillList.self, DrillShow.self, DrillRun.self, DrillRandom.self, DrillHistory.self])
}

/// `pmm-ha drill list`
struct DrillList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the drills that there are.")
  @Flag(help: "The words for faults and ways back, as drills' files use them.") var faults = false
  @Flag(help: "For programs: one JSON array.") var json = false

  func run() throws {
    if faults {
      let words = Fault.allCases.map { Word(fault: $0.rawValue, place: $0.needsLab ? "lab" : "anywhere") }
      if json { return try printJSON(words) }
      for word in words { Terminal.output.write("\(word.fault.padded(22))\(Terminal.output.style(word.place, .dim))\n") }
      return
    }
    let drills = try DrillLibrary.all()
    if json { return try printJSON(drills) }
    for drill in drills {
      Terminal.output.write("\(Terminal.output.style(drill.name.padded(24), .bold))\(drill.place.rawValue.padded(10))\(drill.title)\n")
    }
  }

  private struct Word: Encodable {
    let fault: String
    let place: String
  }
}

/// `pmm-ha drill show`
struct DrillShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a drill's file: what it does, what must hold, how it heals.",
    discussion: "'example' shows the annotated reference of all keys, to write a drill of one's own from.")
  @Argument(help: "The drill, or 'example'.") var name: String

  func run() throws {
    Terminal.output.write(name == "example" ? DrillLibrary.exampleText : try DrillLibrary.text(of: name))
  }
}
