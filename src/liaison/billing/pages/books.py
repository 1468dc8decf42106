"""The day sheet, aging and periods."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.billing.actions.books import periods as actions
from liaison.billing.books import days, pictures
from liaison.billing.papers.compiled import pdf
from liaison.billing.papers.daysheets import day_sheet_csv, day_sheet_pdf, figures
from liaison.billing.queries import aging as aged
from liaison.billing.queries.daysheet import DaySheet, day_sheet
from liaison.billing.queries.periods import closed_until, closings
from liaison.kernel import money
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places

_A_PAGE, _RECEIPTS = 50, 100
_ALL = 100_000


def _asked(request: StaffRequest) -> tuple[date, UUID | None]:
    """The day and site of the question. Raises Invalid."""
    form = Typed({"day": request.GET.get("day", "")})
    site = request.GET.get("site", "")
    try:
        return form.day("day") or days.today(), UUID(site) if site else None
    except ValueError:
        raise Invalid("no-site", "Choose a site from the list.", "site")


@require_GET
@page("books.read")
def day(request: StaffRequest) -> HttpResponse:
    """The day sheet of a day, at a site or everywhere."""
    form = Typed({"day": ""})
    try:
        on, site = _asked(request)
    except Invalid as refusal:
        form.sorry = refusal.sentence
        on, site = days.today(), None
    sheet = day_sheet(request.actor, on, site)
    site_query = f"&site={site}" if site else ""
    closed = closed_until()
    context = {
        "here": "claims",
        "sheet": sheet,
        "rows": [(row, figures(row.day)) for row in sheet.rows],
        "total": figures(sheet.total),
        "methods": sheet.methods.items(),
        "receipts": sheet.receipts[:_RECEIPTS],
        "sites": places.sites(),
        "today": days.today(),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "closed": closed is not None and days.end(on) <= closed,
        "site_query": site_query,
        "query": f"day={on:%Y-%m-%d}{site_query}",
        "may_collect": request.actor.may("billing.collect"),
    }
    return shown(request, "billing/books/day.html", form, **context)


def _sheet(request: StaffRequest) -> DaySheet:
    on, site = _asked(request)
    return day_sheet(request.actor, on, site)


@require_GET
@page("books.read")
def day_pdf(request: StaffRequest) -> HttpResponse:
    """The day sheet, to print and sign."""
    sheet = _sheet(request)
    return pdf(day_sheet_pdf(sheet), f"day-sheet-{sheet.on}")


@require_GET
@page("books.read")
def day_csv(request: StaffRequest) -> HttpResponse:
    """The day sheet for a spreadsheet."""
    sheet = _sheet(request)
    return table(day_sheet_csv(sheet), f"day-sheet-{sheet.on}")


def table(text: str, name: str) -> HttpResponse:
    """A table as a file for a spreadsheet."""
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _aging(request: StaffRequest, most: int) -> tuple[str, aged.Aging]:
    """By whom, and the aging as the day that is asked for ended, `most` rows of it. Raises Invalid."""
    on = Typed({"day": request.GET.get("day", "")}).day("day")
    if request.GET.get("by") == "patient":
        # How many rows there are is known with them alone
        first = Paginator(range(_ALL), most).get_page(request.GET.get("page")).start_index() - 1
        return "patient", aged.by_patient(request.actor, on, first=first, most=most)
    return "payer", aged.by_payer(request.actor, on)


@require_GET
@page("books.read")
def aging(request: StaffRequest) -> HttpResponse:
    """What is owed by age, by payer or by patient, now or as a past day ended."""
    form = Typed({"day": ""})
    try:
        by, found = _aging(request, _A_PAGE)
    except Invalid as refusal:
        form.sorry = refusal.sentence
        by, found = "payer", aged.by_payer(request.actor)
    today = days.today()
    context = {
        "here": "claims",
        "by": by,
        "aging": found,
        "bands": aged.BANDS,
        "today": today,
        "past": found.on < today,
        "query": f"&day={found.on:%Y-%m-%d}" if found.on < today else "",
        "pager": Paginator(range(found.count), _A_PAGE).get_page(found.first // _A_PAGE + 1),
        "picture": pictures.columns(
            [(f"{band} days", cents) for band, cents in zip(aged.BANDS, found.total.cents, strict=True)], "Owed by age"
        ),
    }
    return shown(request, "billing/books/aging.html", form, **context)


@require_GET
@page("books.read")
def aging_csv(request: StaffRequest) -> HttpResponse:
    """Aging for a spreadsheet: patients by MRN, without their names."""
    by, found = _aging(request, _ALL)
    answer = table("", f"aging-by-{by}-{found.on}")
    writer = csv.writer(answer)
    writer.writerow([by.capitalize() if by == "payer" else "MRN", *aged.BANDS, "Paid ahead", "Total"])
    writer.writerows(_lines(found))
    return answer


def _lines(found: aged.Aging) -> Iterator[list[str]]:
    for row in (*found.rows, found.total):
        cells = (*row.cents, row.credit_cents, row.total_cents)
        yield [row.mrn or row.name, *(str(money.decimal(cents)) for cents in cells)]


@require_GET
@page("books.read")
def periods(request: StaffRequest) -> HttpResponse:
    """What is closed, and the way to close and to reopen."""
    return _periods(request, Typed())


def _periods(request: StaffRequest, form: Typed) -> HttpResponse:
    found = closings(request.actor)
    today = timezone.localtime().date()
    context = {
        "here": "claims",
        "closings": found,
        "last": next((one for one in found if one.reopened_at is None), None),
        "suggested": today.replace(day=1) - relativedelta(days=1),
        "may_close": request.actor.may("books.close"),
    }
    return shown(request, "billing/books/periods.html", form, **context)


@require_POST
@page("books.close")
def close(request: StaffRequest) -> HttpResponse:
    """Close the books through a day."""
    form = Typed.sent(request.POST, ("through", "note"))
    try:
        through = form.day("through")
        if through is None:
            raise Invalid("no-day", "Choose the last day of the period.", "through")
        actions.close_books(request.actor, through, form.text("note"))
    except ON_THE_FORM as refusal:
        return _periods(request, form.refuse(refusal))
    return done(request, f"The books are closed through {through:%b} {through.day}.", reverse("periods"))


@require_POST
@page("books.close")
def reopen(request: StaffRequest, closing_id: UUID) -> HttpResponse:
    """Reopen what was closed last, with a reason."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.reopen_books(request.actor, closing_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _periods(request, form.refuse(refusal))
    return done(request, "The period is open again.", reverse("periods"))
