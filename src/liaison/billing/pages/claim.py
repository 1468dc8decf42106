"""One claim: what must be mended, its correction in place, what was sent and answered."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries, realtime
from liaison.billing.actions.letters import ANSWERED as APPEALABLE
from liaison.billing.actions.mending import CAUSES, MENDABLE, WITH_THE_PAYER, Corrections
from liaison.billing.actions.settling import ANSWERED, is_by_contract, is_taken_back
from liaison.billing.actions.status import ASKABLE
from liaison.billing.models import Claim, Transfer
from liaison.billing.pages.claims import standing
from liaison.billing.pages.findings import Where, grouped
from liaison.billing.pages.shown import chosen, named
from liaison.billing.queries.denials import Refusal, of_claim
from liaison.billing.x12.claims import ROLES
from liaison.engines.scrubber.scrub import UNITS
from liaison.kernel import clock
from liaison.people.access import page
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

S = Claim.Status
_WORDS = ("authorization", "referral", "note", "original_number")
_DAYS = ("onset_date", "initial_date")
_PROVIDER = ("family", "given", "npi")
_OF_LINES = ("cents", "modifiers", "ndc", "quantity", "unit", "note")
_CAUSE_WORDS = {"auto": "a car", "employment": "work", "other": "something else"}


@require_GET
@page("billing.read")
def claim(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """A claim: lines, what must be mended, what was sent and answered."""
    return show(request, claim_id)


def show(request: StaffRequest, claim_id: UUID, form: Typed | None = None) -> HttpResponse:
    """The page of a claim, with a form that was refused."""
    view = queries.claim_for(request.actor, claim_id)
    row = view.claim
    may_claim = request.actor.may("billing.claim")
    # What the payer has paid a part of is replaced, not sent anew
    partly_paid = row.previous_id is None and any(one.kind != Transfer.Kind.CHARGE for one in view.transfers)
    with_payer = row.status in WITH_THE_PAYER
    must_replace = row.status in (S.ACCEPTED, S.PAID) or (row.status == S.DENIED and partly_paid)
    mendable = may_claim and (row.status in MENDABLE or with_payer)
    to_settle = view.open_cents > 0 and (row.status in ANSWERED or is_taken_back(row))
    denied = _denied(request, row) if view.adjudications else []
    form = form or Typed({})
    form.values = _as_it_stands(row) | form.values
    context = {
        "view": view,
        "claim": row,
        "patient": row.patient,
        "lines": [_line(row, number, line) for number, line in enumerate(row.lines, 1)],
        "findings": grouped(row.findings, _where(row)) if row.status in (S.DRAFT, S.READY) else [],
        "holds": len(row.stops),
        "standing": standing(row, queries.outcomes([row]).get(row.pk)),
        "answers": queries.answers(view.adjudications),
        "denied": denied,
        "history": queries.history(view),
        "coverages": [(str(one.pk), named(one)) for one in _choices(row)] if mendable else [],
        "causes": [(key, words, key in row.accident.get("causes", ())) for key, words in _CAUSE_WORDS.items()],
        "roles": ROLES,
        "units": [(unit, unit) for unit in UNITS],
        "deadline": _deadline(row),
        "may_mend": mendable,
        "may_claim": may_claim,
        "with_payer": with_payer,
        "must_replace": must_replace,
        "may_ask": may_claim and row.status in ASKABLE and realtime.is_set_up(row.payer.code),
        "may_appeal": may_claim and row.status in APPEALABLE,
        "may_resubmit": may_claim and row.status in (S.SENT, S.REJECTED),
        "may_void": may_claim and with_payer and row.frequency != Claim.Frequency.VOID,
        "may_write_off": to_settle and request.actor.may("billing.write_off"),
        "may_bill": to_settle and request.actor.may("billing.post"),
        "by_contract": any(is_by_contract(one.row) for one in denied),
        "here": "claims",
    }
    return shown(request, "billing/claim.html", form, **context)


def _denied(request: StaffRequest, row: Claim) -> list[Refusal]:
    """What was denied and is not over, with what to do."""
    found = of_claim(request.actor, row.pk, clock.today(timezone.get_current_timezone()))
    return [one for one in found if one.is_open]


def _choices(row: Claim) -> list[Coverage]:
    found = coverages_of(row.patient_id)
    return found if any(one.pk == row.coverage_id for one in found) else [row.coverage, *found]


def _as_it_stands(row: Claim) -> dict[str, Any]:
    """The form's fields before anybody types."""
    values: dict[str, Any] = {"coverage": str(row.coverage_id), "diagnoses": " ".join(row.diagnoses)}
    values |= {name: getattr(row, name) for name in _WORDS}
    values |= {name: day.isoformat() if (day := getattr(row, name)) else "" for name in _DAYS}
    values["original_number"] = row.original_number or row.payer_claim_number
    for role in ROLES:
        facts = row.providers.get(role, {})
        values |= {f"{role}_{part}": facts.get(part, "") for part in _PROVIDER}
    return values | {
        "accident_date": row.accident.get("date", ""),
        "accident_state": row.accident.get("state", ""),
    }


