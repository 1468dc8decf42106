"""The ledger of balanced transfers."""

from django.db import models

from liaison.billing.models.claims import Adjudication, Charge, Claim
from liaison.billing.models.files import Exchange
from liaison.chart.models import Encounter
from liaison.people.models import Patient
from liaison.places.models import Site
from liaison.record.models import Guarded


class Account(models.TextChoices):
    """The chart of accounts. Assets and expenses grow by debit, income and liabilities by credit.

    Contractual and other adjustments, write-offs and bad debt take from income. `payer-offset` holds what payers have
    advanced or taken back besides claims (PLB), `unapplied` what came in and belongs to no claim or patient yet.
    """

    PAYER_RECEIVABLE = "payer-receivable", "Payers owe"
    PATIENT_RECEIVABLE = "patient-receivable", "Patients owe"
    BANK = "bank", "Bank"
    DRAWER = "drawer", "Cash drawer and cards"
    SERVICES = "services", "Income from services"
    CONTRACTUAL = "contractual", "Contractual adjustments"
    WRITE_OFF = "write-off", "Write-offs"
    OTHER_ADJUSTMENT = "other-adjustment", "Other adjustments"
    BAD_DEBT = "bad-debt", "Bad debt"
    COLLECTIONS = "collections", "With the collection agency"
    INTEREST = "interest", "Interest from payers"
    CAPITATION = "capitation", "Capitation"
    PAYER_OFFSET = "payer-offset", "Advanced or taken back by payers"
    UNAPPLIED = "unapplied", "Not yet applied"
    OVER_SHORT = "over-short", "Cash over and short"
    SUPPLIES = "supplies", "Supplies"
    POSTAGE = "postage", "Postage"
    REPAIRS = "repairs", "Repairs"
    FEES = "fees", "Bank and card fees"
    OTHER_EXPENSE = "other-expense", "Other expenses"


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
        NEXT_PAYER = "next-payer", "Billed to the next payer"
        PATIENT_ADJUSTMENT = "patient-adjust", "Patient's balance adjusted"
        REFUND = "refund", "Refund"
        COLLECTIONS = "collections", "To or from collections"
        INTEREST = "interest", "Interest"
        CAPITATION = "capitation", "Capitation"
        PROVIDER_ADJUSTMENT = "provider-level", "Payer's other adjustment"
        UNAPPLIED = "unapplied", "Received, not yet applied"
        DEPOSIT = "deposit", "Deposit"
        OVER_SHORT = "over-short", "Cash over or short"
        EXPENSE = "expense", "Expense"

    transaction = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    debit = models.CharField(max_length=24, choices=Account.choices)
    credit = models.CharField(max_length=24, choices=Account.choices)
    cents = models.PositiveIntegerField()
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")  # none: of the practice itself
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="transfers")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="transfers")
    adjudication = models.ForeignKey(Adjudication, models.PROTECT, null=True, related_name="transfers")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    exchange = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="transfers")  # the 835 that says so
    code = models.CharField(max_length=12, default="", blank=True)  # group and CARC of an adjustment: CO-45; PLB: WO
    method = models.CharField(max_length=12, default="", blank=True)  # cash, card, check
    reference = models.CharField(max_length=60, default="", blank=True)  # of a check, transfer or invoice
    receipt = models.CharField(max_length=16, default="", blank=True, db_index=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")  # whose drawer, where no visit says it
    memo = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="transfer_between_two_accounts"),
        )
        indexes = (
            models.Index(fields=["at"], name="transfer_by_day"),
            models.Index(fields=["patient", "at"], name="transfer_of_patient"),
            models.Index(fields=["debit", "at"], name="transfer_by_debit"),
            models.Index(fields=["credit", "at"], name="transfer_by_credit"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.cents}"
