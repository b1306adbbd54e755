"""A scripted day: two customers, the owner and two makers in five browsers, from the invitation to the refund.

Promised: no error, no lost message, sums conserved; a nervous hand and the back button order once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import Figure, at_most
from benchmarks.day_account import by_passkey
from benchmarks.day_books import books_of
from benchmarks.day_browsers import Complaints, five_browsers, times_seen
from benchmarks.day_pages import DESK_PAGES
from tests.browser.live import CHROMIUM, ROOT, LiveShop, serving
from tests.browser.shopper import PRICED, until
from tests.browser.test_access import violations
from tests.browser.test_room import LIVE

PRINTED_WITHIN_S = 120
REFUND = "1.23"
CUSTOMERS = ("maya", "tom")
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
QUESTION = "Would a thicker plate last longer outdoors?"
ROOM_TALK = ("Yes: five millimetres are better.", "Then please show me.")


@dataclass(slots=True)
class Day:
    """What happened so far.

    Parameters
    ----------
    pages : mapping
        Who → their window.
    orders : dict
        Customer → the address of their order.
    sent : dict
        Who reads it → the texts that were sent to them about an order.
    """

    shop: LiveShop
    pages: Mapping[str, Any]
    orders: dict[str, str] = field(default_factory=dict)
    desk: dict[str, str] = field(default_factory=dict)
    sent: dict[str, list[str]] = field(default_factory=dict)
    complaints: Complaints = field(default_factory=Complaints)
    barriers: dict[str, list[str]] = field(default_factory=dict)
    account: Any = None
    room: str = ""
    neighbour: str = ""

    def page(self, who: str) -> Any:
        """Return somebody's window."""
        return self.pages[who]

    def look(self, who: str, page: Any, axe: str) -> None:
        """Note the barriers that axe-core finds on a page."""
        address = page.url.split("/", 3)[3]
        self.barriers[f"{who} /{address}"] = violations(page, axe)


def owner_comes(day: Day) -> None:
    """The owner signs in as everybody does in the demonstration, with what the page says."""
    page = day.page("owner")
    page.goto("/desk/")
    name, password = page.locator(".notice strong").all_inner_texts()
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.click("main button[type=submit]")
    page.get_by_role("heading", name="Today", exact=True).wait_for()


def neighbour_joins(day: Day) -> None:
    """A neighbour takes up the owner's invitation and adds a machine that is driven by hand, with a spool of PLA."""
    owner, page = day.page("owner"), day.page("neighbour")
    owner.goto("/desk/makers/")
    owner.fill("input[name=for_whom]", "Ines")
    owner.get_by_role("button", name="Make an invitation").click()
    page.goto(owner.inner_text("code.secret"))
    page.fill("#id_town", "Marseille")
    page.dblclick("main button[type=submit]")
    page.get_by_role("heading", name="Ines", exact=True).wait_for()
    day.neighbour = page.url
    page.get_by_role("link", name="Add a machine").click()
    page.fill("input[type=search]", "Ender-3")
    page.get_by_role("button", name="Search").click()
    page.locator(".found-models a").first.click()
    page.fill("#id_hourly", "0.05")
    page.fill("#id_setup_min", "1")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("heading", name="Another spool").wait_for()
    page.select_option("#id_new-material_id", "pla")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="It is empty or gone").wait_for()


def room_opens(day: Day) -> None:
    """Maya asks about a sign; the owner finds the question and both talk."""
    maya, owner = day.page("maya"), day.page("owner")
    maya.goto('/products/name-sign/ask/?material=petg&values={"text":"Maya"}')
    maya.fill("#id_text", QUESTION)
    maya.fill("#id_name", "Maya")
    maya.dblclick("main button[type=submit]")
    maya.wait_for_selector(LIVE)
    day.room = maya.url
    owner.goto("/desk/")
    owner.get_by_role("link", name="Answer", exact=True).click()
    owner.click(".room-row.waits a")
    owner.wait_for_selector(LIVE)
    for page, other, text in ((owner, maya, ROOM_TALK[0]), (maya, owner, ROOM_TALK[1])):
        page.fill("#say", text)
        page.dblclick("[data-composer] button[type=submit]")
        other.locator(".talk-text", has_text=text).first.wait_for()


def proposal(day: Day) -> None:
    """The owner proposes a thicker plate, Maya accepts with a nervous hand, and both agree on the version."""
    maya, owner = day.page("maya"), day.page("owner")
    thickness = owner.get_by_role("spinbutton", name="Plate thickness")
    thickness.fill("5")
    thickness.press("Tab")
    owner.fill("#room-note", "Five millimetres")
    owner.click("[data-propose]")
    accept = maya.get_by_role("button", name="Accept")
    accept.dblclick()
    owner.get_by_text("Maya accepted a proposal.").first.wait_for()
    owner.click("#do-vouch")
    maya.get_by_text("checked this version and will make it so").first.wait_for()
    maya.click("#do-approve")
    owner.get_by_text("The design is approved and can be ordered.").first.wait_for()


