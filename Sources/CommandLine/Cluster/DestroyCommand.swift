import Apply
import ArgumentParser
import Cluster
import Core
import Transport

/// `pmm-ha destroy`
struct DestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Take the cluster away and leave the data.",
    discussion: """
      PMM is stopped in order, Pacemaker and Corosync stop and no longer start at boot, and the files that apply wrote on \
      the nodes are removed. PMM's data on the shared storage, the config share, packages and images stay.
      """)

  @OptionGroup var options: SpecOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

  func run() async throws {
    let session = try Session(options)
    let plan = try await withProgress("looking at the nodes") { _ in try await makeDestroyPlan(session.cluster, asking: session.door) }
    if plan.isEmpty && plan.blocking.isEmpty {
      Terminal.output.write("Nothing to do: the nodes hold no cluster.\n")
      return
    }
    Terminal.output.write(PlanText(plan: plan, terminal: .output).text)
    guard plan.blocking.isEmpty else { throw Refusal("Nothing was changed: mend what is marked 'blocking' above first.") }
    guard yes || confirmed("This ends the service and removes the cluster '\(session.cluster.name)'.", expected: session.cluster.name)
    else {
      throw Refusal("Nothing was changed. To go on without a question: --yes")
    }
    let journal = try Journal(in: Workspace.journals(of: session.cluster.name))
    try await withProgress(nil) { progress in
      try await withLocks(of: session.nodes, through: session.door) { [door = session.door, cluster = session.cluster] in
        // The typed name, or --yes, is the consent to the end of the service. Under the lock the nodes are looked at again.
        _ = try await runRounds(
          plan, Consent(disruption: true), executor: Executor(door: door, journal: journal),
          look: { try await makeDestroyPlan(cluster, asking: door) }, report: { await progress.show($0) })
      }
    }
    Terminal.output.write("The cluster is gone; PMM's data is untouched.\n")
  }
}
