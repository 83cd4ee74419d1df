#!/usr/bin/python3
"""A client of PMM's metrics store: vmagent scrapes a counter and sends it on, as pmm-agent's does.

    client.py VMAGENT DIRECTORY WRITE_URL EXPORT_URL SCRAPE_MS FLUSH_MS LOOK_MS <PASSWORD

Serves a counter on 127.0.0.1, `lab_counter_total`, which rises by one at each scrape; has VMAGENT scrape it every
SCRAPE_MS milliseconds and send it every FLUSH_MS to WRITE_URL (remote write) as user admin, whose password is standard
input's first line; and asks EXPORT_URL every LOOK_MS for all samples that the metrics store has of the counter since
this program began. vmagent keeps what it cannot send in DIRECTORY, which is made anew, 1 GB at most, as pmm-agent's does.

The counter begins at the milliseconds since 1970, so that no two runs have a value in common; its labels are the same in
all runs: a crash may take the index entry of a series that is new, and with it samples that are on the disk.

vmagent sends one block after the other (-remoteWrite.queues=1; by itself it takes two for each processor): a block is
sent when the one before it was acknowledged. So a sample that has arrived proves that each one scraped before it was
acknowledged, or dropped by vmagent, which its counters of dropped blocks tell.

Prints a line for each thing that happened; the first word is when, in milliseconds since 1970:

    1795414426090.4 scraped 1795414420017                  vmagent was handed this value
    1795414427000.0 export 200 {"metric":{...},"values":[...],"timestamps":[...]}
                                                           a line of the store's answer
    1795414427000.0 export 200                             the end of this answer, which is whole
    1795414427000.0 export 0 refused                       the store gave no answer, and why
    1795414427000.1 agent vmagent_remotewrite_retries_count_total{url="1:secret-url"} 3
                                                           a line of vmagent's own metrics page, when it has changed

The time of an `export` line is when it was asked. Ends at SIGTERM, or when nobody reads its output, or when vmagent
has ended, with vmagent's last words on standard error. vmagent ends with it, however it ends.
"""
import binascii
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

# What vmagent's page is read for: how much waits, how much was dropped, how often it had to try again.
PAGE = (
    "vmagent_remotewrite_pending_data_bytes", "vmagent_remotewrite_packets_dropped_total", "vmagent_remotewrite_retries_count_total",
    "vmagent_remotewrite_requests_total", "vm_persistentqueue_blocks_dropped_total", "vm_promscrape_scrapes_failed_total",
)
TIMEOUT = 3.0

printing = threading.Lock()
ending = threading.Event()


def say(when, *words):
    with printing:
        try:
            print("%.1f %s" % (when, " ".join(words)), flush=True)
        except (BrokenPipeError, ValueError):
            ending.set()


def now():
    return time.time() * 1000


