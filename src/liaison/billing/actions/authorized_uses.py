"""Authorizations and referrals counted down as visits and charges use them, given back, and warned of in time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from liaison.billing.models import Authorization, AuthorizationUse, Charge
from liaison.billing.queries.authorizations import FEW, SOON, choose, usable
from liaison.kernel.errors import NotFound
from liaison.people.queries import coverages_of
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.prepared import Prepared

S = Authorization.Status


def locked_authorization(authorization_id: UUID) -> Authorization:
    """An authorization, locked until the change ends, with its neighbours. Raises NotFound."""
    found = rows.locked(Authorization, authorization_id, "coverage", "patient", "provider")
    if found is None:
        raise NotFound("no-authorization", "There is no such authorization. Look at the patient’s coverage again.")
    return found


# Most patients have none, and nothing is to be counted
_any = Prepared(
    lambda encounter: Authorization.objects.filter(
        patient__charges__encounter_id=encounter, status__in=[S.CERTIFIED.value, S.USED_UP.value]
    ).values_list("pk", flat=True)[:1]
)


def count_uses(actor: Actor, encounter_id: UUID) -> None:
    """Let a visit's charges use what is authorized, once each, and give back what none of them uses any more.

    Run as often as one likes. What would be drawn beyond what is granted is not drawn: the claim's check finds it.
    """
    if not _any(encounter_id):
        return
    with change(actor, "billing.coverage") as this:
        every = list(Charge.objects.filter(encounter_id=encounter_id).select_related("claim").order_by("created_at"))
        there = list(
            AuthorizationUse.objects.select_for_update()
            .filter(encounter_id=encounter_id, given_back_at=None)
            .order_by("authorization_id", "created_at")
        )
        charges = [charge for charge in every if charge.status != Charge.Status.VOID]
        touched = _give_back(this, there, charges)
        kept = [use for use in there if use.given_back_at is None]
        for key in sorted(touched | _draw(this, kept, charges)):
            _recount(this, key)


def _draw(this: Change, kept: Sequence[AuthorizationUse], charges: Sequence[Charge]) -> set[UUID]:
    """Let each charge that uses nothing yet use what fits it: one authorization and one referral."""
    by_visit = {use.authorization_id for use in kept if use.charge_id is None}
    by_charge = {use.charge_id for use in kept if use.charge_id is not None}
    granted: dict[UUID, list[Authorization]] = {}
    touched = set()
    for charge in charges:
        coverage_id = _coverage(charge)
        if coverage_id is None or charge.pk in by_charge:
            continue
        if coverage_id not in granted:
            granted[coverage_id] = usable(charge.patient_id, coverage_id, charge.service_date)
        for kind in Authorization.Kind.values:
            found = choose(granted[coverage_id], charge.code, kind)
            if found is None or found.pk in by_visit:
                continue
            use = _use(this, found, charge)
            if use is None:
                continue
            touched.add(found.pk)
            if use.charge_id is None:
                by_visit.add(found.pk)
            elif use.authorization.left == 0:
                granted[coverage_id].remove(found)
    return touched


def _coverage(charge: Charge) -> UUID | None:
    if charge.claim is not None:
        return charge.claim.coverage_id
    first = next(iter(coverages_of(charge.patient_id, charge.service_date)), None)
    return first.pk if first else None


def _give_back(this: Change, there: Sequence[AuthorizationUse], charges: Sequence[Charge]) -> set[UUID]:
    of = {charge.pk: charge for charge in charges}
    codes = {charge.code for charge in charges}
    granted = Authorization.objects.in_bulk({use.authorization_id for use in there})
    touched = set()
    for use in there:
        row = granted[use.authorization_id]
        if use.charge_id is None:
            needed = bool(codes) and (not row.codes or not codes.isdisjoint(row.codes))
        else:
            charge = of.get(use.charge_id)
            needed = charge is not None and charge.units == use.quantity
        if not needed:
            use.given_back_at = this.at
            this.save(use, "given_back_at")
            touched.add(row.pk)
    return touched


def _use(this: Change, row: Authorization, charge: Charge) -> AuthorizationUse | None:
    locked = locked_authorization(row.pk)
    by_visit = locked.counted == Authorization.Counted.VISITS
    quantity = 1 if by_visit else charge.units
    if locked.status != S.CERTIFIED or (locked.left is not None and locked.left < quantity):
        return None
    use = AuthorizationUse(
        authorization=locked,
        patient_id=charge.patient_id,
        encounter_id=charge.encounter_id,
        charge=None if by_visit else charge,
        quantity=quantity,
        service_date=charge.service_date,
    )
    this.save(use)
    locked.used += quantity
    this.save(locked, "used")
    return use


def _recount(this: Change, authorization_id: UUID) -> None:
    row = locked_authorization(authorization_id)
    held: dict[bool, int] = defaultdict(int)
    for use in AuthorizationUse.objects.filter(authorization_id=authorization_id):
        held[use.given_back_at is None] += use.quantity
    row.used = held[True]
    if row.status in (S.CERTIFIED, S.USED_UP):
        row.status = S.USED_UP if row.left == 0 else S.CERTIFIED
    this.save(row, "used", "status")
    warn(this, row, this.at.date())


def warn(this: Change, row: Authorization, today: date) -> None:
    """Tell before the last ones are used, and before it ends; take it back when it is not so any more."""
    why = ""
    if row.status == S.USED_UP:
        why = "used-up"
    elif row.status == S.CERTIFIED and row.left is not None and row.left <= FEW and row.used:
        why = f"few-{row.left}"
    elif row.status == S.CERTIFIED and row.ends is not None and row.ends <= today + SOON:
        why = "ends"
    tell(this, row, why)


def tell(this: Change, row: Authorization, why: str) -> None:
    if row.low_told != why:
        row.low_told = why
        this.save(row, "low_told")
        this.event("billing.authorization_low", authorization=row.pk, patient=row.patient_id, why=why or None)


def look_over(actor: Actor, today: date) -> int:
    """Note what has ended, and warn of what ends within two weeks. Gives how many changed."""
    due = Authorization.objects.filter(status__in=(S.CERTIFIED, S.USED_UP), ends__lte=today + SOON)
    changed = 0
    for key in list(due.order_by("ends").values_list("pk", flat=True)[:1000]):
        with change(actor, "billing.coverage") as this:
            row = locked_authorization(key)
            before = (row.status, row.low_told)
            if row.ends is not None and row.ends < today:
                row.status = S.EXPIRED
                this.save(row, "status")
                tell(this, row, "")
            else:
                warn(this, row, today)
            changed += before != (row.status, row.low_told)
    return changed
