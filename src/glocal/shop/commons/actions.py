"""Share what came out of a job in the shop's signed log, without the job, the customer or their words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from glocal.shop.commons.models import CommonsEntry
from glocal.shop.jobs.models import Job
from glocal.shop.outcomes.actions import actual_time_s
from glocal.shop.outcomes.models import JobOutcome
from glocal.shop.shops.models import Shop
from glocal.values import canonical_json

if TYPE_CHECKING:
    from glocal.commons.log import Log


def log_directory() -> Path:
    """Return where the shop's log lies."""
    return Path(settings.GLOCAL_HOME) / "commons"


def shop_log(shop: Shop) -> Log:
    """Return the shop's log; begin it with fresh keys the first time, whoever comes first."""
    from glocal.commons.files import exclusive_lock
    from glocal.commons.keys import create_keys, load_keys
    from glocal.commons.log import Log

    directory = log_directory()
    if Log.exists(directory):
        return Log.open(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    keys_directory = directory.parent / "commons-keys"
    with exclusive_lock(directory.parent / "commons.lock", wait_s=20.0):
        if Log.exists(directory):
            return Log.open(directory)
        keys = load_keys(keys_directory) if keys_directory.exists() else create_keys(keys_directory)
        return Log.create(directory, f"{shop.slug}.localhost", keys)


def share_outcome(shop: Shop, job: Job) -> CommonsEntry | None:
    """Append what came out of a job to the log, once; ``None`` when the owner does not share outcomes.

    Where a maker has judged otherwise since it was shared, a second record takes the place of the first. What was taken
    back from the log is not said again.
    """
    if not shop.shares_outcomes:
        return None
    log = shop_log(shop)
    record = outcome_of(job, log)
    said = list(CommonsEntry.objects.filter(job=job))
    if said:
        if not said[-1].record or _content(said[-1].record) == _content(record):
            return _as_said(job, said[-1])
        record |= {"id": log.record_id(f"{job.id} {len(said)}"), "supersedes": said[-1].record_id}
    ended_at = job.ended_at or job.created_at
    appended = log.append(record, month=f"{ended_at:%Y-%m}")
    entry, _ = CommonsEntry.objects.get_or_create(
        record_id=appended.id,
        defaults={
            "job": job,
            "kind": record.get("type", "outcome"),
            "record": record,
            "epoch": appended.epoch,
            "leaf_index": appended.index,
            "leaf_hash": appended.leaf_hash,
            "checkpoint": appended.checkpoint.note.decode(),
        },
    )
    return _as_said(job, entry)


def _as_said(job: Job, entry: CommonsEntry) -> CommonsEntry:
    """Note that nothing is left to correct, unless somebody has said more meanwhile."""
    if job.said_at is not None:
        Job.objects.filter(id=job.id, said_at=job.said_at).update(said_at=None)
    return entry


def _content(record: dict[str, Any]) -> bytes:
    """Return what a record says, without which record it is."""
    return canonical_json({key: value for key, value in record.items() if key not in {"id", "supersedes"}})


def outcome_of(job: Job, log: Log) -> dict[str, Any]:
    """Return the privacy-safe record of a job's outcome."""
    from glocal.commons.outcomes import CameOut, outcome_record
    from glocal.production.materials import get_material
    from glocal.production.model import Recipe
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.shop.parts.queries import load_part

    outcome = JobOutcome.objects.select_related("job__machine").get(job=job)
    piece = job.pieces.select_related("order__quote__part").first()
    if piece is None or piece.order.quote.part is None:
        raise RuntimeError("a job without a piece has no outcome to share")
    return outcome_record(
        id=log.record_id(str(job.id)),
        machine=get_machine(job.machine.profile_id),
        machine_alias=log.machine_alias(str(job.machine_id)),
        material=get_material(job.material_id),
        recipe=Recipe(**job.recipe),
        part=load_part(piece.order.quote.part).features,
        came_out=CameOut(
            phase=outcome.phase,
            defect=outcome.defect or None,
            estimated_s=job.estimate_s,
            actual_s=actual_time_s(outcome),
            estimated_g=job.estimate_g,
            actual_g=outcome.mass_g,
            deviation_mm=outcome.deviation_mm,
            evidence=_evidence(outcome),
            tried=tuple(job.tried),
        ),
        design=_published_design(job),
    )


def _published_design(job: Job) -> str | None:
    """Return by which hash shops know the design on the plate; None where it is not one, or they do not know it."""
    known = {piece.order.quote.product.shared_as for piece in job.pieces.select_related("order__quote__product")}
    return known.pop() or None if len(known) == 1 else None


def _evidence(outcome: JobOutcome) -> str:
    if outcome.deviation_mm is not None:
        return "measured"
    return "machine" if outcome.said_by == "printer" else "maker"
