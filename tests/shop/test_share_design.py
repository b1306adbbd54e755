"""A design of the owner's own goes out with what its prints taught, and another shop has it with all of that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glocal.commons.design_fetch import fetched
from glocal.commons.files import DirectoryReader
from glocal.commons.labels import block_record
from glocal.commons.okh_errors import LicenceForbids
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.records import problem_record
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from glocal.design.envelope import Span
from glocal.shop.commons.actions import log_directory, outcome_of, shop_log
from glocal.shop.commons.know_how import everything_known
from glocal.shop.commons.share_design import share_design, shared_before, take_back_design, told_span
from glocal.shop.commons.use_design import known_about, use_design
from glocal.shop.errors import OrderInvalid
from glocal.shop.jobs.models import Job
from glocal.shop.models import EnvelopePoint, Product
from glocal.shop.outcomes.envelope import envelope_of
from glocal.shop.products.own_designs import ALL_RIGHTS, Said, bring_design
from glocal.shop.workflow import job_steps
from glocal.shop.workflow.conclude import Verdict, conclude
from tests.commons.shops import MONTH, new_log
from tests.shop.conftest import ShopUnderTest

pytestmark = pytest.mark.django_db
BLOCK = b"side = 5; // [1:9]\nheight = 5; // [1:9]\ncube([side, side, height]);"


def designs() -> list[Any]:
    return [each.record for each in everything_known() if each.record["kind"] == "design"]


def printed_spans(record: Any) -> dict[str, Any]:
    return {each["name"]: each["printed"] for each in record["parameters"] if "printed" in each}


@pytest.fixture
def peg(shop: ShopUnderTest, job: Job) -> Product:
    """Return the shop's own peg, which has printed well five times."""
    job_steps.mark_printing(job)
    conclude(job, Verdict("ok", "The printer finished it.", print_s=600.0))
    product = Product.objects.get(slug="peg")
    for side in (6.0, 7.0, 8.0, 9.0, 20.0):
        EnvelopePoint.objects.create(
            product=product, template_hash=product.template_hash, job=job, values={"side": side, "height": 20.0},
            material_id="petg", phase="ok",
        )  # fmt: skip
    return product


def test_a_shared_design_tells_its_ranges_its_terms_and_where_it_printed_well(peg: Product, job: Job) -> None:
    share_design(peg)
    (record,) = designs()
    assert (record["title"], record["licence"], record["attribution"]) == (
        {"en": "Peg"},
        "CC-BY-4.0",
        ["glocal contributors"],
    )
    assert printed_spans(record)["side"]["prints"] == 5
    assert {each["name"] for each in record["parameters"]} == {"side", "height", "shape", "name"}
    assert outcome_of(job, shop_log(peg.shop))["refs"] == [peg.shared_as]  # what comes back names the design


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(17.34, 21.87, (18, 21)), (0.0, 0.1234, (0, 0.12)), (-3.21, 1234.0, (-3.2, 1200)), (17.1, 17.2, None)],
)
def test_no_customer_s_own_measure_is_told(low: float, high: float, told: tuple[float, float] | None) -> None:
    assert told_span(Span(low, high, 9)) == (told and {"low": told[0], "high": told[1], "prints": 9})


def test_of_few_prints_no_values_are_told(peg: Product) -> None:
    EnvelopePoint.objects.filter(values__side=9.0).delete()
    share_design(peg)
    assert printed_spans(designs()[0]) == {}


def test_prints_since_are_told_anew_in_place_of_what_was_told(peg: Product, job: Job) -> None:
    first = share_design(peg)
    EnvelopePoint.objects.create(
        product=peg, template_hash=peg.template_hash, job=job, values={"side": 30.0}, material_id="petg", phase="ok"
    )
    second = share_design(peg)
    (record,) = designs()
    assert (record["supersedes"], record["id"]) == (first.record_id, second.record_id)
    assert printed_spans(record)["side"]["high"] == 30.0


def test_what_was_taken_back_is_gone_and_can_be_shared_again(peg: Product) -> None:
    share_design(peg)
    share_design(peg)
    package = shop_log(peg.shop).public / "package"
    take_back_design(peg)
    assert designs() == []
    assert not [file for file in package.rglob("*") if file.is_file()]
    assert shared_before(peg) is None
    share_design(peg)
    assert len(designs()) == 1
    assert shared_before(peg) is not None


def test_what_is_not_to_be_shared_is_refused(peg: Product) -> None:
    mine = bring_design(peg.shop, BLOCK, "a.scad", Said("Mine", "Ann", ALL_RIGHTS), work_min=1)
    with pytest.raises(OrderInvalid, match="nobody else may use"):
        share_design(mine)
    Product.objects.filter(id=mine.id).update(package="bundled:plant-pot")
    with pytest.raises(OrderInvalid, match="not yours"):
        share_design(Product.objects.get(id=mine.id))
    share_design(peg)
    alike = bring_design(peg.shop, BLOCK + b"\n", "b.scad", Said("Other", "Ann", "CC0-1.0"), work_min=1)
    with pytest.raises(LicenceForbids, match="asks to name its authors"):  # CC-BY asks for names, CC0 would drop them
        share_design(alike, made_from=peg.shared_as)


def test_who_uses_it_knows_where_it_printed_well(peg: Product, shop_home: Path) -> None:
    share_design(peg)
    log = shop_log(peg.shop)
    there = shop_home / "elsewhere"
    copy = PeerCopy.create(there / "peers", Following(log.root_vkey, (str(log.public),)))
    sync(copy, [Source("stick", DirectoryReader(log.public))])
    package = fetched(shop_home / "commons", peg.shared_as)
    package_hash = peg.shared_as
    Product.objects.filter(id=peg.id).update(slug="peg-before")  # the same shop plays the other one
    used = Product.objects.get(slug=use_design(package, package_hash, work_min=2)["product"])
    assert used.shared_as == package_hash
    assert envelope_of(used)["side"] == Span(6.0, 20.0, 5)
    with pytest.raises(OrderInvalid, match="not yours"):
        share_design(used)


def test_what_is_told_of_a_design_heeds_labels_and_reads_no_log_twice(
    peg: Product, shop_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_design(peg)
    other = new_log(shop_home / "other", "other.example/commons")
    told = problem_record(id=other.record_id("1"), symptom="stringing", text="It strings.", context={}, title="Strings")
    other.append({**told, "refs": [peg.shared_as]}, month=MONTH)
    sync(
        PeerCopy.create(log_directory() / "peers", Following(other.root_vkey, (str(other.public),))),
        [Source("stick", DirectoryReader(other.public))],
    )
    assert [each["title"] for each in known_about(peg.shared_as)["problems"]] == ["Strings"]
    with monkeypatch.context() as closed:
        closed.setattr("glocal.commons.heard.known_records", None)
        assert known_about(peg.shared_as)["problems"]
    shop_log(peg.shop).append(block_record(other.root_vkey), month=MONTH)
    assert known_about(peg.shared_as)["problems"] == []
