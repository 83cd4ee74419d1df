"""Says commands to a virtual machine's monitor (QMP) and waits until they are done.

    monitor.py SOCKET COMMAND [ARGUMENTS as JSON] [COMMAND [ARGUMENTS]]...

`migrate` is done when the memory is written, `woken` when what comes in is there.
"""
import json
import socket
import sys
import time


class Monitor:
    def __init__(self, path):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        for attempt in range(200):
            try:
                connection.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if attempt == 199:
                    raise
                time.sleep(0.01)
        self.file = connection.makefile("rw")
        self.answer()
        self.say("qmp_capabilities")

    def answer(self):
        while True:
            line = self.file.readline()
            if not line:
                return {}
            message = json.loads(line)
            if "error" in message:
                sys.exit("the virtual machine's monitor: " + message["error"]["desc"])
            if "return" in message or "QMP" in message:
                return message.get("return", {})

    def say(self, command, arguments=None):
        message = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        self.file.write(json.dumps(message) + "\n")
        self.file.flush()
        return self.answer()


monitor = Monitor(sys.argv[1])
words = sys.argv[2:]
while words:
    command = words.pop(0)
    arguments = json.loads(words.pop(0)) if words and words[0].startswith("{") else None
    if command == "woken":
        while monitor.say("query-status")["status"] == "inmigrate":
            time.sleep(0.01)
        continue
    monitor.say(command, arguments)
    while command == "migrate":
        state = monitor.say("query-migrate")
        if state.get("status") == "completed":
            break
        if state.get("status") in ("failed", "cancelled"):
            sys.exit("the memory was not saved: " + state.get("error-desc", "no reason given"))
        time.sleep(0.01)
