"""Charges, the claims made of them, and what payers decided."""

from typing import Any, ClassVar

from django.db import models

from liaison.billing.models.files import Exchange
from liaison.chart.models import Encounter
from liaison.people.models import Coverage, Patient, Staff
from liaison.places.models import Organization, Site
from liaison.record.models import Guarded, Recorded


class Claim(Recorded):
    """One bill to one payer for one encounter.

    `number` goes out as the patient control number (CLM01) and comes back on the 835. A correction of what the payer
    holds goes out under the same number as a replacement or void (`frequency`), with the payer's `original_number`.
    What the next payer gets is a claim of its own, which names the `previous` one.
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

    class Frequency(models.TextChoices):
        ORIGINAL = "1", "original"
        REPLACEMENT = "7", "replacement"
        VOID = "8", "void"

    class Responsibility(models.TextChoices):
        PRIMARY = "P", "primary"
        SECONDARY = "S", "secondary"
        TERTIARY = "T", "tertiary"

    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="claims")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="+")
    payer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    service_date = models.DateField()
    diagnoses = models.JSONField(default=list)  # ICD-10-CM codes in the order the lines point to
    # A line: charge, code, modifiers, units, cents, pointers, date, display; drug and note where there is one
    lines = models.JSONField(default=list)
    total_cents = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    status_at = models.DateTimeField()
    findings = models.JSONField(default=list, blank=True)  # [{rule, severity, sentence, mend, field, link, line}]
    passed = models.JSONField(default=list, blank=True)  # warnings let pass by a person: [{rule, line, reason, by, at}]
    payer_claim_number = models.CharField(max_length=60, default="", blank=True)
    answer = models.CharField(max_length=300, default="", blank=True)  # what the payer said, in our words
    frequency = models.CharField(max_length=1, choices=Frequency.choices, default=Frequency.ORIGINAL)
    original_number = models.CharField(max_length=60, default="", blank=True)  # the payer's, of what it replaces
    responsibility = models.CharField(max_length=1, choices=Responsibility.choices, default=Responsibility.PRIMARY)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="next_claims")
    authorization = models.CharField(max_length=50, default="", blank=True)
    referral = models.CharField(max_length=50, default="", blank=True)
    providers = models.JSONField(default=dict, blank=True)  # {referring|ordering|supervising: {family, given, npi}}
    accident = models.JSONField(default=dict, blank=True)  # {causes: [auto|employment|other], date, state}
    onset_date = models.DateField(null=True, blank=True)
    initial_date = models.DateField(null=True, blank=True)  # of the first treatment
    note = models.CharField(max_length=80, default="", blank=True)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    file_by = models.DateField(null=True, blank=True)  # the last day on which the payer takes it
    asked_at = models.DateTimeField(null=True, blank=True)  # when its status was last asked for (276)

    class Meta:
        indexes = (
            models.Index(fields=["status", "status_at"], name="claim_by_status"),
            models.Index(fields=["patient", "service_date"], name="claim_of_patient"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def stops(self) -> list[dict[str, Any]]:
        """The findings that keep it from being sent: those that stop, and warnings that nobody has let pass."""
        return [one for one in self.findings if not one.get("passed")]


class Charge(Guarded):
    """One thing to be paid for. `source` names what it is for, once: `visit`, an order, a dose, `vaccines`, `person`.

    `proposals` are modifiers to think of: [{modifier, reason, decision, by, at}], decision accepted, refused or empty.
    `by_hand` says why a person set its units or its price; then the draft leaves them alone.
    """

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
    drug = models.JSONField(default=dict, blank=True)  # {ndc: eleven digits, quantity: "0.5", unit: ML UN GR ME F2}
    note = models.CharField(max_length=80, default="", blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    proposals = models.JSONField(default=list, blank=True)
    void_reason = models.CharField(max_length=200, default="", blank=True)
    voided_by = models.CharField(max_length=6, default="", blank=True)  # system: it comes back when the thing does
    by_hand = models.CharField(max_length=200, default="", blank=True)

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


class Acknowledgment(Guarded):
    """What a payer said of a claim before it decided: one answer of a 277CA, or of a 277 to our question."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="acknowledgments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="acknowledgments")
    category = models.CharField(max_length=3)  # of the claim status category codes: A2, A3, F1, P1
    code = models.CharField(max_length=5, default="", blank=True)
    sentence = models.CharField(max_length=300)
    payer_claim_number = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["claim", "at"], name="acknowledgment_of_claim"),)

    def __str__(self) -> str:
        return f"{self.category} {self.code}".strip()


class Letter(Guarded):
    """A letter to a payer about a claim, kept as it was printed: an appeal, by an edition of a letter document."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="letters")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    edition = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=["claim", "created_at"], name="letter_of_claim"),)

    def __str__(self) -> str:
        return self.title
