"""A client of the service: asks a URL again and again and prints when it was answered.

Runs as a process of its own inside the lab's network namespace:

    python3 probe.py https://198.51.100.100/v1/server/readyz

A line an attempt: "+" (200) or "-", when it began, when it ended (seconds of CLOCK_MONOTONIC, which all processes of a
machine share), and what was wrong. While answers are good it asks every 40 ms on a connection that stays open, as
PMM's own clients do; while they are not, every 15 ms, so that the end of an outage is seen sharply. An attempt that
hangs holds up no other.
"""

import asyncio
import ssl
import sys
import time
import urllib.parse

PACE_GOOD = 0.040
PACE_BAD = 0.015
CONNECT_TIMEOUT = 0.25
ANSWER_TIMEOUT = 1.0
MOST_IN_FLIGHT = 60


class Probe:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 443
        self.request = (f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.hostname}\r\n\r\n").encode()
        # The service's certificate is its own; this measures time, not identity.
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.idle = []
        self.in_flight = set()
        self.good = False

    async def ask(self, connection):
        reader, writer = connection
        writer.write(self.request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        await reader.readexactly(length)
        return head.split(b" ", 2)[1] == b"200", head.split(b"\r\n", 1)[0].decode("latin-1")

    async def connect(self):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), CONNECT_TIMEOUT)
        try:
            await asyncio.wait_for(writer.start_tls(self.context), ANSWER_TIMEOUT)
        except BaseException:
            writer.transport.abort()
            raise
        return reader, writer

    async def attempt(self):
        began = time.monotonic()
        connection = None
        try:
            connection = self.idle.pop() if self.idle else await self.connect()
            good, what = await asyncio.wait_for(self.ask(connection), ANSWER_TIMEOUT)
            self.idle.append(connection)
            connection = None
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
            good, what = False, type(error).__name__
        finally:
            if connection is not None:
                connection[1].transport.abort()
        self.good = good
        print("+" if good else "-", f"{began:.6f} {time.monotonic():.6f}", what, flush=True)

    async def run(self):
        while True:
            if len(self.in_flight) < MOST_IN_FLIGHT:
                task = asyncio.ensure_future(self.attempt())
                self.in_flight.add(task)
                task.add_done_callback(self.in_flight.discard)
            await asyncio.sleep(PACE_GOOD if self.good else PACE_BAD)


if __name__ == "__main__":
    try:
        asyncio.run(Probe(sys.argv[1]).run())
    except (KeyboardInterrupt, BrokenPipeError):
        pass
