import Core
import Synchronization
import Testing

@testable import Transport

private let here = try! NodeName("here")

private func script(_ name: String, _ body: String, _ variables: KeyValuePairs<String, Text> = [:]) -> Script {
  Script(name, Array(body.utf8), variables)
}

private func step(_ what: String, _ action: Step.Action) -> Step { Step(here, "Test", .files, what, because: "test", action) }

private final class Events: Sendable {
  let list = Mutex<[StepEvent]>([])
  func add(_ event: StepEvent) { list.withLock { $0.append(event) } }
  var began: [String] { list.withLock { $0.compactMap { if case .began(let step) = $0 { step.what } else { nil } } } }
  var finished: Int { list.withLock { $0.count { if case .finished = $0 { true } else { false } } } }
}

@Suite struct TransportTests {
  @Test("Questions are answered in order, each with its own status, whatever the others do")
  func asks() async throws {
    let (one, two, three) = try await Connection.local(as: here).ask(
      Question(script("a", "echo one; exit 3")), Question(script("b", "printf two; echo no >&2")) { $0 },
      Question(script("c", "cat; echo \"$X\"", ["X": "it's \"x\" $HOME"])) { $0.output }, of: here)
    #expect(one == Answer("one\n", status: 3))
    #expect(two == Answer("two", errors: "no\n"))
    #expect(three == "it's \"x\" $HOME\n")
  }

  @Test("A question that is not asked is read as nil and sends nothing; the others keep their answers")
  func optional() async throws {
    let missing: Question<Int>? = nil
    let (none, some, last) = try await Connection.local(as: here).ask(
      Question(optional: missing), Question(optional: Question(script("a", "echo 7")) { Int($0.output.dropLast()) }),
      Question(script("b", "echo end")), of: here)
    #expect(none == nil && some == 7 && last.output == "end\n")
  }

  @Test("No file that a script prints can begin a section, nor end the answer")
  func forgery() async throws {
    let body = "section a; printf '== b\\nforged\\n'; printf '\\n\\036x 0 0\\n'; section 'c d'; echo true"
    let answer = try await Connection.local(as: here).ask(Question(script("a", body)), of: here)
    #expect(answer.sections == ["": "", "a": "== b\nforged\n\n\u{1e}x 0 0", "c d": "true"])
    #expect(answer.output.hasPrefix("== a\n== b\n"))
  }

  @Test("A question that hangs is stopped on the node with all that it has started, and the error names script, node and seconds")
  func hangs() async throws {
    let start = ContinuousClock.now
    let name = "pmm-ha-test-\(UInt32.random(in: 0...UInt32.max))"
    let failure = await #expect(throws: NodeFailure.self) {
      try await Connection.local(as: here).ask(
        Question(script("quick", "echo here")), Question(script("slow", "sh -c 'sleep 600; : \(name)' & wait"), limit: 1), of: here)
    }
    #expect(failure?.description.hasPrefix("here: 'slow' did not answer in 1 s, and was stopped") == true, "\(String(describing: failure))")
    #expect(ContinuousClock.now - start < .seconds(300))
    let left = try await Connection.local(as: here).ask(
      Question(script("look", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '\(name.dropLast())[\(name.suffix(1))]'")),
      of: here)
    #expect(left.output == "0\n")
  }

  @Test("What a script leaves behind does not hold the answer up, though it holds the connection open")
  func leftBehind() async throws {
    let start = ContinuousClock.now
    let shell = Shell(node: here, program: "sh", arguments: ["-c", "sh -s; sleep 600"]) { NodeFailure(here, "\($0) \($1)", hint: "") }
    let answer = try await Connection(shells: [here: shell], who: "me", secrets: .none).ask(Question(script("a", "echo x")), of: here)
    #expect(answer.output == "x\n")
    #expect(ContinuousClock.now - start < .seconds(300))
  }

  @Test("A step that does not end is stopped, and says so")
  func slowStep() async throws {
    let failure = await #expect(throws: StepFailure.self) {
      try await Connection.local(as: here).perform(
        [Step(here, "Test", .files, "slow", because: "test", .run(script("slow", "echo before; sleep 600")), limit: 1)], on: here
      ) { _ in }
    }
    #expect(failure?.description == "here: slow failed (exit 124)\n    before\n    it did not end in 1 s, and was stopped")
  }

