import Core
import Testing

@testable import Host

@Suite struct HostsFileTests {
  private let block = "# BEGIN pmm-ha\n198.51.100.11 pmm1\n198.51.100.12 pmm2\n# END pmm-ha\n"

  @Test(
    "The file becomes right, and stays byte for byte what it then is",
    arguments: [
      "", "127.0.0.1 localhost", "127.0.0.1 localhost\n", "127.0.1.1 pmm1\n", "127.0.1.1 PMM1 pmm1.lan # installer\n",
      "203.0.113.1 pmm2 web # old\n::1 pmm1\n", "198.51.100.11 pmm1\n", "# BEGIN pmm-ha\n203.0.113.7 pmm1.lan pmm1\n# END pmm-ha\nafter\n",
      "198.51.100.11 pmm1\n198.51.100.12   pmm2 # mine\n",
    ])
  func idempotent(before: String) {
    let once = HostsFile.wanted(before, nodes: nodes)
    #expect(HostsFile.wanted(once, nodes: nodes) == once)
    for line in once.split(separator: "\n") {
      let words = line.prefix { $0 != "#" }.split(separator: " ")
      if words.contains("pmm1") { #expect(words.first == "198.51.100.11") }
      if words.contains("pmm2") { #expect(words.first == "198.51.100.12") }
    }
    #expect(once.contains("pmm1") && once.contains("pmm2"))
  }

  @Test("Lines of the user's that are right already stay, and nothing is added beside them")
  func own() {
    let mine = "198.51.100.11\tpmm1 # here\n198.51.100.12\tpmm2\n"
    #expect(HostsFile.wanted(mine, nodes: nodes) == mine)
  }

  @Test("Only the node's name leaves a line that has others, with its comment kept")
  func shared() {
    #expect(HostsFile.wanted("203.0.113.1 pmm2 web # old\n", nodes: nodes) == "203.0.113.1 web # old\n" + block)
  }

  @Test("The block keeps its place between what stands around it")
  func place() {
    let before = "a 1\n# BEGIN pmm-ha\n203.0.113.7 pmm1\n# END pmm-ha\nb 2\n"
    #expect(HostsFile.wanted(before, nodes: nodes) == "a 1\n\(block)b 2\n")
  }
}
