"""Which network addresses a peer may have: public ones, and home ones where the owner says so."""

from __future__ import annotations

import ipaddress

from glocal.commons.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Forms that ``is_global`` lets through although they can lead inside: they carry another address, or belong to nobody.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_HOME = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)


def check_address(text: str, *, allow_home: bool = False) -> Address:
    """Return the address if a peer may be there.

    Parameters
    ----------
    text : str
        A numeric address, as the resolver gave it.
    allow_home : bool
        Whether loopback and the private networks of a home or an office are allowed too.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise AddressRefused("“{address}” is not a network address.", address=text) from error
    if allow_home and any(address in network for network in _HOME):
        return address
    scoped = isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None
    if scoped or not address.is_global or any(address in network for network in _NEVER):
        raise AddressRefused(
            "{address} is not a public address.",
            help="Follow peers by their public address; for one in your own network say that it is there.",
            address=text,
        )
    return address
