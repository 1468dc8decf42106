"""The bank: its statements taken in once, its lines matched to the books by a person."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Case, F, Q, Sum, When

from liaison.billing.actions.books.expenses import enter_expense
from liaison.billing.models import Account, BankLine, BankMatch, BankStatement, Expense, Transfer
from liaison.engines import bank
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change

A = Account
MOST_BYTES = 20_000_000


def take_in_statement(actor: Actor, name: str, body: bytes) -> BankStatement:
    """Take in a bank's statement (OFX, CSV): the same file once, and of files that overlap each line once.

    Raises Invalid for a file that cannot be read, Conflict for one that is there already.
    """
    if len(body) > MOST_BYTES:
        raise Invalid("too-large", "A statement may have 20 MB. Choose a shorter time at the bank.", "statement")
    try:
        read = bank.read(body)
    except bank.BankFileError as wrong:
        raise Invalid("not-a-statement", str(wrong), "statement")
    digest = hashlib.sha256(body).hexdigest()
    on = [row.on for row in read.rows] + ([read.last_on] if read.last_on else [])
    with change(actor, "books.bank") as this:
        if BankStatement.objects.filter(sha256=digest).exists():
            raise Conflict("there-already", "This file was taken in already.", "statement")
        statement = this.save(
            BankStatement(
                name=name[:120] or "statement", format=read.format, sha256=digest, body=body, account=read.account,
                first_on=min(on), last_on=max(on), closing_cents=read.closing_cents, imported_by=actor.name[:120],
            )
        )  # fmt: skip
        known = set(
            BankLine.objects.filter(on__gte=statement.first_on, on__lte=statement.last_on).values_list(
                "mark", flat=True
            )
        )
        fresh = {row.mark: row for row in read.rows if row.mark not in known and row.cents}
        this.save_new(
            [
                BankLine(
                    statement=statement, mark=row.mark, on=row.on, cents=row.cents, reference=row.reference,
                    words=row.words,
                )
                for row in fresh.values()
            ]
        )  # fmt: skip
        this.event("billing.bank_statement", statement=statement.pk)
        return statement


def match(actor: Actor, pairs: Mapping[UUID, UUID]) -> list[BankMatch]:
    """Say of lines of the bank's which movement of the books each is: {line: transaction}.

    Raises Conflict where one is matched already, or the amounts differ.
    """
    if not pairs:
        raise Invalid("nothing-chosen", "Choose what belongs together.", "pairs")
    with change(actor, "books.bank") as this:
        # Who matches waits for the other here: two lines must not become one movement
        list(BankStatement.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        lines = {one.pk: one for one in BankLine.objects.select_for_update().filter(pk__in=pairs).order_by("pk")}
        moved = dict(
            Transfer.objects.filter(Q(debit=A.BANK) | Q(credit=A.BANK), transaction__in=pairs.values())
            .order_by()
            .values_list("transaction")
            .annotate(cents=Sum(Case(When(debit=A.BANK, then=F("cents")), default=-F("cents"))))
        )
        done = BankMatch.objects.filter(Q(line__in=pairs) | Q(movement__in=pairs.values())).exists()
        if done or len(set(pairs.values())) != len(pairs):
            raise Conflict("matched-already", "Some of these are matched already. Look at the list again.", "pairs")
        if any(line.reconciled_id for line in lines.values()):
            raise Conflict("held-before", "This is in what the bank held before the books began.", "pairs")
        for line, movement in pairs.items():
            if line not in lines or movement not in moved:
                raise NotFound("no-line", "There is no such line, or no such movement. Look at the list again.")
            if lines[line].cents != moved[movement]:
                raise Conflict("other-amount", "The amounts differ: these do not belong together.", "pairs")
        return this.save_new(
            [
                BankMatch(line=lines[line], movement=movement, cents=lines[line].cents, matched_by=actor.name[:120])
                for line, movement in pairs.items()
            ]
        )


def undo_match(actor: Actor, match_id: UUID, reason: str) -> None:
    """Say that a line and a movement do not belong together after all. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the match is undone.", "reason")
    with change(actor, "books.bank", reason=reason.strip()) as this:
        found = BankMatch.objects.select_for_update().filter(pk=match_id).first()
        if found is None:
            raise NotFound("no-match", "There is no such match. Look at the list again.")
        line = BankLine.objects.select_for_update().get(pk=found.line_id)
        if line.reconciled_id:
            raise Conflict("reconciled", "The bank is reconciled through this day. Reopen that first.", "reason")
        this.remove(found)


def expense_of_line(actor: Actor, line_id: UUID, *, account: str, vendor: str) -> Expense:
    """Enter what the bank took and the books did not know (a fee), and match it. Raises Invalid, Conflict."""
    with change(actor, "books.bank"):
        line = (
            BankLine.objects.select_for_update(of=("self",)).filter(pk=line_id, matches=None, reconciled=None).first()
        )
        if line is None:
            raise Conflict("matched-already", "This line is matched already. Look at the list again.")
        if line.cents >= 0:
            raise Invalid("came-in", "This came in: it is no expense.", "account")
        expense = enter_expense(
            actor, account=account, vendor=vendor or line.words or "Bank", cents=-line.cents, paid_on=line.on,
            paid_from=A.BANK, method="bank", reference=line.reference,
        )  # fmt: skip
        match(actor, {line.pk: expense.transfer.transaction})
        return expense
