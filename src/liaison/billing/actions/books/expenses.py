"""What the office pays for, with its receipts, in the same books."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.books.periods import moment_of
from liaison.billing.models import Account, BankMatch, DepositItem, Expense, ExpensePaper, Transfer
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.pictures import NoPicture, bare
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.numbers import next_number

A, K = Account, Transfer.Kind
MOST_BYTES = 10_000_000
_MOST_CENTS = 100_000_000
_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Paper:
    """A photograph or PDF as it was sent."""

    name: str
    body: bytes


def enter_expense(
    actor: Actor, *, account: str, vendor: str, cents: int, paid_on: date, paid_from: str, method: str = "",
    reference: str = "", memo: str = "", papers: Sequence[Paper] = (), site_id: UUID | None = None,
    once: UUID | None = None,
) -> Expense:  # fmt: skip
    """Enter what the office has paid for, with its receipts. Event billing.expense_entered.

    Raises Invalid (an account that is no expense, an amount, a file that is neither photograph nor PDF), Conflict for a
    day that is closed, or where the form of the key `once` was sent before.
    """
    if account not in ledger.EXPENSES:
        raise Invalid("bad-account", "Choose what it was for.", "account")
    if paid_from not in ledger.MONEY:
        raise Invalid("bad-source", "Choose whether the bank or the drawer paid it.", "paid_from")
    if not 0 < cents <= _MOST_CENTS:
        raise Invalid("bad-amount", "Type an amount above zero and up to $1,000,000.", "cents")
    if not (vendor := " ".join(vendor.split())):
        raise Invalid("no-vendor", "Say who was paid.", "vendor")
    kept = [_checked(paper) for paper in papers]
    with change(actor, "books.bank") as this:
        at = moment_of(paid_on, this.at, "paid_on")
        number = f"E{next_number('expense'):05d}"  # who enters the same waits for the other here
        facts = {"reference": reference.strip()[:60], "memo": " ".join(f"{vendor}. {memo}".split())[:200]}
        entry = this.save_new(
            [
                ledger.entry(
                    K.EXPENSE, account, paid_from, cents, transaction=ledger.transaction_of(once), at=at,
                    site_id=site_id,
                    method="cash" if paid_from == A.DRAWER else method[:12], **facts,
                )
            ]
        )[0]  # fmt: skip
        expense = this.save(
            Expense(
                number=number, account=account, vendor=vendor[:120], paid_on=paid_on,
                paid_from=paid_from, cents=cents, reference=reference.strip()[:60], memo=" ".join(memo.split())[:200],
                entered_by=actor.name[:120], transfer=entry,
            )
        )  # fmt: skip
        _keep(this, expense, kept)
        this.event("billing.expense_entered", expense=expense.pk)
        return expense


def add_papers(actor: Actor, expense_id: UUID, papers: Sequence[Paper]) -> Expense:
    """Keep more receipts with an expense; one that is there already stays as it is."""
    kept = [_checked(paper) for paper in papers]
    if not kept:
        raise Invalid("no-paper", "Choose a photograph or a PDF.", "papers")
    with change(actor, "books.bank") as this:
        expense = _locked(expense_id)
        _keep(this, expense, kept)
        return expense


def cancel_expense(actor: Actor, expense_id: UUID, reason: str) -> Expense:
    """Take back an expense that was entered in error: a counter-entry of today. Event billing.expense_cancelled.

    Raises Invalid without a reason, Conflict when it is taken back or matched to the bank already.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is taken back.", "reason")
    with change(actor, "books.bank", reason=reason.strip()) as this:
        expense = _locked(expense_id)
        if expense.cancelled:
            raise Conflict("taken-back", "This expense was taken back already.")
        entry = Transfer.objects.get(pk=expense.transfer_id)
        if BankMatch.objects.filter(movement=entry.transaction).exists():
            raise Conflict("matched", "The bank's line is matched to it. Undo the match first.")
        if DepositItem.objects.filter(transfer=entry).exists():
            raise Conflict("deposited", "It is counted in a deposit already. Enter what came back as a new entry.")
        this.save_new([ledger.undo(entry, transaction=ids.new_id(), at=this.at, memo=reason.strip()[:200])])
        expense.cancelled = " ".join(reason.split())[:200]
        this.event("billing.expense_cancelled", expense=expense.pk)
        return this.save(expense, "cancelled")


def _locked(expense_id: UUID) -> Expense:
    found = Expense.objects.select_for_update().filter(pk=expense_id).first()
    if found is None:
        raise NotFound("no-expense", "There is no such expense. Look at the list again.")
    return found


def _checked(paper: Paper) -> tuple[str, str, bytes]:
    """Name, media type and content. Raises Invalid for what is neither photograph nor PDF, or too large."""
    if len(paper.body) > MOST_BYTES:
        raise Invalid("too-large", "A receipt may have 10 MB. Take the photograph smaller.", "papers")
    name = paper.name[:120] or "receipt"
    if paper.body.startswith(_PDF):
        return name, "application/pdf", paper.body
    try:
        picture = bare(paper.body)
    except NoPicture as why:
        raise Invalid("not-a-receipt", f"Choose a PDF or a photograph. {why}", "papers")
    return name, picture.media_type, picture.body


def _keep(this: Change, expense: Expense, kept: Sequence[tuple[str, str, bytes]]) -> None:
    there = set(ExpensePaper.objects.filter(expense=expense).values_list("sha256", flat=True))
    for name, media_type, body in kept:
        digest = hashlib.sha256(body).hexdigest()
        if digest not in there:
            there.add(digest)
            this.save(ExpensePaper(expense=expense, name=name, media_type=media_type, sha256=digest, body=body))
