"""Estimates on the screen: made for a planned visit, and what an insured patient may expect to pay."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from liaison.billing import queries
from liaison.billing.actions.estimates import make_estimate
from liaison.billing.coverage import estimating
from liaison.billing.coverage.estimating import Line
from liaison.billing.models import EligibilityCheck
from liaison.billing.pages.shown import chosen
from liaison.billing.papers.compiled import pdf
from liaison.billing.queries import estimates as asked
from liaison.kernel import money
from liaison.kernel.errors import Invalid
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.glass import patient_page
from liaison.people.queries import patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places
from liaison.schedule.models import Appointment

_FIELDS = ("appointment", "service", "service_date", "provider", "site", "diagnoses", "later")
_ROWS = 6


@require_http_methods(["GET", "POST"])
@patient_page("billing.coverage")
def make(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Make a good-faith estimate, begun from the next booked visit; for the insured what they may expect to pay."""
    patient = patient_for(request.actor, patient_id, why="estimate")
    booked = asked.coming(patient_id)
    rows: list[dict[str, str]] = []
    if request.method == "POST" and request.POST.get("how") != "begin":
        form, rows = Typed.sent(request.POST, (*_FIELDS, "lines")), _rows(request)
        try:
            lines = _lines(rows)
            if request.POST.get("how") == "make":
                estimate = make_estimate(request.actor, patient_id, lines=lines, **_facts(form))
                words = f"Estimate {estimate.number} over {money.dollars(estimate.total_cents)} is kept."
                return done(request, words, reverse("patient-coverage", args=[patient_id]) + "#estimates")
        except ON_THE_FORM as refusal:
            lines = []
            form.refuse(refusal)
    else:
        form, lines = _begun(request, booked)
        rows = [_as_row(line) for line in lines]
    context = {
        "patient": patient,
        "rows": [*rows, *({} for _ in range(max(1, _ROWS - len(rows))))],
        "total_cents": estimating.total(lines),
        "expected": _expected(patient_id, lines),
        "appointments": [(str(one.pk), _named(one)) for one in booked],
        "doctors": [(str(one.pk), one.full) for one in people.providers()],
        "sites": [(str(one.pk), one.name) for one in places.sites()],
    }
    return shown(request, "billing/coverage/estimate.html", form, **context)


def _named(appointment: Appointment) -> str:
    at = appointment.starts_at.astimezone(ZoneInfo(appointment.site.zone))
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}, {appointment.provider.short}"


def _begun(request: StaffRequest, booked: list[Appointment]) -> tuple[Typed, list[Line]]:
    """The form as a booked visit suggests it: the one that is named, else the next."""
    named = request.POST.get("appointment") or request.GET.get("appointment", "")
    one = next((each for each in booked if str(each.pk) == named), booked[0] if booked else None)
    if one is None:
        own = request.staff.site_id if request.staff else None
        return Typed({"site": str(own or "")}), []
    plan = estimating.planned(one)
    day = one.starts_at.astimezone(ZoneInfo(one.site.zone)).date()
    values: dict[str, Any] = {
        "appointment": str(one.pk),
        "service": plan.service,
        "service_date": day.isoformat(),
        "provider": str(one.provider_id),
        "site": str(one.site_id),
    }
    return Typed(values), list(plan.lines)


def _as_row(line: Line) -> dict[str, str]:
    cents = f"{line.cents / 100:.2f}" if line.cents else ""
    return {"code": line.code, "words": line.words, "units": str(line.units), "amount": cents}


def _rows(request: StaffRequest) -> list[dict[str, str]]:
    columns = [request.POST.getlist(f"line_{name}") for name in ("code", "words", "units", "amount")]
    rows = [
        {"code": code.strip().upper(), "words": words.strip(), "units": units.strip(), "amount": amount.strip()}
        for code, words, units, amount in zip(*columns, strict=False)
    ]
    return [row for row in rows if row["code"] or row["words"] or row["amount"]][:40]


def _lines(rows: list[dict[str, str]]) -> list[Line]:
    """The lines typed; words and price come from the fee schedule where they were left out."""
    lines = []
    for row in rows:
        units = row["units"] or "1"
        if not (units.isascii() and units.isdigit() and 0 < int(units) < 1000):
            raise Invalid("bad-units", f"Type how many of {row['code'] or 'the line'}, from 1.", "lines")
        known = estimating.priced(row["code"], int(units))
        try:
            cents = money.cents(row["amount"]) if row["amount"] else known.cents
        except ValueError as wrong:
            raise Invalid("bad-amount", str(wrong), "lines")
        lines.append(Line(row["code"], (row["words"] or known.words)[:200], int(units), cents))
    return lines


def _facts(form: Typed) -> dict[str, Any]:
    appointment = form.text("appointment")
    return {
        "service": form.text("service"),
        "service_date": form.day("service_date"),
        "provider_id": chosen(form.text("provider"), "provider"),
        "site_id": chosen(form.text("site"), "site"),
        "appointment_id": chosen(appointment, "appointment") if appointment else None,
        "diagnoses": form.text("diagnoses").replace(",", " ").split(),
        "later": form.text("later"),
    }


def _expected(patient_id: UUID, lines: list[Line]) -> estimating.Expectation | None:
    """By the last answer of the first payer that was asked."""
    if not lines:
        return None
    held = people.coverages_of(patient_id)
    said = queries.standings(patient_id, [one.pk for one in held])
    for coverage in held:
        check: EligibilityCheck | None = said.get(coverage.pk)
        if check is not None:
            check.coverage = coverage
            return estimating.expectation(check, lines)
    return None


@require_GET
@page("people.read")
def paper(request: StaffRequest, estimate_id: UUID) -> HttpResponse:
    """An estimate as it was given, to print."""
    found = asked.estimate_for(request.actor, estimate_id)
    answer = pdf(bytes(found.pdf), f"estimate-{found.number}")
    answer["Cache-Control"] = "private, no-store"
    return answer
