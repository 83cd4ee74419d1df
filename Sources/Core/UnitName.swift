/// A path as systemd.unit(5) writes it in a mount unit's name.
package func escapedPath(_ path: String) -> String {
  let trimmed = path.utf8.drop { $0 == 47 }
  return trimmed.enumerated().map { index, byte in
    switch byte {
    case 47: "-"
    case 97...122, 65...90, 48...57, 58, 95: String(UnicodeScalar(byte))
    case 46 where index > 0: "."
    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }.joined()
}
