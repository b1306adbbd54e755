"""Jobs: one plate on one machine, printed at most once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.models import Piece
from glocal.shop.privacy import NOBODY
from glocal.shop.thing import Thing, one_of


class JobState(models.TextChoices):
    """Where a job is. A job that failed is never printed again: its pieces go into a new job."""

    QUEUED = "queued", "waiting for its printer"
    WAITING_PRINTER = "waiting_printer", "the printer does not answer or does something else"
    WAITING_PLATE = "waiting_plate", "waiting for somebody to clear the plate"
    STARTING = "starting", "being sent to the printer"
    PRINTING = "printing", "printing"
    UNKNOWN = "unknown", "unknown: ask the maker"
    PRINTED = "printed", "printed"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


OPEN_STATES = frozenset(set(JobState) - {JobState.PRINTED, JobState.FAILED, JobState.CANCELLED})


class Job(Thing):
    """One plate on one machine.

    ``intent_at`` is written, and committed, before the printer is told to start. Whoever wrote it may start; anybody
    who finds it written reads the printer's state and history instead, so that no plate is printed twice.
    """

    machine = models.ForeignKey(MakerMachine, on_delete=models.PROTECT, related_name="jobs")
    pieces = models.ManyToManyField(Piece, related_name="jobs")
    state = models.CharField(max_length=20, choices=JobState, default=JobState.QUEUED)
    state_at = models.DateTimeField(default=timezone.now)
    plate = models.JSONField(help_text="where each piece lies")
    material_id = models.SlugField()
    recipe = models.JSONField()
    advice = models.TextField(blank=True, help_text="what the network added to the recipe, and why, for the maker")
    gcode_file = models.CharField(max_length=64)
    threemf_file = models.CharField(max_length=64)
    input_hash = models.CharField(max_length=64)
    estimate_s = models.FloatField()
    estimate_g = models.FloatField()
    slicer = models.CharField(max_length=60)
    run = models.IntegerField(default=1, help_text="raised when the workflow that carried the job broke")
    intent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    progress = models.FloatField(null=True)
    left_s = models.FloatField(null=True)
    progress_at = models.DateTimeField(null=True, help_text="when the progress last changed")
    note = models.TextField(blank=True)
    tried = models.JSONField(
        default=list, help_text="what names the network's answers that its maker tried on this print"
    )
    said_at = models.DateTimeField(
        null=True, help_text="when a person corrected what was shared; null once that is shared"
    )

    personal_data = NOBODY

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("state", JobState, "job_state_known"),
            models.CheckConstraint(
                condition=models.Q(progress__isnull=True) | models.Q(progress__gte=0, progress__lte=1),
                name="job_progress_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=True) | models.Q(intent_at__isnull=False),
                name="no_start_without_recorded_intent",
            ),
        ]
        indexes = [models.Index(fields=["machine", "state"], name="job_by_machine_and_state")]

    @property
    def colour(self) -> str:
        """The colour that its orders asked for, the same for all of them; empty for whichever is there."""
        piece = next(iter(self.pieces.all()), None)
        return piece.order.quote.colour if piece else ""

    def __str__(self) -> str:
        return f"job {self.id} ({self.state})"

    @property
    def file_name(self) -> str:
        """The name under which the printer knows this job and no other."""
        return f"job-{self.id}.gcode"
