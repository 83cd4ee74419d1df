import Apply
import Core
import Foundation
import Pacemaker
import Synchronization
import Testing
import Transport

@testable import Cluster

@Suite("Applies")
struct SafetyTests {
  @Test("Applied twice is silent: the second plan is empty", arguments: Work.allCases)
  func silent(_ work: Work) async throws {
    let scenario = try await work.scenario()
    let first = try await scenario.apply()
    #expect(!first.door.performed.isEmpty)
    let second = try await scenario.apply(from: first.cluster, run: 2)
    #expect(second.shown.isEmpty && second.shown.blocking.isEmpty)
    #expect(second.door.performed == [])
    #expect(difference(first.cluster, second.cluster) == "")
  }

  @Test("The same facts give the same plan, in whatever order they came", arguments: Work.allCases)
  func deterministic(_ work: Work) async throws {
    let scenario = try await work.scenario()
    let door = SimulatedDoor(scenario.cluster, given: Scenario.given)
    let plan = try await makePlan(scenario.spec, consent: scenario.consent, asking: door)
    let facts = try await survey(scenario.spec.cluster, asking: door)
    for capacity in [2, 5, 11, 23, 47, 95] {
      let spec = scenario.spec.cluster
      let other = facts.reordered(capacity).mapValues { $0.reordered(capacity) }
      let pacemaker = spec.pacemakerPlan(other)
      var prediction: Prediction?
      if let (node, question) = pacemaker.predictionQuestion {
        prediction = try await door.ask(question, of: node)
      }
      let helpers = await spec.surveyHelpers(asking: door)
      #expect(
        spec.plan(other, pacemaker, prediction, consent: scenario.consent, findings: scenario.spec.findings, helpers: helpers) == plan)
    }
  }

  @Test("Of two applies at once the second is told who is at work, and finds nothing to do afterwards")
  func atOnce() async throws {
    let scenario = Scenario("", Scenario.bare, try Scenario.spec(), Consent(destroy: [Scenario.device]))
    let locks = SimulatedLocks()
    let refusals = Mutex<[String]>([])
    let first = try await scenario.apply(
      report: { event in
        guard case .began(let step) = event, step.script == "make-filesystem" else { return }
        do { _ = try await scenario.apply(run: 2, locks: locks) } catch { refusals.withLock { $0.append("\(error)") } }
      }, locks: locks)
    #expect(refusals.withLock { $0 }.count == 1)
    #expect(refusals.withLock { $0 }.first?.hasPrefix("pmm1: locked by run 1; wait until they are done") == true)
    #expect(first.cluster.defects == [])
    // With the plan that was shown before the other one was faster.
    let door = SimulatedDoor(first.cluster, run: 2, given: Scenario.given, locks: locks)
    let executor = Executor(door: door, journal: Scenario.journal)
    let steps = try await withLocks(of: [Scenario.pmm1, Scenario.pmm2], through: door) {
      try await runRounds(first.shown, scenario.consent, executor: executor, look: { try await scenario.plan(first.cluster) }) { _ in }
    }
    #expect(steps == 0 && door.performed == [])
  }

  @Test("What the operator was not shown is not done")
  func changedMeanwhile() async throws {
    let scenario = Scenario("", Scenario.bare, try Scenario.spec(), Consent(destroy: [Scenario.device]))
    let shown = try await Scenario("", try await Scenario.applied.value, try Scenario.spec()).plan()
    let door = SimulatedDoor(scenario.cluster, given: Scenario.given)
    await #expect(throws: ChangedMeanwhile.self) {
      try await runRounds(
        shown, scenario.consent, executor: Executor(door: door, journal: Scenario.journal), look: { try await scenario.plan() }
      ) { _ in }
    }
    #expect(door.performed == [])
  }

  @Test("What others keep in the CIB stays, and runs on, whatever is changed")
  func foreignResources() async throws {
    var scenario = try await Work.everything.scenario()
    let backup = """
      <primitive id="backup" class="ocf" provider="heartbeat" type="Dummy"><instance_attributes id="backup-attributes">\
      <nvpair id="backup-state" name="state" value="/run/backup"/></instance_attributes></primitive>
      """
    try scenario.cluster.changeCIB(from: Scenario.pmm1) {
      try $0.apply(
        """
        create resources \(backup)
        create constraints <rsc_location id="backup-at-pmm2" rsc="backup" node="pmm2" score="50"/>
        """)
      $0.setProperty("cluster-delay", "30s")
    }
    scenario.cluster.act(waited: true)
    let before = try #require(scenario.cluster.running["backup"])
    let applied = try await scenario.apply()
    let unmanaged = applied.shown.findings.filter { $0.message.contains("unmanaged") }.map(\.place)
    #expect(unmanaged == ["backup", "backup-at-pmm2", "cluster-delay"])
    #expect(applied.door.boundaries.allSatisfy { $0.cluster.running["backup"] == before })
    let cib = try #require(applied.cluster.liveCIB(Scenario.pmm2))
    #expect(try cib.primitives.first { $0.id == "backup" } == XMLNode(parsing: backup))
    #expect(cib.subtree.contains { $0.id == "backup-at-pmm2" } && cib.property("cluster-delay") == "30s")
    #expect(applied.cluster.defects == [])
    #expect(try await scenario.plan(applied.cluster).isEmpty)
  }

  @Test("Killed at every moment and begun again, a destroy takes all away but the data, which the next apply finds")
  func destroy() async throws {
    let spec = try Scenario.spec()
    func destroy(_ cluster: SimulatedCluster, run: Int) async throws -> SimulatedDoor {
      let door = SimulatedDoor(cluster, run: run)
      let plan = try await makeDestroyPlan(spec.cluster, asking: door)
      door.expect(plan)
      try await Executor(door: door, journal: Scenario.journal).run(plan) { _ in }
      return door
    }
    var live = try await Scenario.applied.value
    live.mayDisrupt = true
    let undisturbed = try await destroy(live, run: 1)
    let gone = undisturbed.cluster
    for boundary in undisturbed.boundaries {
      #expect(difference(gone, try await destroy(boundary.cluster, run: 2).cluster) == "", "killed \(boundary.place)")
    }
    #expect(try await makeDestroyPlan(spec.cluster, asking: undisturbed).isEmpty)
    #expect(gone.running.isEmpty && gone.disks == live.disks && gone.shares == live.shares)
    // No consent: nothing is to be destroyed.
    let again = try await Scenario("", gone, spec).apply()
    #expect(again.cluster.defects == [] && again.cluster.filesystemsMade == 1)
  }
}

