"""Where a printer may be: a maker's word must not make the shop's server knock at its own doors."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from glocal.production.errors import PrinterUnavailable

_EXAMPLE = "An address looks like http://192.168.1.20 or http://octopi.local."
_MOST_CHARACTERS = 200


def host_of(address: str) -> str:
    """Return the host of an ``http`` or ``https`` address, or of a bare host."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, None
    wrong = (
        not host
        or parts is None
        or parts.scheme not in {"", "http", "https"}
        or parts.username is not None
        or bool(parts.query or parts.fragment)
        or len(address) > _MOST_CHARACTERS
    )
    if wrong or host is None:
        raise PrinterUnavailable("“{said}” cannot be a printer's address.", help=_EXAMPLE, said=address[:80])
    return host


def refuse_own_doors(address: str, *, is_trusted: bool) -> None:
    """Raise for an address that is the server's own, or nobody's.

    Parameters
    ----------
    is_trusted : bool
        The owner said it: then it may be a printer server on the shop's own computer.

    Raises
    ------
    PrinterUnavailable
        Also when nothing has this name.
    """
    host = host_of(address)
    if is_trusted:
        return
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise PrinterUnavailable(
            "Nothing in the network is called {host}.",
            help="Is the address right, and the printer switched on?",
            host=host,
        ) from error
    if any(_is_own(str(number)) for number in found):
        raise PrinterUnavailable(
            "{host} is an address of the shop's own computer.",
            help="Give the printer's address in the network. Only the owner may connect a printer of this computer.",
            host=host,
        )


def _is_own(number: str) -> bool:
    ip = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
