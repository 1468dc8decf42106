"""Charges, the claims made of them, and what payers decided."""

from typing import ClassVar

from django.db import models

from liaison.billing.models.files import Exchange
from liaison.chart.models import Encounter
from liaison.people.models import Coverage, Patient, Staff
from liaison.places.models import Organization, Site
from liaison.record.models import Guarded, Recorded


class Claim(Recorded):
    """One bill to one payer for one encounter.

    `number` goes out as the patient control number (CLM01) and comes back on the 835.
    """

    FHIR_TYPE: ClassVar[str] = "Claim"

    class Status(models.TextChoices):
        DRAFT = "draft", "to check"
        READY = "ready", "ready to send"
        SENT = "sent", "sent"
        ACCEPTED = "accepted", "accepted by payer"
        REJECTED = "rejected", "rejected"
        PAID = "paid", "paid"
        DENIED = "denied", "denied"
        CLOSED = "closed", "closed"

    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="claims")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="+")
    payer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    service_date = models.DateField()
    diagnoses = models.JSONField(default=list)  # ICD-10-CM codes in the order the lines point to
    lines = models.JSONField(default=list)  # [{charge, code, modifiers, units, cents, pointers, date, display}]
    total_cents = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    status_at = models.DateTimeField()
    findings = models.JSONField(default=list, blank=True)  # sentences: what must be mended before it is sent
    payer_claim_number = models.CharField(max_length=60, default="", blank=True)
    answer = models.CharField(max_length=300, default="", blank=True)  # what the payer said, in our words

    class Meta:
        indexes = (
            models.Index(fields=["status", "status_at"], name="claim_by_status"),
            models.Index(fields=["patient", "service_date"], name="claim_of_patient"),
        )

    def __str__(self) -> str:
        return self.number


class Charge(Guarded):
    """One thing to be paid for. `source` names what it is for, once: `visit`, or an order."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        BILLED = "billed", "billed"
        VOID = "void", "void"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="charges")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="charges")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="charges")
    source = models.CharField(max_length=80)
    code = models.CharField(max_length=10)
    modifiers = models.JSONField(default=list, blank=True)
    display = models.CharField(max_length=200)
    units = models.PositiveSmallIntegerField(default=1)
    cents = models.PositiveIntegerField()
    pointers = models.JSONField(default=list)  # ICD-10-CM codes it was done for
    service_date = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["encounter", "source", "code"], condition=~models.Q(status="void"), name="charge_once"
            ),
        )
        indexes = (models.Index(fields=["patient", "status"], name="charge_of_patient"),)

    def __str__(self) -> str:
        return self.code


class Adjudication(Recorded):
    """What a payer decided about a claim, from one claim payment (CLP) of one 835.

    `adjusted_cents` and `patient_cents` are what was posted; what was denied is in neither: charge less paid, adjusted
    and patient's share stays open. A reversal's amounts are negative.
    `lines`: [{code, modifiers, control, charge, paid, adjustments: [{group, carc, cents}], remarks, denied}].
    """

    FHIR_TYPE: ClassVar[str] = "ExplanationOfBenefit"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="adjudications")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="adjudications")
    payer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="+")
    status_code = models.CharField(max_length=3)  # CLP02: 1 primary, 4 denied, 22 reversal
    charge_cents = models.IntegerField()
    paid_cents = models.IntegerField()
    adjusted_cents = models.IntegerField()
    patient_cents = models.IntegerField()
    payer_claim_number = models.CharField(max_length=60, default="", blank=True)
    lines = models.JSONField(default=list)
    adjudicated_on = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["exchange", "claim", "status_code"], name="adjudicated_once"),)

    def __str__(self) -> str:
        return self.payer_claim_number