class Counter(threading.Thread):
    """Serves the counter, one scrape after the other, and says what it has served."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        self.value = int(now())

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                connection.settimeout(TIMEOUT)
                try:
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        more = connection.recv(4096)
                        if not more:
                            break
                        asked += more
                    if not asked:
                        continue
                    self.value += 1
                    when = now()
                    body = "lab_counter_total %d\n" % self.value
                    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
                    connection.sendall((head + body).encode())
                    say(when, "scraped", str(self.value))
                except OSError:
                    pass


def ask(url, headers=""):
    """The status and body of a GET; status 0 and why where there is no whole answer."""
    scheme, rest = url.split("://", 1)
    host, _, path = rest.partition("/")
    name, _, port = host.partition(":")
    end = time.monotonic() + TIMEOUT
    try:
        with socket.create_connection((name, int(port or (443 if scheme == "https" else 80))), timeout=TIMEOUT) as connection:
            if scheme == "https":
                context = ssl.create_default_context()
                # What is looked at is whether the samples are there, not who signed the certificate.
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                connection = context.wrap_socket(connection)
            # HTTP/1.0: the answer is not cut into chunks, and ends with the connection.
            connection.sendall(("GET /%s HTTP/1.0\r\nHost: %s\r\n%s\r\n" % (path, host, headers)).encode())
            answer = b""
            while True:
                if time.monotonic() > end:
                    return 0, "time-out"
                more = connection.recv(1 << 16)
                if not more:
                    break
                answer += more
    except ssl.SSLError:
        return 0, "tls"
    except TimeoutError:
        return 0, "time-out"
    except OSError as error:
        return 0, {111: "refused", 113: "no-host", 101: "no-net", 104: "reset"}.get(error.errno, "errno-%s" % error.errno)
    head, blank, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if not blank or len(words) < 2 or not head.startswith(b"HTTP/1.") or not words[1].isdigit():
        return 0, "closed" if not answer else "not-http"
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and int(value) != len(body):
            return 0, "cut-off"
    return int(words[1]), body.decode("utf-8", "replace")


class Looks(threading.Thread):
    """Asks the store for all samples, again and again."""

    def __init__(self, url, password, pause):
        super().__init__(daemon=True)
        # reduce_mem_usage: the samples as they are stored, repeated ones included. The store's clock may be another one,
        # and without an end it would show what is older than its own now.
        begin = int(time.time())
        self.url = "%s?match[]=lab_counter_total&reduce_mem_usage=1&start=%d&end=%d" % (url, begin, begin + 86400)
        login = binascii.b2a_base64(b"admin:" + password.encode(), newline=False).decode()
        self.headers = "Authorization: Basic %s\r\n" % login
        self.pause = pause

    def run(self):
        due = time.monotonic()
        while not ending.is_set():
            when = now()
            status, body = ask(self.url, self.headers)
            if status == 200:
                for line in body.splitlines():
                    say(when, "export", "200", line)
                say(when, "export", "200")
            else:
                say(when, "export", str(status), body if status == 0 else "HTTP-%d" % status)
            due = max(due + self.pause, time.monotonic())
            ending.wait(due - time.monotonic())


class Page(threading.Thread):
    """Hands on what changes of vmagent's own page."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.url = "http://127.0.0.1:%d/metrics" % port

    def run(self):
        last = {}
        while not ending.wait(0.5):
            when = now()
            status, body = ask(self.url)
            if status != 200:
                continue
            for line in body.splitlines():
                if line.startswith(PAGE):
                    name, _, value = line.rpartition(" ")
                    if last.get(name) != value:
                        last[name] = value
                        say(when, "agent", line)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def write(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def main():
    vmagent, directory, write_url, export_url = sys.argv[1:5]
    scrape, flush, look = (int(word) for word in sys.argv[5:8])
    password = sys.stdin.readline().rstrip("\n")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory, mode=0o700)
    counter = Counter()
    write(directory + "/password", password)
    write(directory + "/scrape.yml", "\n".join((
        "global: {scrape_interval: %dms, scrape_timeout: %dms}" % (scrape, min(scrape, 1000)),
        "scrape_configs:",
        "  - job_name: lab",
        "    static_configs: [{targets: ['127.0.0.1:%d'], labels: {instance: client}}]" % counter.port, "")))
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    signal.signal(signal.SIGINT, lambda *_: ending.set())
    port = free_port()
    log = open(directory + "/vmagent.log", "wb")
    # setpriv: the kernel ends vmagent when this process is gone.
    agent = subprocess.Popen([
        "setpriv", "--pdeathsig", "KILL", vmagent, "-promscrape.config=%s/scrape.yml" % directory,
        "-httpListenAddr=127.0.0.1:%d" % port, "-remoteWrite.url=" + write_url, "-remoteWrite.queues=1",
        "-remoteWrite.basicAuth.username=admin", "-remoteWrite.basicAuth.passwordFile=%s/password" % directory,
        "-remoteWrite.tlsInsecureSkipVerify", "-remoteWrite.tmpDataPath=%s/buffer" % directory,
        "-remoteWrite.maxDiskUsagePerURL=1GB", "-loggerLevel=INFO", "-remoteWrite.flushInterval=%dms" % flush,
    ], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    counter.start()
    Looks(export_url, password, look / 1000).start()
    Page(port).start()
    status = None
    while not ending.is_set() and status is None:
        ending.wait(0.1)
        status = agent.poll()
    if status is None:
        agent.kill()
        agent.wait()
        return 0
    with open(directory + "/vmagent.log", errors="replace") as file:
        last = (file.read().splitlines() or ["it said nothing"])[-1]
    print("vmagent ended with status %d: %s" % (status, last), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
