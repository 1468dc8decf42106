"""What is to be given today, under whose order; what is not given, and why."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from liaison.chart.actions import signer, staff_id
from liaison.documents import actions as documents
from liaison.documents.models import Document
from liaison.engines.vaccines import facts
from liaison.immunize import schedule
from liaison.immunize.actions.opening import open_encounter, open_plan
from liaison.immunize.actions.watching import LEFT, end_watch
from liaison.immunize.models import Immunization, PlannedDose, Source
from liaison.immunize.queries.due import groups_of
from liaison.immunize.queries.encounter import site_day, watch_of
from liaison.immunize.queries.seen import seen_of
from liaison.immunize.queries.trial import try_dose
from liaison.immunize.rules import STANDING, Age, fits, standing_order
from liaison.immunize.words import NOT_GIVEN
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor, machine
from liaison.record.change import change


def plan(actor: Actor, encounter_id: UUID, cvx: str, *, despite: str = "") -> PlannedDose:
    """Put a vaccine on today's plan, ordered by the provider who plans it, else by the standing order.

    Event immunize.planned. A provider may plan a dose against the schedule, `despite` saying why.
    Raises Invalid for an unknown vaccine, Conflict when it is planned already, would not count, or nobody orders it.
    """
    with change(actor, "immunize.write") as this:
        encounter = open_encounter(actor, encounter_id)
        patient, on = encounter.patient, site_day(encounter)
        vaccine, groups = facts().vaccine(cvx.strip()), groups_of(cvx.strip())
        if vaccine is None or not groups:
            raise Invalid("no-vaccine", "Choose the vaccine from the list.", "cvx")
        if PlannedDose.objects.filter(
            encounter_id=encounter.pk, cvx=vaccine.cvx, status=PlannedDose.Status.PLANNED
        ).exists():
            raise Conflict("planned-already", f"{vaccine.short} is on the plan already.", "cvx")
        orders, reason = actor.may("orders.place"), despite.strip()[:300]
        trial = try_dose(seen_of(patient, on), vaccine.cvx, on)
        if not trial.counts and not (reason and orders):
            raise Conflict(
                "would-not-count",
                f"{vaccine.short} should not be given today. {trial.why_not} A provider may order it with the reason.",
                "cvx",
            )
        document = None if orders else covering(groups, Age.on(patient.birth_date, on), on)
        row = this.save(
            PlannedDose(
                patient_id=patient.pk,
                encounter_id=encounter.pk,
                cvx=vaccine.cvx,
                display=vaccine.short[:200],
                vaccine_groups=groups,
                despite="" if trial.counts else reason,
                ordered_by_id=signer(actor) if document is None else UUID(document.body["signed_by"]),
                standing_order=document,
                planned_by_id=staff_id(actor),
                planned_at=this.at,
            )
        )
        this.event("immunize.planned", planned=row.pk, encounter=encounter.pk, patient=patient.pk)
        return row


def covering(groups: Collection[str], age: Age, on: date) -> Document:
    """The standing order, when it covers every one of the vaccine groups at this age. Raises Conflict."""
    document = standing_order()
    if document is None:
        raise Conflict(
            "no-standing-order", "No standing order for vaccines is signed. Ask a provider to order it.", "cvx"
        )
    if date.fromisoformat(document.body["until"]) < on:
        raise Conflict("order-ended", "The standing order has ended. Ask a provider to sign it again.", "cvx")
    outside = [g for g in groups if g not in document.body["groups"] or not fits(document.body["groups"][g], age)]
    if outside:
        raise Conflict(
            "not-covered",
            f"The standing order does not cover {', '.join(outside)} at this age. Ask a provider to order it.",
            "cvx",
        )
    return document


def sign_standing_order(actor: Actor, groups: Mapping[str, Mapping[str, Any]], until: date) -> Document:
    """Sign the standing order by which assistants give vaccines: vaccine groups with `from_years` and `until_years`.

    A new edition; the one before is retired. Raises Invalid for an unknown group or an end that has passed.
    """
    with change(actor, "orders.place") as this:
        known = {group.name for group in schedule.in_force().groups}
        if not groups or not set(groups) <= known:
            raise Invalid("no-groups", "Choose the vaccines that the order is for.", "groups")
        if until <= this.at.date():
            raise Invalid("ended", "Choose a day to come until which the order holds.", "until")
        for ages in groups.values():
            if ages.get("until_years", 200) <= ages.get("from_years", 0):
                raise Invalid("ages", "An age to end with must be above the one to begin with.", "groups")
        body = {
            "signed_by": str(signer(actor)),
            "signed_name": actor.name,
            "signed_on": this.at.date().isoformat(),
            "until": until.isoformat(),
            "groups": {group: dict(ages) for group, ages in sorted(groups.items())},
        }
        # The provider's signature puts it in force, whoever keeps the other documents
        return documents.publish(
            machine("immunize"), kind=STANDING, key="vaccines", title="Standing order for vaccines", body=body
        )


def take_off(actor: Actor, planned_id: UUID) -> PlannedDose:
    """Take a vaccine off today's plan: it was put there by mistake. Event immunize.plan_changed."""
    with change(actor, "immunize.write") as this:
        row, _ = open_plan(actor, planned_id)
        row.status = PlannedDose.Status.CANCELLED
        this.save(row, "status")
        this.event("immunize.plan_changed", planned=row.pk, encounter=row.encounter_id, patient=row.patient_id)
        return row


