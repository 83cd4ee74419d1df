import EC2

// What the EC2 variant gives to the commands.

/// A verb of the EC2 variant, and a spec of another platform.
package struct NotOnEC2: Error, CustomStringConvertible {
  package let description = "The spec's platform is not ec2. Write platform: ec2 and the section ec2; pmm-ha schema --example shows it."
}

extension ClusterSpec {
  /// The rights that the instances' role needs.
  package func ec2Policy() throws -> EC2Policy { try requireEC2().policy(virtualIP, fencesByAPI: fencesByAPI) }

  func requireEC2() throws -> EC2Spec {
    guard let ec2 else { throw NotOnEC2() }
    return ec2
  }

  /// A node is fenced by the EC2 API.
  var fencesByAPI: Bool { fencing.devices.contains { $0.agent == EC2Spec.fenceAgent } }
}
