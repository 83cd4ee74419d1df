import Glibc

/// What an output can show. Colours and live lines only where a person looks at it.
struct Terminal: Sendable {
  let descriptor: Int32
  let isTTY: Bool
  let colours: Bool

  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let errors = Terminal(descriptor: STDERR_FILENO)

  private init(descriptor: Int32) {
    self.descriptor = descriptor
    isTTY = isatty(descriptor) == 1
    let dumb = getenv("TERM").map { String(cString: $0) } == "dumb"
    // https://no-color.org: any non-empty value; CLICOLOR_FORCE for pictures of the output.
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let forced = getenv("CLICOLOR_FORCE").map { $0.pointee != 0 } ?? false
    colours = forced || (isTTY && !dumb && !refused)
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case alarm = "1;97;41"
  }

  func style(_ text: String, _ style: Style) -> String { colours ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text }

  /// Columns of the window, 100 where there is none.
  var width: Int {
    var size = winsize()
    guard isTTY, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// Writes as one piece, unbuffered, so that lines of several tasks do not mix.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

extension Double {
  /// Seconds as people read them: `0.03 s`, `2.6 s`, `1 min 20 s`.
  var seconds: String {
    if self >= 60 { return "\(Int(self) / 60) min \(Int(self) % 60) s" }
    let digits = self < 0.1 ? 100.0 : 10.0
    return "\((self * digits).rounded() / digits) s"
  }
}

extension String {
  /// At least `width` columns, filled with spaces.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// Two columns: what to type, and what it does.
func aligned(_ rows: [(command: String, what: String)]) -> [String] {
  let width = rows.map(\.command.count).max() ?? 0
  return rows.map { $0.what.isEmpty ? $0.command : "\($0.command.padded(width))  \($0.what)" }
}

/// This program as the reader can call it: by the path that was used, if it was one.
let programName = Swift.CommandLine.arguments.first.flatMap { $0.contains("/") ? $0 : nil } ?? "pmm-ha"

/// `1 step`, `2 steps`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
