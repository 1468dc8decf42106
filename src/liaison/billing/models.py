"""Money: charges, claims, what payers answered, and the ledger of balanced transfers."""

from typing import ClassVar

from django.db import models

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


class Exchange(Guarded):
    """A file sent to or received from a payer, kept unchanged with its hash. None is sent or taken in twice."""

    class Status(models.TextChoices):
        TO_SEND = "to_send", "to send"
        SENT = "sent", "sent"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"
        RECEIVED = "received", "received"
        POSTED = "posted", "posted"
        HELD = "held", "held for a person"

    direction = models.CharField(max_length=3)  # out, in
    kind = models.CharField(max_length=8)  # 837P, 999, 277CA, 835
    payer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    control_number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)  # the other side's name for the file
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    status = models.CharField(max_length=10, choices=Status.choices)
    note = models.TextField(default="", blank=True)
    claims = models.JSONField(default=list)  # numbers of the claims an 837P holds

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["direction", "kind", "sha256"], name="exchange_file_once"),
            models.UniqueConstraint(
                fields=["control_number"], condition=models.Q(direction="out"), name="control_number_once"
            ),
        )
        indexes = (models.Index(fields=["status", "created_at"], name="exchange_by_status"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.control_number}"


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


class Account(models.TextChoices):
    """The chart of accounts. Assets and expenses grow by debit, income and liabilities by credit."""

    PAYER_RECEIVABLE = "payer-receivable", "Payers owe"
    PATIENT_RECEIVABLE = "patient-receivable", "Patients owe"
    BANK = "bank", "Bank"
    DRAWER = "drawer", "Cash drawer and cards"
    SERVICES = "services", "Income from services"
    CONTRACTUAL = "contractual", "Contractual adjustments"
    WRITE_OFF = "write-off", "Write-offs"
    OTHER_ADJUSTMENT = "other-adjustment", "Other adjustments"


class Transfer(Guarded):
    """One balanced entry: `cents` from the credited to the debited account. Append-only; corrected by a counter-entry.

    A transfer debits one account and credits another by the same amount, so a transaction (all transfers of one
    `transaction`) that does not balance cannot be written down at all; the database refuses an amount of nothing, or
    one account on both sides.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", "Charge"
        PAYMENT = "payment", "Payer payment"
        ADJUSTMENT = "adjustment", "Adjustment"
        PATIENT_SHARE = "patient-share", "Patient's share"
        COPAY = "copay", "Copayment"
        PATIENT_PAYMENT = "patient-payment", "Patient payment"
        REVERSAL = "reversal", "Reversal"

    transaction = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    debit = models.CharField(max_length=24, choices=Account.choices)
    credit = models.CharField(max_length=24, choices=Account.choices)
    cents = models.PositiveIntegerField()
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="transfers")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="transfers")
    adjudication = models.ForeignKey(Adjudication, models.PROTECT, null=True, related_name="transfers")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    code = models.CharField(max_length=12, default="", blank=True)  # group and CARC of an adjustment: CO-45
    method = models.CharField(max_length=12, default="", blank=True)  # cash, card, check
    receipt = models.CharField(max_length=16, default="", blank=True, db_index=True)
    memo = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="transfer_between_two_accounts"),
        )
        indexes = (
            models.Index(fields=["patient", "at"], name="transfer_of_patient"),
            models.Index(fields=["debit", "at"], name="transfer_by_debit"),
            models.Index(fields=["credit", "at"], name="transfer_by_credit"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.cents}"
