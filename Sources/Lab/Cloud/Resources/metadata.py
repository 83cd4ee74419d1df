"""The instance metadata service of a lab's node, IMDSv2 only: tokens or nothing.

    metadata.py FILE      what it answers: an object, paths below /latest to their values
"""

import http.server
import json
import secrets
import sys
import time

VALUES = json.load(open(sys.argv[1]))
tokens = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def say(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        seconds = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.path != "/latest/api/token":
            return self.say(404, "")
        # As EC2 does, it refuses what came through a proxy.
        if self.headers.get("X-Forwarded-For"):
            return self.say(403, "")
        if not seconds.isdigit() or not 1 <= int(seconds) <= 21600:
            return self.say(400, "")
        token = secrets.token_urlsafe(32)
        tokens[token] = time.monotonic() + int(seconds)
        self.say(200, token)

    def do_GET(self):
        if tokens.get(self.headers.get("X-aws-ec2-metadata-token"), 0) < time.monotonic():
            return self.say(401, "")
        path = self.path.split("?")[0].removeprefix("/latest/")
        value = VALUES.get(path)
        if isinstance(value, dict) and "AccessKeyId" in value:
            form = "%Y-%m-%dT%H:%M:%SZ"
            times = {"LastUpdated": time.strftime(form, time.gmtime()), "Expiration": time.strftime(form, time.gmtime(time.time() + 21600))}
            return self.say(200, json.dumps({**value, **times}))
        if value is not None:
            return self.say(200, value if isinstance(value, str) else json.dumps(value))
        folder = path.rstrip("/") + "/"
        below = {key[len(folder) :] for key in VALUES if key.startswith(folder)}
        if not below:
            return self.say(404, "")
        self.say(200, "\n".join(sorted({name.split("/")[0] + ("/" if "/" in name else "") for name in below})))

    def log_message(self, *words):
        pass


http.server.ThreadingHTTPServer(("169.254.169.254", 80), Handler).serve_forever()
