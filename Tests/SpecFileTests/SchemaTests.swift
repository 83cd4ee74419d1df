import Testing

@testable import SpecFile

@Suite("The annotated example and its schema")
struct SchemaTests {
  @Test("The example is right by its own schema, also with every key set")
  func exampleIsRight() throws {
    let schema = try Schema.ofSpec()
    for tree in [try Tree(yaml: Schema.exampleText), try SchemaSource(Schema.exampleText).root] {
      var validation = Validation(tree, against: schema)
      _ = validation.run()
      #expect(validation.problems.all.map { $0.description(file: "example") } == [])
    }
  }

  @Test("Every key is described, and every default is what the key may hold")
  func everyKeyIsDescribed() throws {
    func visit(_ schema: Schema, _ path: String) {
      for field in schema.fields {
        let here = "\(path)/\(field.name)"
        #expect(field.schema.words.count > 15, "\(here) has no description")
        #expect(field.schema.words.hasSuffix("."), "\(here)'s description is not a sentence")
        #expect(!(field.schema.required && field.schema.fallback != nil), "\(here) is required and has a default")
        switch field.schema.kind {
        case .choice(let words): if let fallback = field.schema.fallback { #expect(words.contains(fallback), "\(here)") }
        case .string(let format): if let fallback = field.schema.fallback { #expect(format.accepts(fallback), "\(here)") }
        case .list(let item, _, _): visit(item, here)
        default: break
        }
        visit(field.schema, here)
      }
    }
    let schema = try Schema.ofSpec()
    visit(schema, "")
    let keys = [
      "cluster", "platform", "ec2", "nodes", "virtual_ip", "shared_storage", "config_share", "fencing", "quorum", "timing", "pmm",
      "constraints",
      "time_servers", "secrets",
    ]
    #expect(schema.fields.map(\.name) == keys)
  }

  /// Ways to every value in a tree; of lists the first item.
  private func paths(_ tree: Tree, _ path: Path = Path()) -> [Path] {
    tree.entries.flatMap { [path / $0.key] + paths($0.value, path / $0.key) }
      + tree.items.prefix(1).flatMap { paths($0, path / 0) }
  }

  private func replacing(_ path: ArraySlice<Path.Part>, in tree: Tree, by content: Tree.Content) -> Tree {
    guard let part = path.first else { return Tree(content, at: tree.position) }
    var result = tree
    switch (part, tree.content) {
    case (.key(let key), .object(let entries)):
      result.content = .object(
        entries.map { entry in
          guard entry.key == key else { return entry }
          var entry = entry
          entry.value = replacing(path.dropFirst(), in: entry.value, by: content)
          return entry
        })
    case (.item(let index), .list(var items)):
      items[index] = replacing(path.dropFirst(), in: items[index], by: content)
      result.content = .list(items)
    default: break
    }
    return result
  }

  @Test("A wrong value of any key is found, at that key and nowhere else")
  func everyKeyIsChecked() throws {
    let schema = try Schema.ofSpec()
    let full = try SchemaSource(Schema.exampleText).root
    let all = paths(full)
    #expect(all.count > 45)
    for path in all {
      // A list in a list is wrong everywhere.
      var validation = Validation(replacing(path.parts[...], in: full, by: .list([Tree(.list([]), at: full.position)])), against: schema)
      _ = validation.run()
      let found = validation.problems.all.map(\.finding.place)
      #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix(path.description(in: full)) || full.renames(path) }, "\(path): \(found)")
    }
  }

  @Test("A key that is not known is found in every object, with a suggestion where it is a slip")
  func everySlipIsFound() throws {
    let schema = try Schema.ofSpec()
    let full = try SchemaSource(Schema.exampleText).root
    for field in schema.fields where field.name.count > 4 {
      let slip = String(field.name.dropLast())
      let tree = Tree(
        .object(full.entries.map { $0.key == field.name ? Tree.Entry(slip, at: $0.position, $0.value) : $0 }), at: full.position)
      var validation = Validation(tree, against: schema)
      _ = validation.run()
      #expect(validation.problems.all.map(\.finding.hint) == ["Did you mean '\(field.name)'?"])
    }
  }

  @Test("A mistake in the example is told by its line")
  func mistakes() {
    for (text, line, reason) in [
      ("a: 1\n", 1, "nothing says what 'a' may hold"), ("#: text\na: 1\n", 1, "'text' is not a type"),
      ("# b\n#: string, formats tag\na: 1\n", 2, "'formats tag' is not an option"),
      ("#: integer, minimum x\na: 1\n", 1, "'minimum x' is not an option"),
      ("#: string\na: [\n", 3, "this is not YAML: did not find expected node content while parsing a flow node (line 3)"),
    ] {
      let error = #expect(throws: SchemaSource.Mistake.self) { try SchemaSource(text).schema() }
      #expect(error == SchemaSource.Mistake(line: line, reason: reason), "\(text)")
    }
  }

  @Test("The JSON Schema describes, requires, bounds and refuses as the example says")
  func jsonSchema() throws {
    let json = try Schema.ofSpec().jsonSchema
    #expect(json["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
    #expect(json["additionalProperties"] == .bool(false))
    #expect(
      json["required"] == .list(["cluster", "nodes", "virtual_ip", "shared_storage", "config_share", "fencing", "pmm"].map { .string($0) }))
    let properties = try #require(json["properties"])
    #expect(
      properties["pmm"]?["properties"]?["port"]
        == .object([
          ("description", .string("The port on which the nodes publish PMM's HTTPS.")), ("type", .string("integer")),
          ("minimum", .number(1)),
          ("maximum", .number(65535)), ("default", .number(443)),
        ]))
    #expect(properties["timing"]?["enum"] == .list([.string("fast"), .string("standard"), .string("cloud")]))
    guard case .list(let fencing)? = properties["fencing"]?["anyOf"] else { throw JSONExpected() }
    #expect(fencing.last == .object([("const", .string("none-i-accept-data-loss"))]))
    #expect(fencing.first?["items"]?["properties"]?["password"]?["$ref"] == .string("#/$defs/secret"))
    #expect(json["$defs"]?["secret"]?["oneOf"] != nil)
    #expect(JSON.string("a\"\\\n\u{1}é").text == "\"a\\\"\\\\\\n\\u0001é\"")
  }

  private struct JSONExpected: Error {}
}

extension Tree {
  /// Whether what stands at `path` gives its item the name by which paths show it.
  fileprivate func renames(_ path: Path) -> Bool { [.key("name"), .key("node")].contains(path.parts.last) }
}
