import Core
import Foundation
import Testing

@testable import EC2

@Suite("The spec's section ec2") struct EC2SpecTests {
  @Test("What cannot be an id is named by its key")
  func invalid() {
    func key(
      region: String = "eu-central-1", instance: String = "i-0123456789abcdef0", volume: String = "vol-0123456789abcdef0",
      kms: String? = nil
    ) -> String? {
      do {
        _ = try EC2Spec(region: region, instances: [Sample.pmm1: instance], volume: volume, key: kms)
        return nil
      } catch { return error.key }
    }
    #expect(key() == nil)
    #expect(key(region: "us-gov-west-1") == nil)
    #expect(key(region: "eu-central-1a") == "region")
    #expect(key(region: "Frankfurt") == "region")
    #expect(key(instance: "pmm1") == "instances/pmm1")
    #expect(key(instance: "i-0123") == "instances/pmm1")
    #expect(key(volume: "vol0123456789abcdef0") == "volume")
    #expect(key(kms: "alias/pmm") == "kms_key")
    #expect(key(kms: "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef") == "kms_key")
    #expect(key(kms: "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef") == nil)
  }

  @Test("The volume's name on the nodes is its serial number's, whatever the kernel calls it")
  func device() {
    #expect(Sample.spec.device == "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0")
  }

  @Test("It is read from its keys")
  func decoding() throws {
    let json =
      #"{"region":"eu-central-1","instances":{"pmm1":"i-0123456789abcdef0"},"volume":"vol-0123456789abcdef0","fence_action":"off"}"#
    let spec = try JSONDecoder().decode(EC2Spec.self, from: Data(json.utf8))
    #expect(spec.instances[Sample.pmm1] == "i-0123456789abcdef0" && spec.fenceAction == .off && spec.role == nil)
  }
}
