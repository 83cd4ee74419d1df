import Glibc

/// An IPv4 or IPv6 address in its canonical spelling.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  package let description: String
  /// 4 or 16 bytes, in network order.
  let bytes: [UInt8]

  /// nil when inet_pton(3) cannot read it.
  package init?(_ text: String) {
    for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: length)
      if inet_pton(family, text, &bytes) == 1 {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        self.bytes = bytes
        description = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return
      }
    }
    return nil
  }

  package var isIPv4: Bool { bytes.count == 4 }

  /// 32 or 128: the longest prefix that its family has.
  package var width: Int { bytes.count * 8 }

  /// Whether both lie in the same network of `prefix` bits.
  package func shares(prefix: Int, with other: IPAddress) -> Bool {
    guard bytes.count == other.bytes.count, (0...width).contains(prefix) else { return false }
    return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
      let bits = min(8, max(0, prefix - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xff00 >> bits)
      return pair.0 & mask == pair.1 & mask
    }
  }

  /// Whether it is the network's own or its broadcast address (IPv4, prefixes up to 30).
  package func isReserved(prefix: Int) -> Bool {
    guard isIPv4, prefix <= 30 else { return false }
    let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let host = value & (UInt32.max >> UInt32(prefix))
    return host == 0 || host == UInt32.max >> UInt32(prefix)
  }
}
