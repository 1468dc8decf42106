"""What was done and not charged, by visit, on a page and as a file."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.billing.pages.shown import chosen, paged
from liaison.billing.queries.uncharged import KINDS, Period, Uncharged
from liaison.billing.queries.uncharged import uncharged as left_out
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.queries import providers
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, shown
from liaison.places.queries import sites

_FIELDS = ("since", "until", "site", "provider", "kind")
DAYS = 7


@require_GET
@page("billing.read")
def uncharged(request: StaffRequest) -> HttpResponse:
    """Orders, vaccines, procedures and supplies without a charge, and visits that wait too long to be coded."""
    form, rows = _asked(request)
    context: dict[str, Any] = {
        "visits": len(rows),
        "pager": paged(request, rows),
        "things": sum(len(row.left_out) for row in rows),
        "waiting": sum(1 for row in rows if row.waiting_days),
        "sites": [(str(one.pk), one.name) for one in sites()],
        "providers": [(str(one.pk), one.short) for one in providers()],
        "kinds": list(KINDS.items()),
        "address": _address(request),
        "here": "claims",
    }
    return shown(request, "billing/uncharged.html", form, **context)


def _address(request: StaffRequest) -> str:
    """What is asked for, without the page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()


@require_GET
@page("billing.read")
def csv_file(request: StaffRequest) -> HttpResponse:
    """The same as a CSV file."""
    _, rows = _asked(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="uncharged.csv"'
    out = csv.writer(answer)
    out.writerow(["day", "MRN", "provider", "site", "kind", "what", "code", "units", "why"])
    for row in rows:
        out.writerows(_lines(row))
    return answer


def _lines(row: Uncharged) -> list[list[str]]:
    visit = row.encounter
    assert visit.starts_at is not None
    about = [
        f"{visit.starts_at:%Y-%m-%d}",
        visit.patient.mrn,
        visit.provider.short if visit.provider else "",
        visit.site.name if visit.site else "",
    ]
    lines = [[*about, one.kind, _safe(one.display), one.code, str(one.units), one.why] for one in row.left_out]
    if row.waiting_days:
        lines.append([*about, "waiting", _safe(visit.type_text), "", "", f"{row.waiting_days} days in coding"])
    return lines


def _safe(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text


def _asked(request: StaffRequest) -> tuple[Typed, Sequence[Uncharged]]:
    form = Typed.sent(request.GET, _FIELDS)
    today = clock.today(timezone.get_current_timezone())
    try:
        period = Period(
            since=form.day("since") or today - timedelta(days=DAYS - 1),
            until=form.day("until") or today,
            site_id=_chosen(form, "site"),
            provider_id=_chosen(form, "provider"),
            kind=_kind(form),
        )
        form.values |= {"since": period.since.isoformat(), "until": period.until.isoformat()}
        return form, left_out(request.actor, period)
    except ON_THE_FORM as refusal:
        return form.refuse(refusal), ()


def _chosen(form: Typed, name: str) -> UUID | None:
    return chosen(form.text(name), name) if form.text(name) else None


def _kind(form: Typed) -> str:
    if form.text("kind") and form.text("kind") not in KINDS:
        raise Invalid("bad-kind", "Choose one from the list.", "kind")
    return form.text("kind")
