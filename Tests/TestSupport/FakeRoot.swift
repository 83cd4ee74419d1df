import Foundation

/// A directory that a script takes for the root of a node: absolute paths in its text lead below it, and FakeTools are what it
/// finds on PATH.
package final class FakeRoot {
  package let directory: String
  package let tools: FakeTools

  /// Roots of the paths that a script's text may name. What is below /usr/bin, /dev and /proc stays this machine's.
  private static let redirected = ["/etc", "/var/lib", "/usr/lib", "/run", "/srv", "/sys/fs/cgroup"]

  package init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-root-\(UUID().uuidString)").path
    tools = try FakeTools()
    for path in Self.redirected {
      try FileManager.default.createDirectory(atPath: directory + path, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The place of a node's path on this machine.
  package func path(_ node: String) -> String { directory + node }

  /// Writes a file, with the directories above it.
  package func write(_ node: String, _ text: String = "") throws {
    let file = path(node)
    try FileManager.default.createDirectory(
      atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: false, encoding: .utf8)
  }

  package func exists(_ node: String) -> Bool { FileManager.default.fileExists(atPath: path(node)) }

  /// The text with its paths led here, and with PATH as it is here in place of the one that it sets. The only place where a
  /// script's text is changed.
  package func redirect(_ text: String) -> String {
    var text = text.replacing("PATH=/usr/sbin:/usr/bin:/sbin:/bin", with: "PATH=\(tools.path):/usr/sbin:/usr/bin:/sbin:/bin")
    for path in Self.redirected {
      // A path begins after one of these, or at the text's beginning.
      for before in ["\"", "'", " ", "=", "\n", "<", ">", ":"] {
        for after in ["/", " ", "\"", "'", "\n"] { text = text.replacing(before + path + after, with: before + directory + path + after) }
      }
    }
    return text
  }

  /// Runs a script's text as a node does. `first`: commands before it, as they are, in a mount namespace of their own.
  package func run(_ text: String, first: String = "", limit: Int = 60) throws -> Outcome {
    let whole = "export LC_ALL=C PATH=\(tools.path):/usr/sbin:/usr/bin:/sbin:/bin\n" + redirect(text)
    if first.isEmpty { return try shell(whole, limit: limit) }
    return try execute("/usr/bin/unshare", ["--mount", "/bin/sh", "-s"], input: "(\n\(first)\n\(whole)\n) </dev/null\n", limit: limit)
  }
}

/// The text of a script that runs on nodes, by its place in the sources: `Components/Fencing/Resources/create-sbd`. Throws
/// where there is none.
package func scriptText(_ name: String) throws -> String {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return try String(contentsOf: root.appending(path: "Sources/\(name).sh"), encoding: .utf8)
}
