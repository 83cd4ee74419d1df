import Core
import FoundationEssentials
import Glibc

/// A cluster's machines on this one: two nodes, a shared disk, a shared directory, a BMC for each node, in a network of
/// their own. Everything it is lies in its directory and in what carries its name.
package struct Lab: Sendable {
  package let name: LabName
  /// Where its files are.
  package var directory: String { place.path }
  /// The ssh_config(5) by which nodes are reached under their names.
  package var sshConfig: String { place.sshConfig }

  let place: LabDirectory
  private let parent: String
  let cache: String
  private var shell: HostShell { HostShell(directory: place) }

  /// Where labs are kept.
  package static let parent = "/var/lib/pmm-ha/labs"
  /// Where images are kept, for all labs.
  package static let cache = "/var/cache/pmm-ha"

  /// `parent` must be on a filesystem that overlays can lie on, and its path without spaces.
  package init(_ name: LabName = .standard, parent: String = Lab.parent, cache: String = Lab.cache) {
    self.name = name
    self.parent = parent
    self.cache = cache
    place = LabDirectory(path: "\(parent)/\(name)")
  }

  /// The labs that have a directory.
  package static func all(parent: String = Lab.parent) -> [LabName] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return found.compactMap { try? LabName($0) }.sorted()
  }

  /// Makes the lab, or what of it is missing; returns when both nodes answer ssh. Nodes that are off are powered on.
  package func up(_ options: LabOptions = LabOptions(), progress: @escaping @Sendable (LabEvent) async -> Void = { _ in }) async throws
    -> LabStatus
  {
    try needRoot()
    let lock = try await lock { await progress(.began("Wait for another command at lab \(name)")) }
    defer { _ = lock }
    func stage<Result>(_ what: String, _ body: () async throws -> Result) async throws -> Result {
      await progress(.began(what))
      let start = ContinuousClock.now
      let result = try await body()
      await progress(.finished(what, seconds: (ContinuousClock.now - start) / .seconds(1)))
      return result
    }

    try place.writeScripts()
    let known = try place.read()
    let kind = options.driver ?? known?.driver ?? .container
    let cloud = options.cloud ?? known?.cloud?.kind
    try await stage("Look for the programs that a lab needs") {
      _ = try await shell.run("host-packages.sh", kind == .vm ? "vm" : "containers", cloud == nil ? "" : "cloud")
    }
    try await shell.run("lab-create.sh", place.path)
    let pmm = try (options.pmm ?? known?.pmm ?? .standIn).with(options.pmmTags)
    let bare = options.bare ?? known?.bare ?? false
    guard !(bare && kind == .vm) else {
      throw LabFailure("virtual nodes come with the cluster's packages", hint: "leave --bare out, or take containers")
    }
    guard !(kind == .vm && cloud != nil) else {
      throw LabFailure("instances are containers here", hint: "leave --driver vm out, or --cloud")
    }
    guard kind == .vm || options.fencing != .sbd else {
      throw LabFailure("containers have neither a watchdog nor a disk for SBD", hint: "take virtual machines: --driver vm --fencing sbd")
    }
    let images = try await stage("Make the images of the nodes and of PMM, once") { try await makeImages(kind, bare: bare, pmm) }
    try await stage("Make the client of PMM's metrics ready, once") { _ = try await shell.run("client-tools.sh", cache) }
    var record = try decide(options, known, image: images.nodes)
    if kind == .vm {
      record.accelerator = try await stage("See whether KVM runs a guest here, once") {
        Accelerator(rawValue: try await shell.run("vm-accelerator.sh", cache, record.image))
      }
    }
    record.pmm = pmm
    try place.write(record)
    let moto =
      record.cloud == nil
      ? nil : try await stage("Make an EC2 API server ready, once") { try await shell.run("cloud-tools.sh", cache) }
    let driver = kind.driver(place, record.nodes)
    try await stage("Lay the network and the disks") { try await driver.prepare() }
    try await shell.run("ssh-config.sh", place.path)
    if kind == .vm { try await shell.run("vm-restore.sh", place.path) }
    if let moto {
      try await stage("Start the EC2 API") {
        try await shell.run("cloud-up.sh", place.path, moto)
        for node in record.pair { try await shell.run("cloud-node.sh", place.path, "\(node.name)") }
      }
    }
    try await stage(moto == nil ? "Power on the nodes and their BMCs" : "Power on the nodes") {
      for node in record.nodes {
        if moto == nil { try await shell.run("bmc-up.sh", place.path, "\(node.name)") }
        try await driver.powerOn(node)
      }
      try await shell.run("forward-up.sh", place.path)
    }
    try await stage("Put PMM's image where the nodes find it") { try await supply(record.pmm, images.pmm) }
    try await stage("Wait until the nodes answer ssh") {
      for node in record.nodes { try await driver.waitUntilReachable(node, seconds: driver.bootSeconds) }
    }
    return try await status()
  }

  /// Removes everything the lab is, whatever state it is in; nothing to do is fine.
  package func down() async throws {
    try needRoot()
    guard FileManager.default.fileExists(atPath: parent) else { return }
    let lock = try await lock {}
    try place.writeScripts()
    try await shell.run("lab-down.sh", place.path)
    lock.remove()
  }

  /// What of it is there. Throws where no lab of this name is.
  package func status() async throws -> LabStatus {
    let record = try record()
    return LabStatus(name, place, record, report: try await shell.run("lab-status.sh", place.path))
  }

  /// The nodes, in the spec's order.
  package func nodes() throws -> [LabNode] { try record().nodes }

  /// What moves the nodes' power and cables.
  package func driver() throws -> any Driver {
    let record = try record()
    return record.driver.driver(place, record.nodes)
  }

  /// The node of this name; throws which ones there are.
  package func node(_ name: String) throws -> LabNode {
    let nodes = try nodes()
    guard let node = nodes.first(where: { $0.name.description == name }) else {
      throw LabFailure(
        "lab '\(self.name)' has no node '\(name)'", hint: "it has \(nodes.map(\.name.description).joined(separator: " and "))")
    }
    return node
  }

  /// When the node got and lost power: `EPOCH on|off|dead` a line, `dead` when its last process was gone,
  /// and `EPOCH bmc power 0` where its BMC was told to.
  package func powerLog(_ node: LabNode) -> String { place.powerLog(node) }

  func record() throws -> LabRecord {
    guard let record = try place.read() else {
      throw LabFailure("there is no lab '\(name)'", hint: "start it: pmm-ha lab up" + (name == .standard ? "" : " --name \(name)"))
    }
    return record
  }

  /// What the lab is from now on: what it was, where it was.
  private func decide(_ options: LabOptions, _ known: LabRecord?, image: String) throws -> LabRecord {
    let nodes = LabNode.pair + (options.third == true ? [LabNode.third].compactMap { $0 } : [])
    guard var record = known else {
      return LabRecord(
        driver: options.driver ?? .container, nodes: nodes, image: image, bare: options.bare ?? false, diskSize: options.diskSize,
        virtualIP: LabRecord.virtualIP, pmm: options.pmm ?? .standIn, cloud: options.cloud.map { LabCloud(LabNode.pair, kind: $0) },
        fencing: options.fencing)
    }
    let anew = "take it down first: pmm-ha lab down --name \(name)"
    guard record.bare == options.bare ?? record.bare else {
      throw LabFailure("lab '\(name)' was made with\(record.bare ? "out" : "") the cluster's packages on its nodes", hint: anew)
    }
    guard record.driver == options.driver ?? record.driver else {
      throw LabFailure("the nodes of lab '\(name)' are of kind '\(record.driver.rawValue)'", hint: anew)
    }
    guard record.cloud?.kind == options.cloud ?? record.cloud?.kind else {
      throw LabFailure("the nodes of lab '\(name)' are no instances", hint: anew)
    }
    if options.third == true { record.nodes = nodes }
    guard FileManager.default.fileExists(atPath: record.image) else {
      throw LabFailure("the image of lab '\(name)' is gone: \(record.image)", hint: anew)
    }
    if let pmm = options.pmm { record.pmm = pmm }
    if let fencing = options.fencing { record.fencing = fencing }
    return record
  }

  /// The directories of both images. They wait for packages half of their time, so they are made side by side.
  private func makeImages(_ kind: NodeKind, bare: Bool, _ pmm: LabPMM) async throws -> (nodes: String, pmm: String) {
    async let archives = makeArchives(of: pmm)
    let variant = kind == .vm ? "vm" : bare ? "bare" : "full"
    let nodes = try await shell.run("node-image.sh", cache, variant)
    return (nodes, try await archives)
  }

  /// Where the archives of the lab's own PMM lie; empty for another image, which goes to its place at once.
  private func makeArchives(of pmm: LabPMM) async throws -> String {
    pmm.isStandIn ? try await shell.run("pmm-build.sh", [cache] + pmm.tags) : ""
  }

  /// The image's archives where the nodes find them.
  private func supply(_ pmm: LabPMM, _ made: String) async throws {
    guard pmm.isStandIn else {
      try await shell.run("pmm-pull.sh", "\(pmm.image):\(pmm.tag)", place.archive(pmm, tag: pmm.tag))
      return
    }
    for tag in pmm.tags { try await shell.run("supply.sh", "\(made)/pmm-lab-\(tag).tar", place.archive(pmm, tag: tag)) }
  }

  func lock(waiting: () async -> Void) async throws -> LabLock {
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw LabFailure("\(parent) cannot be made: \(error)", hint: "labs need root: run it with sudo")
    }
    return try await LabLock("\(parent)/.\(name).lock", waiting: waiting)
  }

  private func needRoot() throws {
    guard geteuid() == 0 else {
      throw LabFailure("a lab needs root: it makes network namespaces, mounts and loop devices", hint: "run it with sudo")
    }
  }
}
