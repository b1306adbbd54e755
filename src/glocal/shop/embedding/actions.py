"""Allow and forbid a web site to show the shop in a frame."""

from __future__ import annotations

from urllib.parse import urlsplit

from glocal.shop.embedding.models import EmbeddingSite
from glocal.shop.errors import NotFound, OrderInvalid
from glocal.shop.shops.models import Shop

AT_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS = {"https": 443, "http": 80}


def allow(shop: Shop, site: str) -> str:
    """Let a web site show the shop; return its origin.

    Raises
    ------
    OrderInvalid
        When it is no origin, or pages of it could be changed on their way (plain http, but for this machine).
    """
    origin = origin_of(site)
    EmbeddingSite.objects.get_or_create(shop=shop, origin=origin)
    return origin


def forbid(shop: Shop, site: str) -> str:
    """Let a web site show the shop no more; return its origin."""
    origin = origin_of(site)
    deleted, _ = EmbeddingSite.objects.filter(shop=shop, origin=origin).delete()
    if not deleted:
        raise NotFound("{site} was not allowed.", help="See which are: glocal embed list.", site=origin)
    return origin


def origin_of(site: str) -> str:
    """Return the origin of an address as a browser's ``Origin`` header has it: ``https://example.org``.

    Nothing else gets through: the text becomes a source of the header ``frame-ancestors``.
    """
    try:
        parts = urlsplit(site.strip() if "://" in site else f"https://{site.strip()}")
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (UnicodeError, ValueError):
        raise _no_origin(site) from None
    plain = all(char.isalnum() or char in ".-:" for char in host)
    if not host or not plain or parts.username is not None or parts.path not in {"", "/"} or parts.query:
        raise _no_origin(site)
    if parts.scheme not in PORTS or (parts.scheme == "http" and host not in AT_HOME):
        raise OrderInvalid(
            "{site} is not reached by https.", help="Give the site's https address.", site=site[:80], field="site"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, PORTS[parts.scheme]} else "")


def _no_origin(site: str) -> OrderInvalid:
    return OrderInvalid(
        "“{site}” is no web site.",
        help="Give it like https://www.example.org, without a page.",
        site=site[:80],
        field="site",
    )
