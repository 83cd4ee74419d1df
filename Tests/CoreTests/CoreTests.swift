import Core
import Testing

@Suite struct CoreTests {
  @Test("A node name is a lower-case host name", arguments: ["PMM1", "", "a b", "-x", "x-", "a..b", "a_b"])
  func nodeNames(bad: String) {
    #expect(throws: InvalidNodeName.self) { try NodeName(bad) }
  }

  @Test("A secret shows its name only, and its value when revealed")
  func secrets() {
    let text: Text = "password=\(SecretName("bmc-pmm1"));"
    #expect(text.description == "password=<secret bmc-pmm1>;")
    #expect(text.revealed { _ in "hunter2" } == "password=hunter2;")
  }

  @Test("Shell quoting survives quotes, spaces and dollars")
  func quoting() {
    #expect(shellQuoted("a'b $c") == "'a'\\''b $c'")
    #expect(shellQuoted("") == "''")
    #expect(shellQuoted("/dev/sdb") == "/dev/sdb")
  }

  @Test("A diff shows changed lines with context")
  func diff() {
    #expect(unifiedDiff(from: "a\nb\nc\n", to: "a\nB\nc\n") == [" a", "-b", "+B", " c"])
    #expect(unifiedDiff(from: "a", to: "a") == [])
  }

  @Test("What a node says cannot move a terminal's cursor, set its title or turn its text around")
  func controls() {
    #expect(printable("a\n\tb ✓ ä") == "a\n\tb ✓ ä")
    #expect(printable("\u{1b}[2J\u{1b}]0;x\u{07}\u{9b}1m\u{7f}\u{202e}z\r\n") == "\\x1b[2J\\x1b]0;x\\x07\\x9b1m\\x7f\\u202ez\n")
    #expect(Finding(.note, at: "p", "m\u{1b}[1A", hint: "").message == "m\\x1b[1A")
  }

  @Test("An answer falls into its named sections")
  func sections() {
    #expect(Answer("x\n== a\n1\n2\n== b\n").sections == ["": "x", "a": "1\n2", "b": ""])
  }
}
