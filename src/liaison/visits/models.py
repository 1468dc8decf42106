"""The thread: a visit, each of its moves, the rooms it used, and the steps that were done."""

from django.db import models

from liaison.chart.models import Encounter
from liaison.documents.models import Document
from liaison.people.models import Coverage, Patient, Staff
from liaison.places.models import Room, Site
from liaison.record.models import Guarded
from liaison.schedule.models import Appointment


class Stage(models.TextChoices):
    REQUESTED = "requested", "Requested"
    BOOKED = "booked", "Booked"
    CONFIRMED = "confirmed", "Confirmed"
    ARRIVED = "arrived", "Arrived"
    ROOMING = "rooming", "Rooming"
    READY = "ready", "Ready"
    WITH_PROVIDER = "with_provider", "With provider"
    ORDERS = "orders", "Orders"
    CHECKOUT = "checkout", "Checkout"
    CODING = "coding", "Coding"
    BILLED = "billed", "Billed"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No show"
    LEFT = "left", "Left"


class Visit(Guarded):
    """One patient's way through the clinic, from the request for an appointment to the paid claim."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="visits")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    visit_type = models.CharField(max_length=60)
    protocol = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+"
    )  # the edition in force when it began
    stage = models.CharField(max_length=15, choices=Stage.choices, default=Stage.REQUESTED)
    stage_since = models.DateTimeField()
    day = models.DateField(null=True, db_index=True)  # the site's calendar day it takes place on
    provider = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    assistant = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, blank=True, related_name="visit")
    encounter = models.OneToOneField(Encounter, models.PROTECT, null=True, blank=True, related_name="visit")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    coverage = models.ForeignKey(Coverage, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, default="", blank=True)
    priority = models.CharField(max_length=10, default="routine")  # routine, soon, urgent
    channel = models.CharField(max_length=10, default="phone")  # phone, message, walk-in, staff
    starts_at = models.DateTimeField(null=True)  # as booked
    arrived_at = models.DateTimeField(null=True)
    alerts = models.JSONField(default=list, blank=True)  # [{code, text, told_at?, told_by?}]
    checkin = models.JSONField(
        default=dict, blank=True
    )  # what check-in confirmed: identifiers, demographics, coverage, consents, copay
    follow_up = models.JSONField(default=dict, blank=True)  # {interval_days, visit_type, note, declined?}
    instructions = models.TextField(default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["day", "site", "stage"], name="visit_of_day"),
            models.Index(fields=["patient", "day"], name="visit_of_patient"),
            models.Index(fields=["stage", "stage_since"], name="visit_by_stage"),
        )
        constraints = (
            # A room holds one visit at a time, whatever races
            models.UniqueConstraint(
                fields=["room"],
                condition=models.Q(stage__in=["rooming", "ready", "with_provider", "orders"]),
                name="room_holds_one_visit",
            ),
        )

    def __str__(self) -> str:
        return f"{self.visit_type} {self.stage}"


class Move(Guarded):
    """A visit went from one stage to another: when, by whom, and why."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="moves")
    from_stage = models.CharField(max_length=15)
    to_stage = models.CharField(max_length=15)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["visit", "at"], name="move_of_visit"),)

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


class Step(Guarded):
    """A step of the protocol was done, or skipped with a reason."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    status = models.CharField(max_length=10)  # done, skipped
    reason = models.CharField(max_length=200, default="", blank=True)
    data = models.JSONField(default=dict, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "key"], name="step_once"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
