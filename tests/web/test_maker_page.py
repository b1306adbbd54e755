"""The maker's page: opened by the maker's own link, and only their own work on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from glocal.shop.makers.links import link_of
from glocal.shop.orders.actions import CustomerDetails, place_order
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(quote: Any, machine: Any, no_engine: list[Any]) -> Any:
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
