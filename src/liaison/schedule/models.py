"""The schedule: when providers see patients, who is booked, and the holds that make double booking impossible."""

from typing import ClassVar

from django.db import models

from liaison.people.models import Patient, Staff
from liaison.places.models import Room, Site
from liaison.record.models import Guarded, Recorded


class ProviderSchedule(Recorded):
    """A provider's weekly hours at a site: `weekly` is {"0": [["08:00", "12:00"], …], …}, local times, 0 is Monday."""

    FHIR_TYPE: ClassVar[str] = "Schedule"

    provider = models.ForeignKey(Staff, models.PROTECT, related_name="schedules")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    weekly = models.JSONField(default=dict)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["provider", "site"], name="schedule_once"),)

    def __str__(self) -> str:
        return f"{self.provider_id} at {self.site_id}"


class Absence(Guarded):
    """Time in which a provider takes no appointments: leave, a meeting, a closed hour."""

    provider = models.ForeignKey(Staff, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=100, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="absence_has_length"),
        )
        indexes = (models.Index(fields=["provider", "starts_at"], name="absence_of_provider"),)

    def __str__(self) -> str:
        return self.reason


class Appointment(Recorded):
    """A booked time. `visit_type` is the key of the visit type's document."""

    FHIR_TYPE: ClassVar[str] = "Appointment"

    class Status(models.TextChoices):
        BOOKED = "booked", "booked"
        ARRIVED = "arrived", "arrived"
        FULFILLED = "fulfilled", "fulfilled"
        CANCELLED = "cancelled", "cancelled"
        NO_SHOW = "noshow", "missed"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    visit_type = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BOOKED)
    reason = models.CharField(max_length=300, default="", blank=True)
    overbooked = models.BooleanField(default=False)
    cancel_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="appointment_has_length"
            ),
        )
        indexes = (
            models.Index(fields=["starts_at", "provider"], name="appointment_by_time"),
            models.Index(fields=["provider", "starts_at"], name="appointment_of_provider"),
            models.Index(fields=["patient", "starts_at"], name="appointment_of_patient"),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Hold(Guarded):
    """That a provider or room is taken for a time. The database refuses overlapping holds of one resource and lane.

    Lane 0 is the schedule proper; a deliberate overbooking takes a higher lane. The constraint is an exclusion
    constraint on PostgreSQL and a trigger on SQLite (see the migration).
    """

    class Kind(models.TextChoices):
        PROVIDER = "provider", "provider"
        ROOM = "room", "room"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    resource_id = models.UUIDField()
    lane = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="holds")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="hold_has_length"),
        )
        indexes = (models.Index(fields=["resource_id", "starts_at"], name="hold_of_resource"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"
