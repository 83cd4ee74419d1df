import Core

/// What /etc/hosts must say so that every node's name means its first address, with all else left as it is.
///
/// Lines of the user's that say so already stay where they are; the rest stands between two marker lines. A node's
/// name on a line with another address is taken out of that line: Debian's `127.0.1.1 pmm1` would make Corosync and
/// pcs talk to themselves.
enum HostsFile {
  static let begin = "# BEGIN pmm-ha"
  static let end = "# END pmm-ha"

  /// `content` as it should be; the same text when it is right.
  static func wanted(_ content: String, nodes: [NodeSpec]) -> String {
    let addresses = Dictionary(
      nodes.compactMap { node in node.addresses.first.map { (node.name.description, $0) } }, uniquingKeysWith: { first, _ in first })
    var lines: [String] = []
    var place: Int?
    var present = Set<String>()
    var aliases: [String: [String]] = [:]
    var inside = false
    for line in content.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == begin {
        inside = true
        place = lines.count
        continue
      }
      if inside {
        inside = line != end
        collectAliases(line, of: addresses, into: &aliases)
        continue
      }
      let entry = line.prefix { $0 != "#" }
      let words = entry.split(whereSeparator: \.isWhitespace)
      let named = words.dropFirst().filter { addresses[$0.lowercased()] != nil }
      let wrong = named.filter { addresses[$0.lowercased()] != String(words[0]) }
      present.formUnion(named.filter { !wrong.contains($0) }.map { $0.lowercased() })
      if wrong.isEmpty {
        lines.append(String(line))
        continue
      }
      collectAliases(entry, of: addresses, into: &aliases)
      // The full names of a node move with it: what `hostname -f` answers shall not change.
      let moved = wrong + words.dropFirst().filter { word in wrong.contains { word.lowercased().hasPrefix($0.lowercased() + ".") } }
      let kept = words.filter { !moved.contains($0) }
      if kept.count > 1 {
        lines.append(kept.joined(separator: " ") + (entry.endIndex < line.endIndex ? " " : "") + line[entry.endIndex...])
      }
    }
    let block = nodes.filter { !present.contains($0.name.description) }.compactMap { node -> String? in
      let name = node.name.description
      return addresses[name].map { ([$0] + (aliases[name] ?? []) + [name]).joined(separator: " ") }
    }
    if !block.isEmpty {
      let text = [begin] + block + [end]
      if let place {
        lines.insert(contentsOf: text, at: place)
      } else {
        if lines.last == "" { lines.removeLast() }
        lines += text + [""]
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Full names (`pmm1.example.com`) that stand on a line together with a node's own name.
  private static func collectAliases(_ line: Substring, of addresses: [String: String], into aliases: inout [String: [String]]) {
    let names = line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
    for name in names where addresses[name.lowercased()] != nil {
      let full = names.filter { $0.lowercased().hasPrefix(name.lowercased() + ".") }
      aliases[name.lowercased(), default: []] += full.filter { !aliases[name.lowercased(), default: []].contains($0) }
    }
  }
}
