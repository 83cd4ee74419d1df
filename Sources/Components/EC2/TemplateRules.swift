/// What cfn-lint does not see in a template, and AWS would refuse minutes into a deployment.
package enum TemplateRules {
  /// What is wrong, a sentence each.
  package static func violations(_ template: Document) -> [String] {
    guard case .object(let resources)? = template["Resources"] else { return ["the template has no Resources"] }
    var result: [String] = []
    func properties(_ type: String) -> [(id: String, properties: Document)] {
      resources.filter { $0.value["Type"]?.text == type }.map { ($0.key, $0.value["Properties"] ?? [:]) }
    }
    var shared: [String] = []
    for (id, volume) in properties("AWS::EC2::Volume") {
      let type = volume["VolumeType"]?.text ?? "gp2"
      if volume["MultiAttachEnabled"] == true {
        shared.append(id)
        // io1 has Multi-Attach without I/O fencing, and in few regions: not for two writers that may meet.
        if type != "io2" { result.append("\(id): Multi-Attach needs an io2 volume, and it is \(type)") }
      }
      if type.hasPrefix("io"), volume["Iops"] == nil { result.append("\(id): an \(type) volume needs Iops") }
    }
    let attachments = properties("AWS::EC2::VolumeAttachment").map(\.properties)
    for id in shared {
      let instances = attachments.filter { $0["VolumeId"]?["Ref"]?.text == id }.compactMap { $0["InstanceId"]?["Ref"]?.text }
      if Set(instances).count < 2 { result.append("\(id): it has Multi-Attach, and is attached to fewer than two instances") }
    }
    let types =
      properties("AWS::EC2::Instance").map { ($0.id, $0.properties["InstanceType"]) }
      + properties("AWS::EC2::LaunchTemplate").map { ($0.id, $0.properties["LaunchTemplateData"]?["InstanceType"]) }
    for (id, type) in types {
      let name = type?.text ?? type?["Ref"]?.text.flatMap { template["Parameters"]?[$0]?["Default"]?.text }
      if let name, !NitroTypes.contains(name) { result.append("\(id): \(name) is not built on Nitro, which Multi-Attach needs") }
    }
    return result
  }
}
