import Core
import Testing

@testable import SpecFile

@Suite("Formats and suggestions")
struct FormatTests {
  /// Every format meets all of these; the check by hand and the pattern must agree on each.
  private static let samples = [
    "", "a", "A", "pmm1", "PMM1", "pmm-1", "-a", "a-", "_a", ".a", "a.b", "a..b", "a.", "1", "3.4.1", "3.4.1-rc1", "a b", "a\tb", "a\n",
    "é",
    "/", "/a", "/a/", "/a/b", "//a", "/a//b", "/a/../b", "/a/.", "/a/..b", "/dev", "/dev/sda", "/dev/disk/by-id/a:b", "/dev/../etc", "/a$b",
    "/a'b",
    "198.51.100.1", "2001:db8::1", "::1", "eth0", "a-name-of-16-char", "eth0.100", "br0@x", ".", "..", "noatime", "noatime,nodev",
    "noatime,",
    ",a", "noatime, nodev", "fence_ipmilan", "fence_", "ipmilan", "lanplus", "a_b-c", "A_B", "1A", "docker.io/percona/pmm-server",
    "localhost:5000/a/b", "a/b:tag", "a:5000", "/a:1", "a//b", "pmm-server", "root", "root@host", "-oProxyCommand=x", "[::1]", "a%eth0",
    "docker.io/a/b@sha256:" + String(repeating: "0f", count: 32), "docker.io/a/b@sha256:0f", "docker.io/a/B", "Docker.io/x", "localhost/x",
    "reg.example:5000/a_b", "reg:x/b", "a..b/c", "a-.b/c", "a__b", "a___b", "a--b", "x/a.-b",
    String(repeating: "a", count: 63), String(repeating: "a", count: 64), String(repeating: "a", count: 129),
    "a." + String(repeating: "b", count: 62),
  ]

  @Test("What is checked by hand is what the JSON Schema's pattern says", arguments: Format.allCases)
  func patterns(_ format: Format) throws {
    let pattern = try Regex(format.pattern)
    for sample in Self.samples {
      // The pattern of addresses is rough: JSON Schema's readers cannot do better.
      if format == .ipAddress && !format.accepts(sample) { continue }
      #expect(format.accepts(sample) == (sample.wholeMatch(of: pattern) != nil), "\(format): '\(sample)'")
    }
    #expect(format.rule.hasSuffix(".") && format.rule.contains(" "))
  }

  @Test("Each format takes what it is for, and nothing that could be an option or another word")
  func meaning() {
    #expect(Self.samples.filter(Format.ipAddress.accepts) == ["198.51.100.1", "2001:db8::1", "::1"])
    #expect(Self.samples.filter(Format.device.accepts) == ["/dev/sda", "/dev/disk/by-id/a:b"])
    #expect(Self.samples.filter(Format.fenceAgent.accepts) == ["fence_ipmilan"])
    #expect(!Format.sshHost.accepts("-oProxyCommand=x"))
    #expect(!Format.user.accepts("-oProxyCommand=x"))
    #expect(Format.image.accepts("localhost:5000/a/b") && !Format.image.accepts("docker.io/percona/pmm-server:3.4.1"))
    #expect(Format.hostName.accepts("pmm1.example.net") && !Format.hostName.accepts("PMM1"))
  }

  @Test("A slip finds its word; another word finds none")
  func slips() {
    let known = ["address", "addresses", "prefix", "interface", "mount_point", "preferred_node"]
    #expect(didYouMean("adress", among: known) == "address")
    #expect(didYouMean("perfix", among: known) == "prefix")
    #expect(didYouMean("mount-point", among: known) == "mount_point")
    #expect(didYouMean("mountpoint", among: known) == "mount_point")
    #expect(didYouMean("Prefix", among: known) == "prefix")
    #expect(didYouMean("prefered_node", among: known) == "preferred_node")
    #expect(didYouMean("netmask", among: known) == nil)
    #expect(didYouMean("", among: known) == nil)
    #expect(editDistance("kitten", "sitting", limit: 5) == 3)
    #expect(editDistance("abcd", "abdc", limit: 5) == 1)
    #expect(editDistance("", "abc", limit: 5) == 3)
  }
}
