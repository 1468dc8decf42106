"""Orders: what a provider wants done, the specimens drawn for it, and when it was done."""

from typing import ClassVar

from django.db import models

from liaison.chart.models import Coded, Encounter
from liaison.people.models import Patient, Staff
from liaison.record.models import Guarded


class Order(Coded):
    """One thing to be done for a patient. `key` is its entry in the order catalogue document."""

    FHIR_TYPE: ClassVar[str] = "ServiceRequest"

    class Status(models.TextChoices):
        ACTIVE = "active", "to do"
        COMPLETED = "completed", "done"
        REVOKED = "revoked", "cancelled"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="orders")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="orders")
    key = models.CharField(max_length=60)
    category = models.CharField(max_length=20)  # lab, point-of-care, procedure, imaging, referral
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    priority = models.CharField(max_length=10, default="routine")  # routine, urgent, stat
    instructions = models.CharField(max_length=300, default="", blank=True)
    needs_specimen = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=200, default="", blank=True)
    revoke_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["encounter", "status"], name="order_of_encounter"),
            models.Index(fields=["patient", "ordered_at"], name="order_of_patient"),
            models.Index(fields=["status", "ordered_at"], name="order_by_status"),
        )


class Specimen(Guarded):
    """A tube, cup or swab with its label."""

    accession = models.CharField(max_length=16, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="specimens")
    kind = models.CharField(max_length=60)  # what and in which container: "serum, gold top"
    body_site = models.CharField(max_length=60, default="", blank=True)
    collected_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    collected_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.accession
