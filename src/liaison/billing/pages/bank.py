"""The bank beside the books, and office expenses."""

from datetime import date
from typing import cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing import ledger
from liaison.billing.actions.books import bank as actions
from liaison.billing.actions.books import expenses as spending
from liaison.billing.books import days
from liaison.billing.models import Account
from liaison.billing.pages.shown import chosen, once, paged
from liaison.billing.queries import bank as queries
from liaison.billing.queries import expenses as spent
from liaison.billing.queries import reconciling
from liaison.kernel import money
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, not_done, shown

_ACCOUNTS = [(str(one), str(Account(one).label)) for one in ledger.EXPENSES]
_SHOWN = 100
_EXPENSE = ("account", "vendor", "cents", "paid_on", "paid_from", "reference", "memo")


@require_GET
@page("books.bank")
def bank(request: StaffRequest) -> HttpResponse:
    """The bank's lines beside the books' movements: what belongs together, and what is left of each."""
    return shown_bank(request, Typed())


def shown_bank(request: StaffRequest, form: Typed) -> HttpResponse:
    """The page of the bank, with what was typed into one of its forms."""
    view, standing = queries.reconciliation(request.actor), reconciling.standing(request.actor)
    matched = {one.movement.key for one in view.offers if one.movement}
    unmatched = [one for one in view.offers if not one.movement]
    outstanding = [one for one in view.outstanding if one.key not in matched]
    offered = [one for one in view.offers if one.movement]
    form.values = _before(request, standing) | form.values
    context = {
        "here": "claims",
        "view": view,
        "standing": standing,
        "history": reconciling.reconciled(request.actor),
        "offered": offered[:_SHOWN],
        "unmatched": unmatched[:_SHOWN],
        "outstanding": outstanding[:_SHOWN],
        "many": {"offered": len(offered), "unmatched": len(unmatched), "outstanding": len(outstanding)},
        "accounts": _ACCOUNTS,
    }
    return shown(request, "billing/books/bank.html", form, **context)


def _before(request: StaffRequest, standing: reconciling.Standing) -> dict[str, str]:
    """What the forms of the bank say before anybody typed: from its statements."""
    if standing.before is None:
        guess = reconciling.suggested(request.actor)
        return {"begun_on": f"{guess.on}", "begun_cents": f"{money.decimal(guess.cents):.2f}"} if guess else {}
    said = "" if standing.ending_cents is None else f"{money.decimal(standing.ending_cents):.2f}"
    return {"through": f"{standing.through or ''}", "ending_cents": said}


@require_POST
@page("books.bank")
def take_in(request: StaffRequest) -> HttpResponse:
    """Take in a statement of the bank's."""
    form = Typed({"statement": ""})
    file = request.FILES.get("statement")
    try:
        if file is None or not file.size:
            raise Invalid("no-file", "Choose the file that the bank gave you.", "statement")
        if file.size > actions.MOST_BYTES:
            raise Invalid("too-large", "A statement may have 20 MB. Choose a shorter time at the bank.", "statement")
        taken = actions.take_in_statement(request.actor, file.name or "", file.read())
    except ON_THE_FORM as refusal:
        return shown_bank(request, form.refuse(refusal))
    return done(request, f"Taken in: {taken.name}, {taken.lines.count()} new lines.", reverse("bank"))


@require_POST
@page("books.bank")
def match(request: StaffRequest) -> HttpResponse:
    """Confirm what belongs together: `pair` is line and movement, with a colon between."""
    form = Typed({"pairs": ""})
    try:
        pairs = dict(one.split(":", 1) for one in request.POST.getlist("pair") if ":" in one)
        made = actions.match(
            request.actor, {chosen(line, "pairs"): chosen(moved, "pairs") for line, moved in pairs.items()}
        )
    except ON_THE_FORM as refusal:
        return shown_bank(request, form.refuse(refusal))
    return done(request, f"{len(made)} matched.", reverse("bank"))


