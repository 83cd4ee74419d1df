import FoundationEssentials

/// Where the PATH leads for `name`, or `name` itself where it leads nowhere, for the error that names it.
///
/// swift-subprocess 1.0.2 finds a program by trying to run it in each directory of the PATH, a fork each: 30 ms for an
/// ssh in the ninth one. Looking first costs nothing.
package func programPath(_ name: String) -> String {
  let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
  return directories.lazy.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
}
