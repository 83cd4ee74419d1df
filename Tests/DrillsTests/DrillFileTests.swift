import FoundationEssentials
import SpecFile
import Testing

@testable import Drills

@Suite("Drills as files") struct DrillFileTests {
  private func mistakes(_ yaml: String) -> String {
    do {
      _ = try DrillLibrary.read(yaml, name: "mine", file: "mine.yml", Schema.of(example: DrillLibrary.exampleText))
      return ""
    } catch { return "\(error)" }
  }

  @Test("The drills of the program are right, and each is another")
  func embedded() throws {
    let drills = try DrillLibrary.all()
    #expect(drills.count >= 25)
    #expect(Set(drills.map(\.name)).count == drills.count)
    #expect(Set(drills.map(\.title)).count == drills.count)
    #expect(drills.filter(\.short).count >= 3)
    for drill in drills where drill.place == .anywhere { #expect(!drill.actions.contains { $0.fault.needsLab }, "\(drill.name)") }
    // Every word is used, and so tried.
    let used = Set(drills.flatMap(\.actions).map(\.fault))
    #expect(Fault.allCases.filter { !used.contains($0) } == [])
  }

  @Test("The annotated example is a drill itself")
  func example() { #expect(mistakes(DrillLibrary.exampleText) == "") }

  @Test("A mistake is told with its line and what was meant")
  func slips() {
    let said = mistakes(
      """
      title: A slip
      proves: Nothing.
      acts:
        - do: [{fault: power-of, on: activ}]
          expect: {service: moves, withn: 30}
      """)
    #expect(said.contains("mine.yml:4:"))
    #expect(said.contains("'power-of' is no fault. Did you mean 'power-off'?"), "\(said)")
    #expect(said.contains("'activ' is not known. Did you mean 'active'?"), "\(said)")
    #expect(said.contains("mine.yml:5:") && said.contains("Did you mean 'within'?"), "\(said)")
  }

  @Test("What only a lab can do is refused for a cluster of one's own")
  func place() {
    let said = mistakes("{title: T, proves: P, place: anywhere, acts: [{do: [{fault: power-off}]}]}")
    #expect(said.contains("can only be done in a lab"), "\(said)")
  }

  @Test("What needs kernels or an API of the nodes' own: elsewhere the drill is refused, and says where it can run")
  func clocks() throws {
    let mine = try DrillLibrary.read(
      "{title: T, proves: P, acts: [{do: [{fault: clock-jump, on: passive, seconds: -90}], expect: {plan: their clocks}}]}", name: "mine",
      file: "mine.yml", Schema.of(example: DrillLibrary.exampleText))
    #expect(mine.acts[0].actions[0].seconds == -90 && mine.acts[0].expect.plan == "their clocks")
    #expect(Fault.clockJump.told("pmm2", mine.acts[0].actions[0]) == "the clock of pmm2 jumps 90 s back")
    let (containers, machines) = (
      Ground(isLab: true, hasOwnKernels: false, isCloud: false), Ground(isLab: true, hasOwnKernels: true, isCloud: false)
    )
    let own = Ground(isLab: false, hasOwnKernels: true, isCloud: false)
    for drill in try [mine, DrillLibrary.named("clock-jump-active"), DrillLibrary.named("clock-jump-passive")] {
      #expect(drill.refusal(machines) == nil)
      let refusal = try #require(drill.refusal(containers))
      #expect(refusal.contains("containers have this machine's") && refusal.contains("pmm-ha lab up --driver vm"), "\(refusal)")
      #expect(drill.refusal(own)?.contains("only a lab can mend") == true)
    }
    #expect(try DrillLibrary.named("move").refusal(own) == nil)
    let errors = try DrillLibrary.named("device-errors-active")
    #expect(errors.refusal(machines) == nil)
    #expect(errors.refusal(containers)?.contains("device-mapper") == true)
    let instances = Ground(isLab: true, hasOwnKernels: false, isCloud: true)
    let api = try DrillLibrary.named("api-away")
    #expect(api.refusal(instances) == nil && api.refusal(containers)?.contains("lab up --cloud ec2") == true)
    let bmc = try DrillLibrary.named("bmc-password")
    #expect(bmc.refusal(containers) == nil && bmc.refusal(instances)?.contains("instances have none") == true)
    let withSlots = Ground(isLab: true, hasOwnKernels: true, isCloud: false, hasSlots: true)
    let slots = try DrillLibrary.named("slots-gone-cut")
    #expect(slots.refusal(withSlots) == nil && slots.refusal(machines)?.contains("--fencing sbd") == true)
    let values = FaultValues(
      mountPoint: "/srv/pmm", device: "/dev/sdb", address: "198.51.100.100", slots: "/dev/sdc", share: "/mnt/share", image: "pmm:3")
    #expect(Fault.clockJump.script(values, seconds: -90)?["OFFSET"] == "-90")
  }

  @Test("A file of the user's is read by its path, and an unknown name says what was meant")
  func own() throws {
    let file = "/tmp/pmm-ha-drill-\(UInt32.random(in: 0 ... .max)).yml"
    try Data("{title: Mine, proves: P, acts: [{do: [{fault: kill-pmm}]}]}".utf8).write(to: URL(filePath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let drill = try DrillLibrary.named(file)
    #expect(drill.title == "Mine" && "/tmp/\(drill.name).yml" == file)
    #expect(drill.acts[0].expect.within == 60 && drill.healWithin == 120)
    #expect(throws: UnknownDrill.self) { try DrillLibrary.named("power-cut") }
    do { _ = try DrillLibrary.named("mov") } catch { #expect("\(error)".contains("Did you mean 'move'?")) }
  }

  @Test("The same seed chooses the same drills, another one others")
  func random() throws {
    let drills = try DrillLibrary.all().filter(\.random)
    let first = RandomDrills.chosen(from: drills, count: 100, seed: 1).map(\.name)
    #expect(first == RandomDrills.chosen(from: drills, count: 100, seed: 1).map(\.name))
    #expect(first != RandomDrills.chosen(from: drills, count: 100, seed: 2).map(\.name))
    #expect(Set(first).count > 10)
  }
}
