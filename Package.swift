// swift-tools-version: 6.2
import PackageDescription

// The targets, from the shared words up to the commands. A component knows Core (and Pacemaker, if it has resources);
// only Cluster knows all components; Apply knows none.
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let components = [
  "Host", "ConfigShare", "SharedStorage", "VirtualIP", "Fencing", "PMMServer", "Corosync", "Quorum", "Pacemaker", "PCS", "EC2",
]

let package = Package(
  name: "pmm-ha",
  products: [.executable(name: "pmm-ha", targets: ["CommandLine"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    room("Core", [.scripts, .tests]),
    room("Transport", [.scripts, .tests], "Core", subprocess),
    component("Host", [.scripts, .tests, .fixtures]),
    component("ConfigShare", [.scripts, .tests]),
    component("SharedStorage", [.scripts, .tests, .fixtures], "Pacemaker"),
    component("VirtualIP", [.scripts, .tests, .fixtures], "Pacemaker"),
    component("Fencing", [.scripts, .tests, .fixtures], "Pacemaker"),
    component("PMMServer", [.scripts, .tests, .fixtures], "Pacemaker"),
    component("Corosync", [.scripts, .tests, .fixtures]),
    component("Quorum", [.scripts, .tests]),
    component("Pacemaker", [.scripts, .tests, .fixtures]),
    component("EC2", [.scripts, .tests, .fixtures], "Pacemaker", "VirtualIP", "Fencing"),
    component("PCS", [.scripts, .tests, .fixtures]),
    room("SpecFile", [.scripts, .tests], "Core", yams),
    room("Secrets", [.tests], "Core"),
    room("Provisioning", [.tests, .fixtures], "Core", "EC2", subprocess, yams),
    room(
      "Cluster", [.scripts, .tests, .fixtures], of: ["Core", "Transport", "SpecFile", "Secrets"] + components.map { .byName(name: $0) },
      testing: ["Apply"]),
    room("Apply", [.scripts, .tests], "Core", "Transport"),
    room(
      "Operations", [.scripts, .tests, .fixtures],
      of: ["Core", "Cluster", "Transport", "Apply", "Corosync", "Fencing", "PMMServer", "Pacemaker"], testing: ["SpecFile"]),
    room("Adopt", [.scripts, .tests, .fixtures], "Core", "Transport", "SpecFile", "Corosync", "Pacemaker"),
    room(
      "Lab", [.scripts, .tests, .fixtures],
      scripts: ["Nodes", "Containers", "VirtualMachines", "BMC", "Images", "Probe", "Faults", "Cloud"],
      of: ["Core", subprocess]),
    room("Drills", [.scripts, .tests], "Lab", "Operations", "Cluster", "SpecFile", "Transport", "Core"),
    [
      .target(name: "TestSupport", path: "Tests/TestSupport"),
      .testTarget(name: "LastLookTests", dependencies: ["Core", "TestSupport"]),
      .executableTarget(
        name: "CommandLine",
        dependencies: [
          "SpecFile", "Secrets", "Cluster", "EC2", "VirtualIP", "Provisioning", "Apply", "Operations", "Adopt", "Fencing", "Drills", "Lab",
          "Transport", arguments,
        ]),
      .testTarget(name: "SystemTests", dependencies: ["CommandLine", subprocess]),
      .testTarget(name: "VMSystemTests", dependencies: ["CommandLine", subprocess]),
      .testTarget(name: "CommandLineTests", dependencies: ["CommandLine", "SpecFile", "Cluster", arguments]),
    ],
  ].flatMap { $0 }
)

/// What a room holds beside its Swift.
enum Part {
  /// Sources/NAME/Resources: shell that runs on nodes, embedded so that the binary is one file.
  case scripts
  /// Tests/NAMETests.
  case tests
  /// Tests/NAMETests/Fixtures: real tools' output.
  case fixtures
}

/// One concept, one room. (Its parts are said, not looked up: SwiftPM caches what a manifest computed by its text.)
/// `scripts` are folders of the room with Resources of their own; `testing`: what its tests need besides.
func room(
  _ name: String, _ parts: Set<Part>, path: String? = nil, scripts: [String] = [], of dependencies: [Target.Dependency],
  testing: [Target.Dependency] = []
) -> [Target] {
  let embedded = scripts.isEmpty ? ["Resources"] : scripts.map { "\($0)/Resources" }
  let target = Target.target(
    name: name, dependencies: dependencies, path: path ?? "Sources/\(name)",
    resources: parts.contains(.scripts) ? embedded.map { .embedInCode($0) } : [])
  let tests = Target.testTarget(
    name: "\(name)Tests", dependencies: dependencies + [.byName(name: name), "TestSupport"] + testing,
    resources: parts.contains(.fixtures) ? [.copy("Fixtures")] : [])
  return parts.contains(.tests) || parts.contains(.fixtures) ? [target, tests] : [target]
}

func room(_ name: String, _ parts: Set<Part>, _ dependencies: Target.Dependency...) -> [Target] {
  room(name, parts, of: dependencies)
}

func component(_ name: String, _ parts: Set<Part>, _ others: Target.Dependency...) -> [Target] {
  room(name, parts, path: "Sources/Components/\(name)", of: ["Core"] + others)
}
