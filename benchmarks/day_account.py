"""A customer makes an account by a code, adds a passkey and signs in with it; a virtual authenticator holds it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from tests.browser.live import LiveShop

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
CODE = re.compile(r"It is good for a few minutes:\s+(\S+)")
MAILED_WITHIN_S = 20


def by_passkey(context: Any, shop: LiveShop, mail: str, complaints: Any) -> Any:
    """Return the page of the account, reached by a passkey alone."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints.listen("account", page)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{shop.url.replace('127.0.0.1', 'localhost')}/account/")  # a passkey belongs to a name, not to a number
    page.get_by_role("link", name="Make an account").click()
    page.fill("#id_email", mail)
    page.get_by_role("button", name="Send me a code").click()
    page.fill("#id_code", _mailed_code(shop.home))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    page.goto(f"{shop.url.replace('127.0.0.1', 'localhost')}/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Your orders").wait_for()
    return page


def _mailed_code(home: Path) -> str:
    """Return the code of the newest mail; without a mail server the shop prints its mails."""
    ends = time.monotonic() + MAILED_WITHIN_S
    while time.monotonic() < ends:
        found = CODE.findall((home / "serve.log").read_text())
        if found:
            return str(found[-1])
        time.sleep(0.1)
    raise AssertionError("no code came by mail")