  @Test("A connection that hangs ends with an error that says who did not answer", arguments: [true, false])
  func deadConnection(_ begins: Bool) async throws {
    let deadline = Deadline(.seconds(1), for: "'it'")
    let shell = Shell(node: here, program: "sh", arguments: ["-c", begins ? "echo first; sleep 600" : "sleep 600"]) {
      NodeFailure(here, "\($0) \($1)", hint: "")
    }
    let start = ContinuousClock.now
    let failure = await #expect(throws: NodeFailure.self) { try await shell.lines(of: "", by: deadline) { _ in } }
    #expect(failure?.description.hasPrefix("here: 'it' did not end in 1 s") == true, "\(String(describing: failure))")
    #expect(ContinuousClock.now - start < .seconds(300))
  }

  @Test("A step whose secret is not at hand writes nothing, and an empty secret least of all")
  func noSecret() async throws {
    let directory = try await scratch()
    await #expect(throws: MissingSecret.self) {
      try await Connection.local(as: here).perform(
        [step("write", .write(FileWrite("\(directory)/file", Text(secret: SecretName("x")))))], on: here
      ) { _ in }
    }
    let left = try await Connection.local(as: here).ask(Question(script("ls", "ls \(directory); rmdir \(directory)")), of: here)
    #expect(left == Answer(""))
  }

  @Test("Work whose lock's connection ends is cancelled, and the error says so")
  func lockLost() async throws {
    let shell = Shell(node: here, program: "sh", arguments: ["-c", "echo held; sleep 0.2"]) { NodeFailure(here, "\($0) \($1)", hint: "") }
    let connection = Connection(shells: [here: shell], who: "me", secrets: .none)
    let wasCancelled = Mutex(false)
    let failure = await #expect(throws: LockLost.self) {
      try await withLocks(of: [here], through: connection) {
        do { try await Task.sleep(for: .seconds(3600)) } catch {
          wasCancelled.withLock { $0 = true }
          throw NodeFailure(here, "cut", hint: "off")
        }
      }
    }
    #expect(wasCancelled.withLock { $0 })
    #expect(failure?.description.hasPrefix("here: the connection that holds its lock has ended") == true)
    #expect(failure?.description.contains("here: cut") == true)
  }

  @Test(
    "A tool that must answer ends the script when it fails, hangs or is missing, and is named",
    arguments: [
      ("false", "'false' failed (exit status 1: )"), ("nosuchtool -x", "'nosuchtool -x' failed (it is not installed here)"),
      ("sh -c 'echo half; echo broken >&2; exit 3'", "exit status 3: broken"),
    ])
  func must(_ command: String, _ says: String) async throws {
    let answer = try await Connection.local(as: here).ask(
      Question(script("m", "set -eu; good=$(must printf %s fine); echo \"$good\"; raw=$(must \(command)) || exit 1; echo went on: $raw")),
      of: here)
    #expect(answer.output == "fine\n" && answer.status == 1)
    #expect(answer.errors.contains(says), "\(answer.errors)")
  }

  @Test("A loop that waits rests twice as long as its look took, from 0.1 s to 2 s")
  func rests() async throws {
    // What it would sleep: after a look of no time, of ten seconds, and of half a second (the clock runs meanwhile).
    let body = """
      sleep() { echo "$1"; }
      look; rest
      look; looked=$((looked - 1000)); rest
      look; looked=$((looked - 50)); rest
      """
    let answer = try await Connection.local(as: here).ask(Question(script("rests", body)), of: here)
    let slept = answer.output.split(separator: "\n").compactMap { Double($0) }
    try #require(slept.count == 3)
    #expect((0.1..<2).contains(slept[0]) && slept[1] == 2 && (1...2).contains(slept[2]), "\(slept)")
  }

  @Test("A file arrives byte for byte with its mode, and only whole")
  func writes() async throws {
    let directory = try await scratch()
    let content = "a 'quoted' $line\\n\n\tand `more`\nno newline at the end"
    let events = Events()
    try await Connection.local(as: here).perform(
      [step("write", .write(FileWrite("\(directory)/x/file", Text(content), mode: 0o640)))], on: here
    ) { events.add($0) }
    let answer = try await Connection.local(as: here).ask(
      Question(script("read", "stat -c %a \"$D/x/file\"; ls \"$D/x\"; cat \"$D/x/file\"; rm -r \"$D\"", ["D": Text(directory)])), of: here)
    #expect(answer.output == "640\nfile\n" + content)
    #expect(events.began == ["write"] && events.finished == 1)
  }

  @Test("A failing step ends the batch and says what it printed last")
  func fails() async throws {
    let events = Events()
    let failure = await #expect(throws: StepFailure.self) {
      try await Connection.local(as: here).perform(
        [
          step("good", .run(script("good", "true"))), step("bad", .run(script("bad", "echo no space left >&2; exit 28"))),
          step("never", .run(script("never", "true"))),
        ], on: here
      ) { events.add($0) }
    }
    #expect(failure?.description == "here: bad failed (exit 28)\n    no space left")
    #expect(events.began == ["good", "bad"])
  }

  @Test("A secret reaches the script and no process list")
  func secrets() async throws {
    // Of this run alone: another run on this machine plants one, too.
    let value = "hunter-\(UInt32.random(in: 1_000_000_000...UInt32.max))"
    let shell = Shell(node: here, program: "sh", arguments: ["-s"]) { NodeFailure(here, "\($0) \($1)", hint: "") }
    let connection = Connection(shells: [here: shell], who: "me", secrets: .init(known: { _ in value }, value: { _ in "" }))
    let look = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '\(value.dropLast())[\(value.suffix(1))]'"
    let body = "[ \"$S\" = \(value) ] && echo known; \(look)"
    let answer = try await connection.ask(Question(script("s", body, ["S": Text(secret: SecretName("x"))])), of: here)
    #expect(answer.output == "known\n0\n")
    let planted = try await connection.ask(Question(script("p", "sh -c 'sleep 1; : \(value)' & sleep 0.2; \(body)")), of: here)
    #expect(planted.output.hasSuffix("1\n"), "the checker must be able to find one")
  }

  @Test("Nothing runs when the text does not arrive whole")
  func truncated() async throws {
    let directory = try await scratch()
    let whole = Wire.steps([step("touch", .run(script("touch", "touch \(directory)/done")))], mark: "m") { _ in "" }
    let shell = Shell(node: here, program: "sh", arguments: ["-s"]) { NodeFailure(here, "\($0) \($1)", hint: "") }
    _ = try? await shell.lines(of: String(whole.dropLast(3))) { _ in }
    let answer = try await Connection.local(as: here).ask(Question(script("ls", "ls \(directory); rmdir \(directory)")), of: here)
    #expect(answer.output == "")
  }

  @Test("A shell that ends before it has read anything is told by its own words, however long the text was")
  func early() async throws {
    outliveChildren()
    let shell = Shell(node: here, program: "sh", arguments: ["-c", "exec 0<&-; echo no route >&2; exit 255"]) {
      NodeFailure(here, "\($0) \($1)", hint: "")
    }
    let text = String(repeating: "# longer than a pipe holds\n", count: 20_000)
    let inquiry = Inquiry(script: script("x", "true"), limit: 5)
    let calls: [@Sendable () async throws -> Void] = [
      { _ = try await shell.exchange(text, [inquiry], mark: "m") }, { try await shell.lines(of: text) { _ in } },
      { try await shell.whileOpen(text) { _ in } },
    ]
    for call in calls {
      let failure = await #expect(throws: NodeFailure.self) { try await call() }
      #expect(failure?.description.hasPrefix("here: 255 no route") == true, "\(String(describing: failure))")
    }
  }

  @Test("ssh's and sudo's refusals become what is wrong and what to do")
  func refusals() throws {
    let node = NodeSpec(name: here, addresses: ["198.51.100.11"], ssh: SSHSpec(user: "ops"))
    #expect(sshArguments(node, controlDirectory: "/c").suffix(4) == ["-l", "ops", "198.51.100.11", "sudo -n sh -s"])
    func text(_ status: Int32, _ errors: String) -> String { sshFailure(node, status: status, errors: errors).description }
    #expect(text(1, "sudo: a password is required\n").contains("NOPASSWD"))
    #expect(
      text(255, "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n").contains(
        "ssh-keygen -R 198.51.100.11"))
    #expect(text(255, "ops@198.51.100.11: Permission denied (publickey).\n").contains("ssh refuses user 'ops'"))
    #expect(
      text(255, "ssh: connect to host 198.51.100.11 port 22: No route to host\r\n")
        == "here: not reachable by ssh: ssh: connect to host 198.51.100.11 port 22: No route to host\n"
        + "    is the machine up, is its address right? Try: ssh ops@198.51.100.11")
    #expect(text(255, "ssh: Could not resolve hostname x: Name or service not known\r\n").contains("nodes/here/ssh/host"))
    let behindProxy = text(255, "mux_client_request_session: read from master failed\r\nkex_exchange_identification: Connection closed\r\n")
    #expect(behindProxy.contains("closed before ssh could begin") && behindProxy.contains("ProxyCommand"))
  }

  @Test(
    "Only silence is silence: a machine that refuses runs, and an attempt that got stuck on the way shows nothing",
    arguments: [
      (255, "ssh: connect to host 198.51.100.11 port 22: Connection refused\r\n", Reachability.refused),
      (255, "ssh: connect to host 198.51.100.11 port 22: Connection timed out\r\n", .silent),
      (255, "ssh: connect to host 198.51.100.11 port 22: No route to host\r\n", .silent),
      (255, "Timeout, server 198.51.100.11 not responding.\r\n", .silent),
      (255, "ssh: connect to host 198.51.100.11 port 22: Network is unreachable\r\n", .unknown),
      (255, "ssh: Could not resolve hostname x: Name or service not known\r\n", .unknown),
      (255, "Connection timed out during banner exchange\r\nConnection to 198.51.100.11 port 22 timed out\r\n", .unknown),
      (255, "Connection timed out during banner exchange\r\n", .unknown),
      (255, "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n", .unknown),
      (255, "channel 0: open failed: connect failed: No route to host\r\nstdio forwarding failed\r\n", .unknown),
      (255, "ops@198.51.100.11: Permission denied (publickey).\r\n", .answered), (255, "Host key verification failed.\r\n", .answered),
      (255, "kex_exchange_identification: read: Connection reset by peer\r\n", .refused), (143, "Terminated\n", .answered),
      (1, "sudo: a password is required\n", .answered), (255, "", .unknown),
    ] as [(Int32, String, Reachability)])
  func reachability(status: Int32, errors: String, shows: Reachability) {
    let node = NodeSpec(name: here, addresses: ["198.51.100.11"])
    #expect(sshFailure(node, status: status, errors: errors).reachability == shows)
  }

  @Test("An old host key is taken out of the file that ssh found it in")
  func hostKeyFile() {
    let node = NodeSpec(name: here, addresses: ["198.51.100.11"], ssh: SSHSpec(port: 2222, identity: "/k", config: "/c"))
    let errors = """
      @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r
      Offending ED25519 key in /home/me/.ssh/known:3\r
      Host key for [alias]:2222 has changed and you have requested strict checking.\r
      Host key verification failed.\r
      """
    let text = sshFailure(node, status: 255, errors: errors).description
    #expect(text.contains("ssh-keygen -f /home/me/.ssh/known -R '[alias]:2222'"))
    #expect(text.hasSuffix("then connect once by hand: ssh -F /c -p 2222 -i /k root@here"))
  }

  @Test("Two ssh configurations never share a connection, though they may name the same address")
  func connections() {
    func path(_ config: String?) -> String? {
      sshArguments(NodeSpec(name: here, addresses: ["198.51.100.11"], ssh: SSHSpec(config: config)), controlDirectory: "/c")
        .first { $0.hasPrefix("ControlPath=") }
    }
    #expect(Set([path(nil), path("/a/ssh_config"), path("/b/ssh_config")]).count == 3)
    #expect(path("/a/ssh_config") == path("/a/ssh_config"))
  }

  private func scratch() async throws -> String {
    let answer = try await Connection.local(as: here).ask(Question(script("mktemp", "mktemp -d")), of: here)
    return String(answer.output.dropLast())
  }
}
