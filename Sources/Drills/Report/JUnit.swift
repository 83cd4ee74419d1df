/// A run as JUnit XML, as CI systems read it: a test case a drill.
enum JUnit {
  static func text(_ results: [DrillResult]) -> String {
    let failed = results.count { !$0.passed }
    let seconds = results.map(\.seconds).reduce(0, +)
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuite name=\"pmm-ha drill\" tests=\"\(results.count)\" failures=\"\(failed)\" time=\"\(tenths(seconds))\">",
    ]
    for result in results {
      let head = "  <testcase classname=\"\(escaped(result.cluster))\" name=\"\(escaped(result.drill))\" time=\"\(tenths(result.seconds))\""
      if result.passed {
        lines.append(head + "/>")
      } else {
        lines.append(head + ">")
        lines.append(
          "    <failure message=\"\(escaped(result.failures.first ?? "failed"))\">\(escaped(result.failures.joined(separator: "\n")))</failure>"
        )
        lines.append("  </testcase>")
      }
    }
    lines.append("</testsuite>\n")
    return lines.joined(separator: "\n")
  }
}

/// `text` for XML and HTML, attributes included.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\n", "\t": result.unicodeScalars.append(scalar)
    case _ where scalar.value < 0x20: result += "?"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