def maya_orders(day: Day) -> None:
    """Maya orders from the room and pays at pick-up: two clicks, then back and once more."""
    maya = day.page("maya")
    maya.click("#do-order")
    maya.wait_for_selector("#id_name")
    _order_twice_and_again(day, "maya", "pickup")


def tom_orders(day: Day) -> None:
    """Tom takes a knob from the shelf, in PLA, and pays by transfer: two clicks, then back and once more."""
    tom = day.page("tom")
    tom.goto("/products/replacement-knob/")
    tom.click(PRICED)
    tom.wait_for_selector("#id_name")
    if tom.input_value("#id_material") != "pla":
        tom.select_option("#id_material", "pla")
        until(tom, "() => document.querySelector('.htmx-request, .htmx-settling') === null")
        until(tom, "() => document.querySelector('#id_material option[selected]')?.value === 'pla'")
    tom.fill("#id_name", "Tom")
    _order_twice_and_again(day, "tom", "transfer")


def _order_twice_and_again(day: Day, who: str, pay_by: str) -> None:
    page = day.page(who)
    page.fill("#id_email", f"{who}@example.org")
    page.check(f"input[name=pay_by][value={pay_by}]")
    page.dblclick("button.order")
    page.locator(".order-state").first.wait_for()
    day.orders[who] = page.url
    page.go_back()
    page.wait_for_selector("button.order")
    page.fill("#id_name", who.title())
    page.fill("#id_email", f"{who}@example.org")
    page.click("button.order")
    page.locator(".order-state, .notice[role=alert]").first.wait_for()  # the same order, or asked for a second one
    page.goto(day.orders[who])


def customers_write(day: Day) -> None:
    """Both customers write about their order, with a nervous hand; the owner sees it on the first page and answers."""
    for who in CUSTOMERS:
        _write(day, who, "owner", f"{who.title()} asks: when may I come?")
    owner = day.page("owner")
    for who in CUSTOMERS:
        owner.goto("/desk/")
        row = owner.locator(".todo li", has_text=f"{who.title()} asks")
        row.get_by_role("link").click()
        owner.wait_for_selector("#messages")
        day.desk[who] = owner.url.split("#")[0]
        _write(day, "owner", who, f"For {who.title()}: from ten to six.")


def _write(day: Day, who: str, to: str, text: str) -> None:
    page = day.page(who)
    page.fill("#message", text)
    page.get_by_role("button", name="Send").dblclick()
    page.locator(".talk-text", has_text=text).first.wait_for()
    day.sent.setdefault(to, []).append(text)


def neighbour_prints(day: Day) -> None:
    """The neighbour takes Tom's plate by hand: file, started, good: two clicks for the outcome."""
    page = day.page("neighbour")
    _reload_until(page, day.neighbour, "button[value=started]")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download the G-code").click()
    if not Path(file.value.path()).stat().st_size:
        raise AssertionError("the file for the printer is empty")
    page.click("button[value=started]")
    page.get_by_role("status").get_by_text("Noted.").wait_for()
    page.dblclick("button[value=printed_ok]")
    page.get_by_role("status").get_by_text("Noted.").first.wait_for()
    _reload_until(page, day.neighbour, "text=Nothing: all is well.")


def atelier_looks(day: Day) -> None:
    """The printer makes Maya's sign by itself; its maker looks at it: two clicks."""
    page = day.page("atelier")
    _reload_until(page, day.shop.maker_url, "#unseen ~ ul a")
    page.click("#unseen ~ ul a")
    page.dblclick("button[value=good]")
    page.locator("#machines").wait_for()


def _reload_until(page: Any, address: str, selector: str) -> None:
    ends = time.monotonic() + PRINTED_WITHIN_S
    page.goto(address)
    while not page.locator(selector).count():
        if time.monotonic() > ends:
            raise AssertionError(f"{selector} did not come:\n{page.inner_text('main')}")
        page.wait_for_timeout(1000)
        page.reload()


def customers_fetch(day: Day) -> None:
    """Both customers see, without a reload, that it is ready, and what the shop wrote."""
    for who in CUSTOMERS:
        page = day.page(who)
        ready = "() => document.querySelector('.order-state').innerText.includes('It is ready')"
        until(page, ready, within_s=PRINTED_WITHIN_S)


def money_comes(day: Day) -> None:
    """The owner notes the transfer and the cash with a nervous hand, and gives Tom a part back."""
    owner = day.page("owner")
    for who in CUSTOMERS:
        _open_payment(day, who)
        owner.get_by_role("button", name="Note it", exact=True).dblclick()
        owner.get_by_role("status").wait_for()
    owner.fill("#back", REFUND)
    owner.fill("#why", "a scratch")
    owner.get_by_role("button", name="Note that it went back").dblclick()
    owner.locator("#books ~ div tr", has_text=f"€{REFUND}").first.wait_for()


def _open_payment(day: Day, who: str) -> None:
    owner = day.page("owner")
    owner.goto(day.desk[who])
    owner.get_by_role("link", name="Payment", exact=True).click()
    owner.wait_for_selector("#came")


def tom_has_an_account(day: Day) -> None:
    """Tom makes an account by a code, comes back with a passkey, and finds the order that he placed as a guest."""
    page = by_passkey(day.page("tom").context, day.shop, "tom@example.org", day.complaints)
    page.get_by_role("link", name="Replacement knob").wait_for()
    day.account = page


