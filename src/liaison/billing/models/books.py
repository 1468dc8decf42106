"""The books: what is owed now, closed periods, the cash drawer, deposits, the bank and office expenses."""

from typing import ClassVar

from django.db import models

from liaison.billing.models.claims import Claim
from liaison.billing.models.ledger import Account, Transfer
from liaison.chart.models import Encounter
from liaison.people.models import Patient
from liaison.places.models import Site
from liaison.record.models import Guarded


class Balance(models.Model):
    """What one claim (payers), visit or account (patients, the agency) holds now. Derived: the database itself keeps it
    with each entry, by trigger (`billing.guards`), so that aging need not add up the ledger.

    `about` is the claim, else the visit, else the patient; `cents` is null where it is settled, `since` the day of the
    oldest entry that raised it.
    """

    objects: ClassVar[models.Manager["Balance"]] = models.Manager()

    account = models.CharField(max_length=24, choices=Account.choices)
    about = models.UUIDField()
    patient = models.ForeignKey(Patient, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    encounter = models.ForeignKey(
        Encounter, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    claim = models.ForeignKey(
        Claim, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    cents = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "about"], name="balance_once"),)
        indexes = (
            # NULL rather than 0 where settled: SQLite uses a partial index only for words without a value in them
            # and all that aging asks is in the index itself
            models.Index(
                fields=["account", "patient", "cents", "since", "claim"],
                condition=models.Q(cents__isnull=False),
                name="balance_unsettled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.cents}"


class Closing(Guarded):
    """The books are closed through a day: the database takes no entry dated before `until`, unless it is reopened.

    `balances` are those of every account at `until`, in cents: brought forward, so that no sum begins at the beginning.
    """

    through = models.DateField()
    until = models.DateTimeField()  # the first moment that is open
    closed_by = models.CharField(max_length=120)
    balances = models.JSONField(default=dict)
    note = models.CharField(max_length=200, default="", blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=120, default="", blank=True)
    reopen_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["through"], condition=models.Q(reopened_at__isnull=True), name="closed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True) | ~models.Q(reopen_reason=""), name="reopened_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"closed through {self.through}"


class Drawer(Guarded):
    """A cash drawer from its opening with a float to its count. One is open at a site at a time."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    float_cents = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, default="", blank=True)
    counted = models.JSONField(default=dict, blank=True)  # {cents of a coin or note: how many}
    counted_cents = models.PositiveIntegerField(null=True, blank=True)
    expected_cents = models.IntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)  # why it is over or short

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(closed_at__isnull=True), name="one_open_drawer_a_site"
            ),
        )
        indexes = (models.Index(fields=["site", "opened_at"], name="drawer_of_site"),)

    def __str__(self) -> str:
        return f"drawer of {self.opened_at:%Y-%m-%d}"


class Deposit(Guarded):
    """Money brought from the drawer to the bank: a slip of cash and checks, or a day's cards."""

    class Kind(models.TextChoices):
        SLIP = "slip", "Cash and checks"
        CARDS = "cards", "Cards"

    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    cents = models.PositiveIntegerField()
    transaction = models.UUIDField(unique=True)  # of its entries in the ledger

    class Meta:
        indexes = (models.Index(fields=["made_at"], name="deposit_by_day"),)

    def __str__(self) -> str:
        return self.number


class DepositItem(Guarded):
    """A payment that went to the bank with a deposit: with one only."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="items")
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="deposited")

    def __str__(self) -> str:
        return str(self.transfer_id)


class BankStatement(Guarded):
    """A statement as the bank gave it, kept unchanged with its hash; the same file is taken in once."""

    name = models.CharField(max_length=120)
    format = models.CharField(max_length=4)  # OFX, CSV
    sha256 = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()
    account = models.CharField(max_length=8, default="", blank=True)  # the last four of its number
    first_on = models.DateField()
    last_on = models.DateField()
    closing_cents = models.BigIntegerField(null=True, blank=True)  # what the bank says it holds at the end
    imported_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Reconciled(Guarded):
    """Bank and books agree through a day: what the bank held before, and its lines since that are matched to the books,
    come to what its statement ends with. The first row only says what the bank held when the books began.
    """

    through = models.DateField()
    opening_cents = models.BigIntegerField()
    matched_cents = models.BigIntegerField()
    ending_cents = models.BigIntegerField()
    closed_by = models.CharField(max_length=120)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=120, default="", blank=True)
    reopen_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ending_cents=models.F("opening_cents") + models.F("matched_cents")),
                name="reconciled_to_the_cent",
            ),
            models.UniqueConstraint(
                fields=["through"], condition=models.Q(reopened_at__isnull=True), name="reconciled_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True) | ~models.Q(reopen_reason=""),
                name="reconciled_anew_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"reconciled through {self.through}"


class BankLine(Guarded):
    """One line of the bank's: `cents` came in, or went out (negative). Told apart by `mark`, so that files overlap."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    mark = models.CharField(max_length=64, unique=True)
    on = models.DateField()
    cents = models.BigIntegerField()
    reference = models.CharField(max_length=60, default="", blank=True)
    words = models.CharField(max_length=200, default="", blank=True)
    reconciled = models.ForeignKey(Reconciled, models.PROTECT, null=True, db_index=False, related_name="lines")

    class Meta:
        indexes = (
            models.Index(fields=["on"], name="bank_line_by_day"),
            models.Index(fields=["on"], name="bank_line_open", condition=models.Q(reconciled__isnull=True)),
            models.Index(fields=["reconciled"], name="bank_line_reconciled"),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.cents}"


class BankMatch(Guarded):
    """A person has said that a line of the bank's is this movement of the books (a transaction, or an 835's money)."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches")
    movement = models.UUIDField(unique=True)
    cents = models.BigIntegerField()
    matched_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return str(self.movement)


class Expense(Guarded):
    """Something the office has paid for; its entry is in the ledger, its receipts with it."""

    number = models.CharField(max_length=16, unique=True)
    account = models.CharField(max_length=24, choices=Account.choices)
    vendor = models.CharField(max_length=120)
    paid_on = models.DateField()
    paid_from = models.CharField(max_length=24, choices=Account.choices)  # bank, drawer
    cents = models.PositiveIntegerField()
    reference = models.CharField(max_length=60, default="", blank=True)
    memo = models.CharField(max_length=200, default="", blank=True)
    entered_by = models.CharField(max_length=120)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="expense")
    cancelled = models.CharField(max_length=200, default="", blank=True)  # why it was taken back

    class Meta:
        indexes = (models.Index(fields=["paid_on"], name="expense_by_day"),)

    def __str__(self) -> str:
        return self.number


class ExpensePaper(Guarded):
    """A photograph or PDF of an expense's receipt, kept unchanged with its hash."""

    expense = models.ForeignKey(Expense, models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["expense", "sha256"], name="expense_paper_once"),)

    def __str__(self) -> str:
        return self.name
