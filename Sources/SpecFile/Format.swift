import Core
import Glibc

/// What a string of the spec must look like. Checked by hand; `pattern` says the same for JSON Schema's readers.
package enum Format: String, Sendable, CaseIterable {
  /// Anything of one line that is not empty.
  case line = "line"
  case clusterName = "cluster-name"
  case hostName = "host-name"
  /// A host name or an address.
  case host = "host"
  /// What ssh(1) takes for a host; never an option.
  case sshHost = "ssh-host"
  case user = "user"
  case ipAddress = "ip-address"
  case interface = "interface"
  case absolutePath = "absolute-path"
  case device = "device"
  case volumeName = "volume-name"
  case volumeSize = "volume-size"
  case mountOptions = "mount-options"
  case fenceAgent = "fence-agent"
  case parameterName = "parameter-name"
  case variableName = "variable-name"
  case image = "image"
  case tag = "tag"

  /// With its article.
  var noun: String {
    switch self {
    case .line: "a string"
    case .clusterName: "a cluster's name"
    case .hostName: "a host name"
    case .host: "a host name or an address"
    case .sshHost: "a host for ssh"
    case .user: "a user's name"
    case .ipAddress: "an IP address"
    case .interface: "a network interface's name"
    case .absolutePath: "an absolute path"
    case .device: "a block device's path"
    case .volumeName: "a name in LVM"
    case .volumeSize: "a size"
    case .mountOptions: "a list of mount options"
    case .fenceAgent: "a fence agent's name"
    case .parameterName: "a parameter's name"
    case .variableName: "an environment variable's name"
    case .image: "a container image without a tag"
    case .tag: "an image's tag"
    }
  }

  /// What would be right.
  var rule: String {
    switch self {
    case .line: "Write one line of text."
    case .clusterName: "Write letters, digits, '-', '_' and '.', at most 64, such as pmm-ha."
    case .hostName: "Write lower-case letters, digits, '-' and '.', as `uname -n` prints it, such as pmm1."
    case .host: "Write one such as 198.51.100.21 or bmc1.example.net."
    case .sshHost: "Write one such as pmm1.example.net, 198.51.100.11 or an alias of ssh_config."
    case .user: "Write one such as root."
    case .ipAddress: "Write one such as 198.51.100.11 or 2001:db8::11."
    case .interface: "Write one such as eth0, at most 15 characters."
    case .absolutePath: "Write one that starts with '/' and has no white space, quotes, '.', '..' or '/' at its end, such as /srv/pmm."
    case .device: "Write its path, best by id, such as /dev/disk/by-id/scsi-36001405aa11bb22."
    case .volumeName: "Write letters, digits, '_', '.', '+' and '-', such as pmm."
    case .volumeSize: "Write a percentage of the volume group, such as 90%, or an amount, such as 200G."
    case .mountOptions: "Separate them by commas, without spaces, such as noatime,nodev."
    case .fenceAgent: "Write a program's name in /usr/sbin, such as fence_ipmilan."
    case .parameterName: "Write one of the agent's own parameters, such as cipher."
    case .variableName: "Write letters, digits and '_', such as PMM_DEBUG."
    case .image: "Write REGISTRY/PATH, such as docker.io/percona/pmm-server; the tag goes to pmm/tag, a digest (@sha256:...) to its end."
    case .tag: "Write one such as 3.9.1."
    }
  }

  /// ECMA-262, anchored.
  package var pattern: String {
    switch self {
    case .line: "^[^\\x00-\\x1f\\x7f]+$"
    case .clusterName: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$"
    case .hostName: "^(?=.{1,64}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
    case .host, .sshHost: "^[A-Za-z0-9_:%.\\[\\]][A-Za-z0-9_:%.\\[\\]-]*$"
    case .user: "^[A-Za-z_][A-Za-z0-9_.-]*$"
    case .ipAddress: "^[0-9A-Fa-f:.]+$"
    case .interface: "^(?!\\.{1,2}$)[A-Za-z0-9_.@-]{1,15}$"
    case .absolutePath: "^(/(?!\\.{1,2}(/|$))[^/\\s\"'\\\\$`\\x00-\\x1f\\x7f]+)+$"
    case .device: "^/dev(/(?!\\.{1,2}(/|$))[^/\\s\"'\\\\$`\\x00-\\x1f\\x7f]+)+$"
    case .volumeName: "^(?!\\.{1,2}$)[A-Za-z0-9_.+][A-Za-z0-9_.+-]{0,59}$"
    case .volumeSize: "^(([1-9][0-9]?|100)%|[0-9]+(\\.[0-9]+)?[MGTmgt]([iI]?[bB])?)$"
    case .mountOptions: "^[^\\s\"'\\\\$`,\\x00-\\x1f\\x7f]+(,[^\\s\"'\\\\$`,\\x00-\\x1f\\x7f]+)*$"
    case .fenceAgent: "^fence_[A-Za-z0-9_-]+$"
    case .parameterName: "^[A-Za-z0-9_-]+$"
    case .variableName: "^[A-Za-z_][A-Za-z0-9_]*$"
    case .image:
      "^(?:(?:localhost|\(Self.label)(?:\\.\(Self.label))+|\(Self.label)(?=:))(?::[0-9]+)?/)?\(Self.component)(?:/\(Self.component))*"
        + "(?:@sha256:[0-9a-f]{64})?$"
    case .tag: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"
    }
  }

  func accepts(_ text: String) -> Bool {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return false }
    switch self {
    case .line: return true
    case .clusterName: return text.isWord("_.-") && text.first != "-" && text.first != "." && text.utf8.count <= 64
    case .tag: return ImageReference.isTag(text)
    case .hostName: return Self.isHostName(text)
    case .host, .sshHost: return text.isWord("_:%.[]-") && text.first != "-"
    case .user: return text.isWord("_.-") && !text.startsWithDigit && text.first != "-" && text.first != "."
    case .ipAddress: return Self.isAddress(text)
    case .interface: return text.isWord("_.@-") && text.utf8.count <= 15 && text != "." && text != ".."
    case .absolutePath: return Self.isPlainPath(text)
    case .device: return text.hasPrefix("/dev/") && Self.isPlainPath(text)
    case .volumeName: return text.isWord("_.+-") && text.first != "-" && text.utf8.count <= 60 && text != "." && text != ".."
    case .volumeSize: return Self.isSize(text)
    case .mountOptions:
      return !Self.hasAwkward(text) && text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    case .fenceAgent: return text.hasPrefix("fence_") && text.utf8.count > 6 && text.isWord("_-")
    case .parameterName: return text.isWord("_-")
    case .variableName: return text.isWord("_") && !text.startsWithDigit
    case .image: return ImageReference(text).map { $0.tag == nil } ?? false
    }
  }

  /// `90%`, `200G`, `1.5TiB`.
  private static func isSize(_ text: String) -> Bool {
    if text.hasSuffix("%") { return Int(text.dropLast()).map { (1...100).contains($0) && "\($0)%" == text } ?? false }
    let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    let unit = text.dropFirst(digits.count).uppercased()
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty } && ["M", "G", "T"].contains(unit.prefix(1))
      && ["", "B", "IB"].contains(unit.dropFirst())
  }

  private static func isHostName(_ text: String) -> Bool {
    text.utf8.count <= 64
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-" && label == label.lowercased()
          && String(label).isWord("-")
      }
  }

  private static func isAddress(_ text: String) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16)
    return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
  }

  private static func isPlainPath(_ text: String) -> Bool {
    text.hasPrefix("/") && !hasAwkward(text)
      && text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private static func hasAwkward(_ text: String) -> Bool { text.contains { $0.isWhitespace || "\"'\\$`".contains($0) } }

  /// Of a registry's host name, and of a repository's path.
  private static let label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
  private static let component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
}

extension String {
  /// Not empty, and all ASCII letters, digits and `others`.
  fileprivate func isWord(_ others: String) -> Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || others.utf8.contains(byte)
      }
  }

  fileprivate var startsWithDigit: Bool { utf8.first.map { (48...57).contains($0) } ?? false }
}
