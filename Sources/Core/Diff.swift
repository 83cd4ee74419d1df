/// A unified diff of two texts by lines, with three lines of context; empty when they are equal.
package func unifiedDiff(from old: String, to new: String, context: Int = 3) -> [String] {
  let oldLines = lines(old)
  let newLines = lines(new)
  var removed = Set<Int>()
  var inserted = Set<Int>()
  for change in newLines.difference(from: oldLines) {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  if removed.isEmpty && inserted.isEmpty { return [] }
  var lines: [(mark: Character, text: Substring)] = []
  var (left, right) = (0, 0)
  while left < oldLines.count || right < newLines.count {
    if left < oldLines.count, removed.contains(left) {
      lines.append(("-", oldLines[left]))
      left += 1
    } else if right < newLines.count, inserted.contains(right) {
      lines.append(("+", newLines[right]))
      right += 1
    } else {
      lines.append((" ", oldLines[left]))
      left += 1
      right += 1
    }
  }
  let changed = lines.indices.filter { lines[$0].mark != " " }
  var result: [String] = []
  var last = -1
  for index in lines.indices where changed.contains(where: { abs($0 - index) <= context }) {
    if last >= 0 && index > last + 1 { result.append("@@") }
    last = index
    result.append("\(lines[index].mark)\(lines[index].text)")
  }
  while result.last == " " { result.removeLast() }
  return result
}

/// No text has no lines, where split gives one empty one.
private func lines(_ text: String) -> [Substring] { text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false) }
