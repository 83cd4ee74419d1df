import Foundation
// swift-tools-version: 6.2
import PackageDescription

// The targets, from the shared words up to the commands. A component knows Core (and Pacemaker, if it has resources);
// only Cluster knows all components; Apply knows none.
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let components = ["Host", "ConfigShare", "SharedStorage", "VirtualIP", "Fencing", "PMMServer", "Corosync", "Pacemaker", "PCS"]

let package = Package(
  name: "pmm-ha",
  products: [.executable(name: "pmm-ha", targets: ["CommandLine"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    room("Core"),
    room("Transport", "Core", subprocess),
    component("Host"),
    component("ConfigShare"),
    component("SharedStorage", "Pacemaker"),
    component("VirtualIP", "Pacemaker"),
    component("Fencing", "Pacemaker"),
    component("PMMServer", "Pacemaker"),
    component("Corosync"),
    component("Pacemaker"),
    component("PCS"),
    room("SpecFile", "Core", yams),
    room("Cluster", of: ["Core", "SpecFile"] + components.map { .byName(name: $0) }),
    room("Apply", "Core", "Transport"),
    room("Operations", "Cluster", "Transport", "Apply"),
    room("Lab", "Core", subprocess),
    [.executableTarget(name: "CommandLine", dependencies: ["Cluster", "Apply", "Operations", "Lab", "Transport", arguments])],
  ].flatMap { $0 }
)

/// One concept, one room: Sources/NAME, what it hands to nodes in Sources/NAME/Resources, tests in Tests/NAMETests
/// with real tools' output in Fixtures.
func room(_ name: String, path: String? = nil, of dependencies: [Target.Dependency]) -> [Target] {
  let here = Context.packageDirectory
  let path = path ?? "Sources/\(name)"
  let tests = "Tests/\(name)Tests"
  return [
    .target(
      name: name, dependencies: dependencies, path: path, resources: exists("\(here)/\(path)/Resources") ? [.embedInCode("Resources")] : [])
  ]
    + (exists("\(here)/\(tests)")
      ? [
        .testTarget(
          name: "\(name)Tests", dependencies: dependencies + [.byName(name: name)],
          resources: exists("\(here)/\(tests)/Fixtures") ? [.copy("Fixtures")] : [])
      ] : [])
}

func room(_ name: String, _ dependencies: Target.Dependency...) -> [Target] { room(name, of: dependencies) }

func component(_ name: String, _ others: Target.Dependency...) -> [Target] {
  room(name, path: "Sources/Components/\(name)", of: ["Core"] + others)
}

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
