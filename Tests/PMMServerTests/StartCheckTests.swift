import Core
import Foundation
import Glibc
import TestSupport
import Testing

@testable import PMMServer

/// The start check itself, as root, on a filesystem that is mounted for the test in a mount namespace of its own.
@Suite struct StartCheckTests {
  let node = FakeNode()

  @Test("The start check refuses a path where nothing is mounted, and the wrong device there")
  func place() throws {
    let unmounted = try node.check("true", place: node.path("elsewhere"))
    #expect(unmounted.status == 1 && unmounted.output.contains("nothing is mounted on"))
    let wrong = try node.check("true", device: "/dev/null")
    #expect(wrong.status == 1 && wrong.output.contains("not /dev/null (1:3)"))
    let gone = try node.check("true", device: "/dev/nosuch")
    #expect(gone.status == 1 && gone.output.contains("Is the disk attached"))
  }

  @Test("The settings that PMM is started with are noted")
  func settings() throws {
    let started = try node.check(
      "true",
      after:
        "sha256sum --check --status $run/pmm-server.started && echo same; echo x >>$settings; sha256sum --check --status $run/pmm-server.started || echo different"
    )
    #expect(started.status == 0 && started.output.hasSuffix("same\ndifferent\n"), "\(started.output)")
  }

  @Test("The root of an empty filesystem is given to PMM's user, and a tree of another owner is refused and stays as it is")
  func owner() throws {
    let stat = "stat -c '%u:%g %a' $srv"
    let empty = try node.check("mkdir -m 700 $srv/lost+found", after: stat)
    #expect(empty.status == 0 && empty.output.hasSuffix("1000:0 755\n") && empty.output.contains("it belonged to 0:0"), "\(empty.output)")
    let full = try node.check("touch $srv/pmm-distribution; chown 1000:0 $srv/pmm-distribution", after: stat)
    #expect(full.status == 1 && full.output.contains("cannot write to \(node.path("srv")), which belongs to 0:0 with mode 755"))
    #expect(full.output.hasSuffix("0:0 755\n"))
    let tree = try node.check(
      "mkdir -p $srv/postgres14; chown 70:70 $srv/postgres14; chown 1000:0 $srv", after: "stat -c %u:%g $srv/postgres14")
    #expect(
      tree.status == 1 && tree.output.contains("srv/postgres14 belongs to 70:70. If this is the data that PMM shall use: chown -R 1000:0"))
    #expect(tree.output.hasSuffix("70:70\n"))
    let key = try node.check("mkdir $srv/nginx; touch $srv/nginx/certificate.key; chown 1000:0 $srv $srv/nginx")
    #expect(key.status == 1 && key.output.contains("srv/nginx/certificate.key belongs to 0:0"), "\(key.output)")
  }

  @Test("What PMM can work with is left alone: its own tree, the group 0's, an administrator's file, an image that runs as root, PMM 2")
  func taken() throws {
    let own = "mkdir $srv/postgres14 $srv/logs; touch $srv/backup.tar; chown 1000:0 $srv $srv/postgres14 $srv/logs"
    #expect(try node.check(own).output == "")
    #expect(try node.check("\(own); chown 0:0 $srv $srv/logs; chmod 775 $srv $srv/logs", user: "unasked").output == "")
    #expect(try node.check("touch $srv/pmm-distribution", user: "").output == "")
    #expect(try node.check("touch $srv/pmm-distribution", owner: "0:0").output == "")
    let other = try node.check("mkdir $srv/postgres14; chown 1234:0 $srv $srv/postgres14", user: "1234")
    #expect(other.status == 0 && other.output == "")
  }

  @Test("Without podman's word about the image's user, nothing is changed")
  func silentPodman() throws {
    let result = try node.check("true", user: nil, after: "stat -c %u:%g $srv")
    #expect(result.status == 1 && result.output.contains("podman does not say as which user") && result.output.hasSuffix("0:0\n"))
  }

  static let database = "mkdir $srv/postgres14; printf '41\\n/srv/postgres14\\n' >$srv/postgres14/postmaster.pid; chown -R 1000:0 $srv"
  static let left = "test -e $srv/postgres14/postmaster.pid && echo kept"

  @Test("A PostgreSQL's pid file of a run that was cut off is removed before the start, and that is said")
  func stale() throws {
    let result = try node.check(Self.database, after: Self.left)
    #expect(result.status == 0 && result.output.contains("removed \(node.path("srv"))/postgres14/postmaster.pid"))
    #expect(result.output.contains("its first line: 41") && !result.output.contains("kept"))
  }

  @Test("The pid file stays while a process of the container lives in the unit's control group")
  func lives() throws {
    let living =
      "mkdir -p $cgroup/system.slice/pmm-server.service; unshare --pid --fork sleep 60 & parent=$!; until child=$(pgrep -P $parent sleep); do sleep 0.1; done; echo $child >$cgroup/system.slice/pmm-server.service/cgroup.procs"
    let result = try node.check("\(Self.database); \(living)", after: "\(Self.left); kill -KILL $child")
    #expect(
      result.output.contains("is left as it is: a process of PMM's container lives") && result.output.contains("kept\n"),
      "\(result.output)")
  }

  @Test("The start is refused while a process works in PostgreSQL's directory, wherever it runs")
  func elsewhere() throws {
    let result = try node.check(
      "\(Self.database); cd $srv/postgres14; sleep 60 & worker=$!; cd /", after: "\(Self.left); kill $worker")
    #expect(result.output.contains("is of a PostgreSQL that runs") && result.output.hasSuffix("kept\n"), "\(result.output)")
  }

  @Test(
    "A pid file that is a link, below a link, or no file at all is refused and not followed",
    arguments: [
      ("ln -s $srv/precious $srv/postgres14/postmaster.pid", "is a symbolic link, which PostgreSQL does not make"),
      (
        "rmdir $srv/postgres14; mkdir $srv/real; echo 1 >$srv/real/postmaster.pid; ln -s $srv/real $srv/postgres14",
        "postgres14 is a symbolic link"
      ),
      (
        "mkdir $srv/postgres14/postmaster.pid; chown 1000:0 $srv/postgres14/postmaster.pid",
        "is a directory, which PostgreSQL does not make"
      ),
      ("mount -t tmpfs tmpfs $srv/postgres14; echo 1 >$srv/postgres14/postmaster.pid; chown -R 1000:0 $srv", "lies on another filesystem"),
    ])
  func odd(arrange: String, said: String) throws {
    let result = try node.check(
      "mkdir $srv/postgres14; echo precious >$srv/precious; chown -R 1000:0 $srv; \(arrange)",
      after: "cat $srv/precious; ls -d $srv/postgres14/postmaster.pid")
    #expect(result.output.contains(said), "\(result.output)")
    #expect(result.output.contains("\nprecious\n") && result.output.hasSuffix("postmaster.pid\n"))
  }
}

