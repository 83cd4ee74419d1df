import Core
import FoundationEssentials
import Testing

@testable import PMMServer

@Suite struct SpecTests {
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
