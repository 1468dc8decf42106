"""Claims: made from charges or from what an earlier payer left, judged by the scrubber, sent in batches."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from liaison.billing.actions.outgoing import keep_outgoing
from liaison.billing.models import Charge, Claim, Exchange
from liaison.billing.queries.authorizations import numbers_for
from liaison.billing.scrub import facts as scrubbing
from liaison.billing.x12 import claims as x12
from liaison.chart.models import ICD10CM, Condition, Encounter
from liaison.engines.scrubber import Finding, Severity
from liaison.engines.x12 import X12Error
from liaison.kernel.errors import NotFound
from liaison.people.models import Coverage
from liaison.places.models import Organization
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.numbers import next_number
from liaison.record.prepared import Prepared

S = Claim.Status
MOST_POINTERS = 4
MOST_CLAIMS = 5000  # in one 837P transaction (005010X222A1, front matter 1.4.3)
_PARTIES = ("patient", "coverage", "payer", "provider", "site")


def diagnosis_codes(encounter_id: UUID) -> list[str]:
    """The ICD-10-CM codes of an encounter's diagnoses, the main one first."""
    return list(dict.fromkeys(_codes(encounter_id)))


_codes = Prepared(
    lambda encounter: (
        Condition.objects.filter(encounter_id=encounter, category="encounter-diagnosis", system=ICD10CM, error=False)
        .order_by("rank", "created_at")
        .values_list("code", flat=True)
    )
)


def make_claim(
    this: Change, encounter: Encounter, coverage: Coverage, charges: Sequence[Charge], codes: Sequence[str]
) -> Claim:
    """The claim for an encounter's charges, in the change that posts them: ready, or a draft with findings."""
    number = next_number("claim")
    assert encounter.provider is not None
    assert encounter.site is not None
    claim = Claim(
        number=f"C{number:06d}",
        patient=encounter.patient,
        encounter=encounter,
        coverage=coverage,
        payer=coverage.payer,
        provider=encounter.provider,
        site=encounter.site,
        service_date=charges[0].service_date,
    )
    more = []
    if len(codes) > x12.MOST_DIAGNOSES:
        said = f"The visit has {len(codes)} diagnoses and a claim carries {x12.MOST_DIAGNOSES}."
        more.append(Finding("diagnoses-left", Severity.WARN, said, "Check that the right ones were kept.", "diagnoses"))
    write_lines(claim, charges, codes[: x12.MOST_DIAGNOSES])
    take_authorizations(claim)
    judge(this, claim, the_practice(), more)
    return this.save(claim)


def take_authorizations(claim: Claim) -> None:
    """Put the numbers of what is granted for its services on a claim, where nobody has typed one."""
    codes = [line["code"] for line in claim.lines]
    given = numbers_for(claim.encounter_id, claim.patient_id, claim.coverage_id, codes, claim.service_date)
    claim.authorization = claim.authorization or given.get("authorization", "")
    claim.referral = claim.referral or given.get("referral", "")


def next_claim(this: Change, claim: Claim, coverage: Coverage) -> Claim:
    """The claim to the payer after, for what the one before has left; ready, or a draft with findings.

    What earlier payers decided is read from their adjudications when it is written to a file. No entries are posted.
    """
    first = claim.responsibility == Claim.Responsibility.PRIMARY
    later = Claim(
        number=f"C{next_number('claim'):06d}",
        patient=claim.patient,
        encounter_id=claim.encounter_id,
        coverage=coverage,
        payer=coverage.payer,
        provider=claim.provider,
        site=claim.site,
        service_date=claim.service_date,
        diagnoses=claim.diagnoses,
        lines=claim.lines,
        total_cents=claim.total_cents,
        responsibility=Claim.Responsibility.SECONDARY if first else Claim.Responsibility.TERTIARY,
        previous=claim,
        referral=claim.referral,
        providers=claim.providers,
        accident=claim.accident,
        onset_date=claim.onset_date,
        initial_date=claim.initial_date,
        note=claim.note,
    )
    judge(this, later, the_practice())
    return this.save(later)


