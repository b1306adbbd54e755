"""``glocal grow``: which step pays, with the uncertainty said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from glocal.cli.output import json_option, print_result

if TYPE_CHECKING:
    from glocal.values import Estimate


class EstimateType(click.ParamType[Any]):
    """A number, or low..value..high with an 80 % interval."""

    name = "number or low..value..high"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Estimate:
        """Return the estimate that was typed."""
        from glocal.values import Estimate

        try:
            parts = [float(part) for part in str(value).split("..")]
            low, middle, high = parts * 3 if len(parts) == 1 else parts
            return Estimate(middle, low, high, "stated")
        except ValueError:
            self.fail(f"{value!r} is neither a number nor low..value..high, for example 5000..20000..50000", param, ctx)


class CountsType(click.ParamType[Any]):
    """Numbers such as ``1,2,5`` or ``1-8``."""

    name = "counts"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers that were typed, in order, each once."""
        found: set[int] = set()
        try:
            for part in str(value).split(","):
                first, _, last = part.partition("-")
                end = int(last or first)
                if end - int(first) > 1000:
                    self.fail(f"{part!r} is more than 1000 numbers", param, ctx)
                found |= set(range(int(first), end + 1))
        except ValueError:
            self.fail(f"{value!r} is not a list such as 1,2,5 or 1-8", param, ctx)
        return tuple(sorted(found))


@click.group()
def grow() -> None:
    """Ask which step pays, with numbers of your own and the uncertainty said."""


@grow.command("break-even")
@click.option("--tooling", type=EstimateType(), required=True, help="One mould, in whole currency units.")
@click.option("--printed", type=EstimateType(), required=True, help="Cost of one printed piece.")
@click.option("--moulded", type=EstimateType(), required=True, help="Cost of one moulded piece.")
@click.option("--price", type=EstimateType(), required=True, help="What a customer pays, without tax.")
@click.option("--demand", type=EstimateType(), required=True, help="Pieces in all, over the life of the mould.")
@click.option("--unsold", type=EstimateType(), default="0", help="Share of a moulded run that stays unsold, 0 to 1.")
@click.option("--variants", type=CountsType(), default="1-8", show_default=True, help="Regional variants to compare.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217 code of all sums.")
@json_option
def break_even(
    *,
    tooling: Estimate,
    printed: Estimate,
    moulded: Estimate,
    price: Estimate,
    demand: Estimate,
    unsold: Estimate,
    variants: tuple[int, ...],
    currency: str,
    as_json: bool,
) -> None:
    """Compare printing on demand with moulding, by the number of regional variants that share the demand.

    Each figure is a number or low..value..high (80 % interval): --tooling 5000..20000..50000.
    """
    from babel.numbers import get_currency_precision

    from glocal.strategy.break_even import Assumptions
    from glocal.strategy.break_even import break_even as compare

    unit = 10 ** get_currency_precision(currency)
    assumptions = Assumptions(
        tooling.scaled(unit), printed.scaled(unit), moulded.scaled(unit), price.scaled(unit), demand, unsold
    )
    rows = compare(assumptions, variants)
    result = {
        "question": "break-even",
        "currency": currency,
        "break_even": [row.as_dict() for row in rows],
        "scenarios": [scenario.as_dict() for row in rows for scenario in (row.printed, row.moulded)],
    }
    lines = ["variants  moulding pays above      profit printed     profit moulded   printing earns more"]
    for row in rows:
        pays = "never, or not surely"
        if row.units is not None:
            pays = f"{row.units.value:,.0f} ({row.units.low:,.0f} to {row.units.high:,.0f})"
        lines.append(
            f"{row.variants:8}  {pays:<22} {row.printed.profit_mean / unit:>16,.0f} "
            f"{row.moulded.profit_mean / unit:>18,.0f}   {row.odds_print:.0%}"
        )
    print_result(result, as_json=as_json, text="\n".join(lines))
