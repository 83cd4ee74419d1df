import Testing

@testable import Adopt

@Suite("A unit written by hand") struct UnitTests {
  @Test("Environment files override the unit's own words, and ExecStart tells the rest")
  func runbook() {
    let unit = Unit(
      """
      [Service]
      Environment=PMM_PUBLIC_PORT=443
      Environment=PMM_VOLUME_PATH=/mnt/pmm/srv
      Environment=PMM_TAG=2.33.0
      Environment=PMM_IMAGE=docker.io/percona/pmm-server
      Environment=PMM_ENV_FILE=/mnt/nfs_share/pmm/pmm-server.env
      EnvironmentFile=-/mnt/nfs_share/pmm/env
      ExecStart=/usr/bin/podman run --rm --replace=true --name=%N -p ${PMM_PUBLIC_PORT}:443/tcp --ulimit=host --mount=type=bind,src=${PMM_VOLUME_PATH},dst=/srv,relabel=shared --env-file=${PMM_ENV_FILE} ${PMM_IMAGE}:${PMM_TAG}
      Restart=on-failure
      """, files: ["/mnt/nfs_share/pmm/env": "# a comment\nPMM_TAG=2.44.0\nPMM_IMAGE=docker.io/percona/pmm-server\n"])
    #expect(unit.volume == "/mnt/pmm/srv" && unit.port == "443")
    #expect(unit.image?.name == "docker.io/percona/pmm-server" && unit.image?.tag == "2.44.0")
    #expect(unit.environmentFile == "/mnt/nfs_share/pmm/env" && unit.podmanFile == "/mnt/nfs_share/pmm/pmm-server.env")
    #expect(unit["Restart"] == "on-failure" && !unit.needsMount)
  }

  @Test(
    "Other ways to say the same",
    arguments: ["-v /data/pmm/:/srv:Z", "--volume=/data/pmm:/srv", "--mount type=bind,source=/data/pmm,target=/srv"])
  func otherWays(option: String) {
    let unit = Unit("ExecStart=/usr/bin/podman run \\\n --publish 198.51.100.1:8443:8443 \(option) quay.io/x/pmm:3.4.1\n", files: [:])
    #expect(unit.volume == "/data/pmm" && unit.port == "8443" && unit.image?.tag == "3.4.1")
  }
}
