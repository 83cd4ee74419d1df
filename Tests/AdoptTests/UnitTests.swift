import Testing

@testable import Adopt
@testable import Core

@Suite("A unit written by hand") struct UnitTests {
  static let digest = "sha256:" + String(repeating: "0f", count: 32)

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
    #expect(unit.volume == .directory("/mnt/pmm/srv") && unit.port == "443")
    #expect(unit.image?.name == "docker.io/percona/pmm-server" && unit.image?.tag == "2.44.0")
    #expect(unit.environmentFile == "/mnt/nfs_share/pmm/env" && unit.podmanFile == "/mnt/nfs_share/pmm/pmm-server.env")
    #expect(unit["Restart"] == "on-failure" && !unit.needsMount && unit.unreadable.isEmpty)
  }

  /// As podman-run(1) lets /srv be said.
  @Test(
    "Every way to say where the data is",
    arguments: [
      "-v /data/pmm/:/srv:Z", "-v/data/pmm:/srv", "-v /data/pmm:/srv/", "-v=/data/pmm:/srv", "--volume=/data/pmm:/srv",
      "--volume /data/pmm:/srv:rw", "--mount type=bind,source=/data/pmm,target=/srv", "--mount=type=bind,src=/data/pmm/,dst=/srv/",
      "--mount=type=bind,dst=/srv,src=/data/pmm,relabel=shared", "-div /data/pmm:/srv",
      "-v /etc/localtime:/etc/localtime:ro -v /data/pmm:/srv",
      "\"--volume=/data/pmm:/srv\"",
    ])
  func directories(option: String) {
    let unit = Unit("ExecStart=/usr/bin/podman run \\\n --publish 198.51.100.1:8443:8443 \(option) quay.io/x/pmm:3.4.1\n", files: [:])
    #expect(unit.volume == .directory("/data/pmm") && unit.port == "8443" && unit.image?.tag == "3.4.1" && unit.unreadable.isEmpty)
  }

  @Test(
    "A volume of podman's is no directory",
    arguments: [
      ("-v pmm-data:/srv", Unit.Volume.named("pmm-data")), ("--volume=pmm-data:/srv:U", .named("pmm-data")),
      ("--mount type=volume,src=pmm-data,dst=/srv", .named("pmm-data")), ("-v /srv", .anonymous),
      ("--mount type=volume,dst=/srv", .anonymous),
    ])
  func volumes(option: String, volume: Unit.Volume) {
    #expect(Unit("ExecStart=podman run \(option) a.example/b:3", files: [:]).volume == volume)
  }

  @Test(
    "The port of PMM's HTTPS, wherever it stands",
    arguments: [
      ("-p443:8443", "443"), ("-p 443:8443/tcp", "443"), ("--publish=443:8443", "443"), ("-p 80:8080 -p 9443:8443", "9443"),
      ("-p 127.0.0.1:443:443", "443"), ("-p [::1]:443:8443", "443"), ("-dp 443:8443", "443"), ("-p 8443", nil), ("-p 80:80", nil),
      ("-p /", nil),
    ] as [(String, String?)])
  func ports(option: String, port: String?) { #expect(Unit("ExecStart=podman run \(option) a.example/b:3", files: [:]).port == port) }

  @Test(
    "The image is the first word that is no option, with its registry's port, its digest, and words after it",
    arguments: [
      ("registry.test:5000/a/b", "registry.test:5000/a/b", nil, nil), ("registry.test:5000/a/b:3.1", "registry.test:5000/a/b", "3.1", nil),
      ("a/b@\(digest)", "a/b", nil, digest), ("a/b:3.1 --flag", "a/b", "3.1", nil), ("--name pmm a/b:3.1 sh -c x:y/z", "a/b", "3.1", nil),
      ("--rm --env X=y/z:1 a/b:3.1", "a/b", "3.1", nil), ("-- a/b:3.1 --debug", "a/b", "3.1", nil),
    ] as [(String, String, String?, String?)])
  func images(words: String, name: String, tag: String?, digest: String?) {
    let unit = Unit("ExecStart=-/usr/bin/podman --log-level info run -d \(words)", files: [:])
    #expect(unit.image?.name == name && unit.image?.tag == tag && unit.image?.digest == digest)
  }

  @Test("Percona's documented units: a volume by the unit's name, files in root's home, the whole image in one variable")
  func percona() {
    let newer = Unit(
      """
      [Service]
      EnvironmentFile=%h/.config/systemd/user/pmm-server.env
      Environment=PMM_VOLUME_NAME=pmm-data
      TimeoutStartSec=480
      ExecStart=/usr/bin/podman run \\
          --volume %h/.config/systemd/user/:/home/pmm/update/ \\
          --volume=${PMM_VOLUME_NAME}:/srv \\
          --rm --replace=true --name %N \\
          --env-file=%h/.config/systemd/user/pmm-server.env \\
          --net pmm_default \\
          --cap-add=net_admin,net_raw \\
          --userns=keep-id:uid=1000,gid=1000 \\
          -p 443:8443/tcp --ulimit=host ${PMM_IMAGE}
      ExecStop=/usr/bin/podman stop -t 10 %N
      """, files: ["/root/.config/systemd/user/pmm-server.env": "PMM_IMAGE=docker.io/percona/pmm-server:3\n"])
    #expect(newer.volume == .named("pmm-data") && newer.port == "443" && newer.unreadable.isEmpty)
    #expect(newer.image?.description == "docker.io/percona/pmm-server:3" && newer.podmanFile == "/root/.config/systemd/user/pmm-server.env")
    let older = Unit(
      """
      [Service]
      Type=simple
      # set environment for this unit
      Environment=PMM_PUBLIC_PORT=8443
      Environment=PMM_VOLUME_NAME=%N
      Environment=PMM_TAG=2.33.0
      Environment=PMM_IMAGE=docker.io/percona/pmm-server
      Environment=PMM_ENV_FILE=%h/.config/pmm-server/pmm-server.env
      # optional env file that could override previous env settings for this unit
      EnvironmentFile=-%h/.config/pmm-server/env
      ExecStart=/usr/bin/podman run --rm --replace=true --name=%N -p ${PMM_PUBLIC_PORT}:443/tcp --ulimit=host --volume=${PMM_VOLUME_NAME}:/srv --env-file=${PMM_ENV_FILE} --health-cmd=none --health-interval=disable ${PMM_IMAGE}:${PMM_TAG}
      """, files: [:])
    #expect(older.volume == .named("pmm-server") && older.port == "8443" && older.unreadable.isEmpty)
    #expect(older.image?.description == "docker.io/percona/pmm-server:2.33.0")
    #expect(older.environmentFile == "/root/.config/pmm-server/env")
  }

  @Test("A quadlet, and the unit that podman makes from it, say the same")
  func quadlet() {
    let file = Unit(
      """
      [Container]
      Image=docker.io/percona/pmm-server@\(Self.digest)
      ContainerName=pmm-server
      Volume=/data/pmm:/srv:z
      PublishPort=443:8443
      EnvironmentFile=/mnt/share/pmm/pmm-server.env
      Environment=PMM_DEBUG=1 "GF_SMTP_FROM_NAME=a b"
      """, files: [:])
    let made = Unit(
      """
      [X-Container]
      Image=docker.io/percona/pmm-server@\(Self.digest)
      [Service]
      Environment=PODMAN_SYSTEMD_UNIT=%n
      KillMode=mixed
      ExecStart=/usr/bin/podman run --name=pmm-server --cidfile=%t/%N.cid --replace --rm --cgroups=split --sdnotify=conmon -d -v /data/pmm:/srv:z --publish 443:8443 --env PMM_DEBUG=1 --env "GF_SMTP_FROM_NAME=a b" --env-file /mnt/share/pmm/pmm-server.env docker.io/percona/pmm-server@\(Self.digest)
      """, files: [:])
    for unit in [file, made] {
      #expect(unit.volume == .directory("/data/pmm") && unit.port == "443" && unit.unreadable.isEmpty)
      #expect(unit.image?.digest == Self.digest && unit.podmanFile == "/mnt/share/pmm/pmm-server.env")
      #expect(unit.command?.variables == ["PMM_DEBUG=1", "GF_SMTP_FROM_NAME=a b"])
    }
  }

  @Test("What cannot be read is said with its line, and nothing is made up for it")
  func unreadable() {
    let cut = Unit(
      "[Service]\nExecStart=/usr/bin/podman run --rm \\\n  -p 443:8443\n  --mount=type=bind,src=/data,dst=/srv a/b:3.1\n", files: [:])
    #expect(cut.image == nil && cut.volume == nil && cut.port == "443")
    #expect(cut.unreadable.count == 1 && cut.unreadable[0].hasPrefix("'--mount=type=bind,src=/data,dst=/srv a/b:3.1' is no assignment"))
    let unset = Unit("ExecStart=/usr/bin/podman run -v /data:/srv ${PMM_IMAGE}:${PMM_TAG}\n", files: [:])
    #expect(unset.image == nil && unset.unreadable == ["${PMM_IMAGE} is set nowhere", "${PMM_TAG} is set nowhere"])
    let wrapped = Unit("ExecStart=/bin/sh -c 'podman run a/b:3'\n", files: [:])
    #expect(wrapped.command == nil && wrapped.unreadable.count == 1)
    #expect(Unit("ExecStart=/usr/bin/podman start pmm-server\n", files: [:]).unreadable.count == 1)
    #expect(Unit("ExecStart=/usr/bin/podman run \"a/b:3\n", files: [:]).unreadable.count == 1)
    #expect(Unit("", files: [:]).unreadable.isEmpty)
  }

  @Test("systemd's own rules: an empty ExecStart takes back, a comment does not end a line, a drop-in wins")
  func syntax() {
    let unit = Unit(
      "[Service]\nExecStart=/usr/bin/podman run a/b:1\n# drop-in\n[Service]\nExecStart=\nExecStart=/usr/bin/podman run \\\n# why\n; and\n  -p 443:8443 \\\n\n[Install]\n",
      files: [:])
    #expect(unit.port == "443" && unit.image == nil)
    #expect(UnitFile.words(#"a "b c" 'd "e' \x f\"g"#) == ["a", "b c", "d \"e", "\\x", "f\"g"])
    #expect(UnitFile.words("a 'b") == nil && UnitFile.words("a\\") == nil && UnitFile.words("  ") == [])
  }
}
