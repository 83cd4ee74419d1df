import Testing

@testable import Lab

/// PMM's stand-in, run by podman on a node of a lab.
extension LabSystemTests {
  @Suite("PMM's stand-in on a node", .serialized, .labUp)
  struct StandIn {
    @Test("It is ready when its database takes a write, keeps its rows over a kill, and its outage is measured")
    func life() async throws {
      let lab = try testLab
      func start(_ tag: String) async throws -> Said {
        try await on(
          "pmm1",
          """
          (podman run --rm --replace=true --name=pmm-server -p 443:8443/tcp --ulimit=host \
          --mount=type=bind,src=/srv/pmm,dst=/srv,relabel=shared --env-file=/dev/null --health-cmd=none --health-interval=disable \
          localhost/pmm-lab:\(tag) >/root/pmm.log 2>&1 </dev/null &)
          i=0; until curl -skf --max-time 2 -o /dev/null https://127.0.0.1/v1/server/readyz; do
            i=$((i + 1)); [ $i -lt 150 ] || { cat /root/pmm.log; exit 1; }; sleep 0.1
          done
          """)
      }
      func curl(_ path: String, _ more: String = "") async throws -> String {
        try await outside("curl -sk --max-time 4 \(more) https://198.51.100.100\(path)").output
      }

      #expect(try await on("pmm1", "ip address add 198.51.100.100/24 dev ring0; mkdir -p /srv/pmm").good)
      for node in ["pmm1", "pmm2"] {
        for tag in LabPMM.standInTags { #expect(try await on(node, "podman load -qi /mnt/share/images/pmm-lab-\(tag).tar").good) }
      }
      let identity = "podman image inspect --format {{.Id}} localhost/pmm-lab:3.0.0"
      #expect(try await on("pmm1", identity).output == on("pmm2", identity).output)

      let started = try await start("3.0.0")
      #expect(started.good, "\(started)")
      #expect(try await curl("/v1/server/readyz") == "{}")
      #expect(try await curl("/v1/readyz") == "{}")
      #expect(try await curl("/lab/rows", "-d '{\"id\":\"first\"}'") == "{\"id\": \"first\"}")
      let forwarded = try await #require(lab.status().url)
      #expect(try await here("curl -sk --max-time 4 \(forwarded)lab/version").output == "{\"version\": \"3.0.0\"}")

      let readOnly = "podman exec pmm-server psql -qh /run/postgresql -U postgres template1"
      func transactions(_ mode: String) async throws -> Said {
        try await on(
          "pmm1",
          "\(readOnly) -c \"ALTER SYSTEM SET default_transaction_read_only = \(mode)\" -c \"SELECT pg_reload_conf()\" >/dev/null && sleep 0.3"
        )
      }
      #expect(try await transactions("on").good)
      #expect(try await curl("/v1/server/readyz", "-o /dev/null -w '%{http_code}'") == "503")
      #expect(try await transactions("off").good)
      #expect(try await curl("/v1/server/readyz", "-o /dev/null -w '%{http_code}'") == "200")

      // A sample is acknowledged before it is on disk: a stop in order saves it, a crash within 5 s loses it.
      let samples = "podman exec pmm-server cat /srv/samples"
      #expect(try await curl("/lab/samples", "-d '{\"id\":\"first\"}'") == "{\"id\": \"first\"}")
      #expect(try await curl("/lab/samples") == "{\"count\": 1, \"ids\": [\"first\"]}")
      #expect(try await on("pmm1", "podman stop pmm-server >/dev/null; while podman container exists pmm-server; do sleep 0.05; done").good)
      #expect(try await start("3.0.0").good)
      #expect(try await on("pmm1", samples).output == "first")

      let answers = Answers()
      async let probing: Void = lab.probe(every: 50, seconds: 3) { await answers.add($0) }
      _ = try await here("sleep 0.7")
      let last = "curl -skd \"{\\\"id\\\":\\\"second\\\"}\" https://198.51.100.100/lab/samples"
      let taken = try await on(
        "pmm1",
        "\(last) && podman kill --signal KILL pmm-server >/dev/null; while podman container exists pmm-server; do sleep 0.05; done")
      #expect(taken.output == "{\"id\": \"second\"}", "\(taken)")
      let again = try await start("3.0.1")
      #expect(again.good, "\(again)")
      try await probing
      let outages = Outage.all(in: await answers.all)
      #expect(outages.count == 1, "\(outages)")
      #expect(await answers.all.first?.good == true)
      #expect(try await curl("/lab/version") == "{\"version\": \"3.0.1\"}")
      #expect(try await curl("/lab/rows") == "{\"count\": 1, \"ids\": [\"first\"]}")
      #expect(try await curl("/lab/samples") == "{\"count\": 1, \"ids\": [\"first\"]}")
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
