"""A fake PrusaLink (no real one runs without a printer): its interface, version 1, with real HTTP digest sign-in.

It prints nothing: each look at a running job brings it a step further. It says that it is a fake in its version.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD, REALM, NONCE = "maker", "secret-of-a-fake", "Printer API", "0123456789abcdef"


def md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class FakePrusaLink(ThreadingHTTPServer):
    """The printer: files on its stick, at most one job."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.job, self.state, self.jobs = {}, None, "IDLE", 0
        self.steps = True
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def step(self):
        if self.steps and self.job and self.state == "PRINTING":
            self.job["progress"] += 25.0
            if self.job["progress"] >= 100:
                self.state = "FINISHED"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def signed_in(self):
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', self.headers.get("Authorization", "")))
        first, second = md5(f"{USER}:{REALM}:{PASSWORD}"), md5(f"{self.command}:{self.path}")
        want = md5(f"{first}:{NONCE}:{given.get('nc')}:{given.get('cnonce')}:auth:{second}")
        return given.get("nonce") == NONCE and given.get("response") == want

    def handle_any(self):  # noqa: PLR0911 - one line per route
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.signed_in():
            return self.answer(401)
        name = self.path.rpartition("/")[2]
        printer, route = self.server, (self.command, re.sub(r"/files/usb/.+|/job/\d+", lambda m: m[0][:7], self.path))
        if route == ("GET", "/api/version"):
            return self.answer(
                200, {"text": "PrusaLink (a fake)", "server": "1", "capabilities": {"upload-by-put": True}}
            )
        if route == ("GET", "/api/v1/status"):
            printer.step()
            heat = {"temp_nozzle": 215.0, "target_nozzle": 215.0, "temp_bed": 60.0, "target_bed": 60.0}
            return self.answer(200, {"printer": {"state": printer.state, **heat}, "job": printer.job})
        if route == ("GET", "/api/v1/job"):
            shown = printer.job and {**printer.job, "state": printer.state}
            return self.answer(200, shown) if shown else self.answer(204)
        if self.path.startswith("/api/v1/files/usb/"):
            return self.answer(*self.file(name, body))
        if self.path.startswith("/api/v1/job/") and printer.job:
            return self.answer(self.steer(name))
        return self.answer(404)

    def file(self, name, body):
        printer = self.server
        if self.command == "PUT":
            printer.files[name] = body
            return 201, None
        if name not in printer.files:
            return 404, None
        if self.command == "GET":
            return 200, {"name": name, "display_name": name, "type": "PRINT_FILE"}
        if printer.state in {"PRINTING", "PAUSED", "ATTENTION", "BUSY"}:
            return 409, None
        printer.jobs += 1
        file = {"name": "JOB~1.GCO", "display_name": name}
        printer.job, printer.state = (
            {"id": printer.jobs, "progress": 0.0, "time_printing": 60, "file": file},
            "PRINTING",
        )
        return 204, None

    def steer(self, what):
        change = {"pause": ("PRINTING", "PAUSED"), "resume": ("PAUSED", "PRINTING")}.get(what)
        if self.command == "DELETE":
            self.server.state = "STOPPED"
        elif change is None or self.server.state != change[0]:
            return 409
        else:
            self.server.state = change[1]
        return 204

    do_GET = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815 - the library's names
