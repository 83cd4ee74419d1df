import Testing

@testable import Core
@testable import Pacemaker

@Suite("XML as Pacemaker writes it") struct XMLTests {
  @Test(
    "What is read and written again is the same",
    arguments: ["cib-2.1.5-foreign.xml", "cib-2.1.5-by-hand.xml", "crm_mon-2.1.5-after-crash.xml"])
  func roundTrip(name: String) throws {
    let node = try XMLNode(parsing: fixture(name))
    #expect(try XMLNode(parsing: node.description) == node)
    #expect(try XMLNode(parsing: node.indented) == node)
    #expect(!node.children.isEmpty)
  }

  @Test("References, quotes, newlines in attributes, CDATA, comments and a declaration")
  func details() throws {
    let node = try XMLNode(
      parsing:
        "<?xml version='1.0'?><!-- a > b --><a b='\"x\" &lt;&#10;&amp;&#x41;'><!-- c --> t &gt; <![CDATA[<raw>]]> <c/></a>\n<!-- end -->\n")
    #expect(node["b"] == "\"x\" <\n&A")
    #expect(node.text == "t > <raw>")
    #expect(try XMLNode(parsing: node.description) == node)
    #expect(node.description == "<a b=\"&quot;x&quot; &lt;&#10;&amp;A\">t &gt; &lt;raw&gt;<c/></a>")
  }

  @Test(
    "What is not well formed is refused with its line",
    arguments: [
      "", "x", "<a>", "<a></b>", "<a b=c/>", "<a b='1' b='2'/>", "<a>&nope;</a>", "<a/><b/>", "<a b='1'c='2'/>", "<a><!-- ", "</a>",
      "<a b='",
    ])
  func malformed(text: String) {
    #expect(throws: InvalidXML.self) { try XMLNode(parsing: text) }
  }

  @Test("An error names the line")
  func line() {
    let error = #expect(throws: InvalidXML.self) { try XMLNode(parsing: "<a>\n<b>\n</c>\n</a>") }
    #expect(error?.description == "line 3: </c> closes <b>")
  }

  @Test("A document that would exhaust the stack is refused")
  func deep() throws {
    let text = String(repeating: "<a>", count: 50_000) + String(repeating: "</a>", count: 50_000)
    let error = #expect(throws: InvalidXML.self) { try XMLNode(parsing: text) }
    #expect(error?.reason == "elements are nested too deep")
  }

  @Test("No input makes the reader crash, and what it reads it writes back the same")
  func fuzz() throws {
    var random = Seeded(state: 7)
    let base = Array(try fixture("crm_mon-2.1.5-file.xml").utf8)
    let pieces = ["<", ">", "/", "\"", "'", "&", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<a/>", "\n", "="].map { Array($0.utf8) }
    var (read, refused) = (0, 0)
    for _ in 0..<400 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 32...126, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: place)
        }
      }
      guard let node = try? XMLNode(parsing: String(decoding: bytes, as: UTF8.self)) else {
        refused += 1
        continue
      }
      read += 1
      #expect(try XMLNode(parsing: node.description) == node)
    }
    #expect(read > 50 && refused > 50)
  }
}

/// SplitMix64: the same numbers in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
