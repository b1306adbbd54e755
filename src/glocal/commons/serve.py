"""Serve logs over HTTP: plain files with validators, nothing else. Any static web server does as well."""

from __future__ import annotations

import hashlib
import re
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from glocal.commons.bundles import MAX_PACKED_BYTES
from glocal.commons.files import DirectoryReader

PATH = re.compile(r"(?:/(?:[a-z0-9]{1,40}(?:\.p)?)){1,8}", re.ASCII)
MUTABLE = ("checkpoint", "identity")


def answer_for(directory: Path, path: str, known_tag: str) -> tuple[int, bytes | None, str]:
    """Return status, body and validator for a path below a public directory; the same for every server."""
    body = DirectoryReader(directory).read(path[1:], MAX_PACKED_BYTES) if PATH.fullmatch(path) else None
    if body is None:
        return 404, b"", ""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if known_tag == tag:
        return 304, None, tag
    return 200, body, tag if path.rpartition("/")[2] in MUTABLE else ""


class LogServer(ThreadingHTTPServer):
    """Serve the public directory of a log, and copies of others' logs, to whoever asks."""

    daemon_threads = True

    def __init__(self, directory: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self.files = DirectoryReader(directory)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Where the server answers."""
        host = f"{self.server_address[0]!s}"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: LogServer
    sent: ClassVar[int] = 0

    def do_GET(self) -> None:
        """Answer with a file, with "not modified", or with nothing."""
        directory = self.server.files.directory
        self._answer(*answer_for(directory, self.path, self.headers.get("If-None-Match", "")))

    def _answer(self, status: int, body: bytes | None, tag: str = "") -> None:
        self.send_response_only(status)
        if tag:
            self.send_header("ETag", tag)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet; whoever serves for real logs at the proxy."""
