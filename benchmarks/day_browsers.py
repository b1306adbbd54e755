"""Five people in one browser, each in a window of their own, with an ear for whatever a page complains about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.browser.live import LiveShop, chromium, window

NAMES = ("owner", "maya", "tom", "atelier", "neighbour")
PATIENCE_MS = 60_000


@dataclass(slots=True)
class Complaints:
    """What went wrong in the five browsers, in the words of the browser."""

    said: list[str] = field(default_factory=list)

    def listen(self, who: str, page: Any) -> None:
        """Note errors of scripts, what the console calls an error, and every answer that is an error."""
        page.on("pageerror", lambda error: self.said.append(f"{who}: {error}"))
        page.on("console", lambda said: self._console(who, said))
        page.on("response", lambda answer: self._answer(who, answer))

    def _console(self, who: str, said: Any) -> None:
        if said.type == "error":
            self.said.append(f"{who}: {said.text} ({said.location.get('url', '')})")

    def _answer(self, who: str, answer: Any) -> None:
        if answer.status >= 400:
            self.said.append(f"{who}: {answer.request.method} {answer.url} answered {answer.status}")


@contextmanager
def five_browsers(shop: LiveShop, complaints: Complaints) -> Iterator[Mapping[str, Any]]:
    """Open a window for each of the five; they share nothing but the shop."""
    with chromium() as browser:
        pages = {}
        for who in NAMES:
            context = window(browser, shop, accept_downloads=True)
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            complaints.listen(who, page)
            pages[who] = page
        yield pages


def times_seen(page: Any, text: str) -> int:
    """Return how often a text stands in what somebody wrote, as the page shows it now."""
    texts: list[str] = page.locator(".talk-text").all_inner_texts()
    return sum(said.strip() == text for said in texts)
