import Core
import Testing

@testable import PMMServer

@Suite struct FactsTests {
  @Test("An active node's container, images and files are read from podman 4.3.1")
  func active() throws {
    let facts = try PMMFacts(Answer(try fixture("pmm-probe-podman-4.3.1-active.txt")))
    #expect(facts.podman && facts.curl && facts.share && facts.alive && !facts.selinux && !facts.needsReload && !facts.restartInterrupted)
    #expect(facts.settingsCurrent == true)
    #expect(facts.unitFileState == "static")
    let id = "abbc5715b10e870fcc58f22b4b4673d7c5393261f5b237c04ab759a9e3450c00"
    #expect(facts.container == .init(imageName: "localhost/pmm-test:3.0.0", imageID: id))
    #expect(facts.images["localhost/pmm-test:3.0.0"] == id)
    #expect(facts.files["/etc/pmm-ha/pmm/pmm-server.env"] == FileFact(.shown, content: "PMM_ENABLE_UPDATES=0\n", mode: 0o644))
    #expect(facts.files["/usr/lib/pmm-ha/pmm-start-check"]?.mode == 0o755)
    #expect(facts.files["/mnt/share/pmm/env"] == nil)
  }

  @Test("A passive node has the image and nothing that runs")
  func passive() throws {
    let facts = try PMMFacts(Answer(try fixture("pmm-probe-podman-4.3.1-passive.txt")))
    #expect(!facts.alive)
    #expect(facts.images["localhost/pmm-test:3.0.0"] != nil)
  }

  @Test("Secrets, an interrupted restart and a taken port are read")
  func rest() throws {
    let answer = Answer(
      """
      == node
      restart=interrupted
      selinux=yes
      == modes
      600 /a b
      == secret
      same /a b
      unknown /c
      == unit
      Alive=no
      Settings=different
      == port
      LISTEN 0      5      0.0.0.0:443 0.0.0.0:* users:(("python3",pid=336,fd=3))
      == images

      """)
    let facts = try PMMFacts(answer)
    #expect(facts.restartInterrupted && facts.selinux && facts.settingsCurrent == false)
    #expect(facts.files == ["/a b": FileFact(.same, mode: 0o600), "/c": FileFact(.unknown)])
    #expect(facts.portTakenBy == "python3")
  }

  @Test("An answer that was cut off, or podman's files in another form, are said to be unreadable")
  func unreadable() {
    #expect(throws: UnreadableAnswer.self) { try PMMFacts(Answer("== node\n== modes\n", status: 137)) }
    #expect(throws: UnreadableAnswer.self) {
      try PMMFacts(Answer("== node\n== modes\n== secret\n== unit\n== port\n== images\n[{\"id\":7}]\n"))
    }
  }

  @Test("An image that was pulled by its tag is found by its digest, too")
  func digests() throws {
    let digest = "sha256:" + String(repeating: "0f", count: 32)
    let images = "[{\"id\":\"abc\",\"digest\":\"\(digest)\",\"names\":[\"registry.example:5000/a/pmm-server:3.9.1\"]}]"
    let facts = try PMMFacts(Answer("== node\n== modes\n== secret\n== unit\n== port\n== images\n\(images)\n"))
    #expect(facts.images["registry.example:5000/a/pmm-server@\(digest)"] == "abc")
  }

  @Test("Versions compare by their numbers", arguments: [("3.4.1", "3.10.0"), ("2.44.1", "3"), ("3.4", "3.4.1"), ("3.4.1-rc", "3.4.2")])
  func versions(smaller: String, larger: String) throws {
    #expect(try #require(Version(smaller)) < #require(Version(larger)))
    #expect(Version("latest") == nil)
  }
}
