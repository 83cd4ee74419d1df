#!/usr/bin/python3
"""PMM's stand-in in the lab: process 1 of its container.

Starts PostgreSQL on the data under /srv and nginx in front, answers what nginx
passes on, and stops both when told to:

    GET  /v1/server/readyz, /v1/readyz   200 {} when PostgreSQL committed a write just now
    POST /lab/rows     {"id": "..."}     200 when the row is committed
    GET  /lab/rows                       {"count": n, "ids": [...]} in the order committed
    POST /lab/samples  {"id": "..."}     200 when the sample is in memory
    GET  /lab/samples                    {"count": n, "ids": [...]} in the order taken
    GET  /lab/version                    {"version": "3.0.0"}

Samples are kept as PMM's VictoriaMetrics keeps them: acknowledged at once, in a file under /srv after 5 s at the latest
and when the service is stopped in order; a crash loses what is in memory. All else was true when it was answered.
"""
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

import psycopg2

DATA = "/srv/postgres"
TEMPLATE = "/usr/share/pmm-lab/postgres"
POSTGRES = "/usr/lib/postgresql/15/bin/postgres"
VERSION = open("/usr/share/pmm-lab/VERSION").read().strip()
CONNECTION = "host=/run/postgresql user=postgres dbname=template1 connect_timeout=2"


def say(text):
    print(text, flush=True)


def prepare_data():
    """Gives an empty /srv its database; refuses one that another version wrote later."""
    if not os.path.isdir(DATA):
        # Copied aside, made durable, renamed: a power cut leaves all or nothing.
        aside = DATA + ".new"
        shutil.rmtree(aside, ignore_errors=True)
        subprocess.run(["cp", "-a", TEMPLATE, aside], check=True)
        os.sync()
        os.rename(aside, DATA)
        say("new database in " + DATA)
    # A server that lost power leaves its pid file; the lock that counts is its
    # shared memory, and that went with the machine.
    pid_file = DATA + "/postmaster.pid"
    if os.path.exists(pid_file):
        os.remove(pid_file)
    with open("/srv/VERSION", "w") as file:
        file.write(VERSION + "\n")


def as_postgres():
    import pwd
    user = pwd.getpwnam("postgres")
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


class Database:
    """One connection a thread, made anew after any error."""

    def __init__(self):
        self.local = threading.local()

    def run(self, statement, *values):
        connection = getattr(self.local, "connection", None)
        try:
            if connection is None:
                connection = self.local.connection = psycopg2.connect(
                    CONNECTION, options="-c statement_timeout=2000")
                connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error:
            self.local.connection = None
            if connection is not None:
                connection.close()
            raise


database = Database()


class Samples:
    """Metrics samples: in memory first, appended to a file and made durable a while later.

    VictoriaMetrics' -inmemoryDataFlushInterval, 5 s by default, is "the interval for guaranteed saving of in-memory data
    to disk" (app/victoria-metrics/main.go)."""

    FILE = "/srv/samples"
    INTERVAL = 5

    def __init__(self):
        self.lock = threading.Lock()
        self.some = threading.Event()
        self.waiting = []
        self.closed = False

    def open(self):
        """Cuts off a line that a crash left without its end; from now on what waits is saved."""
        try:
            with open(self.FILE, "r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)
        except FileNotFoundError:
            pass
        threading.Thread(target=self.save_again_and_again, daemon=True).start()

    def add(self, identifier):
        """False once the service is being stopped."""
        with self.lock:
            if self.closed:
                return False
            self.waiting.append(identifier)
        self.some.set()
        return True

    def all(self):
        with self.lock:
            try:
                with open(self.FILE, encoding="utf-8") as file:
                    saved = file.read().splitlines()
            except FileNotFoundError:
                saved = []
            return saved + self.waiting

    def save_again_and_again(self):
        while True:
            self.some.wait()
            time.sleep(self.INTERVAL)
            self.some.clear()
            self.save()

    def save(self, last=False):
        with self.lock:
            self.closed = self.closed or last
            if not self.waiting:
                return
            try:
                with open(self.FILE, "ab", buffering=0) as file:
                    size = file.tell()
                    try:
                        text = "".join(sample + "\n" for sample in self.waiting).encode()
                        if file.write(text) < len(text):
                            raise OSError("the filesystem is full")
                        os.fsync(file.fileno())
                        self.waiting = []
                    except OSError:
                        file.truncate(size)
                        raise
            except OSError as error:
                # They stay in memory, and the next ones bring the next attempt.
                say("samples are not saved: %s" % error)


samples = Samples()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        try:
            if self.path in ("/v1/server/readyz", "/v1/readyz"):
                database.run("UPDATE lab_ready SET written = clock_timestamp()")
                self.answer(200, {})
            elif self.path == "/lab/rows":
                ids = [row[0] for row in database.run("SELECT id FROM lab_rows ORDER BY number")]
                self.answer(200, {"count": len(ids), "ids": ids})
            elif self.path == "/lab/samples":
                ids = samples.all()
                self.answer(200, {"count": len(ids), "ids": ids})
            elif self.path in ("/lab/version", "/"):
                self.answer(200, {"version": VERSION})
            else:
                self.answer(404, {"error": "no such path: " + self.path})
        except psycopg2.Error as error:
            self.answer(503, {"error": str(error).strip()})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path not in ("/lab/rows", "/lab/samples"):
            self.answer(404, {"error": "no such path: " + self.path})
            return
        try:
            identifier = str(json.loads(body)["id"])
        except (ValueError, KeyError, TypeError):
            self.answer(400, {"error": 'the body must be {"id": "..."}'})
            return
        if self.path == "/lab/samples":
            if "\n" in identifier:
                self.answer(400, {"error": "an id is one line"})
            elif samples.add(identifier):
                self.answer(200, {"id": identifier})
            else:
                self.answer(503, {"error": "PMM is being stopped"})
            return
        try:
            database.run("INSERT INTO lab_rows (id) VALUES (%s) ON CONFLICT (id) DO NOTHING", identifier)
            self.answer(200, {"id": identifier})
        except psycopg2.Error as error:
            self.answer(503, {"error": str(error).strip()})

    def address_string(self):
        return "nginx"

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    prepare_data()
    os.makedirs("/run/postgresql", exist_ok=True)
    shutil.chown("/run/postgresql", "postgres", "postgres")
    # The sockets' directory is new at each start, so is the server's listener.
    path = "/run/pmm-lab.sock"
    if os.path.exists(path):
        os.remove(path)
    server = Server(path, Handler)
    os.chmod(path, 0o666)

    children = {}
    postgres = subprocess.Popen([POSTGRES, "-D", DATA], preexec_fn=as_postgres)
    children[postgres.pid] = "postgres"
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", "/usr/share/pmm-lab/nginx.conf"])
    children[nginx.pid] = "nginx"

    stopping = threading.Event()

    def stop(*_):
        if not stopping.is_set():
            stopping.set()
            # Fast shutdown: sessions are ended, what is committed is on disk.
            postgres.send_signal(signal.SIGINT)
            nginx.send_signal(signal.SIGTERM)
            samples.save(last=True)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    samples.open()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say("PMM lab stand-in " + VERSION)

    # Process 1 reaps everything; when one of the two is gone the service is.
    failed = False
    while children:
        pid, status = os.wait()
        name = children.pop(pid, None)
        if name is None:
            continue
        if not stopping.is_set():
            say("%s ended with status %d" % (name, status))
            failed = True
            stop()
    say("stopped")
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main())
