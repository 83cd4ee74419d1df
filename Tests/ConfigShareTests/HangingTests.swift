import Core
import Foundation
import Glibc
import Testing

@testable import ConfigShare

/// A directory whose server takes every request and answers none: who looks at it is in uninterruptible sleep, and not
/// even SIGKILL ends that. (What an NFS server that is gone does to a hard mount; here it is a filesystem of FUSE.)
private let hangingServer = """
  import ctypes, os, struct, sys
  directory, ready = sys.argv[1:3]
  device = os.open("/dev/fuse", os.O_RDWR)
  libc = ctypes.CDLL(None, use_errno=True)
  options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
  if libc.mount(b"hanging", directory.encode(), b"fuse", 2 | 4, options) != 0:
      sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
  request = os.read(device, 1 << 17)
  unique = struct.unpack_from("<Q", request, 8)[0]
  answer = struct.pack("<IIIIHHIIHHI28x", 7, 31, 1 << 16, 0, 12, 9, 1 << 16, 1, 32, 0, 0)
  os.write(device, struct.pack("<IiQ", 16 + len(answer), 0, unique) + answer)
  open(ready, "w").close()
  while True:
      os.read(device, 1 << 17)
  """

@Suite struct HangingTests {
  @Test("The probe answers within its time where the share holds whoever looks at it, and the marks' scripts end with words")
  func hanging() throws {
    try #require(getuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0, "mounting needs root and /dev/fuse (modprobe fuse)")
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-hanging-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: directory + "/share", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try hangingServer.write(toFile: directory + "/server.py", atomically: true, encoding: .utf8)
    for (name, resource) in [("probe", PackageResources.share_probe_sh), ("mark", PackageResources.mark_share_sh)] {
      // Its own time-outs, ten times shorter.
      let text = String(decoding: resource, as: UTF8.self).replacing("-s KILL 5 ", with: "-s KILL 0.5 ").replacing(
        "-s KILL 30 ", with: "-s KILL 3 "
      ).replacing("/var/lib/pmm-ha", with: directory)
      try (Script.functions + text).write(toFile: "\(directory)/\(name).sh", atomically: true, encoding: .utf8)
    }
    let script = """
      cd \(directory)
      python3 server.py share ready & server=$!
      until [ -e ready ]; do kill -0 $server || exit 3; sleep 0.05; done
      SHARE=\(directory)/share UNIT= VOLUME= BRICK= sh probe.sh
      echo "== state"
      for process in /proc/[0-9]*; do
        grep -qs 'State:.D' $process/status && tr '\\0' ' ' <$process/cmdline && echo
      done
      echo "== mark"
      SHARE=\(directory)/share sh mark.sh 2>&1
      echo "== after $?"
      kill -KILL $server
      """
    let start = ContinuousClock.now
    // In a mount namespace of its own: what it mounts goes with its last process.
    let said = try run("/usr/bin/timeout", ["-s", "KILL", "60", "unshare", "--mount", "--propagation", "private", "sh", "-c", script])
    #expect(said.status == 0, "\(said)")
    #expect(ContinuousClock.now - start < .seconds(40))
    let answer = Answer(said.output)
    #expect(try ShareFacts(answer).place == .hanging)
    #expect(try ShareFacts(answer).mount == .init(type: "fuse", source: "hanging"))
    #expect(answer.sections["state"]?.contains("\(directory)/share") == true, "somebody is held for good: \(said)")
    #expect(answer.sections["mark"]?.contains("cannot be written to: is it mounted read-write, does its server answer") == true, "\(said)")
    #expect(answer.sections["after 1"] != nil)
  }
}
