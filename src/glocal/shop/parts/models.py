"""Built parts, kept by content hash, and the check of each for a process."""

from __future__ import annotations

from django.db import models

from glocal.shop.privacy import NOBODY
from glocal.shop.thing import Thing


class BuiltPart(Thing):
    """A part that was built once. ``hash`` is the hash of the template and the values; files are in the store."""

    hash = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=300)
    template_id = models.CharField(max_length=100, blank=True)
    template_hash = models.CharField(max_length=64, blank=True)
    values = models.JSONField(default=dict)
    features = models.JSONField()
    mesh_file = models.CharField(max_length=64)
    glb_file = models.CharField(max_length=64)
    drawn_file = models.CharField(max_length=64, blank=True)

    personal_data = NOBODY

    def __str__(self) -> str:
        return f"{self.title} {self.hash[:8]}"

    @property
    def picture_file(self) -> str:
        """Hash of the part's picture (PNG) in the store; drawn when it is first asked for."""
        if not self.drawn_file:
            from glocal.shop.parts.actions import draw

            draw(self)
        return self.drawn_file


class PartCheck(Thing):
    """What the printability check said about a part for one process; the same question is asked once."""

    part = models.ForeignKey(BuiltPart, on_delete=models.CASCADE, related_name="checks")
    process = models.CharField(max_length=64, help_text="hash of the process")
    findings = models.JSONField()
    lies = models.JSONField(
        null=True,
        help_text="the best way to lay it down: turn, reasons, findings then; empty as it came; null: not asked",
    )

    personal_data = NOBODY

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "process"], name="part_checked_once_per_process")]

    def __str__(self) -> str:
        return f"{self.part} / {self.process[:8]}"
