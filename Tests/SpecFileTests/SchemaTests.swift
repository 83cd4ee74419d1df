import SpecFile
import Testing

@Suite("The annotated example")
struct SchemaTests {
  @Test("The example is right by its own schema")
  func exampleIsRight() throws {
    var validation = Validation(try Tree(yaml: Schema.exampleText), against: try Schema.ofSpec())
    _ = validation.run()
    #expect(validation.problems.all.map { $0.description(file: "example") } == [])
  }

  @Test("Every key is described, and every default is what the key may hold")
  func everyKeyIsDescribed() throws {
    func visit(_ schema: Schema, _ path: String) {
      for field in schema.fields {
        let here = "\(path)/\(field.name)"
        #expect(field.schema.words.count > 15, "\(here) has no description")
        if case .choice(let words) = field.schema.kind, let fallback = field.schema.fallback {
          #expect(words.contains(fallback), "\(here)")
        }
        visit(field.schema, here)
        if case .list(let item, _, _) = field.schema.kind { visit(item, here) }
      }
    }
    let schema = try Schema.ofSpec()
    visit(schema, "")
    #expect(
      schema.fields.map(\.name) == [
        "cluster", "platform", "nodes", "virtual_ip", "shared_storage", "config_share", "fencing", "timing", "pmm", "constraints",
        "secrets",
      ])
  }
}
