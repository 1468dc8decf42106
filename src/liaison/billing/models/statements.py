"""What patients are asked to pay: statements, payment plans, balances placed with a collection agency."""

from django.db import models

from liaison.people.models import Patient
from liaison.record.models import Guarded


class Statement(Guarded):
    """A statement as it was sent: `cents` is the sum of the patient's entries at `at`. It never changes but for how it
    went out.

    `visits`: [{encounter, day, title, charged, paid, adjusted, share, received, due}] in cents, those with a balance;
    `aging`: cents by age, from the youngest; `stage` is a key of the rule document `statement-cycle`.
    """

    number = models.CharField(max_length=16, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="statements")
    sequence = models.PositiveIntegerField()  # of this patient's statements
    stage = models.CharField(max_length=30)
    at = models.DateTimeField()
    day = models.DateField()
    due_on = models.DateField()
    language = models.CharField(max_length=10)
    cents = models.PositiveIntegerField()
    visits = models.JSONField(default=list)
    aging = models.JSONField(default=list)
    message = models.TextField(default="", blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    guesses = models.PositiveSmallIntegerField(default=0)  # wrong birth dates since the link was sent

    class Meta:
        # The batch asks what is due, then writes: who is second writes nothing
        constraints = (models.UniqueConstraint(fields=["patient", "sequence"], name="statement_once"),)
        indexes = (models.Index(fields=["at"], name="statement_by_time"),)

    def __str__(self) -> str:
        return self.number


class PaymentPlan(Guarded):
    """A patient pays a balance in instalments: `instalments` is [{on, cents}] in order."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        KEPT = "kept", "paid"
        ENDED = "ended", "ended"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="payment_plans")
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=120)
    cents = models.PositiveIntegerField()
    instalments = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["patient"], condition=models.Q(status="active"), name="one_plan_a_patient"),
        )

    def __str__(self) -> str:
        return f"plan of {self.agreed_at:%Y-%m-%d}"


class Placement(Guarded):
    """A patient's balance that a collection agency works; what it holds now is the account `collections`."""

    class Status(models.TextChoices):
        PLACED = "placed", "with the agency"
        RECALLED = "recalled", "recalled"
        DONE = "done", "settled"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="placements")
    agency = models.CharField(max_length=120)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=120)
    cents = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLACED)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(status="placed"), name="placed_once_a_patient"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} {self.placed_at:%Y-%m-%d}"
