"""The maker's page: opened by the maker's own link, and only their own work on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from glocal.shop.makers.links import link_of
from glocal.shop.orders.actions import CustomerDetails, place_order
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(quote: Any, machine: Any, no_engine: list[Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("glocal.shop.workflow.conclude.send", lambda *_, **__: None)  # no workflow carries it
    from glocal.shop.files.store import shop_files
    from glocal.shop.models import Job

    order = place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="once")
    gcode = shop_files().put(b"G90\n")
    job = Job.objects.create(
        machine=machine,
        plate=[],
        material_id="petg",
        recipe={},
        gcode_file=gcode,
        threemf_file=gcode,
        input_hash="0" * 64,
        estimate_s=900.0,
        estimate_g=5.0,
        slicer="PrusaSlicer-2.5.0",
    )
    job.pieces.set(order.pieces.all())
    return job


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    messages: list[Any] = []
    monkeypatch.setattr("glocal.shop.jobs.actions.send", lambda _, message, **__: messages.append(message))
    monkeypatch.setattr("glocal.shop.makers.actions.send", lambda _, message, **__: messages.append(message))
    return messages


def page_address(machine: Any) -> str:
    return f"/maker/{link_of(machine.maker)}/"


def test_a_job_by_hand_asks_for_an_answer_and_gives_its_file(client: Client, job: Any, machine: Any) -> None:
    page = client.get(page_address(machine)).content.decode()
    assert "Peg" in page
    assert "Printed, and good" in page
    gcode = client.get(f"{page_address(machine)}jobs/{job.id}/print.gcode")
    assert gcode.content == b"G90\n"
    assert job.file_name in gcode.headers["Content-Disposition"]


@pytest.mark.parametrize("answer", ["printed_ok", "not_printed", "failed"])
def test_the_makers_word_reaches_the_order(
    client: Client, job: Any, machine: Any, sent: list[Any], answer: str
) -> None:
    response = client.post(f"{page_address(machine)}jobs/{job.id}/", {"answer": answer})
    assert response.status_code == 302
    assert [message["answer"] for message in sent] == [answer]


def test_a_word_that_is_no_answer_changes_nothing(client: Client, job: Any, machine: Any, sent: list[Any]) -> None:
    response = client.post(f"{page_address(machine)}jobs/{job.id}/", {"answer": "perhaps"})
    assert response.status_code == 422
    assert sent == []


def test_another_makers_link_opens_nothing_of_this_one(client: Client, job: Any, sent: list[Any]) -> None:
    other = make_machine("other")
    assert "Peg" not in client.get(page_address(other)).content.decode()
    assert client.post(f"{page_address(other)}jobs/{job.id}/", {"answer": "failed"}).status_code == 404
    assert client.get(f"{page_address(other)}jobs/{job.id}/print.gcode").status_code == 404
    assert sent == []


def test_a_changed_link_opens_nothing(client: Client, machine: Any) -> None:
    assert client.get(page_address(machine)[:-2] + "x/").status_code == 404


def test_the_plate_is_cleared(client: Client, quote: Any, machine: Any, sent: list[Any]) -> None:
    type(machine).objects.filter(id=machine.id).update(plate_state="occupied")
    assert "The plate is clear" in client.get(page_address(machine)).content.decode()
    client.post(f"{page_address(machine)}machines/{machine.slug}/plate/")
    machine.refresh_from_db()
    assert machine.plate_state == "clear"


def test_an_outcome_is_said_in_two_clicks_with_a_picture_of_what_went_wrong(
    client: Client, job: Any, machine: Any, sent: list[Any]
) -> None:
    where = f"{page_address(machine)}jobs/{job.id}/outcome/"
    assert where in client.get(page_address(machine)).content.decode()
    page = client.get(where).content.decode()
    assert page.count('<svg class="failure"') >= 8
    answer = client.post(where, {"defect": "warping", "mass_g": "4.5", "print_min": "30"})
    assert answer.status_code == 302
    assert (sent[0]["phase"], sent[0]["defect"]) == ("part_fault", "warping")
    assert (sent[0]["mass_g"], sent[0]["print_s"]) == (4.5, 1800.0)


def test_a_maker_says_what_they_tried_and_finds_it_ticked(
    client: Client, job: Any, machine: Any, sent: list[Any]
) -> None:
    where = f"{page_address(machine)}jobs/{job.id}/outcome/"
    (answer,) = re.findall(
        r'name="tried" value="([^"]+)"', client.get(where, {"look": "corners lift"}).content.decode()
    )[:1]
    assert client.post(where, {"word": "tried", "tried": [answer]}).status_code == 302
    assert sent == [], "the print itself is not judged yet"
    assert f'value="{answer}" checked' in client.get(where).content.decode()
    assert client.post(where, {"word": "good", "tried": ["nobody's"]}).status_code == 422
    assert sent == []


def test_a_photo_that_is_none_is_refused_and_nothing_is_said(
    client: Client, job: Any, machine: Any, sent: list[Any]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    where = f"{page_address(machine)}jobs/{job.id}/outcome/"
    photo = SimpleUploadedFile("photo.jpg", b"<script>", "image/jpeg")
    answer = client.post(where, {"word": "good", "photo": photo})
    assert answer.status_code == 422
    assert "no picture" in answer.content.decode()
    assert sent == []
    assert client.post(where, {"defect": "bad luck"}).status_code == 422


def test_an_upload_that_says_it_is_huge_is_not_taken_in(client: Client, job: Any, machine: Any) -> None:
    where = f"{page_address(machine)}jobs/{job.id}/outcome/"
    answer = client.post(where, {"word": "good"}, headers={"content-length": "900000000"})
    assert answer.status_code == 400


def test_a_plate_shows_its_layout_its_material_and_when_it_is_due(client: Client, job: Any, machine: Any) -> None:
    from glocal.shop.models import Job, Spool

    piece = job.pieces.get()
    placed = {"piece": str(piece.id), "part": piece.order.quote.part.hash, "x_mm": 125, "y_mm": 105, "angle_deg": 90}
    Job.objects.filter(id=job.id).update(plate=[placed])
    page = client.get(page_address(machine)).content.decode()
    assert 'viewBox="-2 -2 254 214"' in page, "the bed of an MK3S"
    assert '<rect class="lying" x="121.00" y="101.00" width="8.00" height="8.00"/>' in page
    assert "loaded" in page
    assert "Promised for" in page
    Spool.objects.all().delete()
    assert "Load:" in client.get(page_address(machine)).content.decode()


def test_labels_carry_a_code_for_every_piece_and_no_customer(client: Client, job: Any, machine: Any) -> None:
    page = client.get(f"{page_address(machine)}jobs/{job.id}/labels/").content.decode()
    piece = job.pieces.get()
    assert f"/p/{piece.id}/" in page
    assert page.count("<svg") == 1
    assert "Ada" not in page


def test_a_plate_that_cannot_be_printed_looks_for_another_maker(
    client: Client, job: Any, machine: Any, no_engine: list[Any]
) -> None:
    from glocal.shop.jobs.decline import declined_machines
    from glocal.shop.models import Spool

    order = job.pieces.get().order
    where = f"{page_address(machine)}jobs/{job.id}/decline/"
    assert client.post(where, {"reason": "mood"}).status_code == 422
    assert client.post(where, {"reason": "part"}).status_code == 422, "the shop must learn what is wrong with it"
    no_engine.clear()
    assert client.post(where, {"reason": "material"}).status_code == 302
    job.refresh_from_db()
    order.refresh_from_db()
    assert (job.state, order.state, order.generation) == ("failed", "failed_retry", 2)
    assert declined_machines(order) == {machine.slug}
    assert not Spool.objects.filter(machine=machine, material_id="petg").exists()
    assert len(no_engine) == 1, "the order looks for another maker"
    assert client.post(where, {"reason": "time"}).status_code == 409


def test_a_broken_machine_is_busy_until_it_is_free_again(client: Client, job: Any, machine: Any) -> None:
    client.post(f"{page_address(machine)}jobs/{job.id}/decline/", {"reason": "broken"})
    machine.refresh_from_db()
    assert machine.busy_until is not None
    assert "It is free again" in client.get(page_address(machine)).content.decode()
    client.post(f"{page_address(machine)}machines/{machine.slug}/free/")
    machine.refresh_from_db()
    assert machine.busy_until is None


def test_the_pieces_of_an_order_share_its_lines_to_the_last_cent() -> None:
    from glocal.shop.makers.console import share_of_piece

    lines = [{"code": "material", "amount_minor": 100}, {"code": "margin", "amount_minor": 999}]
    assert [share_of_piece(lines, number, 3) for number in (1, 2, 3)] == [33, 33, 34]


def test_a_maker_learns_the_address_when_it_is_ready(client: Client, job: Any, machine: Any) -> None:
    order = job.pieces.get().order
    order.delivery_address, order.machine = "1 rue du Panier", machine
    order.save()
    type(order.quote).objects.filter(id=order.quote_id).update(delivery=True)
    assert "rue du Panier" not in client.get(page_address(machine)).content.decode()
    type(order).objects.filter(id=order.id).update(state="done")
    assert "1 rue du Panier" in client.get(page_address(machine)).content.decode()
    assert "rue du Panier" not in client.get(page_address(make_machine("other"))).content.decode()


def test_the_makers_page_asks_the_database_little(client: Client, job: Any, machine: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.desk_data import fill

    fill(12, now=job.created_at, days=2, open_orders=8)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page_address(machine)).status_code == 200
    assert len(asked) <= 14, [one["sql"][:80] for one in asked]


def test_a_maker_without_a_machine_is_asked_for_one(client: Client, machine: Any, product: Any) -> None:
    assert "No machine of yours is here yet" not in client.get(page_address(machine)).content.decode()
    address = page_address(machine)
    machine.delete()
    assert "No machine of yours is here yet" in client.get(address).content.decode()


def test_a_plate_that_was_given_back_did_not_fail_and_does_not_come_back_to_its_maker(
    client: Client, job: Any, machine: Any
) -> None:
    from glocal.shop.jobs.decline import Reason, decline_job
    from glocal.shop.models import Order
    from glocal.shop.orders.events import tell

    decline_job(job.id, Reason.TIME)
    Order.objects.update(state="needs_maker", machine=machine)  # nobody else could make it
    page = client.get(page_address(machine)).content.decode()
    assert "You gave it back" in page
    assert "What helps against it" not in page
    assert "failed several times" not in page
    tell(Order.objects.get(), "maker_goes_on", "The shop asked them once more.")
    assert "failed several times" in client.get(page_address(machine)).content.decode(), "and then it did fail"


def test_days_of_a_timeline_are_not_told_in_utc() -> None:
    from glocal.web.order_words import event_in_words

    for code in ("comes_late", "held"):
        assert "UTC" not in event_in_words(code, "likely 2026-11-27 10:39 UTC", {})
    assert event_in_words("matched", "Ann makes it on Mini.", {}) == "Ann makes it on Mini."
