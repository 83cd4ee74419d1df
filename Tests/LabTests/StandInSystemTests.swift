import Testing

@testable import Lab

/// The lab's own PMM, run by podman on a node of a lab.
extension LabSystemTests {
  @Suite("The lab's PMM on a node", .serialized, .labUp)
  struct StandIn {
    private static let image = "localhost/pmm-lab"
    private static let more = [
      "2.44.0", "3.0.1-never-ready", "3.0.1-dies", "3.0.1-refuses-data", "3.0.1-refuses-env", "3.0.1-slow-start", "3.0.0-dies",
    ]

    /// Begins a container as the product's unit does; what it says is in /root/pmm.log.
    private func begin(_ tag: String, environment: String = "", port: Int = 8443) async throws -> Said {
      try await on(
        "pmm1",
        """
        printf "%s\n" \(environment) >/root/pmm.env
        (podman run --rm --replace=true --name=pmm-server -p 443:\(port)/tcp --ulimit=host \(tag.hasPrefix("2") ? "" : "--cap-drop=all") \
        --security-opt=no-new-privileges --mount=type=bind,src=/srv/pmm,dst=/srv --env-file=/root/pmm.env --health-cmd=none \
        \(Self.image):\(tag) >/root/pmm.log 2>&1 </dev/null &)
        i=0; until podman container exists pmm-server || [ -s /root/pmm.log ]; do i=$((i + 1)); [ $i -lt 100 ] || exit 1; sleep 0.05; done
        """)
    }

    private func isReady(within seconds: Int) async throws -> Said {
      try await on(
        "pmm1",
        """
        i=0; until curl -skf --max-time 2 -o /dev/null https://127.0.0.1/v1/server/readyz; do
          i=$((i + 1)); [ $i -lt \(seconds * 10) ] || { cat /root/pmm.log; exit 1; }; sleep 0.1
        done
        """)
    }

    private func start(_ tag: String, environment: String = "", port: Int = 8443) async throws {
      let begun = try await begin(tag, environment: environment, port: port)
      #expect(begun.good, "\(begun)")
      let ready = try await isReady(within: 25)
      #expect(ready.good, "\(ready)")
    }

    /// How a container ended by itself: its words.
    private func lastWords() async throws -> String {
      try await on(
        "pmm1",
        "i=0; while podman container exists pmm-server; do i=$((i + 1)); [ $i -lt 200 ] || { echo it runs on; break; }; sleep 0.1; done; cat /root/pmm.log"
      ).output
    }

    private func end(_ how: String) async throws {
      let ended = try await on(
        "pmm1", "podman \(how) pmm-server >/dev/null && while podman container exists pmm-server; do sleep 0.05; done")
      #expect(ended.good, "\(ended)")
    }

    private func curl(_ path: String, _ more: String = "") async throws -> String {
      try await outside("curl -sk --max-time 4 \(more) https://198.51.100.100\(path)").output
    }
    private func code(_ path: String, _ more: String = "") async throws -> String {
      try await curl(path, "-o /dev/null -w '%{http_code}' \(more)")
    }

    /// An empty directory in the place of the shared filesystem, as uid 1000's.
    private func emptySrv() async throws {
      #expect(try await on("pmm1", "rm -rf /srv/pmm && mkdir -p /srv/pmm && chown 1000:0 /srv/pmm").good)
    }

