"""A whole shop from one TOML file: everything that the first run asks, without questions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from glocal.names import what_is_known
from glocal.shop.makers.machines import NewMachine, add_machine, own_maker
from glocal.shop.products.actions import take_bundled
from glocal.shop.shops.actions import begin_shop, open_shop, set_costs, set_hours, set_money
from glocal.shop.shops.models import Shop
from glocal.shop.shops.regional_terms import WAITING, RegionalTerms, regional_terms
from glocal.shop.shops.settings import DAYS, Costs, Money, Place, SettingWrong, Week, hours_from_text, to_minor

MOST_BYTES = 100_000
SECTIONS: Mapping[str, frozenset[str]] = {
    "shop": frozenset({"name", "town", "region", "latitude", "longitude", "timezone", "language", "currency"}),
    "tax": frozenset({"percent", "included"}),
    "hours": frozenset(DAYS),
    "costs": frozenset({"wage_per_h", "energy_per_kwh", "margin_percent", "packaging", "minimum", "waiting_percent"}),
    "spools": frozenset(),  # material id = price of 1 kg
    "machine": frozenset({"name", "profile", "hourly", "power_w", "setup_min", "loaded"}),
}
TOP = frozenset({*SECTIONS, "products"})


@dataclass(frozen=True, slots=True)
class SetupFile:
    """A file that was read and holds nothing that it should not."""

    said: Mapping[str, Any]
    usual: RegionalTerms

    def get(self, section: str, name: str, usual: object = None) -> Any:
        """Return what the file says, else what is usual; refuse where neither is known."""
        value = self.said.get(section, {}).get(name, usual)
        if value is None:
            raise SettingWrong(
                f"The file does not say {section}.{name}, and nothing is usual for {self.usual.region}.",
                help=f"Write {name} = … below [{section}].",
                field=f"{section}.{name}",
            )
        return value

    def number(self, section: str, name: str, usual: float | None = None) -> float:
        """Return a figure, or refuse what is none."""
        value = self.get(section, name, usual)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SettingWrong(f"{section}.{name} is {value!r}, expected a number.", field=f"{section}.{name}")
        return float(value)


def read_setup(path: Path) -> SetupFile:
    """Read a set-up file.

    Raises
    ------
    SettingWrong
        When it is no TOML, or has a section or a name that nobody knows: a slip of the pen must not be passed over.
    """
    data = path.read_bytes()[: MOST_BYTES + 1]
    if len(data) > MOST_BYTES:
        raise SettingWrong(f"The file has more than {MOST_BYTES} bytes.", help="It is no set-up file.")
    try:
        said = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingWrong(f"The file is no TOML: {error}.", help="See docs/setup.toml for an example.") from None
    _refuse_unknown(said)
    shop = said.get("shop", {})
    if not isinstance(shop.get("region"), str):
        raise SettingWrong("The file does not say where the shop is.", help='Write region = "FR" below [shop].')
    return SetupFile(said, regional_terms(shop["region"], on=date.today()))  # noqa: DTZ011


def _refuse_unknown(said: Mapping[str, Any]) -> None:
    for name in said.keys() - TOP:
        raise SettingWrong(f"Nobody knows “{name}”.", help=what_is_known(name, TOP), field=name)
    for section, names in SECTIONS.items():
        rows = said.get(section, {})
        for row in rows if section == "machine" and isinstance(rows, list) else [rows]:
            if not isinstance(row, Mapping):
                wanted = f"[[{section}]]" if section == "machine" else f"[{section}]"
                raise SettingWrong(f"“{section}” is no section.", help=f"Write {wanted}.", field=section)
            for name in row.keys() - names if names else ():
                raise SettingWrong(
                    f"Nobody knows “{name}” in “{section}”.",
                    help=what_is_known(name, names),
                    field=f"{section}.{name}",
                )


@transaction.atomic
def set_up(file: SetupFile) -> Shop:
    """Make the shop that a file describes, and open it; all of it or nothing."""
    _refuse_missing(file)
    shop = begin_shop(_place(file), file.usual)
    currency = str(file.get("shop", "currency", file.usual.currency))
    set_money(
        shop,
        Money(
            language=str(file.get("shop", "language", shop.language)),
            currency=currency,
            tax_rate=file.number("tax", "percent", _percent(file.usual.tax_rate)) / 100,
            tax_included=bool(file.get("tax", "included", shop.terms["tax_included_in_price"])),
        ),
    )
    if "hours" in file.said:
        set_hours(shop, _week(file))
    set_costs(shop, _costs(file, currency))
    for slug in file.said.get("products", ()):
        take_bundled(shop, str(slug), live=False)
    maker = own_maker(shop)
    for row in _machines(file):
        add_machine(maker, row)
    return open_shop(shop)


def _refuse_missing(file: SetupFile) -> None:
    """Name at once all that the file has to say, so that nobody has to run it again for each."""
    shop, costs = file.said.get("shop", {}), file.said.get("costs", {})
    same = shop.get("currency", file.usual.currency) == file.usual.currency
    usual = file.usual if same else None  # sums are in the country's own currency
    wanted: list[tuple[str, str, Mapping[str, Any], object]] = [
        *(("shop", name, shop, None) for name in ("name", "town", "latitude", "longitude")),
        ("shop", "timezone", shop, file.usual.timezone),
        ("shop", "currency", shop, file.usual.currency),
        ("tax", "percent", file.said.get("tax", {}), file.usual.tax_rate),
        ("costs", "wage_per_h", costs, usual and usual.wage_per_h),
        ("costs", "energy_per_kwh", costs, usual and usual.energy_per_kwh),
        *(("machine", name, row, None) for row in _rows(file) for name in ("name", "profile", "hourly")),
    ]
    missing = [(section, name) for section, name, said, known in wanted if name not in said and known is None]
    if not file.said.get("spools") and not (usual and usual.spool_price):
        missing.append(("spools", "pla"))
    if missing:
        named = dict.fromkeys(missing)
        raise SettingWrong(
            f"The file does not say {', '.join(f'{section}.{name}' for section, name in named)}, and nothing is usual "
            f"for {file.usual.region}.",
            help="Write " + "; ".join(f"{name} = … below [{section}]" for section, name in named) + ".",
            field=".".join(missing[0]),
        )


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 6)


def _place(file: SetupFile) -> Place:
    return Place(
        name=str(file.get("shop", "name")),
        town=str(file.get("shop", "town")),
        region=file.usual.region,
        latitude=file.number("shop", "latitude"),
        longitude=file.number("shop", "longitude"),
        timezone=str(file.get("shop", "timezone", file.usual.timezone)),
    )


def _week(file: SetupFile) -> Week:
    return tuple(hours_from_text(str(file.said["hours"].get(day, "")), field=f"hours.{day}") for day in DAYS)


def _costs(file: SetupFile, currency: str) -> Costs:
    def minor(name: str, usual: float | None) -> float:
        return float(to_minor(Decimal(str(file.number("costs", name, usual))), currency))

    same = currency == file.usual.currency  # what is usual is in the country's own currency
    spools = file.said.get("spools") or ({"pla": file.usual.spool_price} if same and file.usual.spool_price else {})
    if not spools:
        raise SettingWrong("The file does not say what a spool costs.", help="Write pla = 22 below [spools].")
    energy = file.number("costs", "energy_per_kwh", file.usual.energy_per_kwh if same else None)
    return Costs(
        wage_minor_per_h=minor("wage_per_h", file.usual.wage_per_h if same else None),
        energy_minor_per_kwh=energy * to_minor(1, currency),
        margin=file.number("costs", "margin_percent", 30.0) / 100,
        packaging_minor=int(minor("packaging", 0.0)),
        minimum_minor=int(minor("minimum", 0.0)),
        spools={name: to_minor(Decimal(str(price)), currency) for name, price in spools.items()},
        wait_rate=file.number("costs", "waiting_percent", 100 * WAITING.value) / 100,
    )


def _machines(file: SetupFile) -> list[NewMachine]:
    found = []
    for row in _rows(file):
        one = SetupFile({"machine": row}, file.usual)
        found.append(
            NewMachine(
                name=str(one.get("machine", "name")),
                profile_id=str(one.get("machine", "profile")),
                hourly_minor=to_minor(Decimal(str(one.number("machine", "hourly"))), _currency(file)),
                power_w=one.number("machine", "power_w", 120.0),
                setup_min=one.number("machine", "setup_min", 8.0),
                loaded=tuple(str(name) for name in row.get("loaded", ())),
            )
        )
    return found


def _rows(file: SetupFile) -> list[Mapping[str, Any]]:
    rows = file.said.get("machine", [])
    return rows if isinstance(rows, list) else [rows]


def _currency(file: SetupFile) -> str:
    return str(file.get("shop", "currency", file.usual.currency))
