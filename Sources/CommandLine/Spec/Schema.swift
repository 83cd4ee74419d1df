import ArgumentParser
import SpecFile

/// `pmm-ha schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the spec's JSON Schema, for editors; or the annotated example.",
    discussion: "The example is the reference: every key with what it means, what it may hold and its default.")

  @Flag(help: "Print the annotated example in place of the JSON Schema.")
  var example = false

  func run() throws {
    let text = example ? Schema.exampleText : try Schema.ofSpec().jsonSchema.text + "\n"
    Terminal.output.write(text)
  }
}
