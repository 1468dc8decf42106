"""What payers pay: each check or transfer, what of it could not be posted, and what they denied."""

from django.db import models

from liaison.billing.models.claims import Adjudication, Claim
from liaison.billing.models.files import Exchange
from liaison.people.models import Patient, Staff
from liaison.places.models import Organization
from liaison.record.models import Guarded

_METHODS = {
    "ACH": "by transfer",
    "BOP": "as the bank chooses",
    "CHK": "by check",
    "FWT": "by wire transfer",
    "NON": "nothing to pay",
}


class Payment(Guarded):
    """One check or transfer of a payer, as one 835 says. `transaction` is that of its entries in the ledger.

    What the ledger moves into the bank under `transaction` is `cents`, to the cent: what belongs to no claim is there
    as not yet applied, with an `Unposted` row that a person settles.
    """

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="payments")
    position = models.PositiveSmallIntegerField(default=0)  # of the 835 in its file
    payer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    payer_name = models.CharField(max_length=60)
    number = models.CharField(max_length=50)  # TRN02: of the check or transfer
    method = models.CharField(max_length=3)  # BPR04
    cents = models.BigIntegerField()  # below 0 where the payer is owed
    paid_on = models.DateField()
    claims = models.PositiveIntegerField(default=0)
    transaction = models.UUIDField(unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["exchange", "position"], name="payment_once"),)
        indexes = (models.Index(fields=["paid_on"], name="payment_by_day"),)

    def __str__(self) -> str:
        return self.number

    @property
    def by(self) -> str:
        """How it is paid, in words."""
        return _METHODS.get(self.method, self.method)


class Unposted(Guarded):
    """A part of a payment that fits nothing here, kept until a person has settled it.

    `place` says where it stands in its 835: the claim's number in order, or the adjustment's after all claims.
    `facts`: {family, given, member_id, service_date, charge, status, reason, reference} as far as the payer says.
    """

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", "Never sent from here"
        AMOUNT = "amount", "Another charge than ours"
        ANSWERED = "answered", "Answered before"
        TAKEN_BACK = "taken-back", "Takes back what was not posted"
        CONTRADICTION = "contradiction", "Says two things"
        PROVIDER_LEVEL = "provider-level", "For no claim"

    class How(models.TextChoices):
        MATCHED = "matched", "posted to a claim"
        OVERPAID = "overpaid", "kept on a claim as an overpayment"
        RETURNED = "returned", "sent back to the payer"
        SET_ASIDE = "set-aside", "nothing to post"

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="unposted")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    control_number = models.CharField(max_length=38, default="", blank=True)  # CLP01
    payer_claim_number = models.CharField(max_length=60, default="", blank=True)
    cents = models.IntegerField()  # what came in for it; below 0 where it was taken
    why = models.CharField(max_length=300)
    facts = models.JSONField(default=dict, blank=True)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="+")  # what it came to
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices, default="", blank=True)
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["payment", "place"], name="unposted_once"),)
        indexes = (models.Index(fields=["created_at"], condition=models.Q(settled_at=None), name="unposted_open"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.control_number}"


class Denial(Guarded):
    """A line of a claim, or the whole claim, that a payer refused; open until it is paid after all or given up.

    `kind` is what must be done, by the practice's rule document; `deadline` is the last day for it.
    """

    class Outcome(models.TextChoices):
        OPEN = "", "to work"
        SENT_AGAIN = "sent-again", "sent again"
        APPEALED = "appealed", "appealed"
        PAID = "paid", "paid after all"
        BILLED = "billed", "the patient owes it"
        WRITTEN_OFF = "written-off", "written off"
        DENIED_AGAIN = "denied-again", "denied again"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="denials")
    adjudication = models.ForeignKey(Adjudication, models.PROTECT, related_name="denials")
    payer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    line = models.PositiveSmallIntegerField(default=0)  # from 1; 0: the claim as a whole
    code = models.CharField(max_length=10, default="", blank=True)  # the procedure's
    group = models.CharField(max_length=2)
    carc = models.CharField(max_length=5)
    rarcs = models.JSONField(default=list, blank=True)
    kind = models.CharField(max_length=20)
    cents = models.PositiveIntegerField()
    denied_on = models.DateField()
    deadline = models.DateField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default="", blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["adjudication", "line"], name="denial_once_for_each_line"),)
        indexes = (
            models.Index(fields=["deadline"], condition=models.Q(outcome=""), name="denial_to_work"),
            models.Index(fields=["claim"], name="denial_of_claim"),
            models.Index(fields=["denied_on"], name="denial_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.group}-{self.carc}"
