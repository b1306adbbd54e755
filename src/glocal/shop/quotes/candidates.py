"""Who could make a part, and what it would use on each of their machines."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.cache import cache

from glocal.shop.errors import NobodyAtWork
from glocal.shop.makers.models import MakerMachine
from glocal.shop.makers.queries import spool_name
from glocal.shop.parts.asker import still_waits
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import Setup, plate_of, plates_for, setup_for, sliced
from glocal.shop.products.models import Product
from glocal.shop.quotes.context import learnt_factors, price_context
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.shops.queries import waiting_of
from glocal.values import sha256_hex

if TYPE_CHECKING:
    from glocal.network import model as network
    from glocal.quoting.calibration import Calibration
    from glocal.quoting.model import PriceContext, PrintUse
    from glocal.values import Estimate

ONLY_THE_SLICER_KNOWS = "exact"


@dataclass(slots=True)
class Uses:
    """What one piece of a part uses, worked out once per kind of machine and only when asked for.

    Parameters
    ----------
    go_on : callable
        Called before what takes its time; raises when nobody waits for the answer any more.
    """

    part: BuiltPart
    material_id: str
    print_notes: Mapping[str, Any]
    go_on: Callable[[], None] = still_waits
    _setups: dict[str, Setup] = field(default_factory=dict)
    _instant: dict[str, PrintUse | None] = field(default_factory=dict)
    _exact: dict[str, PrintUse] = field(default_factory=dict)

    def setup(self, profile_id: str) -> Setup:
        """Return how the part is printed on a kind of machine."""
        if profile_id not in self._setups:
            self.go_on()
            self._setups[profile_id] = setup_for(
                self.part, profile_id, self.material_id, self.print_notes, go_on=self.go_on
            )
        return self._setups[profile_id]

    def use(self, profile_id: str) -> PrintUse:
        """Return what one piece uses: the instant estimate where it knows, else the slicer's answer."""
        return self.instant(profile_id) or self.exact(profile_id)

    def instant(self, profile_id: str) -> PrintUse | None:
        """Return the instant estimate, or ``None`` where it does not know."""
        if profile_id not in self._instant:
            self._instant[profile_id] = self._estimated(profile_id)
        return self._instant[profile_id]

    def exact(self, profile_id: str) -> PrintUse:
        """Return the slicer's answer."""
        if profile_id not in self._exact:
            self._exact[profile_id] = self._sliced(profile_id)
        return self._exact[profile_id]

    def _estimated(self, profile_id: str) -> PrintUse | None:
        from glocal.quoting.calibration import load_calibration
        from glocal.quoting.errors import NotCalibrated
        from glocal.quoting.learning import apply_factors
        from glocal.shop.parts.printing import slicer

        setup = self.setup(profile_id)
        own = Path(settings.GLOCAL_HOME) / "calibrations"
        try:
            calibration = load_calibration(slicer().version, setup.machine.id, setup.recipe.id, own)
        except NotCalibrated:
            return None
        self.go_on()
        if setup.machine.bed_is_round:  # matching compares boxes; only the shape tells whether it stays within
            plate_of(setup, [uuid.UUID(int=0)])
        use = _estimated_once(setup, calibration)
        return use and apply_factors(use, learnt_factors(), setup.machine.id, self.material_id, _family(setup))

    def _sliced(self, profile_id: str) -> PrintUse:
        from glocal.quoting.exact import use_from_slice

        setup = self.setup(profile_id)
        # the piece's identity does not matter for its time; a fixed one lets the slicer's cache answer
        result = sliced(setup, plate_of(setup, [uuid.UUID(int=0)]), go_on=self.go_on)
        return use_from_slice(
            result,
            learnt_factors(),
            machine_id=setup.machine.id,
            material_id=self.material_id,
            machine_family=_family(setup),
        )