@Suite("The simulation itself")
struct SimulationTests {
  /// These only look.
  /// They change nothing, or nothing that a later step would not do, too.
  private static let checks: Set = [
    "start-corosync",
    "check-share", "check-filesystem", "check-volume-group", "knock", "compare-images", "settle", "predict-cib",
  ]

  @Test("A script that did nothing would be noticed")
  func mutations() async throws {
    var met = Set<String>()
    for work in [
      Work.debianExample, .bareNodes, .newTiming, .newTag, .firewalls, .nfsShare, .nfsCreated, .glusterShare, .thirdVote, .thirdVoteRemoved,
      .logicalVolume,
      .handMadeGroup,
      .largerVolume,
    ] {
      let scenario = try await work.scenario()
      let scripts = Set(try await scenario.apply().shown.steps.compactMap(\.script)).subtracting(Self.checks).subtracting(met)
      met.formUnion(scripts)
      for script in scripts {
        let end = try? await scenario.apply(ignoring: script)
        #expect(end.map { $0.cluster.defects.isEmpty } != true, "\(script) does nothing, and nobody minds")
      }
    }
    #expect(met.count >= 16, "\(met)")
  }

  @Test("Every script of the components is known to it")
  func knowsAll() throws {
    // These are written to nodes, or a part of others.
    let parts: Set = [
      "ocf-agent", "start-check", "data-owner", "certificate", "ipmitool-wrapper", "password-script", "edit-cib", "aws-cli", "format",
      "lvm-probe", "ask-device", "parts",
    ]
    // The simulated nodes are Debian's, and their spec has neither a password nor a certificate for PMM; the service's own
    // answer is asked after an apply.
    let others: Set = ["install-packages-dnf", "probe-service", "set-admin-password", "install-certificate"]
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources").standardized
    func list(_ folder: String) -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: sources.appending(path: folder).path)) ?? []
    }
    let folders = ["Cluster"] + list("Components").map { "Components/\($0)" }
    let scripts = folders.flatMap { list("\($0)/Resources") }.filter { $0.hasSuffix(".sh") }
    let names = Set(scripts.map { String($0.dropLast(3)) })
    #expect(names.count > 40)
    for name in names.subtracting(parts.union(others)).sorted() {
      let script = Script(name, [])
      var cluster = Scenario.bare
      let step = SimulatedStep(step: Step(Scenario.pmm1, "", .files, "", because: "", .run(script)), reveal: { "\($0)" }, cut: { _ in })
      let asStep = Result { try step.run(&cluster) }
      let asQuestion = Result { try cluster.answer(script, of: Scenario.pmm1, reveal: { "\($0)" }) }
      let unknown = "\(String(describing: asStep))".contains("teach it") && "\(asQuestion)".contains("teach it")
      #expect(!unknown, "nobody has taught the simulation what \(name).sh does")
    }
  }
}

extension Dictionary {
  /// The same entries in another order.
  fileprivate func reordered(_ capacity: Int) -> Self {
    var result = Self(minimumCapacity: capacity)
    for (key, value) in Array(self).reversed() { result[key] = value }
    return result
  }
}

extension NodeFacts {
  fileprivate func reordered(_ capacity: Int) -> NodeFacts {
    var result = self
    result.host.units = host.units.reordered(capacity)
    result.host.directories = host.directories.reordered(capacity)
    result.pmm.files = pmm.files.reordered(capacity)
    result.pmm.images = pmm.images.reordered(capacity)
    result.fencing.devices = fencing.devices.reordered(capacity)
    result.configShare.files = configShare.files.reordered(capacity)
    result.configShare.units = configShare.units.reordered(capacity)
    result.fencing.parameters = fencing.parameters.reordered(capacity)
    result.corosync.running = corosync.running.reordered(capacity)
    result.pcs.knownHosts = pcs.knownHosts.reordered(capacity)
    return result
  }
}
