"""Makers, their machines, what is loaded, and how to reach the printers."""

from __future__ import annotations

from django.db import models

from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.thing import Thing, at_least, one_of


class Maker(Thing):
    """Somebody with machines: the shop itself or a neighbour.

    ``hours``: seven lists, Monday first, of [opens, closes] in minutes after local midnight; empty when not known.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    town = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    timezone = models.CharField(max_length=64)
    hours = models.JSONField(default=list)
    offers_pickup = models.BooleanField(default=True)
    pickup_address = models.TextField(blank=True, help_text="said to whom something lies ready there")
    delivers_km = models.FloatField(null=True, blank=True)
    delivery_minor = models.IntegerField(default=0)
    delivery_h = models.FloatField(default=24.0, help_text="from ready to the customer's door; half or twice may be")
    refuses = models.JSONField(default=list)
    link_number = models.IntegerField(default=1, help_text="raised to make all earlier links of the maker useless")
    is_active = models.BooleanField(default=True)
    on_probation = models.BooleanField(default=False, help_text="joined by invitation: few plates until some came out")
    vouched_by = models.ManyToManyField("self", symmetrical=False, related_name="vouches_for", blank=True)
    silent_since = models.DateTimeField(null=True, help_text="did not answer when asked; null when they answered")
    is_demonstration = models.BooleanField(default=False)

    personal_data = PersonalData(
        "maker",
        fields=("name", "town", "latitude", "longitude", "hours", "pickup_address"),
        erase={"name": "–", "town": "", "hours": [], "pickup_address": "", "is_active": False},
        kept_because="how far an order travelled is part of its record",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlateState(models.TextChoices):
    """What lies on a machine's plate, as far as anybody knows."""

    CLEAR = "clear", "clear"
    OCCUPIED = "occupied", "something is on it"
    UNKNOWN = "unknown", "nobody knows"


class MakerMachine(Thing):
    """One machine of a maker. ``profile_id`` names it in the slicer's profiles.

    ``auto_clear`` says that the machine empties its plate by itself (a belt, a changer, or the demonstration's virtual
    printer); without it a person confirms before the next start.
    """

    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="machines")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    profile_id = models.CharField(max_length=200)
    hourly_minor = models.IntegerField(help_text="depreciation and maintenance per hour of print")
    power_w = models.FloatField()
    setup_min = models.FloatField()
    enclosure = models.BooleanField(default=False)
    auto_clear = models.BooleanField(default=False)
    plate_state = models.CharField(max_length=10, choices=PlateState, default=PlateState.CLEAR)
    busy_until = models.DateTimeField(null=True, blank=True, help_text="work that this system does not know of")
    clock_factor = models.FloatField(
        null=True,
        default=1.0,
        help_text="real seconds that one second of this printer stands for; null: simulated, its times teach nothing",
    )
    is_active = models.BooleanField(default=True)

    personal_data = NOBODY

    class Meta:
        ordering = ["slug"]
        constraints = [
            one_of("plate_state", PlateState, "plate_state_known"),
            at_least("hourly_minor", 0, "hourly_rate_not_negative"),
            models.CheckConstraint(condition=models.Q(power_w__gte=0, setup_min__gte=0), name="machine_use_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.maker})"


class Spool(Thing):
    """A spool of a maker: on a machine, or on the shelf and loadable within ``loadable_in_days``."""

    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="spools")
    machine = models.ForeignKey(MakerMachine, on_delete=models.SET_NULL, null=True, blank=True, related_name="spools")
    material_id = models.SlugField()
    colour = models.CharField(max_length=40, blank=True)
    remaining_g = models.FloatField(null=True, blank=True)
    loadable_in_days = models.FloatField(default=0)

    personal_data = NOBODY

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(loadable_in_days__gte=0), name="spool_loads_later")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.colour}".strip()


class PrinterKind(models.TextChoices):
    """How a machine is driven."""

    OCTOPRINT = "octoprint", "OctoPrint"
    MOONRAKER = "moonraker", "Moonraker (Klipper)"
    PRUSALINK = "prusalink", "PrusaLink"
    BAMBU = "bambu", "Bambu Lab, in its own network"
    HAND = "hand", "by hand: download the file, mark it done"


class PrinterConnection(Thing):
    """How to reach a machine's printer server, what it said last, and which worker watches it.

    The secret is encrypted with the key in ``GLOCAL_HOME`` (:mod:`glocal.shop.makers.secrets`). The lease lets one
    worker at a time watch a printer; a lease that ran out can be taken by any other.

    ``url``: a Bambu Lab printer has no more than a host there. ``is_trusted``: the owner said it, so it may be an
    address of the shop's own computer.
    """

    machine = models.OneToOneField(MakerMachine, on_delete=models.CASCADE, related_name="connection")
    kind = models.CharField(max_length=20, choices=PrinterKind)
    url = models.CharField(max_length=200, blank=True)
    user = models.CharField(max_length=100, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the printer's own certificate")
    secret_sealed = models.TextField(blank=True)
    is_trusted = models.BooleanField(default=True)
    has_camera = models.BooleanField(default=False)
    camera_for_customers = models.BooleanField(default=False, help_text="whose piece is being printed sees the picture")
    lease_owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_status = models.JSONField(default=dict)
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True, help_text="when the printer last answered at all")

    personal_data = PersonalData(
        "maker",
        fields=("url", "user", "serial"),
        find="machine__maker",
        erase={"url": "", "user": "", "serial": "", "fingerprint": "", "secret_sealed": "", "has_camera": False},
    )

    class Meta:
        constraints = [one_of("kind", PrinterKind, "printer_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.machine}"
