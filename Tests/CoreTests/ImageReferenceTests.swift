import Testing

@testable import Core

@Suite("A container image's name") struct ImageReferenceTests {
  static let digest = "sha256:" + String(repeating: "0f", count: 32)

  @Test(
    "Registry with its port, repository, tag and digest are told apart",
    arguments: [
      ("docker.io/percona/pmm-server:3.9.1", "docker.io", "percona/pmm-server", "3.9.1", nil),
      ("registry.example:5000/a/b:3.1", "registry.example:5000", "a/b", "3.1", nil),
      ("registry.test:5000/a/b", "registry.test:5000", "a/b", nil, nil),
      ("registry:5000/b", "registry:5000", "b", nil, nil),
      ("localhost/pmm-lab:3.0.0", "localhost", "pmm-lab", "3.0.0", nil),
      ("percona/pmm-server:3", nil, "percona/pmm-server", "3", nil),
      ("pmm-server", nil, "pmm-server", nil, nil),
      ("a/b@\(digest)", nil, "a/b", nil, digest),
      ("docker.io/a/b:3.9.1@\(digest)", "docker.io", "a/b", "3.9.1", digest),
      ("198.51.100.9:5000/a:1_x.y-z", "198.51.100.9:5000", "a", "1_x.y-z", nil),
    ] as [(String, String?, String, String?, String?)])
  func parts(text: String, registry: String?, repository: String, tag: String?, digest: String?) throws {
    let reference = try #require(ImageReference(text))
    #expect(reference.registry == registry && reference.repository == repository)
    #expect(reference.tag == tag && reference.digest == digest)
    #expect(reference.description == text)
  }

  @Test("podman is given the digest where there is one")
  func pulled() throws {
    #expect(try #require(ImageReference("docker.io/a/b:3.9.1@\(Self.digest)")).pulled == "docker.io/a/b@\(Self.digest)")
    #expect(try #require(ImageReference("docker.io/a/b:3.9.1")).pulled == "docker.io/a/b:3.9.1")
    #expect(try #require(ImageReference("docker.io/a/b:3.9.1@\(Self.digest)")).tagged("3.10.0").description == "docker.io/a/b:3.10.0")
  }

  @Test(
    "What podman refuses is no image",
    arguments: [
      "", "/", "a/", "/a", "a//b", "a:", "a/b:-x", "a b", "a/b@sha256:ff", "a/b@sha256:\(String(repeating: "0F", count: 32))", "a@b@c",
      "--debug",
      "A/b", "docker.io/Percona/pmm-server", "docker.io:x/a", "a/b:\(String(repeating: "t", count: 129))", "${PMM_IMAGE}", "a/b:3.9.1\n",
      "-a",
    ])
  func refused(text: String) { #expect(ImageReference(text) == nil) }
}
