"""What came out of each job, and what the shop has learnt."""

from __future__ import annotations

from django.db import models

from glocal.shop.jobs.models import Job
from glocal.shop.privacy import NOBODY
from glocal.shop.products.models import Product
from glocal.shop.thing import Thing, at_least, one_of

DECLINED = "declined"  # a job's defect when its maker gave it back before it began
UNFIT_MACHINE = "unfit_machine"  # where an event of that name tells the machine for which no plate could be prepared


class Phase(models.TextChoices):
    """How far a job came, as in :class:`glocal.production.model.Outcome`."""

    NEVER_STARTED = "never_started", "never started"
    CANCELLED = "cancelled", "cancelled"
    MACHINE_FAULT = "machine_fault", "fault of the machine"
    PART_FAULT = "part_fault", "fault of the part"
    OK = "ok", "good"


class SaidBy(models.TextChoices):
    """Who says so."""

    PRINTER = "printer", "the printer"
    MAKER = "maker", "the maker"


class JobOutcome(Thing):
    """What came out of one job."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="outcome")
    phase = models.CharField(max_length=20, choices=Phase)
    defect = models.CharField(max_length=60, blank=True)
    print_s = models.FloatField(null=True)
    mass_g = models.FloatField(null=True)
    deviation_mm = models.FloatField(null=True, help_text="the largest that was measured between design and piece")
    photo_file = models.CharField(max_length=64, blank=True, help_text="in the file store; drawn anew, nothing in it")
    note = models.TextField(blank=True)
    said_by = models.CharField(max_length=10, choices=SaidBy)

    personal_data = NOBODY

    class Meta:
        constraints = [
            one_of("phase", Phase, "outcome_phase_known"),
            one_of("said_by", SaidBy, "outcome_said_by_known"),
            at_least("deviation_mm", 0, "outcome_deviation_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} of {self.job}"


class LearntFactors(Thing):
    """Estimate against actual so far, as :mod:`glocal.quoting.learning` keeps it; one row per shop, rewritten."""

    name = models.SlugField(unique=True, default="shop")
    factors = models.JSONField()
    jobs_seen = models.IntegerField(default=0)

    personal_data = NOBODY

    def __str__(self) -> str:
        return f"factors from {self.jobs_seen} jobs"


class EnvelopePoint(Thing):
    """One set of values of a design that was printed, with what came out: the validity envelope is their extent."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="envelope")
    template_hash = models.CharField(max_length=64)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="envelope")
    values = models.JSONField()
    material_id = models.SlugField()
    phase = models.CharField(max_length=20, choices=Phase)

    personal_data = NOBODY

    class Meta:
        constraints = [one_of("phase", Phase, "envelope_phase_known")]

    def __str__(self) -> str:
        return f"{self.product}: {self.phase}"
