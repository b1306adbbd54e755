"""The one client that fetches from peers: checked and pinned address, no redirects, nothing too large or too slow."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from glocal.commons.addresses import Address, check_address
from glocal.commons.errors import AddressRefused, PeerUnreachable, TooLarge

Resolve = Callable[[str, int], list[str]]
NOT_MODIFIED, OK = 304, 200
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a peer may take.

    Parameters
    ----------
    connect_s, read_s : float
        For the connection, and between two pieces of an answer, s.
    answer_s : float
        For one whole answer with its headers, s; a peer that drips is cut off here.
    slowest_bytes_s : float
        A small answer is waited for no longer than this many bytes a second would take, after ``read_s``.
    """

    connect_s: float = 10.0
    read_s: float = 15.0
    answer_s: float = 120.0
    slowest_bytes_s: float = 10_000.0

    def whole_s(self, max_bytes: int) -> float:
        """Return how long one answer of up to ``max_bytes`` may take, s."""
        return min(self.answer_s, self.read_s + max_bytes / self.slowest_bytes_s)


def resolve_host(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host, as the system resolves it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PeerUnreachable("The address {host} is not known.", help="Check its spelling.", host=host) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpReader:
    """Read a shop's files from a web server; a :class:`~glocal.commons.model.Reader`.

    The host is resolved once; every address it has must be allowed, and the connection goes to one of exactly those.

    Parameters
    ----------
    url : str
        Where the shop's public directory is served.
    allow_home : bool
        Whether the peer may be in the own network.
    known : dict of str to (str, bytes)
        Per path, the validator (ETag) and bytes of what was fetched before; asked for again only if it has changed.
    """

    def __init__(
        self,
        url: str,
        *,
        allow_home: bool = False,
        patience: Patience | None = None,
        resolve: Resolve = resolve_host,
        known: dict[str, tuple[str, bytes]] | None = None,
    ) -> None:
        self.url = check_url(url)
        self.patience = patience or Patience()
        self.allow_home = allow_home
        self.resolve = resolve
        self.known = {} if known is None else known
        self.requests = 0
        self.received_bytes = 0
        self._client: httpx.Client | None = None
        self._addresses: list[Address] = []
        self._base = ""
        self._host = ""
        self._socket: socket.socket | None = None
        self._late = False

    def __enter__(self) -> HttpReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """Return the file's bytes, None when it does not exist; refuse more than ``max_bytes``."""
        client = self._connected()
        headers = {"Host": self._host, "Accept-Encoding": "identity"}
        if path in self.known:
            headers["If-None-Match"] = self.known[path][0]
        request = client.build_request(
            "GET", f"{self._base}/{path}", headers=headers, extensions=self._extensions(client)
        )
        self.requests += 1
        self._late = False
        watch = threading.Timer(self.patience.whole_s(max_bytes), self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            return self._answer(client, request, path, max_bytes)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if len(self._addresses) < 2:
                raise self._unreachable(error) from error
            self._addresses.pop(0)
            self.close()
            return self.read(path, max_bytes)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(error) from error
        finally:
            watch.cancel()

    def _hang_up(self) -> None:
        """End the connection under an answer that takes too long; time-outs alone bound only the pauses within it."""
        self._late = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # also below TLS, whose own one would wait

    def _answer(self, client: httpx.Client, request: httpx.Request, path: str, max_bytes: int) -> bytes | None:
        response = client.send(request, stream=True)
        try:
            return self._body(response, path, max_bytes)
        finally:
            response.close()

    def _unreachable(self, error: Exception) -> PeerUnreachable:
        if self._late or isinstance(error, httpx.TimeoutException):
            return PeerUnreachable("{url} takes too long.", help="Try again later.", url=self.url)
        if isinstance(error, httpx.ConnectError):
            return PeerUnreachable("Nobody answers at {url}.", help="Try again later.", url=self.url)
        return PeerUnreachable(
            "{url} does not answer as a web server does, or broke off.", help="Try again later.", url=self.url
        )

    def _body(self, response: httpx.Response, path: str, max_bytes: int) -> bytes | None:
        if response.status_code == NOT_MODIFIED and path in self.known:
            return self.known[path][1]
        if response.status_code in GONE:
            return None
        if response.status_code != OK:
            raise PeerUnreachable(
                "{url} answered {status}.",
                help="Redirects are not followed.",
                url=self.url,
                status=str(response.status_code),
            )
        if response.headers.get("content-encoding", "identity") != "identity":
            raise PeerUnreachable("{url} compresses what was asked for as it is.", url=self.url)
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            self.received_bytes += len(piece)
            if len(body) > max_bytes:
                raise TooLarge("{url} sent more than {max_bytes} bytes.", url=self.url, path=path, max_bytes=max_bytes)
        if self._late:  # an answer without a length ends when the connection does
            raise PeerUnreachable("{url} takes too long.", help="Try again later.", url=self.url)
        if "etag" in response.headers and len(response.headers["etag"]) < 200:
            self.known[path] = response.headers["etag"], bytes(body)
        return bytes(body)

    def _connected(self) -> httpx.Client:
        if self._client is None:
            parts = urlsplit(self.url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            if not self._addresses:
                found = self.resolve(host, port)
                self._addresses = [check_address(address, allow_home=self.allow_home) for address in found]
            if not self._addresses:
                raise PeerUnreachable("The address {host} is not known.", host=host)
            address = self._addresses[0]
            pinned = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
            self._base = f"{parts.scheme}://{pinned}:{port}{parts.path}"
            self._host = parts.netloc
            wait = httpx.Timeout(self.patience.read_s, connect=self.patience.connect_s)
            self._client = httpx.Client(timeout=wait, follow_redirects=False, trust_env=False)
        return self._client

    def _extensions(self, client: httpx.Client) -> dict[str, object]:
        """Ask for, and check, the certificate of the host's name although the connection goes to its address."""
        host = urlsplit(self.url).hostname or ""
        return {"sni_hostname": host, "timeout": client.timeout.as_dict(), "trace": self._note_socket}

    def _note_socket(self, event: str, facts: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = facts["return_value"].get_extra_info("socket")


def check_peer(url: str, *, allow_home: bool = False) -> None:
    """Refuse an address that is no peer's, as far as that can be seen without asking anybody."""
    host = urlsplit(check_url(url)).hostname or ""
    with contextlib.suppress(ValueError):
        check_address(str(ipaddress.ip_address(host)), allow_home=allow_home)


def check_url(url: str) -> str:
    """Return the address without its last slash if it is of the form that a peer may have."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_ok = urlsplit(""), False
    plain = not (parts.query or parts.fragment or parts.username or parts.password or "\\" in url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_ok or not plain:
        raise AddressRefused(
            "“{url}” is not the address of a peer.", help="Give it as https://shop.example/commons.", url=url
        )
    return url.rstrip("/")
