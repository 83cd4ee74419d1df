/// A scalar of the spec where any kind is meant as its text: `lanplus: 1`, `lanplus: "1"`, `lanplus: true`.
package struct Scalar: Sendable, Equatable, Decodable {
  package let text: String

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      text = value
    } else if let value = try? container.decode(Bool.self) {
      text = value.description
    } else if let value = try? container.decode(Int.self) {
      text = value.description
    } else if let value = try? container.decode(Double.self) {
      text = value.description
    } else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "needs one value, such as \"1\""))
    }
  }
}
