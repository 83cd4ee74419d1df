import Core
import Foundation
import Testing

@testable import PMMServer

@Suite struct UnitTests {
  @Test("The unit is the runbook's without its defects", arguments: ["pmm3", "pmm3-selinux", "pmm2-systemd"])
  func unit(name: String) throws {
    let expected = try fixture("\(name).service")
    let server =
      name == "pmm2-systemd"
      ? try example(tag: "2.44.1", port: 8443, resource: .systemd, mountPoint: "/srv/pmm-server/a%b", device: nil) : try example()
    #expect(server.unit(selinux: name == "pmm3-selinux") == expected)
  }

  @Test("A mount point's unit is named as systemd-escape names it")
  func escaping() {
    #expect(escapedPath("/srv/pmm") == "srv-pmm")
    #expect(escapedPath("/mnt/pmm-server/a%b.c") == "mnt-pmm\\x2dserver-a\\x25b.c")
  }

  @Test("PMM's environment forbids updates of its own by the major version's name, unless the spec speaks of it")
  func environment() throws {
    #expect(try example().environment.description.hasSuffix("\nPMM_ENABLE_UPDATES=0\n"))
    #expect(try example(tag: "2.44.1").environment.description.hasSuffix("\nDISABLE_UPDATES=1\n"))
    // 3.9.0 is the first release without an update of its own.
    #expect(try example(tag: "3.8.2").environment.description.hasSuffix("\nPMM_ENABLE_UPDATES=0\n"))
    #expect(try !example(tag: "3.9.0").environment.description.contains("PMM_ENABLE_UPDATES"))
    #expect(try example(tag: "3").environment.description.hasSuffix("\nPMM_ENABLE_UPDATES=0\n"))
    #expect(try example(environment: ["PMM_ENABLE_UPDATES": .plain("1")]).environment.description.hasSuffix("\nPMM_ENABLE_UPDATES=1\n"))
  }

  @Test("PMM is told the address by which clients reach it, unless the spec says another")
  func publicAddress() throws {
    func environment(_ own: [String: PMMSpec.EnvironmentValue]) throws -> String {
      PMMServer(
        try PMMSpec(tag: "3.9.1", environment: own), nodes: [], mountPoint: "/srv/pmm", device: nil, share: "/mnt", timing: .fast,
        publicAddress: "198.51.100.100:8443"
      ).environment.description
    }
    #expect(try environment([:]).hasSuffix("\nPMM_PUBLIC_ADDRESS=198.51.100.100:8443\n"))
    #expect(try environment(["PMM_PUBLIC_ADDRESS": .plain("pmm.example.net")]).hasSuffix("'.\nPMM_PUBLIC_ADDRESS=pmm.example.net\n"))
  }

  @Test("A secret in the environment shows by its name, and nobody else may read the file")
  func secretEnvironment() throws {
    let server = try example(environment: ["GF_SECURITY_ADMIN_PASSWORD": .secret(.environment("X")), "A": .plain("1")])
    #expect(
      server.environment.description.hasSuffix("\nA=1\nGF_SECURITY_ADMIN_PASSWORD=<secret pmm-environment-GF_SECURITY_ADMIN_PASSWORD>\n"))
    #expect(server.environmentMode == 0o600)
    #expect(server.spec.secrets == [SecretName("pmm-environment-GF_SECURITY_ADMIN_PASSWORD"): .environment("X")])
  }
}

func example(
  tag: String = "3.4.1", port: Int = 443, archive: String? = nil, environment: [String: PMMSpec.EnvironmentValue] = [:],
  resource: PMMSpec.ResourceClass = .ocf, mountPoint: String = "/srv/pmm", device: String? = "/dev/disk/by-id/virtio-pmm-sh",
  adminPassword: SecretSource? = nil, tls: PMMTLS? = nil
) throws -> PMMServer {
  PMMServer(
    try PMMSpec(
      tag: tag, port: port, archive: archive, environment: environment, resource: resource, adminPassword: adminPassword, tls: tls),
    nodes: [try NodeName("pmm1"), try NodeName("pmm2")], mountPoint: mountPoint, device: device, share: "/mnt/share/pmm", timing: .fast)
}

func fixture(_ name: String) throws -> String {
  let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil), "no fixture \(name)")
  return try String(contentsOf: url, encoding: .utf8)
}
