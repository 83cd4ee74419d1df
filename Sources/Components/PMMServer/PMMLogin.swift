import Core

// PMM's user admin begins with the password admin. The password of the spec is given to PMM when it is ready, and kept on
// both nodes in a file that only root can read, from which the next change takes the old one.

extension PMMSpec {
  /// The name of the admin password's value.
  package static let adminPasswordName = SecretName("pmm-admin-password")
}

extension PMMSpec.Major {
  /// Answers 200 to a right login only.
  var versionPath: String { self == .two ? "/v1/version" : "/v1/server/version" }
}

extension PMMServer {
  /// The file with the password, as the probe compares it; empty where the spec has none.
  var password: Text { spec.adminPassword == nil ? "" : Text(secret: PMMSpec.adminPasswordName) }

  /// Sets the password where PMM runs, and keeps it on the other node too. Nothing while PMM does not run: the next round
  /// comes when it does.
  func setPassword(_ facts: [NodeName: PMMFacts]) -> [Step] {
    guard spec.adminPassword != nil, let active = nodes.first(where: { facts[$0]?.alive == true }) else { return [] }
    func state(_ node: NodeName) -> FileFact { facts[node]?.files[PMMPath.password] ?? FileFact(.absent) }
    var steps: [Step] = []
    let isDefault = facts[active]?.hasDefaultLogin == true
    if isDefault || [.absent, .different].contains(state(active).state) {
      steps.append(
        Step(
          active, "PMMServer", .settle, "Set the password of PMM's user admin",
          because: isDefault
            ? "it is still admin"
            : state(active).state == .absent ? "it is not known whether it is the spec's" : "the spec has another one",
          .run(
            Script(
              "set-admin-password", PackageResources.set_admin_password_sh,
              [
                "NEW": password, "NOTE": Text(PMMPath.password), "URL": "https://127.0.0.1:\(spec.port)",
                "VERSION_PATH": Text(spec.major.versionPath),
              ]))))
    }
    for node in nodes where node != active && facts[node] != nil {
      if let write = state(node).step(node, "PMMServer", .settle, path: PMMPath.password, password, mode: 0o600) { steps.append(write) }
    }
    return steps
  }

  /// PMM lets everybody in who tries admin/admin.
  func loginFindings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    guard spec.adminPassword == nil, let node = nodes.first(where: { facts[$0]?.hasDefaultLogin == true }) else { return [] }
    return [
      Finding(
        .warning, at: "\(node)", "PMM's user admin still has the password admin",
        hint: "set pmm/admin_password in the spec, or change it in PMM's user interface")
    ]
  }
}
