"""Where care happens: the practice and other organizations, sites, rooms and opening hours."""

from typing import ClassVar

from django.db import models

from liaison.record.models import Guarded, Recorded


class Organization(Recorded):
    """The practice itself, a payer, or another organization that a record speaks of."""

    FHIR_TYPE: ClassVar[str] = "Organization"

    class Kind(models.TextChoices):
        PRACTICE = "practice", "Practice"
        PAYER = "payer", "Payer"
        OTHER = "other", "Other organization"

    kind = models.CharField(max_length=10, choices=Kind.choices, db_index=True)
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=40, default="", blank=True)  # a payer's electronic payer ID
    npi = models.CharField(max_length=10, default="", blank=True)
    tax_id = models.CharField(max_length=10, default="", blank=True)
    taxonomy = models.CharField(max_length=10, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    line = models.CharField(max_length=120, default="", blank=True)
    city = models.CharField(max_length=60, default="", blank=True)
    state = models.CharField(max_length=30, default="", blank=True)
    postal_code = models.CharField(max_length=15, default="", blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(kind="payer") & ~models.Q(code=""), name="payer_code_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Site(Recorded):
    """A place of the practice that patients come to."""

    FHIR_TYPE: ClassVar[str] = "Location"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=100)
    code = models.SlugField(max_length=20, unique=True)
    zone = models.CharField(max_length=40, default="America/Chicago")
    phone = models.CharField(max_length=20, default="", blank=True)
    line = models.CharField(max_length=120, default="", blank=True)
    city = models.CharField(max_length=60, default="", blank=True)
    state = models.CharField(max_length=30, default="", blank=True)
    postal_code = models.CharField(max_length=15, default="", blank=True)
    place_of_service = models.CharField(max_length=2, default="11")
    npi = models.CharField(max_length=10, default="", blank=True)  # where the place has one of its own
    clia = models.CharField(max_length=10, default="", blank=True)  # the number of its CLIA certificate: 10 characters
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Room(Recorded):
    """A room of a site. `state` says whether the next patient may be brought in."""

    FHIR_TYPE: ClassVar[str] = "Location"

    class Kind(models.TextChoices):
        EXAM = "exam", "Exam room"
        LAB = "lab", "Laboratory"
        PROCEDURE = "procedure", "Procedure room"

    class State(models.TextChoices):
        READY = "ready", "ready"
        OCCUPIED = "occupied", "occupied"
        DIRTY = "dirty", "to clean"
        CLOSED = "closed", "closed"

    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EXAM)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    state_since = models.DateTimeField(null=True)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("site", "position", "name")
        constraints = (models.UniqueConstraint(fields=["site", "name"], name="room_name_once_a_site"),)

    def __str__(self) -> str:
        return self.name


class OpeningHours(Guarded):
    """When a site is open: local times of a weekday (0 is Monday)."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="opens_before_it_closes"),
            models.CheckConstraint(condition=models.Q(weekday__lt=7), name="opening_weekday"),
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_once"),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}–{self.closes}"
