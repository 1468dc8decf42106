"""What is asked about authorizations and referrals."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q

from liaison.billing.models import Authorization, AuthorizationUse
from liaison.kernel.errors import NotFound
from liaison.people.queries import patient_for
from liaison.record.actor import Actor
from liaison.record.prepared import Prepared

FEW = 2  # so many left, or fewer, are a reason to ask for more
SOON = timedelta(days=14)
S = Authorization.Status


def authorization_for(
    patient_id: UUID, coverage_id: UUID, code: str, on: date, kind: str = Authorization.Kind.AUTHORIZATION
) -> Authorization | None:
    """What a service on a day may use: certified, in its time, not used up, for the code or for whatever is done.

    One that names the code comes before one that names none, then what ends first.
    """
    return choose(usable(patient_id, coverage_id, on), code, kind)


def usable(patient_id: UUID, coverage_id: UUID, on: date) -> list[Authorization]:
    """All that may be used under a coverage on a day, what ends first before the others. One query."""
    rows = Authorization.objects.filter(
        Q(ends=None) | Q(ends__gte=on),
        Q(quantity=None) | Q(used__lt=F("quantity")),
        patient_id=patient_id,
        coverage_id=coverage_id,
        status=S.CERTIFIED,
        starts__lte=on,
    )
    return list(rows.order_by(F("ends").asc(nulls_last=True), "starts", "created_at"))


_granted = Prepared(
    lambda patient, coverage, on: Authorization.objects.filter(
        Q(ends=None) | Q(ends__gte=on),
        patient_id=patient,
        coverage_id=coverage,
        status__in=[S.CERTIFIED.value, S.USED_UP.value],
        starts__lte=on,
    ).order_by("created_at")
)


def numbers_for(
    encounter_id: UUID, patient_id: UUID, coverage_id: UUID, codes: Iterable[str], on: date
) -> dict[str, str]:
    """The numbers that a claim carries, by kind: of what its visit has used, else of what fits its codes.

    What the visit itself has used up still counts.
    """
    granted = _granted(patient_id, coverage_id, on)
    if not granted:
        return {}
    used = AuthorizationUse.objects.filter(encounter_id=encounter_id, given_back_at=None)
    keys, wanted = set(used.values_list("authorization_id", flat=True)), set(codes)
    fitting = [one for one in granted if one.pk in keys or (one.left != 0 and not wanted.isdisjoint(one.codes))]
    fitting += [one for one in granted if one not in fitting and one.left != 0 and not one.codes]
    fitting.sort(key=lambda one: one.pk not in keys)
    found: dict[str, str] = {}
    for one in fitting:
        if one.number:
            found.setdefault(one.kind, one.number)
    return found


def choose(found: Sequence[Authorization], code: str, kind: str = "") -> Authorization | None:
    """The one of some that a code uses."""
    fitting = [one for one in found if (not kind or one.kind == kind) and (not one.codes or code in one.codes)]
    return min(fitting, key=lambda one: not one.codes, default=None)


def authorization_of(actor: Actor, authorization_id: UUID) -> Authorization:
    """One authorization with its coverage and patient; the look is audited. Raises NotFound."""
    found = Authorization.objects.select_related("coverage__payer", "provider").filter(pk=authorization_id).first()
    if found is None:
        raise NotFound("no-authorization", "There is no such authorization. Look at the patient’s coverage again.")
    found.patient = patient_for(actor, found.patient_id, why="authorization")
    return found


def uses_of(authorization_id: UUID) -> list[AuthorizationUse]:
    """What has used an authorization, newest first, those given back too."""
    rows = AuthorizationUse.objects.filter(authorization_id=authorization_id).select_related("charge", "encounter")
    return list(rows.order_by("-service_date", "-created_at"))
