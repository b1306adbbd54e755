"""The shops that this one follows, kept in sync by a worker that shares what is due, shown and changed by the owner."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections
from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.commons.actions import log_directory, shop_log
from glocal.shop.commons.batches import share_due
from glocal.shop.errors import NotFound, OrderInvalid
from glocal.shop.shops.models import Shop
from glocal.shop.workflow.pace import Pace

if TYPE_CHECKING:
    from glocal.commons.following import LastSync
    from glocal.commons.peer import PeerCopy

LOOK_S = 30.0  # between two looks whether a shop is due
ADDRESS_LENGTH = 300
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnLog:
    """What others need to follow this shop: its name, root key, and how many entries its log has."""

    name: str
    root_vkey: str
    entries: int


@dataclass(frozen=True, slots=True)
class FollowedShop:
    """One shop that is followed.

    Parameters
    ----------
    id : str
        Of its copy here.
    addresses : tuple of str
        Where its log is read.
    lied : bool
        Whether its key has signed two histories that exclude each other.
    blocked : bool
        Whether what it says is left out here.
    last : LastSync or None
        How the last sync went; None before the first.
    """

    id: str
    name: str
    root_vkey: str
    addresses: tuple[str, ...]
    heeds_labels: bool
    lied: bool
    blocked: bool
    last: LastSync | None


def own_log() -> OwnLog | None:
    """Return what others need to follow this shop; None before anything was shared."""
    from glocal.commons.log import Log

    if not Log.exists(log_directory()):
        return None
    opened = Log.open(log_directory())
    return OwnLog(opened.name, opened.root_vkey, sum(opened.checkpoint(n).size for n in range(1, opened.epoch + 1)))


def followed_shops() -> list[FollowedShop]:
    """Return the shops that are followed, by name."""
    from glocal.commons.following import last_sync
    from glocal.commons.labels import BLOCK, shop_target
    from glocal.commons.log import Log

    said = [record for _, record in Log.open(log_directory()).records()] if Log.exists(log_directory()) else []
    blocked = {record["target"] for record in said if record["kind"] == "label" and record["label"] == BLOCK}
    found = [
        FollowedShop(
            copy.directory.name,
            copy.following.root_vkey.partition("+")[0],
            copy.following.root_vkey,
            copy.following.urls,
            copy.following.labels,
            bool(copy.state.contradicted),
            shop_target(copy.following.root_vkey) in blocked,
            last_sync(copy),
        )
        for copy in _copies()
    ]
    return sorted(found, key=lambda shop: shop.name)


def follow_shop(address: str, key: str = "", *, in_own_network: bool = False, heeds_labels: bool = False) -> None:
    """Follow the shop at a web address; the next look of a worker fetches its log.

    Raises
    ------
    OrderInvalid
        When the address is no web address, or the key is missing, not whole or this shop's own.
    AddressRefused
        When the address has parts that a log's has not.
    """
    from glocal.commons.errors import NotVerified
    from glocal.commons.following import follow, is_web
    from glocal.commons.http import check_url
    from glocal.commons.notes import parse_vkey

    address, key = address.strip(), key.strip()
    if not is_web(address) or len(address) > ADDRESS_LENGTH:
        raise OrderInvalid("This is no web address.", help="Give it as https://shop.example/commons.", field="address")
    if not key:
        raise OrderInvalid(
            "The other shop's key is needed.", help="Ask its owner: it stands on their page “Other shops”.", field="key"
        )
    try:
        parse_vkey(key)
    except NotVerified as error:
        raise OrderInvalid(
            "This is not a whole key.", help="Copy all of it: a name, a plus sign, and what follows.", field="key"
        ) from error
    own = own_log()
    if own is not None and own.root_vkey == key:
        raise OrderInvalid("This is the key of your own shop.", help="Ask the other shop for theirs.", field="key")
    peers = log_directory() / "peers"
    follow(peers, (check_url(address),), root_vkey=key, allow_home=in_own_network, labels=heeds_labels)


def stop_following(peer: str) -> None:
    """Follow a shop no more; its copy is removed, and nothing of it counts any longer."""
    from glocal.commons.following import unfollow

    unfollow(_copy(peer))


def block_shop(shop: Shop, peer: str) -> None:
    """Leave out all that a shop says, here and at those who heed this shop's labels."""
    from glocal.commons.labels import block_record

    key = _copy(peer).following.root_vkey
    shop_log(shop).append(block_record(key), month=f"{timezone.now():%Y-%m}")


def look_soon(peer: str) -> None:
    """Let the next look of a worker sync a shop, however short ago it was."""
    from glocal.commons.following import LAST_FILE

    (_copy(peer).directory / LAST_FILE).unlink(missing_ok=True)


def sync_due(now: datetime, *, every: timedelta) -> int:
    """Sync the shops whose last sync is long enough ago; return how many brought something new or gone."""
    from glocal.commons.following import last_sync, sync_followed

    changed = 0
    for copy in _copies():
        last = last_sync(copy)
        if last is not None and last.at > now - every:
            continue
        try:
            report = sync_followed(copy, now=now, wait_s=0.0)
        except (GlocalError, OSError) as failure:  # somebody else syncs it now, or the disk is full: next time, then
            log.warning("%s was not synced: %s", copy.following.root_vkey.partition("+")[0], failure)
            continue
        for event in report.accusations:
            log.warning("%s: %s Proof: %s", copy.following.root_vkey.partition("+")[0], event.message, event.evidence)
        changed += bool(report.new_entries or report.erased or report.healed)
    return changed


def keep_synced(pace: Pace, stop: threading.Event) -> None:
    """Share and sync whatever is due until told to stop, and read what is new before a page asks for it."""
    from glocal.shop.commons.know_how import everything_known

    shared_on: date | None = None
    while not stop.wait(min(LOOK_S, pace.sync_s)):
        try:
            close_old_connections()
            if (today := timezone.now().date()) != shared_on:  # batches fall due at midnight
                for shop in Shop.objects.all():
                    share_due(shop, timezone.now(), timedelta(seconds=pace.share_within_s))
                shared_on = today
            if sync_due(timezone.now(), every=timedelta(seconds=pace.sync_s)):
                everything_known()
        except Exception:
            log.exception("what is due could not be shared, or the logs of other shops not synced")


def _copies() -> list[PeerCopy]:
    from glocal.commons.peer import followed

    return followed(log_directory() / "peers")


def _copy(peer: str) -> PeerCopy:
    """Return the copy with this id; what is no id of one is not looked up on the disk."""
    for copy in _copies():
        if copy.directory.name == peer:
            return copy
    raise NotFound("This shop is not followed.", help="Follow it first.")
