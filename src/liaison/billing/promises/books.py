"""Promises of the books: balances are the ledger's, closed periods hold, statements say what the entries say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from liaison.billing import ledger
from liaison.billing.books.guards import NOBODY, nobody_here, summed
from liaison.billing.models import Account, Balance, Closing, Statement, Transfer
from liaison.kernel.money import dollars
from liaison.record.promises import promise


@promise("balances are the ledger's")
def balances_agree() -> Iterator[str]:
    """What each claim and visit holds, kept with each entry, is what its entries add up to."""
    entries = summed("billing_transfer", nobody_here(), names=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account, SUM(cents) FROM ("  # noqa: S608  # names of our own
            f"SELECT account, about, COALESCE(cents, 0) AS cents, since FROM {Balance._meta.db_table} UNION ALL "
            f"SELECT account, about, -COALESCE(cents, 0), since FROM ({entries}) "
            "AS added) AS both_ways GROUP BY account, about HAVING SUM(cents) <> 0 OR MIN(since) <> MAX(since)"
        )
        for account, cents in cursor.fetchall():
            yield f"{Account(account).label}: a balance is kept that is off by {dollars(int(cents))} from its entries."


@promise("closed periods take no entry")
def closed_periods_hold() -> Iterator[str]:
    """The balances at a closing are still what the entries before it add up to, and the database refuses another."""
    since, held = datetime.min.replace(tzinfo=UTC), dict.fromkeys(Account.values, 0)
    for closing in Closing.objects.filter(reopened_at=None).order_by("until"):
        found = ledger.flows(Transfer.objects.filter(at__gte=since, at__lt=closing.until))
        since, held = closing.until, {name: cents + ledger.balance(found, name) for name, cents in held.items()}
        if {name: cents for name, cents in held.items() if cents} != closing.balances:
            yield f"The books, closed through {closing.through}, no longer hold what they held."
    newest = Closing.objects.filter(reopened_at=None).order_by("until").last()
    if newest is not None and _takes(newest):
        yield f"The database takes an entry before {newest.until:%Y-%m-%d}, though the books are closed."


def _takes(closing: Closing) -> bool:
    """Whether an entry of the closed day is taken: tried, and rolled back whatever comes of it."""
    table = Transfer._meta.db_table
    columns = [str(field.column) for field in Transfer._meta.concrete_fields]
    shown = ", ".join(f'"{name}"' for name in columns)
    said = ", ".join({"at": "%s", "id": "%s", "reverses_id": "NULL"}.get(name, f'"{name}"') for name in columns)
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                long_ago = closing.until.replace(year=1999, month=1, day=1)
                values = {"at": connection.ops.adapt_datetimefield_value(long_ago), "id": NOBODY}
                cursor.execute(
                    f"INSERT INTO {table} ({shown}) SELECT {said} FROM {table} LIMIT 1",  # noqa: S608  # names of our own
                    [values[name] for name in columns if name in values],
                )
                transaction.set_rollback(True)
                return cursor.rowcount > 0
        except DatabaseError:
            return False


@promise("statements say what the entries say")
def statements_agree() -> Iterator[str]:
    """A statement's amount is the sum of its visits, and of the patient's entries until then."""
    account = Account.PATIENT_RECEIVABLE.value
    entries = Transfer.objects.filter(Q(debit=account) | Q(credit=account), patient_id=OuterRef("patient_id"))
    sum_until = (
        entries.filter(at__lte=OuterRef("at"))
        .order_by()
        .values("patient_id")
        .annotate(held=Sum(Case(When(debit=account, then=F("cents")), default=-F("cents"))))
        .values("held")
    )
    for row in Statement.objects.annotate(held=Coalesce(Subquery(sum_until), 0)).iterator():
        if row.cents != row.held:
            yield f"Statement {row.number} says {dollars(row.cents)}, the patient's entries {dollars(row.held)}."
        if row.cents != sum(visit["due"] for visit in row.visits):
            yield f"Statement {row.number} says {dollars(row.cents)}, which its visits do not add up to."
