import FoundationEssentials
import Glibc
import Subprocess
import Testing

@testable import Lab

/// The probe against a server whose gap is known.
@Suite("The probe's resolution", .serialized) struct ProbeTests {
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
    var (marks, all) = try await gapSeen()
    // Questions that came far apart, or timed out on both sides of the gap, tell of a machine without a free processor.
    for _ in 0..<3 where usualPause(all) > 60 || Outage.all(in: all.filter(\.isQuestion)).count > 1 { (marks, all) = try await gapSeen() }
    let outages = Outage.all(in: all.filter(\.isQuestion))
    #expect(outages.count == 1, "\(outages)")
    let outage = try #require(outages.first)
    let (began, ended) = (outage.began, try #require(outage.ended))
    // A question on its way when the gap began was asked before it, a second at most. Load makes the end late, never early.
    #expect(began > marks[0] - 1000, "asked \(began - marks[0]) ms after the gap began")
    #expect(ended > marks[1] - 1, "answered \(ended - marks[1]) ms after it ended")
    #expect((18...60).contains(usualPause(all)), "most questions come 20 ms after the one before: \(usualPause(all))")
    #expect(outage.questions > 1)
    // Records are numbered one after the other, and those of the gap are not acknowledged.
    let rows = all.filter { $0.row != nil }.sorted { $0.asked < $1.asked }
    #expect(rows.map(\.row) == (1...rows.count).map { "gap-\($0)" })
    #expect(rows.contains { !$0.good } && rows.first?.good == true)
    // The server took the connection and the handshake, and gave no answer.
    #expect(outage.missing.contains { $0.stage == .ready && $0.reasons["closed"] != nil }, "\(outage)")
    #expect(StageTime.all(in: all).map(\.stage) == ProbeStage.allCases)
  }

  /// When the gap began and ended, and what a probe saw of it.
  private func gapSeen() async throws -> (marks: [Double], answers: [ProbeAnswer]) {
    let answers = Collected()
    var marks: [Double] = []
    _ = try await run(
      .name("python3"), arguments: ["-c", Self.server], input: .none, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let port = try #require(try await lines.next().flatMap { Int($0.filter(\.isNumber)) })
      var settings = ProbeSettings(address: "127.0.0.1")
      (settings.port, settings.every, settings.writes) = (port, 20, "gap")
      let probing = Task { [settings] in try await probe(settings) { await answers.add($0) } }
      for _ in 0..<2 { marks.append(try #require(try await lines.next().flatMap { Double($0.filter { $0.isNumber || $0 == "." }) })) }
      let end = ContinuousClock.now + .seconds(30)
      while await !answers.isOver(marks[1]), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
      probing.cancel()
      _ = try? await probing.value
      try execution.send(signal: .kill)
    }
    return (marks, await answers.all)
  }

  /// Milliseconds from one question to the next, in the middle.
  private func usualPause(_ answers: [ProbeAnswer]) -> Double {
    let asked = answers.filter(\.isQuestion).map(\.asked).sorted()
    let pauses = zip(asked.dropFirst(), asked).map { $0 - $1 }.sorted()
    return pauses.isEmpty ? .infinity : pauses[pauses.count / 2]
  }

  /// Goes on to the next behaviour at each SIGUSR1, and prints its name: answers; does not listen; takes connections and
  /// closes them before TLS; says over TLS that it is not ready; answers again.
  private static let staged = """
    import os, signal, socket, ssl, subprocess, sys, tempfile, threading
    folder = tempfile.mkdtemp()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=stage",
      "-keyout", folder + "/key", "-out", folder + "/certificate"], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/certificate", folder + "/key")
    status, port = ["200 OK"], [0]
    def bound():
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port[0]))
        port[0] = server.getsockname()[1]
        return server
    def serve(server):
        while True:
            try: client = server.accept()[0]
            except OSError: return
            threading.Thread(target=answer, args=(client,), daemon=True).start()
    def answer(client):
        try:
            if status[0]:
                client = context.wrap_socket(client, server_side=True)
                client.recv(4096)
                client.sendall(("HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\n\\r\\n" % status[0]).encode())
            client.close()
        except OSError: pass
    def listen(server):
        server.listen(128)
        threading.Thread(target=serve, args=(server,), daemon=True).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    server = bound()
    listen(server)
    print(port[0], flush=True)
    signal.sigwait([signal.SIGUSR1])
    # A thread in accept() holds a socket that is only closed.
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    server = bound()
    print("next", flush=True)
    for after in ("", "503 Service Unavailable", "200 OK"):
        signal.sigwait([signal.SIGUSR1])
        status[0] = after
        if not after: listen(server)
        print("next", flush=True)
    signal.sigwait([signal.SIGUSR1])
    """

  @Test("Which stage fails is told: no TCP, TCP without TLS, TLS without readiness")
  func stages() async throws {
    let answers = Collected()
    _ = try await run(
      .name("python3"), arguments: ["-c", Self.staged], input: .none, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let port = try #require(try await lines.next().flatMap { Int($0.filter(\.isNumber)) })
      var settings = ProbeSettings(address: "127.0.0.1")
      (settings.port, settings.every) = (port, 20)
      let probing = Task { [settings] in try await probe(settings) { await answers.add($0) } }
      let go = Signal.userDefinedOne
      for (stage, go) in [(nil, go), (.tcp, go), (.tls, go), (.ready, go), (nil, nil)] as [(ProbeStage?, Signal?)] {
        let before = await answers.all.last?.asked ?? 0
        let end = ContinuousClock.now + .seconds(30)
        while await answers.count(lacking: stage, after: before) < 3, ContinuousClock.now < end {
          try await Task.sleep(for: .milliseconds(20))
        }
        if let signal = go {
          try execution.send(signal: signal)
          _ = try await lines.next()
        }
      }
      probing.cancel()
      _ = try? await probing.value
      try execution.send(signal: .kill)
    }
    // Single questions fail otherwise: on their way when the server changed, or on a busy machine.
    let outage = Outage.all(in: await answers.all).max { $0.questions < $1.questions }
    let stages = outage?.missing.filter { $0.reasons.values.reduce(0, +) > 2 }.map(\.stage) ?? []
    let turns = stages.enumerated().filter { $0.offset == 0 || stages[$0.offset - 1] != $0.element }.map(\.element)
    #expect(turns == [.tcp, .tls, .ready], "\(String(describing: outage))")
  }
}

private actor Collected {
  var all: [ProbeAnswer] = []
  func add(_ answer: ProbeAnswer) { all.append(answer) }

  /// How many of those asked after `time` lacked this stage; nil: lacked nothing.
  func count(lacking stage: ProbeStage?, after time: Double) -> Int { all.count { $0.missing == stage && $0.asked > time } }

  /// Several good answers to questions after `time`, and what was asked before is settled.
  func isOver(_ time: Double) -> Bool { all.count { $0.isQuestion && $0.good && $0.asked > time + 1200 } > 3 }
}
