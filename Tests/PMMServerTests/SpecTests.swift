import Core
import FoundationEssentials
import Testing

@testable import PMMServer

@Suite struct SpecTests {
  static let byDigest = "docker.io/percona/pmm-server@sha256:" + String(repeating: "0f", count: 32)

  @Test(
    "A digest decides which image it is: the unit, podman's question and the settings name it, and a tag beside it only tells the version")
  func digest() throws {
    let alone = try PMMSpec(image: Self.byDigest, tag: nil, major: .three)
    #expect(alone.reference == Self.byDigest && alone.isByDigest)
    let told = try PMMSpec(image: Self.byDigest, tag: "3.9.1")
    #expect(told.reference == Self.byDigest && told.major == .three && told.remarks.isEmpty)
    func server(_ spec: PMMSpec) throws -> PMMServer {
      PMMServer(spec, nodes: [try NodeName("pmm1")], mountPoint: "/srv/pmm", device: nil, share: "/mnt", timing: .fast)
    }
    #expect(try server(alone).unit(selinux: false).contains(" --health-cmd=none ${PMM_IMAGE}\n"))
    #expect(try server(alone).settings.contains("\nPMM_IMAGE=\(Self.byDigest)\nPMM_READINESS_URL="))
    #expect(try server(told).settings.contains("\nPMM_IMAGE=\(Self.byDigest)\nPMM_TAG=3.9.1\nPMM_READINESS_URL="))
    #expect(try JSONDecoder().decode(PMMSpec.self, from: JSONEncoder().encode(told)) == told)
  }

  @Test("What cannot be an image, a tag, a port or a variable is named by its key")
  func invalid() {
    func key(_ body: () throws(InvalidPMM) -> PMMSpec) -> String? {
      do {
        _ = try body()
        return nil
      } catch { return error.key }
    }
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: "percona/pmm-server:3", tag: "3.4.1") } == "image")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: "percona/pmm-server", tag: "3.4.1") } == "image")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.4 1") } == "tag")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "latest") } == "tag")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.4.1", port: 0) } == "port")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.4.1", archive: "pmm.tar") } == "archive")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.4.1", environment: ["A-B": .plain("")]) } == "environment")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.4.1", environment: ["A": .plain("1\n2")]) } == "environment")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: "3.9.1", environment: ["A": .plain("1\u{1b}[2J")]) } == "environment")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: Self.byDigest, tag: "3.9.1", archive: "/pmm.tar") } == "archive")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: Self.byDigest, tag: nil) } == "image")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(tag: nil, major: .three) } == "tag")
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: "localhost/pmm-lab", tag: "latest", major: .three) } == nil)
    #expect(key { () throws(InvalidPMM) in try PMMSpec(image: "registry.example:5000/pmm", tag: "2.44.1") } == nil)
  }

  @Test("Environment values are plain scalars or say where a secret comes from")
  func decoding() throws {
    let json = #"{"image":"docker.io/percona/pmm-server","tag":"3.4.1","port":443,"environment":{"A":1,"B":{"env":"X"}},"resource":"ocf"}"#
    let spec = try JSONDecoder().decode(PMMSpec.self, from: Data(json.utf8))
    #expect(spec.environment == ["A": .plain("1"), "B": .secret(.environment("X"))])
    #expect(spec.major == .three)
    #expect(try JSONDecoder().decode(PMMSpec.self, from: JSONEncoder().encode(spec)) == spec)
  }
}