/// A directory with what the start check finds on a node: a filesystem `srv`, podman, the unit's control group.
final class FakeNode {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-start-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// Runs the start check after the commands of `arrange`, and then those of `after`. `user`: the image's, as podman says
  /// it; nil: podman fails.
  func check(
    _ arrange: String, place: String? = nil, device: String = "-", owner: String = "1000:0", user: String? = "pmm",
    after: String = ""
  ) throws -> Outcome {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let program = String(decoding: PMMServer.startCheck, as: UTF8.self).replacing("/run/pmm-ha", with: path("run"))
      .replacing("/sys/fs/cgroup", with: path("cgroup"))
    try program.write(toFile: path("check"), atomically: false, encoding: .utf8)
    let podman = user.map { "echo user=\($0)" } ?? "echo no such image; exit 125"
    return try shell(
      """
      unshare --mount --propagation private sh -s <<'INNER'
      umask 022
      srv=\(path("srv")) run=\(path("run")) cgroup=\(path("cgroup")) settings=\(path("env"))
      mkdir -p $srv $cgroup \(path("bin")) \(path("elsewhere"))
      mount -t tmpfs -o mode=0755 tmpfs $srv || exit 99
      echo PMM_TAG=1 >$settings
      printf '%s\\n' '#!/bin/sh' "\(podman)" >\(path("bin"))/podman
      chmod 755 \(path("bin"))/podman
      \(arrange)
      PMM_IMAGE=r/i PMM_TAG=3 PATH=\(path("bin")):$PATH sh \(path("check")) \(place ?? path("srv")) \(device) \(owner) $settings
      status=$?
      \(after)
      exit $status
      INNER
      """)
  }
}
