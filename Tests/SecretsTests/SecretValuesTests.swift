import Core
import Testing

@testable import Secrets

@Suite("Secret values")
struct SecretValuesTests {
  @Test("No way of printing shows a value")
  func nothingLeaks() throws {
    let values = SecretValues(given: [SecretName("a"): "hunter2"], generated: [SecretName("b"): "hunter3"], missing: [:])
    var dumped = ""
    dump(values, to: &dumped)
    for text in [
      "\(values)", String(reflecting: values), String(describing: [values]), dumped, "\(Mirror(reflecting: values).children.map(\.value))",
    ] {
      #expect(!text.contains("hunter"), "\(text)")
    }
    #expect(try values.value(SecretName("a")) == "hunter2")
  }
}
