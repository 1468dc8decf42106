"""The pages of the population: coverage, the recall list with its letters, doses needed in a month."""

import csv
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.immunize import pictures, schedule
from liaison.immunize.actions.recalls import letters_sent, recalled
from liaison.immunize.models import Recall
from liaison.immunize.pages.papers import issuing_site
from liaison.immunize.papers.letter import letters as letters_pdf
from liaison.immunize.population import bands, recall_again_days
from liaison.immunize.queries import coverage as covered
from liaison.immunize.queries import needed as wanting
from liaison.immunize.queries import recall as recalling
from liaison.immunize.queries.coverage import Asked
from liaison.immunize.queries.due import seasons_over
from liaison.immunize.queries.recall import Wanted
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, way_back
from liaison.places.models import Site

MONTHS_AHEAD = 6


@require_GET
@page("immunize.population")
def coverage(request: StaffRequest) -> HttpResponse:
    """Coverage by vaccine group and age band, and the practice's measures."""
    asked = _asked(request.GET)
    found = covered.coverage(request.actor, asked)
    context = {
        "here": "vaccine-coverage",
        "coverage": found,
        "asked": asked,
        "choices": covered.choices(),
        "picture": pictures.bars(found),
        "cells": [(row, pictures.shaded(row)) for row in found.rows],
        "query": urlencode(_told(asked)),
        "unknown": seasons_over(schedule.seasons_over(_today())),
    }
    return render(request, "immunize/coverage.html", context)


@require_GET
@page("immunize.population")
def coverage_table(request: StaffRequest) -> HttpResponse:
    """Coverage for a spreadsheet."""
    return _csv(covered.table(covered.coverage(request.actor, _asked(request.GET))), "vaccine-coverage")


@require_GET
@page("immunize.population")
def recall(request: StaffRequest) -> HttpResponse:
    """Overdue patients, the longest overdue first."""
    return _recall(request, request.GET, None)


def _recall(request: StaffRequest, query: QueryDict, refused: tuple[UUID, Typed] | None) -> HttpResponse:
    wanted = _wanted(query)
    number = query.get("page", "")
    found = recalling.recall_list(request.actor, wanted, int(number) if number.isdecimal() and len(number) < 7 else 1)
    told = urlencode({**_told(wanted.asked), **_more(wanted)})
    if refused and refused[0] not in {row.patient.pk for row in found.rows}:
        # No longer on this page of the list: what was wrong is said above it
        refused[1].sorry = " ".join([refused[1].sorry, *refused[1].errors.values()]).strip()
    context = {
        "here": "vaccine-coverage",
        "list": found,
        "wanted": wanted,
        "asked": wanted.asked,
        "choices": covered.choices(),
        "groups": [(group.name, group.name) for group in schedule.in_force().groups],
        "ways": Recall.How.choices,
        "again_days": recall_again_days(),
        "query": told,
        "fields": {**_told(wanted.asked), **_more(wanted)},
        "address": f"{reverse('vaccine-recall')}?{urlencode({'page': found.number})}&{told}",
        "earlier": f"?page={found.number - 1}&{told}" if found.number > 1 else "",
        "later": f"?page={found.number + 1}&{told}" if found.number < found.pages else "",
        "refused": refused[0] if refused else None,
        "form": refused[1] if refused else Typed(),
    }
    return render(request, "immunize/recall.html", context, status=422 if refused else 200)