    @Test("Both nodes load the same image")
    func load() async throws {
      _ = try await testLab.up(LabOptions(pmmTags: Self.more))
      #expect(try await on("pmm1", "ip address add 198.51.100.100/24 dev ring0").good)
      for node in ["pmm1", "pmm2"] {
        for tag in LabPMM.standInTags { #expect(try await on(node, "podman load -qi /mnt/share/images/pmm-lab-\(tag).tar").good) }
      }
      for tag in Self.more { #expect(try await on("pmm1", "podman load -qi /mnt/share/images/pmm-lab-\(tag).tar").good) }
      let identity = "podman image inspect --format \"{{.Id}} {{.Config.User}}\" \(Self.image):3.0.0"
      let first = try await on("pmm1", identity).output
      #expect(try await first == on("pmm2", identity).output && first.hasSuffix(" pmm"))
    }

    @Test("Without a capability, as uid 1000, it serves PMM's routes; a directory of root's it refuses")
    func life() async throws {
      #expect(try await on("pmm1", "rm -rf /srv/pmm && mkdir -p /srv/pmm").good)
      #expect(try await begin("3.0.0").good)
      #expect(try await lastWords().contains("fatal: /srv is not writable for uid 1000"))

      try await emptySrv()
      try await start("3.0.0", environment: "PMM_ENABLE_UPDATES=0 NO_SUCH=1")
      #expect(try await on("pmm1", "cat /root/pmm.log").output.contains("warning: unknown environment variable NO_SUCH"))
      #expect(try await on("pmm1", "podman exec pmm-server id").output.hasPrefix("uid=1000(pmm) gid=0(root)"))
      #expect(try await curl("/v1/server/readyz") == "{}")
      #expect(try await curl("/v1/readyz") == "{}")
      #expect(try await code("/v1/server/leaderHealthCheck") == "200")
      #expect(try await code("/v1/server/version") == "401")
      #expect(try await curl("/v1/server/version", "-u admin:admin") == "{\"version\": \"3.0.0\"}")
      let changed = try await on("pmm1", "echo better | podman exec -i pmm-server change-admin-password; sleep 3.1")
      #expect(changed.good, "\(changed)")
      #expect(try await code("/v1/server/version", "-u admin:admin") == "401")
      #expect(try await code("/v1/server/version", "-u admin:better") == "200")
      #expect(try await curl("/lab/rows", "-d '{\"id\":\"first\"}'") == "{\"id\": \"first\"}")
      let forwarded = try await #require(testLab.status().url)
      #expect(try await here("curl -sk --max-time 4 \(forwarded)lab/version").output == "{\"version\": \"3.0.0\"}")

      #expect(try await code("/victoriametrics/api/v1/import/prometheus", "--data-binary 'drill{x=\"1\"} 5'") == "401")
      #expect(try await code("/victoriametrics/api/v1/import/prometheus", "-u admin:better --data-binary 'drill{x=\"1\"} 5'") == "204")
      let found = try await here(
        """
        i=0; until nsenter --net=/run/netns/pmm-ha-lab-labtest curl -sk -u admin:better \
          "https://198.51.100.100/prometheus/api/v1/export?match%5B%5D=drill" | grep -F drill; do
          i=$((i + 1)); [ $i -lt 60 ] || exit 1; sleep 0.2
        done
        """)
      #expect(found.good && found.output.contains("\"values\":[5]"), "\(found)")
      let tree = try await on("pmm1", "cd /srv/pmm && ls; stat -c %a postgres14 pmm-encryption.key nginx/certificate.key").output
      #expect(
        tree
          == "backup\nclickhouse\ngrafana\nlogs\nnginx\npmm-agent\npmm-distribution\npmm-encryption.key\npostgres14\nprometheus\nvictoriametrics\n700\n600\n600"
      )
    }

    @Test("Readiness does not ask the database; a part that ends is started again inside; a stop in order leaves no pid file")
    func parts() async throws {
      let sums = "cd /srv/pmm && cat nginx/certificate.* pmm-encryption.key pmm-distribution | sha256sum"
      let before = try await on("pmm1", sums).output
      #expect(try await on("pmm1", "podman exec pmm-server supervisorctl stop postgresql").good)
      #expect(try await code("/lab/rows") == "503")
      #expect(try await code("/v1/server/readyz") == "200")
      #expect(try await on("pmm1", "podman exec pmm-server supervisorctl start postgresql && pkill -KILL -x postgres").good)
      #expect(try await here("sleep 4").good)
      #expect(try await curl("/lab/rows") == "{\"count\": 1, \"ids\": [\"first\"]}")
      #expect(try await on("pmm1", "podman exec pmm-server supervisorctl stop victoriametrics").good)
      #expect(try await code("/v1/server/readyz") == "503")

      try await end("stop --time 60")
      #expect(try await !on("pmm1", "ls /srv/pmm/postgres14/postmaster.pid").good)
      try await start("3.0.0")
      #expect(try await on("pmm1", sums).output == before, "later starts leave what is there")
      #expect(try await curl("/prometheus/api/v1/export?match%5B%5D=drill", "-u admin:better").contains("\"values\":[5]"))
    }

    @Test("After a kill the pid file is there, and PostgreSQL often takes it for another server's, for ever (percona/pmm#4796)")
    func stale() async throws {
      var refused = false
      for _ in 1...12 where !refused {
        try await end("kill --signal KILL")
        #expect(try await on("pmm1", "ls /srv/pmm/postgres14/postmaster.pid && rm -f /srv/pmm/logs/postgresql14.log").good)
        #expect(try await begin("3.0.0").good)
        refused = try await !isReady(within: 6).good
        if refused { #expect(try await on("pmm1", "grep -F \"postmaster.pid\\\" already exists\" /srv/pmm/logs/postgresql14.log").good) }
      }
      #expect(refused)
      try await end("kill --signal KILL")
      #expect(try await on("pmm1", "rm -f /srv/pmm/postgres14/postmaster.pid").good)
    }

    @Test("An update keeps the rows, an outage is measured, and going back is refused")
    func update() async throws {
      try await start("3.0.0")
      let answers = Answers()
      async let probing: Void = testLab.probe(every: 50, seconds: 6) { await answers.add($0) }
      _ = try await here("sleep 0.7")
      try await end("stop --time 60")
      try await start("3.0.1")
      try await probing
      let outages = Outage.all(in: await answers.all)
      #expect(outages.count == 1, "\(outages)")
      #expect(await answers.all.first?.good == true)
      #expect(try await curl("/lab/version") == "{\"version\": \"3.0.1\"}")
      #expect(try await curl("/lab/rows") == "{\"count\": 1, \"ids\": [\"first\"]}")
      try await end("stop --time 60")
      #expect(try await begin("3.0.0").good)
      #expect(try await lastWords().contains("which is newer than this 3.0.0: going back is impossible"))
    }

    @Test("A value that PMM refuses, another service's directory, data of another owner: it ends and says so")
    func refusals() async throws {
      for (environment, words) in [
        ("PMM_DATA_RETENTION=30", "PMM_DATA_RETENTION has the value '30'"),
        ("PMM_ENABLE_TELEMETRY=maybe", "PMM_ENABLE_TELEMETRY has the value 'maybe'"),
      ] {
        #expect(try await begin("3.0.1", environment: environment).good)
        #expect(try await lastWords().contains(words))
      }
      #expect(try await begin("3.0.1-refuses-env", environment: "NO_SUCH=1").good)
      #expect(try await lastWords().contains("NO_SUCH is unknown"))
      #expect(try await on("pmm1", "chown 26:26 /srv/pmm/postgres14").good)
      #expect(try await begin("3.0.1").good)
      #expect(try await lastWords().contains("/srv/postgres14 belongs to uid 26"))
      try await emptySrv()
      #expect(try await on("pmm1", "mkdir /srv/pmm/other").good)
      #expect(try await begin("3.0.1").good)
      #expect(try await lastWords().contains("/srv holds other"))
    }

    @Test("Variants: never ready, ready and gone, refusing data of another version, a migration that is cut off and begins anew")
    func variants() async throws {
      try await emptySrv()
      #expect(try await begin("3.0.1-never-ready").good)
      #expect(try await !isReady(within: 5).good)
      #expect(try await code("/v1/server/readyz") == "503")
      try await end("kill --signal KILL")

      try await emptySrv()
      try await start("3.0.0-dies", environment: "PMM_LAB_LIFE_SECONDS=4")
      #expect(try await lastWords().contains("this variant ends now"))
      #expect(try await begin("3.0.1-refuses-data").good)
      #expect(try await lastWords().contains("has the data of PMM 3.0.0"))

      #expect(try await begin("3.0.1-slow-start", environment: "PMM_LAB_MIGRATION_SECONDS=20").good)
      #expect(try await on("pmm1", "until grep -q \"25 %\" /root/pmm.log; do sleep 0.1; done").good)
      try await end("kill --signal KILL")
      try await start("3.0.1-slow-start", environment: "PMM_LAB_MIGRATION_SECONDS=6")
      let said = try await on("pmm1", "cat /root/pmm.log").output
      #expect(said.contains("from 3.0.0 to 3.0.1: 0 %") && said.contains("from 3.0.0 to 3.0.1: done"), "\(said)")
      #expect(try await on("pmm1", "ls -d /srv/pmm/postgres14.old && [ ! -e /srv/pmm/postgres14.new ]").good)
      try await end("stop --time 60")
      try await start("3.0.1-slow-start")
      try await end("stop --time 60")
    }

    @Test("PMM 2: root, its own ports, its parts' own users; PMM 3 takes its data once it has their ownership")
    func majorTwo() async throws {
      #expect(try await on("pmm1", "rm -rf /srv/pmm && mkdir -p /srv/pmm").good)
      try await start("2.44.0", port: 443)
      #expect(try await code("/v1/readyz") == "200")
      #expect(try await curl("/lab/rows", "-d '{\"id\":\"two\"}'") == "{\"id\": \"two\"}")
      #expect(try await on("pmm1", "podman exec pmm-server id -u").output == "0")
      try await end("stop --time 60")
      #expect(try await on("pmm1", "[ $(stat -c %u /srv/pmm/postgres14) -gt 0 ]").good)
      #expect(try await begin("3.0.0").good)
      #expect(try await lastWords().contains("fatal: /srv is not writable for uid 1000"))
      #expect(try await on("pmm1", "chown -R 1000:0 /srv/pmm").good)
      try await start("3.0.0")
      #expect(try await curl("/lab/rows") == "{\"count\": 1, \"ids\": [\"two\"]}")
      try await end("stop --time 60")
    }
  }
}

private actor Answers {
  var all: [ProbeAnswer] = []
  func add(_ answer: ProbeAnswer) { all.append(answer) }
}

extension LabSystemTests {
  @Suite("Its end", .serialized)
  struct End {
    @Test("Down leaves nothing of what the same look finds while it is up")
    func down() async throws {
      let lab = try testLab
      _ = try await lab.up()
      _ = try await on("pmm1", "true")
      let found = try await remains()
      #expect(found.contains { $0.contains("ipmi_sim") } && found.contains { $0.contains("shared.img") }, "\(found)")
      #expect(found.contains { $0.contains("cgroup") })
      try await lab.down()
      let left = try await remains()
      #expect(left == [], "\(left)")
      try await lab.down()
    }
  }
}