def not_given(actor: Actor, encounter_id: UUID, cvx: str, reason_code: str, note: str = "") -> Immunization:
    """Note that a vaccine that is due or planned is not given today, and why. Event immunize.not_given.

    A planned dose of it is settled with that. Raises Invalid without a reason, or for "other" without words.
    """
    if reason_code not in NOT_GIVEN:
        raise Invalid("no-reason", "Say why it is not given.", "reason_code")
    if reason_code == "other" and not note.strip():
        raise Invalid("no-words", "Say what the reason is.", "note")
    with change(actor, "immunize.write") as this:
        encounter = open_encounter(actor, encounter_id)
        vaccine = facts().vaccine(cvx.strip())
        if vaccine is None:
            raise Invalid("no-vaccine", "Choose the vaccine from the list.", "cvx")
        planned = PlannedDose.objects.filter(
            encounter_id=encounter.pk, cvx=vaccine.cvx, status=PlannedDose.Status.PLANNED
        ).first()
        row = this.save(
            Immunization(
                patient_id=encounter.patient_id,
                encounter_id=encounter.pk,
                cvx=vaccine.cvx,
                display=vaccine.short[:200],
                status="not-done",
                occurred_at=this.at,
                here=True,
                source=Source.GIVEN,
                reason_code=reason_code,
                note=note.strip()[:300],
                recorded_by_id=staff_id(actor),
                recorded_at=this.at,
            )
        )
        if planned is not None:
            planned.status, planned.immunization = PlannedDose.Status.NOT_GIVEN, row
            this.save(planned, "status", "immunization")
        this.event("immunize.not_given", immunization=row.pk, encounter=encounter.pk, patient=encounter.patient_id)
        return row


def let_go(actor: Actor, encounter_id: UUID, reason: str) -> None:
    """The patient has left: what was planned is taken off, an observation that goes on ends as left early."""
    with change(actor, "immunize.write", reason=reason) as this:
        for row in PlannedDose.objects.select_for_update().filter(
            encounter_id=encounter_id, status=PlannedDose.Status.PLANNED
        ):
            row.status = PlannedDose.Status.CANCELLED
            this.save(row, "status")
        if (watch := watch_of(encounter_id)) is not None and watch.ended_at is None:
            end_watch(actor, encounter_id, LEFT, reason)
