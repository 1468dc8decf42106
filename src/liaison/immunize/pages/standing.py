"""The standing order by which assistants give vaccines: what holds, and a provider's signature under a new one."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from liaison.immunize import actions, schedule
from liaison.immunize.rules import standing_order
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

YEAR = timedelta(days=365)


@require_http_methods(["GET", "POST"])
@page("immunize.read")
def standing(request: StaffRequest) -> HttpResponse:
    """Read the order in force; a provider signs a new one."""
    document = standing_order()
    body: dict[str, Any] = document.body if document else {"groups": {}}
    names = [group.name for group in schedule.in_force().groups]
    until = clock.today(timezone.get_current_timezone()) + YEAR
    form = Typed({"until": until.isoformat(), "groups": ""})
    rows = [_row(name, body["groups"].get(name)) for name in names]
    if request.method == "POST":
        form = Typed.sent(request.POST, ("until",))
        form.values["groups"] = ""
        rows = [_typed(request, name) for name in names]
        try:
            day = form.day("until")
            if day is None:
                raise Invalid("no-end", "Choose a day until which the order holds.", "until")
            actions.sign_standing_order(request.actor, _chosen(rows), day)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Signed. Assistants may give these vaccines under it.", reverse("standing-order"))
    signed = {key: date.fromisoformat(body[key]) for key in ("signed_on", "until")} if document else {}
    may_sign = request.actor.may("orders.place")
    return shown(
        request,
        "immunize/standing.html",
        form,
        document=document,
        body=body,
        signed=signed,
        rows=rows,
        may_sign=may_sign,
    )


def _row(name: str, ages: dict[str, Any] | None) -> dict[str, Any]:
    known = ages or {}
    return {
        "name": name,
        "on": ages is not None,
        "from_years": known.get("from_years", ""),
        "until_years": known.get("until_years", ""),
    }


def _typed(request: StaffRequest, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "on": name in request.POST.getlist("groups"),
        "from_years": request.POST.get(f"from-{name}", "").strip(),
        "until_years": request.POST.get(f"until-{name}", "").strip(),
    }


def _chosen(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if not row["on"]:
            continue
        ages = {key: row[key] for key in ("from_years", "until_years") if row[key] != ""}
        if not all(value.isdecimal() and len(value) < 4 and int(value) < 130 for value in ages.values()):
            raise Invalid("ages", f"Write the ages for {row['name']} in whole years.", "groups")
        found[row["name"]] = {key: int(value) for key, value in ages.items()}
    return found
