/// `text` as a terminal may show it: what comes from a node must not move the cursor, hide lines or change a title.
///
/// Control characters (C0 but newline and tab, DEL, C1) and marks that turn the direction of text stand as `\x1b` or `\u202e`. An escape
/// sequence is thereby shown and does nothing.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    guard isControl(scalar) else {
      result.unicodeScalars.append(scalar)
      continue
    }
    // Most of ssh's lines end with CR and LF.
    if scalar == "\r" { continue }
    let hex = String(scalar.value, radix: 16)
    result += scalar.value < 0x100 ? "\\x" + (hex.count < 2 ? "0" : "") + hex : "\\u" + hex
  }
  return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x0a, 0x09: false
  case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: true
  default: false
  }
}
