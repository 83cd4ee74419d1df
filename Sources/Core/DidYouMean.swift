/// The candidate that `word` most likely is a slip of; nil where none is near enough.
package func didYouMean(_ word: String, among candidates: [String]) -> String? {
  let allowed = max(1, min(3, word.count / 3))
  return candidates.map { (name: $0, distance: editDistance(word, $0, limit: allowed)) }
    .filter { $0.distance <= allowed }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two words, case and the choice
/// of `-` or `_` aside; anything above `limit` comes out as `limit + 1` early.
package func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
  let normal = { (word: String) in word.lowercased().map { $0 == "-" ? "_" : $0 } }
  let (a, b) = (normal(left), normal(right))
  guard abs(a.count - b.count) <= limit else { return limit + 1 }
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    if (row.min() ?? 0) > limit { return limit + 1 }
    (before, previous) = (previous, row)
  }
  return previous.last ?? 0
}
