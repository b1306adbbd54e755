"""From a plate to a job: slice it, check and label its G-code, write its 3MF, and put it into the printer's queue."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glocal.shop.files.store import shop_files
from glocal.shop.jobs.models import Job
from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.models import Piece
from glocal.shop.parts.metadata import plate_metadata
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import Setup, plate_as_list, recipe_as_dict, sliced
from glocal.shop.parts.queries import finding_as_dict
from glocal.shop.quotes.actions import refuse_if_blocked
from glocal.shop.workflow.handover import enqueue_print
from glocal.values import new_id

if TYPE_CHECKING:
    from glocal.production.model import Plate, SliceResult


@dataclass(frozen=True, slots=True)
class ReadyPlate:
    """A plate with its files, ready to become a job."""

    job_id: uuid.UUID
    plate: Plate
    result: SliceResult
    gcode_file: str
    threemf_file: str


def ready_plate(setup: Setup, plate: Plate, part: BuiltPart, title: str) -> ReadyPlate:
    """Slice a plate and write its files.

    Parameters
    ----------
    part : BuiltPart
        Whose picture the files carry, and of whom a refusal speaks.
    title : str
        Of the 3MF file.
    """
    from glocal.production.gcode import read_gcode
    from glocal.production.gcode_label import label_gcode
    from glocal.production.gcode_safety import check_gcode

    result = sliced(setup, plate)
    findings = [
        finding_as_dict(finding) for finding in check_gcode(read_gcode(result.gcode), setup.machine, setup.material)
    ]
    refuse_if_blocked(part, findings)
    files = shop_files()
    job_id = new_id()
    picture = files.read(part.picture_file)
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "job.gcode"
        label_gcode(result.gcode, job_name=f"job-{job_id}", thumbnail_png=picture, output=target)
        gcode_file = files.put_file(target)
    return ReadyPlate(job_id, plate, result, gcode_file, files.put(_threemf(title, plate, picture)))


def _threemf(title: str, plate: Plate, picture: bytes) -> bytes:
    from glocal.design.threemf import PlacedObject, write_3mf
    from glocal.production.plate import placed_mesh

    objects = [
        PlacedObject(placed_mesh(placed), placed.piece_id, f"{placed.part.title} {number}", None)
        for number, placed in enumerate(plate.pieces, 1)
    ]
    rows = BuiltPart.objects.filter(hash__in={placed.part.hash for placed in plate.pieces}).order_by("id")
    return write_3mf(objects, metadata=plate_metadata(list(rows), title), thumbnail_png=picture)


def write_job(machine: MakerMachine, ready: ReadyPlate, setup: Setup, others: Sequence[Setup] = ()) -> Job:
    """Write the job of a plate and hand it to its printer's queue, with the current transaction.

    ``others``: the set-ups of the other parts on the plate, each with its own way to lie.
    """
    job = Job.objects.create(
        id=ready.job_id,
        machine=machine,
        plate=plate_as_list(ready.plate, [setup.lying, *(other.lying for other in others)]),
        material_id=setup.material.id,
        recipe=recipe_as_dict(setup.recipe),
        advice=setup.advice,
        gcode_file=ready.gcode_file,
        threemf_file=ready.threemf_file,
        input_hash=ready.result.input_hash,
        estimate_s=ready.result.time_s,
        estimate_g=ready.result.mass_g,
        slicer=ready.result.slicer,
    )
    job.pieces.set(Piece.objects.filter(id__in=[placed.piece_id for placed in ready.plate.pieces]))
    enqueue_print(job)
    return job
