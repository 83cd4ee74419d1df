#!/usr/bin/python3
"""Asks the service for its readiness again and again, as a client outside the
cluster would, and prints a line for each answer:

    probe.py ADDRESS PORT PATH INTERVAL_MS [SECONDS [WRITES WRITES_INTERVAL_MS]]

    1795414426090.4 200 3.1 tcp=0.2 tls=2.4                  epoch ms of the question, HTTP status, ms until the answer
    1795414426110.4 0 0.3 refused                            no TCP connection
    1795414426130.4 0 1000.7 time-out tcp=0.2                TCP, and no TLS
    1795414426091.0 200 9.7 tcp=0.2 tls=2.6 row=WRITES-17

A status of 0 is no answer: the reason stands in its place of the fourth word. `tcp` and `tls` are the milliseconds from
the question until TCP was connected and the TLS handshake was done; each stands there only when it came to that.
With WRITES it also writes through the same address, each WRITES_INTERVAL_MS, a record (`row=`), named WRITES-1, WRITES-2,
...: a status of 200 is the service's word that it has it. SECONDS of 0 is no end.
Each question is a new TCP and TLS connection, as a client without one would
make it; questions start INTERVAL_MS apart, so one that hangs hides no outage:
it is given up after a second, when up to its time-out has been asked anew.
Ends after SECONDS or at SIGTERM or when nobody reads its output.
"""
import selectors
import signal
import socket
import ssl
import sys
import time

TIMEOUT = 1.0


class Question:
    """One request on its way: connect, handshake, ask, first line of the answer."""

    def __init__(self, context, address, port, request, mark=""):
        self.mark = mark
        self.started = time.monotonic()
        self.epoch = time.time() * 1000
        self.context = context
        self.request = request
        # Milliseconds until TCP was connected and until the TLS handshake was done.
        self.connected = None
        self.secured = None
        self.status = None
        self.reason = ""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self.socket.connect_ex((address, port))
        self.want = selectors.EVENT_WRITE
        if error not in (0, 115):
            self.fail(error)

    def elapsed(self):
        return (time.monotonic() - self.started) * 1000

    def fail(self, error):
        self.status = 0
        if isinstance(error, int):
            self.reason = {111: "refused", 113: "no-host", 101: "no-net", 104: "reset"}.get(error, "errno-%d" % error)
        else:
            self.reason = str(error)

    def advance(self):
        """Goes on as far as the connection lets it."""
        try:
            if self.connected is None:
                error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    return self.fail(error)
                self.connected = self.elapsed()
                self.socket = self.context.wrap_socket(self.socket, do_handshake_on_connect=False)
            if self.secured is None:
                self.socket.do_handshake()
                self.secured = self.elapsed()
            if self.request:
                self.socket.send(self.request)
                self.request = b""
            answer = self.socket.recv(512)
            if answer.startswith(b"HTTP/1."):
                self.status = int(answer.split(b" ", 2)[1])
            else:
                self.fail("closed" if not answer else "not-http")
        except ssl.SSLWantReadError:
            self.want = selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            self.want = selectors.EVENT_WRITE
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            self.fail("closed")
        except ssl.SSLError:
            self.fail("tls")
        except (OSError, ValueError) as error:
            self.fail(getattr(error, "errno", None))
            if not self.reason:
                self.reason = "closed"


def main():
    address, port, path, interval = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) / 1000
    seconds = float(sys.argv[5]) if len(sys.argv) > 5 else 0
    end = time.monotonic() + seconds if seconds > 0 else float("inf")
    writes, writes_interval = (sys.argv[6], int(sys.argv[7]) / 1000) if len(sys.argv) > 7 else ("", 0)
    context = ssl.create_default_context()
    # What is measured is whether it answers, not who signed its certificate.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    request = ("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, address)).encode()
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    signal.signal(signal.SIGINT, lambda *_: stopped.append(True))

    selector = selectors.EpollSelector()
    open_questions = set()

    def settle(question):
        took = question.elapsed()
        question.socket.close()
        line = "%.1f %d %.1f" % (question.epoch, question.status, took)
        line += " " + question.reason if question.reason else ""
        line += " tcp=%.1f" % question.connected if question.connected is not None else ""
        line += " tls=%.1f" % question.secured if question.secured is not None else ""
        print(line + question.mark, flush=True)

    def ask(request, mark=""):
        question = Question(context, address, port, request, mark)
        if question.status is None:
            open_questions.add(question)
            selector.register(question.socket, question.want, question)
        else:
            settle(question)

    def write(path, name):
        body = '{"id": "%s"}' % name
        return ("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/json\r\n"
                "Content-Length: %d\r\n\r\n%s" % (path, address, len(body), body)).encode()

    due = time.monotonic()
    write_due, number = (due, 1) if writes else (float("inf"), 0)
    while not stopped and due < end or open_questions:
        now = time.monotonic()
        if now >= due and not stopped and due < end:
            # A machine that stalled asks once, not for all it missed.
            due = max(due + interval, now)
            ask(request)
        if now >= write_due and not stopped and due < end:
            write_due = max(write_due + writes_interval, now)
            name = "%s-%d" % (writes, number)
            number += 1
            ask(write("/lab/rows", name), " row=" + name)
        oldest = min((q.started for q in open_questions), default=None)
        until = [due, write_due] if not stopped and due < end else []
        until += [oldest + TIMEOUT] if oldest is not None else []
        for key, _ in selector.select(max(0, min(until) - time.monotonic()) if until else 0):
            question = key.data
            before = question.socket
            selector.unregister(before)
            question.advance()
            if question.status is None:
                selector.register(question.socket, question.want, question)
            else:
                open_questions.discard(question)
                settle(question)
        late = time.monotonic() - TIMEOUT
        for question in [q for q in open_questions if q.started <= late or stopped]:
            selector.unregister(question.socket)
            open_questions.discard(question)
            if not stopped:
                question.fail("time-out")
                settle(question)
            else:
                question.socket.close()


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        pass
