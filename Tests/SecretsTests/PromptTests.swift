import Glibc
import Testing

@testable import Secrets

@Suite("Asking on a terminal")
struct PromptTests {
  /// Types `keys` at a terminal of its own: what came out, what the terminal showed, whether it echoes afterwards.
  private func type(_ keys: String) throws -> (answer: String?, shown: String, echoes: Bool) {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (locked, number): (Int32, UInt32) = (0, 0)
    // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2): unlock the other end, and tell its number.
    #expect(ioctl(master, 0x4004_5431, &locked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    #expect(slave >= 0)
    defer {
      close(slave)
      close(master)
    }
    // The question flushes what was typed before it, so the keys come when it shows.
    let typist = Typist(master: master, keys: keys)
    typist.start()
    let answer = try? Prompt.ask("Secret: ", on: slave)
    var settings = termios()
    #expect(tcgetattr(slave, &settings) == 0)
    return (answer, typist.finish(), settings.c_lflag & tcflag_t(ECHO | ICANON | ISIG) == tcflag_t(ECHO | ICANON | ISIG))
  }

  @Test(
    "What is typed comes out and is not shown; keys that correct do",
    arguments: [
      ("hunter2\r", "hunter2"), ("hunterx\u{7f}2\n", "hunter2"), ("wrong\u{15}hunter2\r", "hunter2"), ("é\u{7f}hunter2\r", "hunter2"),
    ])
  func typed(_ keys: String, _ wanted: String) throws {
    let (answer, shown, echoes) = try type(keys)
    #expect(answer == wanted)
    #expect(shown.contains("Secret: ") && !shown.contains("hunter"))
    #expect(echoes)
  }

  @Test("Giving up leaves the terminal as it was", arguments: ["hun\u{3}", "\u{4}", "\r"])
  func givenUp(_ keys: String) throws {
    let (answer, shown, echoes) = try type(keys)
    #expect(answer == nil)
    #expect(!shown.contains("hun"))
    #expect(echoes)
  }
}

/// Waits for the question, then types.
private final class Typist: @unchecked Sendable {
  private let master: Int32
  private let keys: String
  private var thread = pthread_t()
  private var shown: [UInt8] = []

  init(master: Int32, keys: String) {
    self.master = master
    self.keys = keys
  }

  func start() {
    let context = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Typist>.fromOpaque(pointer).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
  }

  private func work() {
    read(until: { String(decoding: $0, as: UTF8.self).contains("Secret: ") })
    _ = write(master, keys, keys.utf8.count)
    read(until: { $0.last == 10 })
  }

  private func read(until done: ([UInt8]) -> Bool) {
    var buffer = [UInt8](repeating: 0, count: 256)
    while !done(shown) {
      let count = Glibc.read(master, &buffer, buffer.count)
      if count <= 0 { return }
      shown += buffer.prefix(count)
    }
  }

  func finish() -> String {
    pthread_join(thread, nil)
    return String(decoding: shown, as: UTF8.self)
  }
}