@require_POST
@page("immunize.population")
def mark(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Note that a patient was called, written to, or declined."""
    form = Typed.sent(request.POST, ("how", "note", "again_on"))
    try:
        row = recalled(
            request.actor, patient_id, form.text("how"), note=form.text("note"), again_on=form.day("again_on")
        )
    except ON_THE_FORM as refusal:
        return _recall(request, request.POST, (patient_id, form.refuse(refusal)))
    said = f"Noted: {row.get_how_display()}. Not before {clock.told(row.again_on)} again."
    return done(request, said, way_back(request, reverse("vaccine-recall")))


@require_POST
@page("immunize.population")
def letters(request: StaffRequest) -> HttpResponse:
    """Letters to the chosen patients, in one PDF; each is noted."""
    chosen = _uuids(request.POST.getlist("patient"))
    if not chosen:
        raise Invalid("nobody", "Choose for whom letters are printed, then print them.")
    rows = recalling.overdue_of(request.actor, chosen)
    if not rows:
        raise Invalid("nobody", "None of those chosen is overdue any more. Look at the list again.")
    today = _today()
    body = letters_pdf(rows, issuing_site(request), today)
    letters_sent(request.actor, [row.patient.pk for row in rows])
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="recall-letters.pdf"'
    return answer


@require_GET
@page("immunize.population")
def recall_table(request: StaffRequest) -> HttpResponse:
    """The whole recall list for a spreadsheet."""
    found = recalling.recall_list(request.actor, _wanted(request.GET), 1, size=100_000)
    return _csv(recalling.table(found.rows), "vaccine-recall")


@require_GET
@page("immunize.population")
def needed(request: StaffRequest) -> HttpResponse:
    """Doses that a month asks for, against stock."""
    months = _months()
    found = wanting.needed(request.actor, _month(request.GET, months), _uuid(request.GET.get("site", "")))
    context = {
        "here": "vaccine-coverage",
        "needed": found,
        "months": [(month.isoformat(), f"{month:%B %Y}") for month in months],
        "sites": [
            (str(key), name)
            for key, name in Site.objects.filter(active=True).order_by("name").values_list("pk", "name")
        ],
        "query": urlencode({"month": found.first.isoformat(), **({"site": found.site} if found.site else {})}),
        "lines": [(line, [line.on_hand.get(key, 0) for key, _ in found.fundings]) for line in found.lines],
    }
    return render(request, "immunize/needed.html", context)


@require_GET
@page("immunize.population")
def needed_table(request: StaffRequest) -> HttpResponse:
    """Doses needed for a spreadsheet."""
    site = _uuid(request.GET.get("site", ""))
    return _csv(wanting.table(wanting.needed(request.actor, _month(request.GET, _months()), site)), "doses-needed")


def _today() -> date:
    return clock.today(timezone.get_default_timezone())


def _months() -> list[date]:
    month = _today().replace(day=1)
    found = [month]
    for _ in range(MONTHS_AHEAD):
        found.append(wanting.next_month(found[-1]))
    return found


def _month(query: QueryDict, months: list[date]) -> date:
    """The month asked for, when it is one of those offered; else the next."""
    return next((month for month in months if month.isoformat() == query.get("month")), months[1])


def _asked(query: QueryDict) -> Asked:
    site, provider, payer = (_uuid(query.get(name, "")) for name in ("site", "provider", "payer"))
    band = query.get("band", "")
    return Asked(band if band in {one.title for one in bands()} else "", site, provider, payer)


def _wanted(query: QueryDict) -> Wanted:
    group = query.get("group", "")
    known = any(one.name == group for one in schedule.in_force().groups)
    return Wanted(_asked(query), group if known else "", query.get("recalled", "") == "1")


def _told(asked: Asked) -> dict[str, str]:
    told = {"band": asked.band, "site": asked.site, "provider": asked.provider, "payer": asked.payer}
    return {name: str(value) for name, value in told.items() if value}


def _more(wanted: Wanted) -> dict[str, str]:
    told = {"group": wanted.vaccine_group, "recalled": "1" if wanted.recalled_too else ""}
    return {name: value for name, value in told.items() if value}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _uuids(texts: Iterable[str]) -> list[UUID]:
    return [key for text in texts if (key := _uuid(text))]


def _csv(rows: Iterable[list[object]], name: str) -> HttpResponse:
    """A table as CSV; what a spreadsheet would take for a formula is told as text."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(answer)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell else cell for cell in row])
    return answer
