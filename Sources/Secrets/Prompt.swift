import Glibc

/// Asks for a secret on the controlling terminal, whatever standard input and output are.
enum Prompt {
  /// Whether there is a terminal to ask on.
  static var isPossible: Bool {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static func ask(_ question: String) throws -> String {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "there is no terminal to ask on") }
    defer { close(descriptor) }
    return try ask(question, on: descriptor)
  }

  /// Without echo. The terminal sends no signals meanwhile: a Ctrl-C is read as such, so that the echo always comes back.
  static func ask(_ question: String, on descriptor: Int32) throws -> String {
    var before = termios()
    guard tcgetattr(descriptor, &before) == 0 else { throw Failure(description: "this is not a terminal") }
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
    guard tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0 else { throw Failure(description: "the terminal's echo cannot be switched off") }
    defer {
      _ = tcsetattr(descriptor, TCSAFLUSH, &before)
      _ = Glibc.write(descriptor, "\n", 1)
    }
    _ = Glibc.write(descriptor, question, question.utf8.count)
    var bytes: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { throw Failure(description: "the terminal is gone") }
      switch byte {
      case 10, 13:
        guard let value = String(validating: bytes, as: UTF8.self), !value.isEmpty else { throw Failure(description: "nothing was typed") }
        return value
      case 3, 4: throw Failure(description: "given up at the question for a secret")
      case 8, 127:
        // A UTF-8 character goes as a whole.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
      case 21: bytes = []
      default: bytes.append(byte)
      }
    }
  }
}
