"""How far the bank is reconciled, and what keeps the next statement from agreeing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from liaison.billing.models import BankLine, BankStatement, Reconciled
from liaison.kernel.clock import told
from liaison.kernel.money import dollars
from liaison.record.actor import Actor

_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Standing:
    """What the bank held (`opening_cents`), what of its lines since is matched to the books, and what its statement
    ends with, None where nobody has said; in cents. `open_cents` are its lines that are not matched yet."""

    before: Reconciled | None
    through: date | None
    ending_cents: int | None
    matched_cents: int = 0
    open_lines: int = 0
    open_cents: int = 0

    @property
    def opening_cents(self) -> int:
        return self.before.ending_cents if self.before else 0

    @property
    def together_cents(self) -> int:
        return self.opening_cents + self.matched_cents

    @property
    def difference_cents(self) -> int | None:
        """What the statement says beyond what is matched; None where nothing is to be compared."""
        return None if self.ending_cents is None or self.before is None else self.ending_cents - self.together_cents

    @property
    def sentence(self) -> str:
        """Whether it agrees, and what to do where it does not."""
        if self.before is None:
            return "Say first what the bank held before the books began."
        missing = self.difference_cents
        if missing is None or self.through is None:
            return "Take the bank’s next statement in, or type what it ends with."
        many = f"{self.open_lines} line{'' if self.open_lines == 1 else 's'}"
        if not missing:
            rest = f" {many} that cancel each other stay open." if self.open_lines else ""
            return f"It agrees: what was held and what is matched is what the bank says at {told(self.through)}.{rest}"
        said = f"The bank says {dollars(abs(missing))} {'more' if missing > 0 else 'less'} than what is matched."
        if missing == self.open_cents:
            are = "is" if self.open_lines == 1 else "are"
            return f"{said} That is what {many} come to that {are} not matched yet: match them, and it agrees."
        if self.open_lines:
            rest = dollars(abs(missing - self.open_cents))
            return (
                f"{said} {many} not matched yet come to {dollars(self.open_cents)}; {rest} beyond that is in no line: "
                "a file of the bank’s is missing, or what it held before is wrong."
            )
        return f"{said} Every line is matched: a file of the bank’s is missing, or what it held before is wrong."


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the bank seems to have held before its first statement: what the statement ends with, less its lines."""

    on: date
    cents: int


def last_reconciled() -> Reconciled | None:
    """What was reconciled last and is in force."""
    return Reconciled.objects.filter(reopened_at=None).order_by("-through").first()


def reconciled(actor: Actor) -> Sequence[Reconciled]:
    """Every reconciliation, newest first, reopened ones with the reason."""
    actor.require("books.bank")
    return list(Reconciled.objects.order_by("-through", "-created_at")[:_SHOWN])


def standing(actor: Actor) -> Standing:
    """The next statement after what is reconciled: the oldest that ends later. Three queries."""
    actor.require("books.bank")
    before = last_reconciled()
    rows = BankStatement.objects.defer("body").order_by("last_on", "created_at")
    if before is not None:
        rows = rows.filter(last_on__gt=before.through)
    following = rows.first()
    if following is None:
        return Standing(before, None, None)
    return standing_of(before, following.last_on, following.closing_cents)


def standing_of(before: Reconciled | None, through: date, ending_cents: int | None) -> Standing:
    """How a statement that ends on a day with an amount stands. One query."""
    rows = BankLine.objects.filter(reconciled=None, on__lte=through)
    sums = rows.aggregate(
        matched=Sum("cents", filter=Q(matches__isnull=False)),
        open=Sum("cents", filter=Q(matches__isnull=True)),
        many=Count("pk", filter=Q(matches__isnull=True)),
    )
    return Standing(before, through, ending_cents, sums["matched"] or 0, sums["many"], sums["open"] or 0)


def suggested(actor: Actor) -> Suggested | None:
    """What the bank held before its first statement, where that says its end. Two queries."""
    actor.require("books.bank")
    first = BankStatement.objects.defer("body").order_by("first_on", "created_at").first()
    if first is None:
        return None
    came = BankLine.objects.filter(on__gte=first.first_on, on__lte=first.last_on).aggregate(sum=Sum("cents"))["sum"]
    on = first.first_on.fromordinal(first.first_on.toordinal() - 1)
    return Suggested(on, first.closing_cents - (came or 0)) if first.closing_cents is not None else None