@require_POST
@page("books.bank")
def undo(request: StaffRequest, match_id: UUID) -> HttpResponse:
    """Undo a match, with a reason."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.undo_match(request.actor, match_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        form.sorry = refusal.sentence
        return shown_bank(request, form)
    return done(request, "The match is undone.", reverse("bank"))


@require_POST
@page("books.bank")
def line_expense(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """Enter what the bank took as an expense."""
    form = Typed.sent(request.POST, ("account", "vendor"))
    try:
        made = actions.expense_of_line(request.actor, line_id, account=form.text("account"), vendor=form.text("vendor"))
    except ON_THE_FORM as refusal:
        form.sorry = refusal.sentence
        return shown_bank(request, form)
    return done(request, f"Entered as {made.number} and matched.", reverse("bank"))


@require_http_methods(["GET", "POST"])
@page("books.bank")
def expenses(request: StaffRequest) -> HttpResponse:
    """What the office has paid for, and the way to enter more."""
    form = Typed({"paid_on": days.today().isoformat(), "paid_from": "bank"})
    if request.method == "POST":
        form = Typed.sent(request.POST, (*_EXPENSE, "papers"))
        try:
            made = _enter(request, form)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"{made}. It is in the books.", reverse("expenses"))
    view = spent.expenses(request.actor, _year(request.GET.get("year", "")))
    context = {
        "here": "claims",
        "view": view,
        "pager": paged(request, view.rows),
        "query": f"year={view.year}&",
        "accounts": _ACCOUNTS,
        "sources": [("bank", "the bank"), ("drawer", "the cash drawer")],
    }
    return shown(request, "billing/books/expenses.html", form, **context)


def _year(text: str) -> int:
    """The year that is asked for, else this one."""
    try:
        return date.fromisoformat(f"{text}-01-01").year
    except ValueError:
        return days.today().year


def _enter(request: StaffRequest, form: Typed) -> str:
    paid_on = form.day("paid_on")
    if paid_on is None:
        raise Invalid("no-day", "Choose the day it was paid.", "paid_on")
    made = spending.enter_expense(
        request.actor, account=form.text("account"), vendor=form.text("vendor"), cents=form.cents("cents"),
        paid_on=paid_on, paid_from=form.text("paid_from"), reference=form.text("reference"), memo=form.text("memo"),
        papers=_papers(request), site_id=request.staff.site_id, once=once(request),
    )  # fmt: skip
    return f"{made.number}, {money.dollars(made.cents)}"


def _papers(request: StaffRequest) -> list[spending.Paper]:
    files = cast("list[UploadedFile]", request.FILES.getlist("papers"))[:10]
    if any((file.size or 0) > spending.MOST_BYTES for file in files):
        raise Invalid("too-large", "A receipt may have 10 MB. Take the photograph smaller.", "papers")
    return [spending.Paper(file.name or "", file.read()) for file in files if file.size]


@require_POST
@page("books.bank")
def expense_papers(request: StaffRequest, expense_id: UUID) -> HttpResponse:
    """Keep more receipts with an expense."""
    try:
        made = spending.add_papers(request.actor, expense_id, _papers(request))
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, reverse("expenses"))
    return done(request, f"Kept with {made.number}.", reverse("expenses"))


@require_POST
@page("books.bank")
def cancel_expense(request: StaffRequest, expense_id: UUID) -> HttpResponse:
    """Take back an expense that was entered in error."""
    try:
        made = spending.cancel_expense(request.actor, expense_id, request.POST.get("reason", ""))
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, reverse("expenses"))
    return done(request, f"{made.number} is taken back.", reverse("expenses"))


@require_GET
@page("books.bank")
def expense_paper(request: StaffRequest, paper_id: UUID) -> HttpResponse:
    """A receipt as it was photographed."""
    found = spent.paper(request.actor, paper_id)
    answer = HttpResponse(bytes(found.body), content_type=found.media_type)
    answer["Content-Disposition"] = f'inline; filename="{found.expense.number}.{found.media_type.rpartition("/")[2]}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
