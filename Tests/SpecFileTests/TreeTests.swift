import SpecFile
import Testing

@Suite("Reading YAML")
struct TreeTests {
  @Test("Scalars keep their text and their place")
  func scalars() throws {
    let tree = try Tree(yaml: "a: 3.10\nb:\n  - 'yes'\n  - 0x10\nc: {d: ~, e: \"é\\n\"}\n")
    #expect(tree["a"]?.text == "3.10")
    #expect(tree["b"]?[0]?.text == "yes")
    #expect(tree["b"]?[0]?.position == Position(line: 3, column: 5))
    #expect(tree["b"]?[1]?.integer == nil)
    #expect(tree["c"]?["d"]?.isNull == true)
    #expect(tree["c"]?["e"]?.text == "é\n")
    #expect(tree["c"]?.entries.map(\.position) == [Position(line: 5, column: 5), Position(line: 5, column: 11)])
  }

  @Test("Only what is written without quotes is a number, a boolean or nothing")
  func kinds() throws {
    let tree = try Tree(yaml: "[12, '12', true, 'true', yes, null, 'null', '', -1, +1, 1_000]")
    #expect(tree.items.map(\.integer) == [12, nil, nil, nil, nil, nil, nil, nil, -1, 1, nil])
    #expect(tree.items.map(\.boolean) == [nil, nil, true, nil, nil, nil, nil, nil, nil, nil, nil])
    #expect(tree.items.map(\.text) == ["12", "12", "true", "true", "yes", nil, "null", "", "-1", "+1", "1_000"])
  }

  @Test("Keys that stand twice are all kept, and all known as such")
  func duplicates() throws {
    let tree = try Tree(yaml: "a: 1\nb: {c: 1, 'd': 2, c: 3, 'd': 4}\na: 2\na: 3\n")
    #expect(tree.entries.map(\.key) == ["a", "b", "a", "a"])
    #expect(tree.entries.map(\.duplicateOf?.line) == [nil, nil, 1, 3])
    #expect(tree["b"]?.entries.map(\.key) == ["c", "d", "c", "d"])
    #expect(tree["b"]?.entries.map(\.duplicateOf?.column) == [nil, nil, 5, 11])
  }

  @Test("Anchors and aliases work; a few of them cannot blow the file up")
  func aliases() throws {
    let tree = try Tree(yaml: "a: &x {b: 1}\nc: *x\n")
    #expect(tree["c"]?["b"]?.integer == 1)
    let bomb =
      "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
      + (1...9).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", "))]\n" }.joined()
    #expect(throws: UnreadableYAML.self) { try Tree(yaml: bomb) }
  }

  @Test(
    "Files that no spec can be are refused before they exhaust the reader",
    arguments: [
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 50_000), String(repeating: "a:\n", count: 30_000),
      (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), String(repeating: "? ", count: 50_000),
    ])
  func bounds(_ text: String) {
    #expect(throws: UnreadableYAML.self) { try Tree(yaml: text) }
  }

  @Test("What is no YAML is said so, with its line")
  func syntax() {
    for (text, line) in [
      ("a: 1\n\tb: 2\n", 2), ("a: [1, 2\nb: 3\n", 2), ("a: 'x\n", 2), ("a: \u{1}\n", 1), ("a: *b\n", 1), ("a: 1\n---\nb: 1\n", 2),
    ] {
      let error = #expect(throws: UnreadableYAML.self, "\(text)") { try Tree(yaml: text) }
      #expect(error?.position.line == line, "\(text): \(String(describing: error))")
    }
  }

  @Test("A path is shown by the names of items, and found again by what is shown")
  func paths() throws {
    let tree = try Tree(yaml: "nodes:\n  - name: pmm1\n    ssh: {port: 1}\n  - ssh: {}\n")
    let path = Path("nodes") / 0 / "ssh" / "port"
    #expect(path.description(in: tree) == "nodes/pmm1/ssh/port")
    #expect(Path(description: "nodes/pmm1/ssh/port", in: tree) == path)
    #expect(path.position(in: tree) == Position(line: 3, column: 11))
    #expect((Path("nodes") / 1 / "ssh" / "port").position(in: tree) == Position(line: 4, column: 5))
    #expect((Path("nodes") / 1).description(in: tree) == "nodes/1")
    #expect(tree.removing(Path("nodes") / 0 / "ssh")["nodes"]?[0]?.entries.map(\.key) == ["name"])
  }

  @Test("Codable types decode from a tree, and say where they do not")
  func decoding() throws {
    struct Item: Codable, Equatable {
      var name: String
      var size: UInt8?
      var on = true
      var ratio: Double
    }
    let items = try Tree(yaml: "[{name: 1.0, size: 3, on: false, ratio: 2}, {name: b, size: ~, on: true, ratio: 0.5}]").decode([Item].self)
    #expect(items == [Item(name: "1.0", size: 3, on: false, ratio: 2), Item(name: "b", size: nil, on: true, ratio: 0.5)])
    #expect(try Tree(yaml: "{a: 1, b: 2}").decode([String: Int].self) == ["a": 1, "b": 2])
    for (text, place) in [
      ("[{name: a, on: true, ratio: x}]", Path([.item(0), .key("ratio")])), ("[{name: a, on: true}]", Path([.item(0), .key("ratio")])),
      ("[{name: a, on: 'true', ratio: 1}]", Path([.item(0), .key("on")])), ("[1]", Path([.item(0)])), ("{}", Path()),
      ("[{name: a, on: true, ratio: 1, size: 300}]", Path([.item(0), .key("size")])),
    ] {
      let error = #expect(throws: DecodingError.self) { try Tree(yaml: text).decode([Item].self) }
      switch error {
      case .typeMismatch(_, let context)?, .keyNotFound(_, let context)?: #expect(Path(context.codingPath) == place, "\(text)")
      default: Issue.record("\(text): \(String(describing: error))")
      }
    }
  }
}
