import FoundationEssentials
import Glibc
import Subprocess
import Testing

@testable import Lab

/// The probe against a server whose gap is known.
@Suite("The probe's resolution") struct ProbeTests {
  /// Answers 200 over TLS; after 30 answers closes every connection unanswered for 300 ms, and prints when that began and
  /// ended, in milliseconds since 1970. Counted, not timed: a probe that starts late under load misses nothing.
  private static let server = """
    import http.server, ssl, subprocess, sys, tempfile, threading, time
    folder = tempfile.mkdtemp()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=gap",
      "-keyout", folder + "/key", "-out", folder + "/certificate"], check=True, stderr=subprocess.DEVNULL)
    closed, enough, count = threading.Event(), threading.Event(), [0]
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self):
            if closed.is_set():
                self.close_connection = True
                return
            count[0] += 1
            if count[0] == 30: enough.set()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        def do_GET(self): self.answer()
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer()
        def log_message(self, *arguments): pass
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 128
        def handle_error(self, request, client): pass
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/certificate", folder + "/key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    enough.wait()
    closed.set()
    print("%.1f" % (time.time() * 1000), flush=True)
    time.sleep(0.3)
    closed.clear()
    print("%.1f" % (time.time() * 1000), flush=True)
    time.sleep(60)
    """

  @Test("A gap of 300 ms is seen with 20 ms between questions, no longer than the gap and both its edges")
  func gap() async throws {
    let answers = Collected()
    var marks: [Double] = []
    _ = try await run(
      .name("python3"), arguments: ["-c", Self.server], input: .none, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let port = try #require(try await lines.next().flatMap { Int($0.filter(\.isNumber)) })
      var settings = ProbeSettings(address: "127.0.0.1")
      (settings.port, settings.every, settings.rows) = (port, 20, "gap")
      let probing = Task { [settings] in try await probe(settings) { await answers.add($0) } }
      for _ in 0..<2 { marks.append(try #require(try await lines.next().flatMap { Double($0.filter { $0.isNumber || $0 == "." }) })) }
      let end = ContinuousClock.now + .seconds(30)
      while await !answers.isOver(marks[1]), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
      probing.cancel()
      _ = try? await probing.value
      try execution.send(signal: .kill)
    }
    let all = await answers.all
    let outages = Outage.all(in: all.filter { $0.row == nil })
    #expect(outages.count == 1, "\(outages)")
    let outage = try #require(outages.first)
    let (began, ended) = (outage.began, try #require(outage.ended))
    // A question on its way when the gap began was asked before it, a second at most. Load makes the end late, never early.
    #expect(began > marks[0] - 1000, "asked \(began - marks[0]) ms after the gap began")
    #expect(ended > marks[1] - 1, "answered \(ended - marks[1]) ms after it ended")
    let asked = all.filter { $0.row == nil }.map(\.asked).sorted()
    let pauses = zip(asked.dropFirst(), asked).map { $0 - $1 }.sorted()
    #expect((18...60).contains(pauses[pauses.count / 2]), "most questions come 20 ms after the one before: \(pauses[pauses.count / 2])")
    #expect(outage.questions > 1)
    // Records are numbered one after the other, and those of the gap are not acknowledged.
    let rows = all.filter { $0.row != nil }.sorted { $0.asked < $1.asked }
    #expect(rows.map(\.row) == (1...rows.count).map { "gap-\($0)" })
    #expect(rows.contains { !$0.good } && rows.first?.good == true)
  }
}

private actor Collected {
  var all: [ProbeAnswer] = []
  func add(_ answer: ProbeAnswer) { all.append(answer) }

  /// Several good answers to questions after `time`, and what was asked before is settled.
  func isOver(_ time: Double) -> Bool { all.count { $0.row == nil && $0.good && $0.asked > time + 1200 } > 3 }
}
