"""Learn from what came out: estimate against actual, and which values of a design really print."""

from __future__ import annotations

from django.db import transaction

from glocal.shop.effects.once import once
from glocal.shop.jobs.models import Job
from glocal.shop.outcomes.models import EnvelopePoint, JobOutcome, LearntFactors, Phase
from glocal.shop.parts.printing import machine_family
from glocal.values import Estimate


def learn_from(job: Job) -> bool:
    """Learn from one job that has ended, once; return whether it taught anything about estimates."""
    return bool(once(f"job:{job.id}:learnt", lambda: _learn(job)))


def _learn(job: Job) -> bool:
    outcome = JobOutcome.objects.select_related("job__machine").get(job=job)
    _widen_envelope(outcome)
    actual_s = actual_time_s(outcome)
    if outcome.phase != Phase.OK or (actual_s is None and outcome.mass_g is None):
        return False
    _update_factors(outcome, actual_s)
    return True


def actual_time_s(outcome: JobOutcome) -> float | None:
    """Return how long the print took in real seconds, or None where nobody measured it or the clock means nothing."""
    factor = outcome.job.machine.clock_factor
    if outcome.print_s is None or outcome.print_s <= 0 or factor is None:
        return None
    return outcome.print_s * factor


@transaction.atomic
def _update_factors(outcome: JobOutcome, actual_s: float | None) -> None:
    from glocal.quoting.learning import Factors, update_factors
    from glocal.quoting.model import PrintUse

    job = outcome.job
    row, _ = LearntFactors.objects.get_or_create(name="shop", defaults={"factors": Factors().as_dict()})
    row = LearntFactors.objects.select_for_update().get(pk=row.pk)
    factors = update_factors(
        Factors.from_dict(row.factors),
        PrintUse(
            time_s=Estimate(job.estimate_s, job.estimate_s, job.estimate_s, job.slicer),
            mass_g=Estimate(job.estimate_g, job.estimate_g, job.estimate_g, job.slicer),
            method="exact",
            source=job.slicer,
        ),
        actual_s,
        outcome.mass_g,
        machine_id=job.machine.profile_id,
        machine_family=machine_family(job.machine),
        material_id=job.material_id,
    )
    row.factors = factors.as_dict()
    row.jobs_seen += 1
    row.save()


def _widen_envelope(outcome: JobOutcome) -> None:
    """Note for each order on the plate which values were printed, and what came out."""
    quotes = {
        piece.order.quote_id: piece.order.quote
        for piece in outcome.job.pieces.select_related("order__quote__product", "order__quote__part")
    }
    EnvelopePoint.objects.bulk_create(
        EnvelopePoint(
            product=quote.product,
            template_hash=quote.part.template_hash if quote.part else quote.product.template_hash,
            job=outcome.job,
            values=quote.values,
            material_id=quote.material_id,
            phase=outcome.phase,
        )
        for quote in quotes.values()
    )
