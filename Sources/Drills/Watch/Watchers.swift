import Cluster
import Core
import Lab
import Transport

/// Who looks while a drill runs: watchers of the nodes, and a client outside of them.
struct Watchers: Sendable {
  let site: Site
  let observer: Observer

  /// Runs `body` while all look.
  func looking<Result: Sendable>(writes: String?, _ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      for watcher in watchers(writes: writes) {
        group.addTask {
          try await watcher()
          return nil
        }
      }
      group.addTask { try await body() }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private func watchers(writes: String?) -> [@Sendable () async throws -> Void] {
    let spec = site.spec.cluster
    let (mount, address) = (spec.sharedStorage.mountPoint, spec.virtualIP.host)
    let (observer, door, every) = (observer, site.door, site.every)
    var all: [@Sendable () async throws -> Void] = []
    if let lab = site.lab {
      all.append { try await lab.probe(every: every, path: spec.pmm.major.readinessPath, writes: writes) { await observer.take($0) } }
      let metrics = site.metrics
      all.append { try await lab.metricsClient(metrics) { await observer.take($0) } }
    } else {
      var settings = ProbeSettings(address: address)
      (settings.port, settings.path, settings.every) = (spec.pmm.port, spec.pmm.major.readinessPath, every)
      all.append { [settings] in try await probe(settings) { await observer.take($0) } }
    }
    if site.seesInside, let lab = site.lab {
      all.append { try await lab.watch(mountPoint: mount, address: address, unit: "pmm-server") { await take($0, observer) } }
    } else {
      let pause = site.pause
      for node in site.nodes { all.append { try await watch(node, through: door, mount: mount, address: address, pause: pause, observer) } }
    }
    return all
  }
}

private func take(_ line: String, _ observer: Observer) async {
  if let look = Look(line: line) { await observer.take(look) }
}

/// Over one ssh connection, and over a new one when the node has gone and come.
private func watch(
  _ node: NodeName, through door: Connection, mount: String, address: String, pause: String, _ observer: Observer
) async throws {
  let script = Script(
    "watch", PackageResources.watch_sh,
    ["NODE": "\(node)", "MOUNT": Text(mount), "ADDRESS": Text(address), "UNIT": "pmm-server", "PAUSE": Text(pause)])
  while !Task.isCancelled {
    try? await door.follow(script, on: node) { await take($0, observer) }
    try await Task.sleep(for: .milliseconds(300))
  }
}
