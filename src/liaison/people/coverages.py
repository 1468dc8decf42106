"""A patient's coverage: added from the card, corrected, put in order, ended, its card photographed."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.pictures import NoPicture, bare
from liaison.people.checks import birth_date, today
from liaison.people.models import Coverage, CoverageCard, Patient
from liaison.places.models import Organization
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check, tidy
from liaison.record.rows import locked

WRITABLE = frozenset(
    {
        "payer_id", "kind", "member_id", "group_number", "plan", "relationship", "subscriber_family",
        "subscriber_given", "subscriber_birth_date", "subscriber_sex", "copay_cents", "coinsurance_percent",
        "deductible_cents", "filing", "second_reason", "claim_number", "injured_on", "employer", "starts", "ends",
    }
)  # fmt: skip
LARGEST_CARD = 8 * 1024 * 1024
_SUBSCRIBER = ("subscriber_family", "subscriber_given", "subscriber_sex")


def likely_kind(payer_name: str) -> str:
    """What a payer's name says of its coverage; a commercial plan where it says nothing."""
    name = payer_name.casefold()
    public = (Coverage.Kind.MEDICARE, Coverage.Kind.MEDICAID, Coverage.Kind.TRICARE)
    return next((kind.value for kind in public if kind.value in name), Coverage.Kind.COMMERCIAL.value)


def add_coverage(
    actor: Actor,
    patient_id: UUID,
    *,
    payer_id: UUID,
    member_id: str = "",
    position: int | None = None,
    kind: str = "",
    **more: Any,
) -> Coverage:
    """Add a patient's insurance, after those there are unless `position` names a free place (1 is primary).

    Without `kind` it is what the payer's name says. Raises Invalid without a member ID (for an injury: a claim number),
    or without the subscriber where that is somebody else; Conflict for a taken place.
    """
    with change(actor, "people.write", patient_id=patient_id) as this:
        if locked(Patient, patient_id) is None:
            raise NotFound("no-patient", "There is no such patient.")
        payer = _payer(payer_id)
        taken = set()
        for old in Coverage.objects.filter(patient_id=patient_id, active=True):
            if old.ends and old.ends < today():
                old.active = False
                this.save(old, "active")
            else:
                taken.add(old.position)
        if position in taken:
            raise Conflict(
                "position-taken", "Another coverage has this place. End it first, or choose the next.", "position"
            )
        coverage = Coverage(
            patient_id=patient_id,
            payer_id=payer_id,
            kind=kind or likely_kind(payer.name),
            member_id=member_id,
            position=position or max(taken, default=0) + 1,
            **more,
        )
        check_coverage(coverage)
        this.save(coverage)
        _changed(this, coverage)
        return coverage


def _payer(payer_id: UUID) -> Organization:
    payers = Organization.objects.filter(pk=payer_id, kind=Organization.Kind.PAYER, active=True)
    if (found := payers.first()) is None:
        raise Invalid("no-payer", "Choose the payer from the list.", "payer")
    return found


def _changed(this: Change, coverage: Coverage) -> None:
    this.event("people.coverage_changed", patient=coverage.patient_id, coverage=coverage.pk)


def check_coverage(coverage: Coverage) -> None:
    """Tidy and check a coverage's columns. Raises Invalid."""
    if coverage.of_an_injury:
        if not tidy(coverage.claim_number) and not tidy(coverage.member_id):
            raise Invalid("no-claim-number", "Type the payer's number of the claim of injury.", "claim_number")
        if coverage.injured_on is None:
            raise Invalid("no-injury-date", "Choose the day of the injury.", "injured_on")
        if coverage.injured_on > today():
            raise Invalid("injury-in-future", "The day of the injury is not in the future.", "injured_on")
        if coverage.kind == Coverage.Kind.WORKERS_COMP and not tidy(coverage.employer):
            raise Invalid("no-employer", "Type the employer at whose work it happened.", "employer")
    elif not tidy(coverage.member_id):
        raise Invalid("no-member-id", "Type the member ID from the insurance card.", "member_id")
    if coverage.second_reason and coverage.kind != Coverage.Kind.MEDICARE:
        raise Invalid("not-medicare", "Only Medicare needs a reason to pay second. Clear it.", "second_reason")
    if coverage.coinsurance_percent is not None and not 0 <= coverage.coinsurance_percent <= 100:
        raise Invalid("bad-percent", "Coinsurance is from 0 to 100 percent.", "coinsurance_percent")
    if coverage.subscriber_birth_date:
        coverage.subscriber_birth_date = birth_date(coverage.subscriber_birth_date, "subscriber_birth_date")
    check(coverage)
    if coverage.relationship == Coverage.Relationship.SELF:
        coverage.subscriber_family = coverage.subscriber_given = coverage.subscriber_sex = ""
        coverage.subscriber_birth_date = None
    elif not coverage.subscriber_family:
        raise Invalid("no-subscriber", "Type the name of the subscriber, whose insurance this is.", "subscriber_family")
    if coverage.starts and coverage.ends and coverage.ends < coverage.starts:
        raise Invalid("bad-period", "Coverage ends on or after the day it starts.", "ends")


