import Glibc
import Subprocess

/// Lets the program outlive a child that ends before it has read its input, and still end with its own reader.
///
/// A write to a pipe that nobody reads raises SIGPIPE, which ends a program by default. For a shell that could not be
/// reached that is wrong: its status and its words are the answer, and they are still to be read. For `pmm-ha ... | head`
/// it is right. Of the two only the second leaves standard output or standard error without a reader, as poll(2) tells.
/// A handler, and not SIG_IGN, which children would inherit.
package func outliveChildren() {
  signal(SIGPIPE) { _ in
    guard hasNoReader(STDOUT_FILENO) || hasNoReader(STDERR_FILENO) else { return }
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
  }
}

private func hasNoReader(_ descriptor: Int32) -> Bool {
  var end = pollfd(fd: descriptor, events: 0, revents: 0)
  return poll(&end, 1, 0) > 0 && end.revents & Int16(POLLERR | POLLHUP) != 0
}

/// Text for a shell that may end before it has read all of it: its exit status tells more than a write that failed.
struct ShellText: InputProtocol {
  let text: String

  func write(with writer: StandardInputWriter) async throws {
    do { _ = try await writer.write(text) } catch { guard error.code == .failedToWriteToSubprocess else { throw error } }
  }
}