def _estimated_once(setup: Setup, calibration: Calibration) -> PrintUse | None:
    """Return the estimate, or ``None`` where it does not know; the same question, of whomever, is worked out once."""
    from glocal.quoting.errors import NeedsExactQuote, NotCalibrated
    from glocal.quoting.estimate import estimate

    lying = setup.lying
    asked = f"{lying.part.hash} {lying.turn} {setup.machine} {setup.material} {setup.recipe} {calibration}"
    key = f"estimate-{sha256_hex(asked.encode())}"
    known: PrintUse | str | None = cache.get(key)
    if known is None:
        try:
            known = estimate(lying.part.mesh, setup.machine, setup.material, setup.recipe, calibration)
        except (NotCalibrated, NeedsExactQuote):
            known = ONLY_THE_SLICER_KNOWS
        cache.set(key, known)
    return None if isinstance(known, str) else known


def _family(setup: Setup) -> str:
    return setup.machine.family or setup.machine.model


def context_with(
    product: Product, machine: MakerMachine, uses: Uses, asked: QuoteOptions, inquiry: Inquiry
) -> PriceContext:
    """Return what the price of something asked for depends on when it is made on a machine; read once an inquiry."""
    plates = plates_for(uses.setup(machine.profile_id), asked.quantity)
    known = inquiry.contexts
    key = (product.id, machine.slug, asked.material_id, asked.quantity, asked.delivery, asked.rush)
    if key not in known:
        known[key] = price_context(
            product,
            machine,
            material_id=asked.material_id,
            quantity=asked.quantity,
            plates=plates,
            delivery=asked.delivery,
            rush=asked.rush,
            now=inquiry.now,
            line=inquiry.line(rush=asked.rush),
        )
    return replace(known[key], plate_share=plates / asked.quantity)


def need_of(uses: Uses, *, quantity: int, delivery: bool, may_slice: bool, colour: str = "") -> network.Need:
    """Return what is to be made, as matching asks for it."""
    from glocal.network.model import Need
    from glocal.production.materials import get_material

    def print_s(machine: network.MakerMachine) -> Estimate | None:
        known = uses.use(machine.machine.id) if may_slice else uses.instant(machine.machine.id)
        return known.time_s if known else None

    def mass_g(machine: network.MakerMachine) -> Estimate | None:
        known = uses.use(machine.machine.id) if may_slice else uses.instant(machine.machine.id)
        return known.mass_g if known else None

    notes = uses.print_notes
    return Need(
        extent_mm=tuple(uses.part.features["extent_mm"]),
        material_id=spool_name(uses.material_id, colour),
        print_s_by_machine=print_s,
        quantity=quantity,
        hold_at_c=notes.get("hold_at_c"),
        enclosure=bool(notes.get("enclosure", False)),
        material=get_material(uses.material_id),
        reorient=notes.get("orientation") != "as_modelled",
        handover="delivery" if delivery else "pickup",
        mass_g_by_machine=mass_g,
    )


def find_candidates(
    product: Product,
    uses: Uses,
    asked: QuoteOptions,
    inquiry: Inquiry,
    *,
    by: datetime | None = None,
) -> network.MatchResult:
    """Ask every maker's machines whether they can make the part, with the reason where not.

    Makers are compared by what the customer pays with each, and by what waiting counts in the shop. Where the
    inquiry may not wait for the slicer, the maker of a machine that the instant estimate does not know is unknown.
    """
    from glocal.network.match import match
    from glocal.quoting.price import total_minor
    from glocal.values import Money

    shop = product.shop

    def price_with(machine: network.MakerMachine) -> Money:
        use = uses.use(machine.machine.id) if inquiry.may_slice else uses.instant(machine.machine.id)
        if use is None:
            raise RuntimeError("a machine is asked for a price after its print time is known")
        context = context_with(product, inquiry.machine(machine.id), uses, asked, inquiry)
        return Money(total_minor(use, context), shop.currency)

    need = need_of(
        uses,
        quantity=asked.quantity,
        delivery=asked.delivery,
        may_slice=inquiry.may_slice,
        colour=asked.colour,
    )
    need = replace(need, price_by_machine=price_with)
    makers = inquiry.makers(shop, rush=asked.rush, by_colour=uses.material_id if asked.colour else "")
    if not makers:
        raise NobodyAtWork("Nobody takes work here at the moment.", help="Look again later, or ask the shop.")
    preference = cast("network.Preference", asked.prefer)
    return match(
        need,
        makers,
        near=(shop.latitude, shop.longitude),
        by=by,
        now=inquiry.now,
        preference=preference,
        wait_rate=waiting_of(shop).value,
    )
