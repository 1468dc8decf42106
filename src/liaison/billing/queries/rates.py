"""How well the practice is paid: days in receivables, clean claims, collection rates, payer mix, write-offs."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from liaison.billing.books import days
from liaison.billing.ledger import MONEY
from liaison.billing.models import Account, Adjudication, Claim, Exchange, Transfer
from liaison.billing.queries.daysheet import OWED, owed_at
from liaison.billing.queries.limits import reasons
from liaison.record.actor import Actor

A = Account
_LOST = (A.WRITE_OFF, A.BAD_DEBT, A.OTHER_ADJUSTMENT)
_BACK = (Claim.Status.REJECTED, Claim.Status.DENIED)


@dataclass(frozen=True)
class Rates:
    """Figures of a time; a rate is in percent, None where there is nothing to divide by. Money in cents.

    Days in receivables: what is owed at the end, by what a day of this time charged. Gross collection rate: payments by
    charges; net: payments by charges less contractual adjustments. A clean claim went out once and was neither rejected
    nor denied.
    """

    begin: date
    end: date
    owed: int
    charges: int
    payments: int
    contractual: int
    days_in_receivables: float | None
    gross_rate: int | None
    net_rate: int | None
    clean_rate: int | None
    claims: int
    payer_mix: Sequence[tuple[str, int]]
    write_offs: Sequence[tuple[str, int]]


def rates(actor: Actor, begin: date, end: date) -> Rates:
    """The figures of the days from `begin` through `end`. A fixed number of queries."""
    actor.require("books.read")
    since, until = days.begin(begin), days.end(end)
    rows = Transfer.objects.filter(at__gte=since, at__lt=until).order_by()
    charges = payments = contractual = 0
    for debit, credit, cents in rows.values_list("debit", "credit").annotate(cents=Sum("cents")):
        sign = 1 if credit in OWED else -1
        owed, other = (credit, debit) if credit in OWED else (debit, credit)
        if owed not in OWED:
            continue
        charges -= sign * cents * (other == A.SERVICES)
        payments += sign * cents * (other in MONEY)
        contractual += sign * cents * (other == A.CONTRACTUAL)
    owed = owed_at(until)
    span = (end - begin).days + 1
    clean, sent = _clean(begin, end)
    return Rates(
        begin=begin,
        end=end,
        owed=owed,
        charges=charges,
        payments=payments,
        contractual=contractual,
        days_in_receivables=round(owed * span / charges, 1) if charges > 0 else None,
        gross_rate=_percent(payments, charges),
        net_rate=_percent(payments, charges - contractual),
        clean_rate=_percent(clean, sent),
        claims=sent,
        payer_mix=_mix(rows),
        write_offs=_written_off(rows),
    )


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole > 0 else None


def _clean(begin: date, end: date) -> tuple[int, int]:
    """How many claims of services in these days were clean, and how many went out at all."""
    since, until = days.begin(begin), days.end(end)
    files = Exchange.objects.filter(direction="out", kind="837P", created_at__gte=since, created_at__lt=until)
    went = Counter(number for numbers in files.values_list("claims", flat=True) for number in numbers)
    claims = Claim.objects.filter(number__in=went)
    states = dict(claims.values_list("number", "status"))
    denied = set(Adjudication.objects.filter(claim__in=claims, status_code="4").values_list("claim__number", flat=True))
    clean = sum(
        1 for number, times in went.items() if times == 1 and states.get(number) not in _BACK and number not in denied
    )
    return clean, len(went)


def _mix(rows: QuerySet[Transfer]) -> list[tuple[str, int]]:
    """What was charged, by payer; what patients were charged directly is theirs."""
    found: dict[str, int] = defaultdict(int)
    charged = rows.filter(Q(credit=A.SERVICES) | Q(debit=A.SERVICES)).values_list("claim__payer__name", "credit")
    for payer, credit, cents in charged.annotate(cents=Sum("cents")):
        found[payer or "Patients themselves"] += cents if credit == A.SERVICES else -cents
    return sorted(found.items(), key=lambda one: -one[1])


def _written_off(rows: QuerySet[Transfer]) -> list[tuple[str, int]]:
    """What was given up, by reason; contractual adjustments are agreed, and not among it."""
    titles = {one["key"][:12]: one["title"] for one in reasons()}
    found: dict[str, int] = defaultdict(int)
    lost = rows.filter(Q(debit__in=_LOST) | Q(credit__in=_LOST))
    for debit, code, cents in lost.values_list("debit", "code").annotate(cents=Sum("cents")):
        name = titles.get(code) or (f"Payer’s reason {code}" if code else "No reason named")
        found[name] += cents if debit in _LOST else -cents
    return sorted(found.items(), key=lambda one: -one[1])


def three_months(today: date) -> tuple[date, date]:
    """The time that is asked for where none is named: ninety days up to today."""
    return today - timedelta(days=89), today