def _locked(coverage_id: UUID) -> Coverage:
    coverage = locked(Coverage, coverage_id)
    if coverage is None:
        raise NotFound("no-coverage", "There is no such coverage.")
    return coverage


def update_coverage(actor: Actor, coverage_id: UUID, **fields: Any) -> Coverage:
    """Correct what is on file of a coverage; only what differs is written. Raises NotFound, Invalid."""
    if unknown := fields.keys() - WRITABLE:
        raise TypeError(f"A coverage has no column to write named {', '.join(sorted(unknown))}.")
    with change(actor, "people.write") as this:
        coverage = _locked(coverage_id)
        before = {name: getattr(coverage, name) for name in WRITABLE}
        if "payer_id" in fields and fields["payer_id"] != coverage.payer_id:
            _payer(fields["payer_id"])
        for name, value in fields.items():
            setattr(coverage, name, value)
        check_coverage(coverage)
        changed = [name for name, value in before.items() if getattr(coverage, name) != value]
        if changed:
            if coverage.active and coverage.ends and coverage.ends < today():
                coverage.active = False
            this.save(coverage)
            _changed(this, coverage)
        return coverage


def end_coverage(actor: Actor, coverage_id: UUID, ends: date) -> Coverage:
    """Say that `ends` is the last day of a coverage. Raises NotFound, Invalid when that lies before its start."""
    with change(actor, "people.write") as this:
        coverage = _locked(coverage_id)
        if coverage.starts and ends < coverage.starts:
            raise Invalid("bad-period", "Coverage ends on or after the day it starts.", "ends")
        coverage.ends, coverage.active = ends, ends >= today()
        this.save(coverage, "ends", "active")
        _changed(this, coverage)
        return coverage


def reorder_coverages(actor: Actor, patient_id: UUID, order: Sequence[UUID]) -> list[Coverage]:
    """Put a patient's active coverages in the order in which they are billed.

    Raises Conflict where `order` does not name each of them once: somebody has added or ended one meanwhile.
    """
    with change(actor, "people.write", patient_id=patient_id) as this:
        there = {row.pk: row for row in Coverage.objects.select_for_update().filter(patient_id=patient_id, active=True)}
        if len(order) != len(there) or set(order) != set(there):
            raise Conflict("order-changed", "The patient's coverage has changed meanwhile. Look at it again.")
        wanted = {key: number for number, key in enumerate(order, 1)}
        moved = [row for key, row in there.items() if row.position != wanted[key]]
        # Past the others first: no two may have one place at any moment
        beyond = max((row.position for row in there.values()), default=0)
        for number, row in enumerate(moved, 1):
            row.position = beyond + number
            this.save(row, "position")
        for row in moved:
            row.position = wanted[row.pk]
            this.save(row, "position")
            _changed(this, row)
        return [there[key] for key in order]


def keep_card(actor: Actor, coverage_id: UUID, side: str, body: bytes) -> CoverageCard:
    """Keep the photograph of a side of the card, upright and without what it tells of where and when it was taken.

    The same picture again is the one there is. Raises Invalid for another side than front or back, for what is no
    picture or only a part of one, and for one over 8 MB.
    """
    if side not in CoverageCard.Side.values:
        raise Invalid("no-side", "Say whether it is the front or the back.", "side")
    if not body:
        raise Invalid("no-picture", "Take the photograph, or choose the picture.", side)
    if len(body) > LARGEST_CARD:
        raise Invalid("too-large", "The picture is larger than 8 MB. Take it again in a smaller size.", side)
    try:
        picture = bare(body)
    except NoPicture as why:
        raise Invalid("no-picture", str(why), side)
    digest = hashlib.sha256(picture.body).hexdigest()
    with change(actor, "people.write") as this:
        coverage = _locked(coverage_id)
        before = CoverageCard.objects.filter(coverage=coverage, side=side).defer("body").order_by("-created_at").first()
        if before is not None and before.sha256 == digest:
            return before
        card = CoverageCard(
            coverage=coverage,
            patient_id=coverage.patient_id,
            side=side,
            media_type=picture.media_type,
            sha256=digest,
            body=picture.body,
            taken_by=actor.name[:120],
        )
        this.save(card)
        this.event("people.card_kept", patient=coverage.patient_id, coverage=coverage.pk)
        return card