def write_lines(claim: Claim, charges: Sequence[Charge], codes: Sequence[str]) -> None:
    """Write the lines of a claim from its charges, pointing to `codes`."""
    place = {code: number for number, code in enumerate(codes, 1)}
    claim.diagnoses = list(codes)
    claim.lines = []
    for charge in charges:
        pointed = [code for code in charge.pointers if code in place] or list(codes)
        charge.pointers = pointed[:MOST_POINTERS]
        line = {
            "charge": str(charge.pk),
            "code": charge.code,
            "modifiers": charge.modifiers,
            "units": charge.units,
            "cents": charge.cents,
            "pointers": [place[code] for code in charge.pointers],
            "date": charge.service_date.isoformat(),
            "display": charge.display,
        }
        more = {"drug": charge.drug, "note": charge.note}
        claim.lines.append(line | {name: value for name, value in more.items() if value})
    claim.total_cents = sum(charge.cents for charge in charges)


def judge(this: Change, claim: Claim, practice: Organization, more: Iterable[Finding] = ()) -> None:
    """Let the scrubber look at a claim: it is ready, or a draft with what must be mended."""
    claim.status_at = this.at
    found = scrubbing.findings(claim, practice, timezone.localdate(this.at))
    claim.findings = [*(scrubbing.kept(one) for one in more), *found]
    claim.status = S.DRAFT if claim.stops else S.READY


def locked_claim(claim_id: UUID) -> Claim:
    """The claim with its parties, locked. Raises NotFound."""
    found = Claim.objects.select_for_update(of=("self",)).select_related(*_PARTIES).filter(pk=claim_id).first()
    if found is None:
        raise NotFound("no-claim", "There is no such claim. Look at the list of claims again.")
    return found


def locked_claims(keys: Sequence[UUID]) -> list[Claim]:
    """Claims with their parties, locked, by number."""
    rows = Claim.objects.select_for_update(of=("self",)).select_related(*_PARTIES)
    return list(rows.filter(pk__in=list(keys)).order_by("number"))


def batch(actor: Actor) -> list[Exchange]:
    """Put every ready claim into a file to its payer, one 837P a payer. The claims count as sent from here on.

    A claim that can no longer be written goes back to be mended. Two batches at once never take the same claim.
    """
    with change(actor, "billing.claim") as this:
        rows = Claim.objects.select_for_update(skip_locked=True, of=("self",)).select_related(*_PARTIES)
        ready = list(rows.filter(status=S.READY).order_by("payer_id", "number"))
        if not ready:
            return []
        practice = the_practice()
        files = []
        for _, group in groupby(ready, key=lambda claim: claim.payer_id):
            of_payer = list(group)
            for start in range(0, len(of_payer), MOST_CLAIMS):
                files += _file(this, of_payer[start : start + MOST_CLAIMS], practice)
        return files


def _file(this: Change, claims: list[Claim], practice: Organization) -> list[Exchange]:
    control, payer = next_number("interchange"), claims[0].payer
    try:
        body = x12.batch(claims, payer, practice, this.at, control)
    except X12Error:
        claims = _writable(this, claims, practice)
        if not claims:
            return []
        body = x12.batch(claims, payer, practice, this.at, control)
    for claim in claims:
        claim.status, claim.status_at = S.SENT, this.at
        claim.first_sent_at = claim.first_sent_at or this.at
    this.save_all(claims, "status", "status_at", "first_sent_at")
    return [keep_outgoing(this, payer, control, body, [claim.number for claim in claims])]


def _writable(this: Change, claims: Sequence[Claim], practice: Organization) -> list[Claim]:
    """The claims that can be written; the others become drafts again, with what must be mended."""
    good = []
    for claim in claims:
        judge(this, claim, practice)
        if not claim.stops:
            good.append(claim)
            continue
        this.save(claim, "status", "status_at", "findings")
        this.event("billing.claim_to_fix", claim=claim.pk, encounter=claim.encounter_id)
    return good
