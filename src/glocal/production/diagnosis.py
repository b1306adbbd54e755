"""What a try of a printer's connection found: a code with names, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glocal.production.model import PrinterState

if TYPE_CHECKING:
    from glocal.production.errors import PrinterUnavailable

CHECK_ADDRESS = "Check the address and the port."
WORDS: Mapping[str, tuple[str, str]] = {
    "works": ("{server} answers and its printer is {state}.", ""),
    "fault": ("{server} answers, but the printer reports a fault.", "{said}"),
    "no_state": ("{server} answers, but not with its printer's state.", "{said}"),
    "no_printer": ("{server} answers, but no printer is connected to it.", "Switch the printer on and connect it."),
    "no_klipper": ("{server} answers, but Klipper does not run.", "Start the printer's Klipper service."),
    "not_octoprint": ("What answers at {address} is not OctoPrint.", CHECK_ADDRESS),
    "octoprint_key": (
        "OctoPrint answers, but the key is wrong.",
        "Settings → Application keys in OctoPrint makes a key for glocal.",
    ),
    "prusalink_key": (
        "PrusaLink answers, but user or password is wrong.",
        "The printer shows user and password under Settings → Network → PrusaLink.",
    ),
    "moonraker_key": (
        "Moonraker answers, but does not let us in.",
        "Copy its key, or add us to its trusted clients.",
    ),
    "bambu_code": (
        "The printer answers, but not with this access code.",
        "The printer's display shows the access code under Settings → LAN only; Developer Mode must be on.",
    ),
    "bambu_silent": ("{said}", "Is it switched on, in LAN-only mode, and is its serial number right?"),
    "bambu_store": ("The printer talks, but its file store does not.", "{said}"),
    "by_hand": ("This printer is run by hand.", "Download the file, print it, then mark it done."),
    "slow": (
        "{server} at {address} does not answer in time.",
        "Is the printer's computer overloaded, or its Wi-Fi weak?",
    ),
    "unreachable": (
        "{server} at {address} cannot be reached.",
        "Is it switched on and in the same network, and is the address right?",
    ),
    "no_address": (
        "{server} at {address} has an address that cannot be right.",
        "An address looks like http://192.168.1.20 or http://octopi.local.",
    ),
    "broke_off": (
        "{server} at {address} broke off the connection.",
        "Try again; if it happens often, look at the network and the server's log.",
    ),
    "refused": ("{said}", ""),
}
"""English words by code: what is so, and what would help. Pages translate them as they stand and then put names in."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Parameters
    ----------
    code : str
        A key of :data:`WORDS`.
    names : mapping
        What the words name: ``server``, ``address``, ``state`` (a value of ``PrinterState``), ``said`` (the printer's
        own words).
    error : PrinterUnavailable or None
        The failed connection behind it, whose words pages can say in other languages.
    """

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    error: PrinterUnavailable | None = None

    @property
    def message(self) -> str:
        """What is so, in English."""
        return WORDS[self.code][0].format(**self.names)

    @property
    def help(self) -> str:
        """What would help, in English; empty where nothing has to be done."""
        return WORDS[self.code][1].format(**self.names)

    def __str__(self) -> str:
        return f"{self.message} {self.help}".strip()


def works(server: str, state: PrinterState) -> Diagnosis:
    """Return that all is well."""
    return Diagnosis("works", {"server": server, "state": state.value})


def refused(error: PrinterUnavailable) -> Diagnosis:
    """Return a failed connection; what has a code of its own keeps it."""
    code = error.data.get("diagnosis", "refused")
    names: dict[str, str] = {name: str(error.data[name]) for name in ("server", "address") if name in error.data}
    return Diagnosis(code, {**names, "said": f"{error.message} {error.help}".strip()}, error)