def pages_are_open_to_all(day: Day) -> None:
    """axe-core looks at the pages of the desk, of a maker and of the account."""
    axe = AXE.read_text()
    owner, order = day.page("owner"), day.desk["tom"].rstrip("/").rsplit("/", 1)[-1]
    for address in DESK_PAGES:
        owner.goto(address.format(order=order))
        day.look("owner", owner, axe)
    maker = day.page("neighbour")
    for address in (day.neighbour, f"{day.neighbour}makers/ines/presence/", f"{day.neighbour}machines/ines-1/spools/"):
        maker.goto(address)
        day.look("maker", maker, axe)
    page = day.account
    base = page.url.split("/account/")[0]
    for address in ("/account/", "/account/passkeys/add/"):
        page.goto(base + address)
        day.look("account", page, axe)
    page.get_by_role("link", name="Your account").first.click()
    page.get_by_role("button", name="Sign out").click()
    for address in ("/account/sign-in/", "/account/sign-up/"):
        page.goto(base + address)
        day.look("account", page, axe)


STEPS: Mapping[str, Callable[[Day], None]] = {
    "the owner signs in": owner_comes,
    "a neighbour is invited, joins, adds machine and spool": neighbour_joins,
    "Maya asks about a sign, the owner answers": room_opens,
    "the owner proposes, Maya accepts and approves": proposal,
    "Maya orders, twice, and goes back": maya_orders,
    "Tom orders, twice, and goes back": tom_orders,
    "both write, the owner answers both": customers_write,
    "the neighbour prints Tom's plate by hand": neighbour_prints,
    "the printer makes Maya's sign, its maker looks": atelier_looks,
    "both customers see that it is ready": customers_fetch,
    "the owner notes the money and gives a part back": money_comes,
    "Tom makes an account and comes back by a passkey": tom_has_an_account,
    "axe-core looks at desk, maker and account": pages_are_open_to_all,
}


def figures(data: Path | None) -> list[Figure]:
    """Let the day happen, and count what must not."""
    if CHROMIUM is None:
        return [Figure("day: Chromium is not installed here", None)]
    complaints, seconds = Complaints(), {}
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        printer = ("--with-demo-printer", "--demo-printer-speed", "inf")
        with serving(home, *printer) as shop, five_browsers(shop, complaints) as pages:
            day = Day(shop, pages, complaints=complaints)
            for name, step in STEPS.items():
                began = time.monotonic()
                _take(step, day, complaints)
                seconds[name] = time.monotonic() - began
            messages = _messages(day)
            shown = _shown(day)
            books = books_of(home)
    barriers = [f"{where}: {what}" for where, found in day.barriers.items() for what in found]
    for complaint in (*complaints.said, *barriers):
        print(f"  {complaint}", file=sys.stderr)
    return [
        *(Figure(f"{name}: s", took) for name, took in seconds.items()),
        at_most("errors in the five browsers", len(complaints.said), 0),
        at_most(f"barriers that axe-core finds on {len(day.barriers)} pages", len(barriers), 0),
        at_most("messages lost or seen twice by whom they were for", sum(n != 1 for n in messages), 0),
        Figure("messages sent", len(messages)),
        at_most("orders beyond the two that were meant", books["orders"] - 2, 0),
        at_most("minor units by which all books together are not zero", abs(books["sum_minor"]), 0),
        at_most("minor units that the books lost or still owe", books["due_minor"], 0),
        at_most(
            "sums that a customer's page and the books tell differently", sum(shown[w] != books[w] for w in shown), 0
        ),
    ]


def _take(step: Callable[[Day], None], day: Day, complaints: Complaints) -> None:
    """Take one step; where it gets stuck, say what each of the five sees."""
    try:
        step(day)
    except Exception as stuck:
        seen = [
            f"{who} at {page.url}:\n{page.inner_text('main')[:1500]}"
            for who, page in day.pages.items()
            if page.url != "about:blank"
        ]
        raise RuntimeError("\n\n".join([str(step.__doc__), *complaints.said, *seen])) from stuck


def _messages(day: Day) -> list[int]:
    """Return, for each message, how often the one it was for sees it."""
    counts = []
    for who in CUSTOMERS:
        page, owner = day.page(who), day.page("owner")
        page.goto(day.orders[who])
        owner.goto(day.desk[who])
        counts += [times_seen(page, text) for text in day.sent[who]]
        counts += [times_seen(owner, text) for text in day.sent["owner"] if text.startswith(who.title())]
    day.page("maya").goto(day.room)
    return counts + [times_seen(day.page("maya"), text) for text in (QUESTION, *ROOM_TALK)]


def _shown(day: Day) -> dict[str, list[str]]:
    """Return the sums that each customer's order page tells about the payment."""
    shown = {}
    for who in CUSTOMERS:
        page = day.page(who)
        page.goto(day.orders[who])
        texts = page.locator("#pay dd").all_inner_texts()
        shown[who] = [text for text in texts if text.startswith("€")]
    return shown
