"""Parts are laid down as they print best, where the check finds that it matters and the author lets it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import trimesh

from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.models import Job
from glocal.shop.makers.console import extents_of, layout_of
from glocal.shop.parts import actions
from glocal.shop.parts.metadata import part_metadata
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import setup_for
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry

pytestmark = pytest.mark.django_db


def pole(shop: ShopUnderTest) -> BuiltPart:
    """Return a pole of 4 × 4 × 100 mm that stands."""
    from glocal.design.parameters import bind

    template = shop.product.template()
    return actions.built_part(template, bind(template, {"side": 4.0, "height": 100.0}))


def test_a_pole_is_laid_down_with_reasons_and_asked_once(shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    part = pole(shop)
    setup = setup_for(part, "reference", "petg", {})
    assert setup.lying.part.mesh.extent_mm[2] == pytest.approx(4.0)
    assert setup.lying.part.features.extent_mm == pytest.approx(setup.lying.part.mesh.extent_mm)
    assert setup.lying.part.hash == part.hash  # the same part, on another side
    assert any("tall" in reason["message"] for reason in setup.lying.reasons)
    assert not {finding.code for finding in setup.findings} & actions.ASK_TO_TURN
    assert setup.recipe.brim_mm == 0.0

    def twice(*_: Any) -> None:
        raise AssertionError("it was worked out before")

    monkeypatch.setattr(actions, "_best_way", twice)
    assert setup_for(part, "reference", "petg", {}).lying.reasons == setup.lying.reasons


def test_an_author_who_says_as_modelled_is_heeded(shop: ShopUnderTest) -> None:
    setup = setup_for(pole(shop), "reference", "petg", {"orientation": "as_modelled"})
    assert setup.lying.part.mesh.extent_mm[2] == pytest.approx(100.0)
    assert setup.lying.reasons == ()
    assert setup.recipe.brim_mm > 0  # it stands on little, so it gets a brim


@pytest.mark.parametrize(("notes", "warned"), [({}, True), ({"pieces": 2}, False), ({"pieces": 1}, True)])
def test_pieces_that_are_meant_are_not_warned_of(shop: ShopUnderTest, notes: dict[str, Any], warned: bool) -> None:
    box = trimesh.creation.box((10, 10, 10))
    two = trimesh.util.concatenate([box, box.copy().apply_translation((20, 0, 0))])
    part = actions.keep_part(part_from_mesh(Mesh(two.vertices, two.faces.astype("int32")), "Pot and saucer"))
    setup = setup_for(part, "reference", "petg", notes)
    assert ("loose_bodies" in {finding.code for finding in setup.findings}) is warned


def test_what_prints_well_as_it_came_stays_so(shop: ShopUnderTest) -> None:
    from glocal.design.parameters import bind

    template = shop.product.template()
    flat = actions.built_part(template, bind(template, {"side": 20.0, "height": 2.0}))
    assert setup_for(flat, "reference", "petg", {}).lying.turn == ()


def test_a_job_says_how_its_pieces_lie_and_why_and_the_timeline_too(shop: ShopUnderTest) -> None:
    order = shop.order(side=4.0, values={"height": 100.0})
    carry(order)
    entry = Job.objects.get().plate[0]
    assert entry["reasons"]
    assert len(entry["turn"]) == 3
    layout = layout_of(Job.objects.get(), extents_of([Job.objects.get()]))
    assert layout is not None
    assert sorted((layout.lying[0].width_mm, layout.lying[0].depth_mm)) == pytest.approx([4.0, 100.0])
    queued = order.events.get(code="queued")
    assert "on another side" in queued.message
    assert queued.data["turned"] == entry["reasons"]
    plated = shop.slicer.plates[-1].pieces[0].part
    assert plated.mesh.extent_mm[2] == pytest.approx(4.0)


def test_a_plate_names_author_licence_and_parameters(shop: ShopUnderTest) -> None:
    carry(shop.order())
    job = Job.objects.get()
    with zipfile.ZipFile(io.BytesIO(shop_files().read(job.threemf_file))) as archive:
        model = archive.read("3D/3dmodel.model").decode()
        assert archive.read("Metadata/thumbnail.png")
    for line in (
        '<metadata name="Designer">glocal contributors</metadata>',
        '<metadata name="LicenseTerms">CC-BY-4.0</metadata>',
        '<metadata name="glocal:parameter-side">20</metadata>',
    ):
        assert line in model
    assert f'p:UUID="{job.pieces.get().id}"' in model
    assert "ann@example.org" not in model
    assert "Ann" not in model
    assert part_metadata(job.pieces.get().order.quote.part)["design"] == shop.product.slug


def test_a_picture_is_drawn_once_for_two_who_ask(shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    part = pole(shop)
    drawn = []
    monkeypatch.setattr("glocal.design.picture.render_png", lambda mesh: drawn.append(mesh) or b"a picture")
    one, other = BuiltPart.objects.get(id=part.id), BuiltPart.objects.get(id=part.id)  # read before either asked
    assert one.picture_file == other.picture_file
    assert shop_files().read(other.picture_file) == b"a picture"
    assert len(drawn) == 1
