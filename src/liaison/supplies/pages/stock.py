"""Stock: the list, a lot with its ledger, what may be done with doses, and the ledger as a file."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.engines.vaccines import facts
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places
from liaison.supplies import actions
from liaison.supplies.models import Funding, Stock
from liaison.supplies.pages.parts import FUNDING, lot_of, unit_choices, whole_number, with_sites
from liaison.supplies.queries import shelf
from liaison.supplies.words import Waste, doses

ONLY = {
    "expired": "expired",
    "soon": "expiring in 30 days",
    "held": "quarantined",
    "low": "below the reorder level",
}


@require_GET
@page("supplies.read")
def stock(request: StaffRequest) -> HttpResponse:
    """What is in stock by item, with lots, and what wants somebody."""
    context = with_sites(request, "stock")
    funding, text, only = lot_of(request, "funding"), lot_of(request, "q"), lot_of(request, "only")
    only = only if only in ONLY else ""
    whole = shelf.overview(request.actor, context["site"], funding=funding, text=text, only=only)
    today = clock.today(ZoneInfo(context["site"].zone)) if context["site"] else clock.now().date()
    context |= {
        "whole": whole,
        "funding": funding,
        "fundings": FUNDING,
        "text": text,
        "only": only,
        "only_words": ONLY.get(only, ""),
        "narrowed": bool(funding or text or only),
        "asked": urlencode(
            {"site": context["site"].pk if context["site"] else "all", "funding": funding, "q": text, "only": only}
        ),
        "from": today - timedelta(days=90),
        "to": today,
    }
    return render(request, "supplies/stocklist.html" if request.htmx else "supplies/stock.html", context)


@require_GET
@page("supplies.read")
def lot(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """A lot: where it lies, and its ledger."""
    return _lot(request, lot_id, Typed())


def _lot(request: StaffRequest, lot_id: UUID, form: Typed) -> HttpResponse:
    whole = shelf.lot_whole(request.actor, lot_id)
    item = whole.lot.item
    known = facts()
    context = {
        "whole": whole,
        "lot": whole.lot,
        "vaccine": known.vaccine(item.cvx) if item.cvx else None,
        "maker": known.manufacturer(item.mvx) if item.mvx else None,
        "many_sites": len({line.stock.unit.site_id for line in whole.lines}) > 1,
        "on_hand": sum(line.stock.on_hand for line in whole.lines),
        "wastes": dict(Waste.choices),
        "tab": "stock",
    }
    return shown(request, "supplies/lot.html", form, **context)


@require_POST
@page("supplies.read")
def hold_lot(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """Hold a recalled lot back, or let it be used again."""
    form = Typed.sent(request.POST, ("reason",))
    release = request.POST.get("what") == "release"
    act = actions.release_lot if release else actions.quarantine_lot
    try:
        found = act(request.actor, lot_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _lot(request, lot_id, form.refuse(refusal))
    said = "may be used again" if release else "is held back everywhere"
    return done(request, f"Lot {found.number} {said}.", reverse("supplies-lot", args=[lot_id]))


_FORMS = {
    "move": ("Move doses", ("doses", "unit", "note")),
    "waste": ("Waste doses", ("doses", "reason", "note")),
    "borrow": ("Borrow doses", ("doses", "funding", "reason")),
    "open": ("Open a vial", ("use_by",)),
}


@require_http_methods(["GET", "POST"])
@page("supplies.use")
def act(request: StaffRequest, stock_id: UUID, what: str) -> HttpResponse:
    """Move, waste or borrow doses of a stock, or open a vial."""
    found = shelf.stock_whole(request.actor, stock_id)
    title, fields = _FORMS[what]
    form = Typed(dict.fromkeys(fields, ""))
    if what == "waste":
        form.values["reason"] = lot_of(request, "reason")
    if request.method == "POST":
        form = Typed.sent(request.POST, fields)
        try:
            said = _act(request, found, what, form)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, said, reverse("supplies-lot", args=[found.lot_id]))
    units = [u for u in shelf.units(request.actor, None, kind=found.lot.item.storage) if u.pk != found.unit_id]
    context = {
        "stock": found,
        "what": what,
        "title": title,
        "units": unit_choices(units, len(places.sites())),
        "wastes": Waste.choices,
        "fundings": [(key, words) for key, words in FUNDING if key != found.funding],
        "tab": "stock",
    }
    return shown(request, "supplies/act.html", form, **context)


def _act(request: StaffRequest, found: Stock, what: str, form: Typed) -> str:
    actor, item = request.actor, found.lot.item
    if what == "open":
        vial = actions.open_vial(actor, found.pk, use_by=form.day("use_by"))
        return f"Vial opened: {doses(vial.left)}, to be used until {clock.told(vial.use_by)}. Write that day on it."
    number = whole_number(form, "doses")
    if what == "move":
        unit = next((u for u in shelf.units(actor, None) if str(u.pk) == form.text("unit")), None)
        if unit is None:
            raise Invalid("no-unit", "Choose where it goes.", "unit")
        actions.transfer(actor, found.pk, unit_id=unit.pk, doses=number, note=form.text("note"))
        return f"{doses(number, item.unit).capitalize()} moved to {unit.name}."
    if what == "waste":
        actions.waste(actor, found.pk, doses=number, reason=form.text("reason"), note=form.text("note"))
        return f"{doses(number, item.unit).capitalize()} noted as wasted."
    funding = form.text("funding")
    actions.borrow(actor, found.pk, doses=number, funding=funding, reason=form.text("reason"))
    return f"{doses(number, item.unit).capitalize()} lent to {Funding(funding).label}: a debt until they are returned."


@require_GET
@page("supplies.read")
def debts(request: StaffRequest) -> HttpResponse:
    """What one source owes another."""
    context = with_sites(request, "debts")
    return render(request, "supplies/debts.html", context | {"debts": shelf.debts(request.actor, context["site"])})


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def give_back(request: StaffRequest, borrowing_id: UUID) -> HttpResponse:
    """Return borrowed doses."""
    owed = shelf.borrowing(request.actor, borrowing_id)
    from_ = shelf.may_return(request.actor, owed)
    form = Typed({"doses": str(min(owed.owed, from_[0].on_hand) if from_ else owed.owed), "stock": ""})
    if request.method == "POST":
        form = Typed.sent(request.POST, ("doses", "stock"))
        try:
            stock_id = next((s.pk for s in from_ if str(s.pk) == form.text("stock")), None)
            if stock_id is None:
                raise Invalid("no-stock", "Choose the lot that the doses come from.", "stock")
            number = whole_number(form, "doses")
            actions.give_back(request.actor, owed.pk, stock_id=stock_id, doses=number)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"{doses(number).capitalize()} returned.", reverse("supplies-debts"))
    choices = [
        (
            str(s.pk),
            f"{s.lot.item.name}, lot {s.lot.number}, {s.unit.name}: {s.on_hand}, expires {clock.told(s.last_day)}",
        )
        for s in from_
    ]
    return shown(request, "supplies/return.html", form, owed=owed, choices=choices, tab="debts")


class _Line:
    """A file to which a line is written as it is asked for."""

    def write(self, text: str) -> str:
        return text


@require_GET
@page("supplies.read")
def ledger(request: StaffRequest) -> StreamingHttpResponse | HttpResponseRedirect:
    """The ledger from a day to another as CSV: what a funding program's visit asks to see."""
    context = with_sites(request, "stock")
    today = clock.now().date()
    form = Typed({"from": lot_of(request, "from"), "to": lot_of(request, "to")})
    try:
        start, end = form.day("from") or today - timedelta(days=365), form.day("to") or today + timedelta(days=1)
    except Invalid:
        return HttpResponseRedirect(reverse("supplies"))
    rows = shelf.ledger(request.actor, context["site"], start, end, lot_of(request, "funding"))
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name(start, end)}"'
    return answer


def _lines(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    yield "\ufeff" + write(shelf.COLUMNS)
    for row in rows:
        yield write([_harmless(cell) for cell in row])


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows, and does not run: words that begin like a formula get an apostrophe."""
    return f"'{cell}" if (cell[:1] in "=+@\t\r" and cell) or (cell[:1] == "-" and not cell[1:].isdigit()) else cell


def _name(start: date, end: date) -> str:
    return f"stock-ledger-{start:%Y%m%d}-{end:%Y%m%d}.csv"
