"""A machine's pages: the same for its maker by their link and for the owner at the desk, for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from glocal.shop.makers.links import link_of
from glocal.shop.makers.models import PrinterConnection
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, django_user_model: Any) -> Client:
    client.force_login(django_user_model.objects.create(username="owner", is_staff=True))
    return client


def address(machine: Any, page: str) -> str:
    return f"/maker/{link_of(machine.maker)}/machines/{machine.slug}/{page}"


def test_a_connection_that_fails_is_told_and_not_kept(client: Client, quote: Any, machine: Any) -> None:
    page = address(machine, "connection/")
    assert "Try it and keep it" in client.get(page).content.decode()
    answer = client.post(page, {"kind": "moonraker", "url": "http://127.0.0.1:9"})
    assert answer.status_code == 422
    assert "so nothing was changed" in answer.content.decode()
    assert not PrinterConnection.objects.exists()


def test_what_a_server_needs_is_asked_for(client: Client, quote: Any, machine: Any) -> None:
    answer = client.post(address(machine, "connection/"), {"kind": "bambu", "url": "printer.invalid"})
    assert answer.content.decode().count("This kind of printer needs it.") == 2
    assert not PrinterConnection.objects.exists()


def test_by_hand_is_always_kept(client: Client, quote: Any, machine: Any) -> None:
    answer = client.post(address(machine, "connection/"), {"kind": "hand"})
    assert answer.status_code == 302
    assert PrinterConnection.objects.get().kind == "hand"


def test_another_makers_link_reaches_no_machine_of_this_one(client: Client, quote: Any, machine: Any) -> None:
    other = make_machine("other")
    page = address(machine, "connection/").replace(link_of(machine.maker), link_of(other.maker))
    assert client.get(page).status_code == 404
    assert client.post(page, {"kind": "hand"}).status_code == 404


def test_the_owner_sees_every_machine_and_how_it_is_driven(owner: Client, quote: Any, machine: Any) -> None:
    listed = owner.get("/desk/machines/").content.decode()
    assert "Near&#x27;s printer" in listed
    assert f"/desk/machines/{machine.slug}/connection/" in listed
    assert owner.get(f"/desk/machines/{machine.slug}/connection/").status_code == 200


def test_a_machine_without_a_camera_answers_with_nothing(client: Client, quote: Any, machine: Any) -> None:
    answer = client.get(address(machine, "camera.jpg"))
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_maker_picks_a_model_by_name_and_says_what_differs(client: Client, quote: Any, machine: Any) -> None:
    link = link_of(machine.maker)
    page = f"/maker/{link}/makers/{machine.maker.slug}/new-machine/"
    found = client.get(page, {"q": "ender-3"}).content.decode()
    assert "?model=creality-ender-3-0-4-mm-nozzle" in found
    typed = {"name": "Mine", "hourly": "1.25", "power_w": "100", "setup_min": "5", "height_mm": "180"}
    answer = client.post(page, {"model": "creality-ender-3-0-4-mm-nozzle", **typed})
    assert answer.status_code == 302, answer.content.decode()
    made = machine.maker.machines.exclude(id=machine.id).get()
    assert (made.profile_id, made.hourly_minor) == ("creality-ender-3-0-4-mm-nozzle~h180", 125)
    other = make_machine("other")
    assert client.get(page.replace(link, link_of(other.maker))).status_code == 404


def test_spools_are_written_down_and_thrown_away(client: Client, quote: Any, machine: Any) -> None:
    page = address(machine, "spools/")
    spool = machine.spools.get()
    typed = {f"{spool.id}-material_id": "petg", f"{spool.id}-remaining_g": "420", "where": "shelf"}
    assert client.post(page, {"spool": str(spool.id), **typed}).status_code == 302
    spool.refresh_from_db()
    assert (spool.remaining_g, spool.machine) == (420.0, None)
    assert client.post(page, {"spool": "new", "new-material_id": "wood", "where": "machine"}).status_code == 422
    client.post(page, {"spool": str(spool.id), "throw_away": "1"})
    assert not machine.maker.spools.exists()
