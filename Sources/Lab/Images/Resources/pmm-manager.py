#!/usr/bin/python3
"""What stands in the lab's PMM for pmm-managed and Grafana. nginx passes to it:

    GET  /v1/server/readyz, /v1/readyz      200 {} when the metrics store says that it is healthy. Like PMM's, it does not
                                            ask the database; but the manager has needed the database for its own start
    GET  /v1/server/leaderHealthCheck       200
    GET  /v1/server/version                 {"version": "3.0.0"}; nginx has asked for the login before
    GET  /auth_request                      200 for a right login (basic), 401 else: nginx asks here
    POST /lab/rows     {"id": "..."}        200 when the row is committed in PostgreSQL
    GET  /lab/rows                          {"count": n, "ids": [...]} in the order committed
    POST /lab/samples  {"id": "..."}        200 when the sample is in memory
    GET  /lab/samples                       {"count": n, "ids": [...]} in the order taken
    GET  /lab/version                       {"version": "3.0.0"}; no login

    manager.py set-password                 sets the administrator's password to the first line of standard input

The administrator's first password is GF_SECURITY_ADMIN_PASSWORD, else "admin". Samples are in a file under /srv after 5 s
at the latest and when the manager is stopped; a crash loses those in memory.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

import psycopg2

SHARE = "/usr/share/pmm-lab"
VERSION = open(SHARE + "/VERSION").read().strip()
CONNECTION = "host=/run/postgresql user=postgres dbname=postgres connect_timeout=2"
KEY = os.environ.get("PMM_ENCRYPTION_KEY_PATH") or "/srv/pmm-encryption.key"


def say(text):
    print(text, flush=True)


class Database:
    """One connection a thread, made anew after any error."""

    def __init__(self):
        self.local = threading.local()

    def run(self, statement, *values):
        connection = getattr(self.local, "connection", None)
        try:
            if connection is None:
                connection = self.local.connection = psycopg2.connect(CONNECTION, options="-c statement_timeout=2000")
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


class Users:
    """The administrator's login. A right one is remembered for 3 s, as each request of a client has one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.right = {}

    @staticmethod
    def digest(password, salt):
        return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), 10_000).hex()

    def set(self, name, password):
        salt = os.urandom(16).hex()
        database.run(
            "INSERT INTO lab_users (name, salt, digest) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET salt = excluded.salt, digest = excluded.digest",
            name, salt, self.digest(password, salt))

    def begin(self):
        if not database.run("SELECT 1 FROM lab_users"):
            name = os.environ.get("GF_SECURITY_ADMIN_USER") or "admin"
            self.set(name, os.environ.get("GF_SECURITY_ADMIN_PASSWORD") or "admin")

    def admits(self, header):
        """Whether the header Authorization has a right login. Raises where the database does not answer."""
        now = time.monotonic()
        with self.lock:
            if self.right.get(header, 0) > now:
                return True
        try:
            kind, text = header.split(" ", 1)
            name, password = base64.b64decode(text, validate=True).decode().split(":", 1)
        except ValueError:
            return False
        rows = database.run("SELECT salt, digest FROM lab_users WHERE name = %s", name)
        if kind.lower() != "basic" or not rows or not hmac.compare_digest(self.digest(password, rows[0][0]), rows[0][1]):
            return False
        with self.lock:
            self.right = {known: end for known, end in self.right.items() if end > now}
            self.right[header] = now + 3
        return True


users = Users()


class Samples:
    """Metrics samples: in memory first, appended to a file and made durable a while later, as VictoriaMetrics does."""

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


def metrics_are_healthy():
    connection = http.client.HTTPConnection("127.0.0.1", 9090, timeout=2)
    try:
        connection.request("GET", "/prometheus/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="PMM"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        try:
            if self.path in ("/v1/server/readyz", "/v1/readyz"):
                if "-never-ready" in VERSION or not metrics_are_healthy():
                    self.answer(503, {"code": 13, "message": "PMM Server is not ready yet."})
                else:
                    self.answer(200, {})
            elif self.path == "/v1/server/leaderHealthCheck":
                self.answer(200, {})
            elif self.path == "/auth_request":
                right = users.admits(self.headers.get("Authorization") or "")
                self.answer(200 if right else 401, {} if right else {"code": 16, "message": "Unauthorized"})
            elif self.path == "/lab/rows":
                ids = [row[0] for row in database.run("SELECT id FROM lab_rows ORDER BY number")]
                self.answer(200, {"count": len(ids), "ids": ids})
            elif self.path == "/lab/samples":
                ids = samples.all()
                self.answer(200, {"count": len(ids), "ids": ids})
            elif self.path in ("/v1/server/version", "/lab/version", "/"):
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

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def begin():
    """Waits for the database, as PMM's own start does; ends where the key is not the one that the data was written with."""
    said = None
    while True:
        try:
            key = hashlib.sha256(open(KEY, "rb").read()).hexdigest()
            database.run("INSERT INTO lab_settings (name, value) VALUES ('key', %s) ON CONFLICT (name) DO NOTHING", key)
            if database.run("SELECT value FROM lab_settings WHERE name = 'key'") != [(key,)]:
                sys.exit("fatal: the database was encrypted with another key than %s: put the right one there" % KEY)
            users.begin()
            return
        except psycopg2.Error as error:
            text = str(error).strip()
            if text != said:
                say("waits for the database: " + text)
                said = text
            time.sleep(0.05)


def main():
    if sys.argv[1:] == ["set-password"]:
        name = os.environ.get("GF_SECURITY_ADMIN_USER") or "admin"
        try:
            users.set(name, sys.stdin.readline().rstrip("\n"))
        except psycopg2.Error as error:
            return "the password is not changed, the database does not answer: %s" % str(error).strip()
        say("the password of %s is changed" % name)
        return 0

    begin()
    server = Server(("127.0.0.1", 7772), Handler)

    def stop(*_):
        samples.save(last=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    samples.open()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say("PMM of the lab, " + VERSION)
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
