"""Pages about a patient: a restricted chart answers with the way to open it, for whoever may."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from liaison.kernel.errors import Forbidden
from liaison.people.access import Answer, View, page
from liaison.people.typed import StaffRequest, Typed


def patient_page(capability: str) -> Callable[[View], View]:
    """As `page`, for a view of one patient (`patient_id`); at a restricted chart it asks for a reason to open it."""

    def wrap(view: View) -> View:
        @page(capability)
        @wraps(view)
        def answer(request: StaffRequest, patient_id: UUID, **kwargs: Any) -> Answer:
            try:
                return view(request, patient_id, **kwargs)
            except Forbidden as refusal:
                if refusal.code != "restricted":
                    raise
                return restricted(request, patient_id, Typed(), 403)

        return answer

    return wrap


def restricted(request: StaffRequest, patient_id: UUID, form: Typed, status: int) -> HttpResponse:
    """The page in front of a restricted chart: what it means, and how to open it or lift that. It names nobody."""
    context = {
        "form": form,
        "typed": form.values,
        "errors": form.errors,
        "patient_id": patient_id,
        "back": request.POST.get("next", "") if request.method == "POST" and "next" in request.POST else request.path,
        "may_break": request.actor.may("people.break_glass"),
        "may_lift": request.actor.may("people.restrict"),
    }
    return render(request, "people/restricted.html", context, status=status)