def _line(row: Claim, number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    drug = line.get("drug") or {}
    return {
        **line,
        "number": number,
        "codes": [row.diagnoses[place - 1] for place in line["pointers"] if place <= len(row.diagnoses)],
        "fields": {
            "cents": f"{line['cents'] / 100:.2f}",
            "modifiers": " ".join(line["modifiers"]),
            "ndc": drug.get("ndc", ""),
            "quantity": drug.get("quantity", ""),
            "unit": drug.get("unit", ""),
            "note": line.get("note", ""),
        },
    }


def _where(row: Claim) -> Where:
    return Where(row.encounter_id, row.patient_id, row.coverage_id, row.payer_id, row.provider_id, row.site_id)


def _deadline(row: Claim) -> tuple[date, int] | None:
    """The last day to send a claim that has not been sent, and how many days are left."""
    if row.file_by is None or row.first_sent_at is not None:
        return None
    return row.file_by, (row.file_by - clock.today(timezone.get_current_timezone())).days


@require_POST
@page("billing.claim")
def mend(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Write a claim anew from what is known now and what was corrected."""
    charges = [name.partition("-")[2] for name in request.POST if name.startswith("cents-")]
    names = ["coverage", "diagnoses", *_WORDS, *_DAYS, "accident_date", "accident_state"]
    names += [f"{role}_{part}" for role in ROLES for part in _PROVIDER]
    names += [f"{part}-{charge}" for part in _OF_LINES for charge in charges]
    form = Typed.sent(request.POST, names)
    causes = [cause for cause in CAUSES if cause in request.POST.getlist("accident")]
    try:
        keys = {one: chosen(one, f"cents-{one}") for one in charges}
        more = Corrections(
            columns={**{name: form.text(name) for name in _WORDS}, **{name: form.day(name) for name in _DAYS}},
            providers={role: {part: form.text(f"{role}_{part}") for part in _PROVIDER} for role in ROLES},
            accident={"causes": causes, "date": form.day("accident_date"), "state": form.text("accident_state")},
            cents={key: form.cents(f"cents-{one}") for one, key in keys.items()},
            modifiers={key: form.text(f"modifiers-{one}").split() for one, key in keys.items()},
            drugs={key: {part: form.text(f"{part}-{one}") for part in ("ndc", "quantity", "unit")}
                   for one, key in keys.items()},
            notes={key: form.text(f"note-{one}") for one, key in keys.items()},
        )  # fmt: skip
        row = actions.mend_claim(
            request.actor,
            claim_id,
            coverage_id=chosen(form.text("coverage"), "coverage"),
            diagnoses=form.text("diagnoses").upper().replace(",", " ").split(),
            more=more,
            replaces=request.POST.get("replaces") == "yes",
        )
    except ON_THE_FORM as refusal:
        return show(request, claim_id, form.refuse(refusal))
    words = "Written anew; more is to be mended." if row.stops else "Written anew, ready to send."
    return done(request, words, reverse("claim", args=[claim_id]))
