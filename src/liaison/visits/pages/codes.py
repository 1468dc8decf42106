"""Diagnosis codes under their fields: found by words, and what is still open or does not fit in what was picked."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liaison.engines.codes import Icd10cm, Kind, Question, check, questions
from liaison.people.access import page
from liaison.people.checks import today
from liaison.people.typed import StaffRequest

HITS = 20
MOST_PICKED = 24
# What the picker itself prevents
_SHOWN = frozenset(Kind) - {Kind.UNBILLABLE, Kind.TWICE}


class Asked(NamedTuple):
    """A picked code with one question about it."""

    code: str
    question: Question


@require_POST
@page("visits.read")
def codes(request: StaffRequest) -> HttpResponse:
    """ICD-10-CM codes that a claim takes, by words, for the list under the diagnosis field."""
    text = request.POST.get("words", "").strip()[:100]
    hits = [e for e in Icd10cm.load().search(text, 2 * HITS) if e.billable][:HITS] if len(text) > 1 else []
    return render(request, "visits/codes.html", {"hits": hits, "text": text})


@require_POST
@page("visits.read")
def still_open(request: StaffRequest) -> HttpResponse:
    """What is still open about the codes picked, as choices, and what does not fit among them, as sentences."""
    picked = [*request.POST.getlist("diagnoses"), *request.POST.getlist("code")][:MOST_PICKED]
    found = check(picked, _age_days(request.POST.get("born", "")), request.POST.get("sex", ""))
    context = {"asked": list(_asked(picked)), "findings": [one for one in found if one.kind in _SHOWN]}
    return render(request, "visits/still_open.html", context | {"soft": (Kind.ADVICE, Kind.HINT)})


def _asked(picked: list[str]) -> Iterator[Asked]:
    for code in picked:
        for question in questions(code):
            yield Asked(code, question)


def _age_days(born: str) -> int | None:
    try:
        return max((today() - date.fromisoformat(born)).days, 0)
    except ValueError:
        return None
