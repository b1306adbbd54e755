"""What will be printed, layer by layer: for its maker and the owner, and for nobody else."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.test import Client

from glocal.shop.makers.links import link_of
from tests.production.test_gcode_preview import MARKED
from tests.shop.builders import make_machine
from tests.web.test_maker_page import job, page_address, sent  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def sliced(job: Any) -> Any:  # noqa: F811
    from glocal.shop.files.store import shop_files

    job.gcode_file = shop_files().put(MARKED + b"G4 S90\nG1 F60\nG1 X5 Y9 E2\n")
    job.save()
    return job


def test_the_lines_are_sent_packed_and_the_page_says_what_each_kind_takes(
    client: Client, sliced: Any, machine: Any
) -> None:
    where = f"{page_address(machine)}jobs/{sliced.id}/"
    page = client.get(f"{where}layers/").content.decode()
    assert "outer walls" in page  # what the component says
    assert '<th scope="row">infill</th><td>2 min' in page
    assert f"{where}lines.bin" in page
    packed = client.get(f"{where}lines.bin", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = client.get(f"{where}lines.bin")
    assert gzip.decompress(packed.content) == plain.content
    assert plain.content.startswith(b"GLL1")


@pytest.mark.parametrize("page", ["layers/", "lines.bin", "plate.3mf", "outcome/", "photo.jpg"])
def test_another_makers_link_shows_nothing_of_it(client: Client, sliced: Any, machine: Any, page: str) -> None:
    other = make_machine("other")
    where = f"{page_address(machine)}jobs/{sliced.id}/{page}"
    assert client.get(where.replace(link_of(machine.maker), link_of(other.maker))).status_code == 404
    assert client.get(f"/desk/jobs/{sliced.id}/{page}").status_code == 302  # to the sign-in


def test_why_it_lies_as_it_does_is_told_in_the_readers_language(client: Client, sliced: Any, machine: Any) -> None:
    from glocal.design.orient_reasons import Reason

    sliced.plate = [{"reasons": [Reason("no_support").as_dict(), "It was turned."]}]
    sliced.save()
    address = f"{page_address(machine)}jobs/{sliced.id}/layers/"
    page = client.get(address, headers={"accept-language": "fr"}).content.decode()
    assert "Elle n’a besoin d’aucun support. It was turned." in page
