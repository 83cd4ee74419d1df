import Cluster
import Core
import SpecFile
import Testing

@Suite("The whole spec")
struct ClusterSpecTests {
  @Test("The example decodes into a cluster of two nodes")
  func exampleDecodes() throws {
    let loaded = try LoadedSpec(yaml: Schema.exampleText, file: "pmm-ha.yml")
    #expect(loaded.cluster.name == "pmm-ha")
    #expect(loaded.cluster.nodes.map(\.name.description) == ["pmm1", "pmm2"])
    #expect(loaded.cluster.nodes.map(\.ssh.user) == ["root", "root"])
    #expect(loaded.cluster.fencing.devices.count == 2)
    #expect(loaded.cluster.pmm.reference == "docker.io/percona/pmm-server:3.4.1")
    #expect(loaded.secrets.entries.map(\.name.description) == ["hacluster", "fencing-fence_pmm1", "fencing-fence_pmm2"])
    #expect(loaded.problems.isEmpty)
  }
}
