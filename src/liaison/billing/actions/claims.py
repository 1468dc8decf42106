"""Claims: made from charges, mended by a person, sent in batches, and what a person does with what a payer denied."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.files import keep_outgoing
from liaison.billing.models import Account, Charge, Claim, Exchange, Transfer
from liaison.billing.x12 import claims as x12
from liaison.chart.models import ICD10CM, Condition, Encounter
from liaison.engines.x12 import X12Error
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Coverage
from liaison.places.models import Organization
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.numbers import next_number
from liaison.record.prepared import Prepared

S = Claim.Status
MENDABLE = (S.DRAFT, S.READY, S.REJECTED, S.DENIED)
ANSWERED = (S.REJECTED, S.DENIED, S.PAID)  # what stays open of these is a person's to settle
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
        more.append(
            f"The visit has {len(codes)} diagnoses and a claim carries {x12.MOST_DIAGNOSES}. "
            "Check that the right ones were kept."
        )
    _write_lines(claim, charges, codes[: x12.MOST_DIAGNOSES])
    _judge(this, claim, the_practice(), more)
    return this.save(claim)


def _write_lines(claim: Claim, charges: Sequence[Charge], codes: Sequence[str]) -> None:
    place = {code: number for number, code in enumerate(codes, 1)}
    claim.diagnoses = list(codes)
    claim.lines = []
    for charge in charges:
        pointed = [code for code in charge.pointers if code in place] or list(codes)
        charge.pointers = pointed[:MOST_POINTERS]
        claim.lines.append(
            {
                "charge": str(charge.pk),
                "code": charge.code,
                "modifiers": charge.modifiers,
                "units": charge.units,
                "cents": charge.cents,
                "pointers": [place[code] for code in charge.pointers],
                "date": charge.service_date.isoformat(),
                "display": charge.display,
            }
        )
    claim.total_cents = sum(charge.cents for charge in charges)


def _judge(this: Change, claim: Claim, practice: Organization, more: Iterable[str] = ()) -> None:
    claim.status_at = this.at
    claim.findings = [*more, *x12.findings(claim, practice)]
    claim.status = S.DRAFT if claim.findings else S.READY


def _locked(claim_id: UUID) -> Claim:
    found = Claim.objects.select_for_update(of=("self",)).select_related(*_PARTIES).filter(pk=claim_id).first()
    if found is None:
        raise NotFound("no-claim", "There is no such claim. Look at the list of claims again.")
    return found


def mend_claim(
    actor: Actor,
    claim_id: UUID,
    *,
    coverage_id: UUID | None = None,
    diagnoses: Sequence[str] | None = None,
    cents: Mapping[UUID, int] | None = None,
    modifiers: Mapping[UUID, Sequence[str]] | None = None,
    reason: str = "",
) -> Claim:
    """Write a claim anew from its charges and what is now known of patient, coverage and provider, to be sent (again).

    `cents` and `modifiers` are new values by charge; what the total gains or loses is posted. Raises Conflict once the
    payer has it or has paid a part, Invalid for a value that cannot be.
    """
    with change(actor, "billing.claim", reason=reason) as this:
        claim = _locked(claim_id)
        before = list(Transfer.objects.filter(claim_id=claim.pk))
        _refuse_unmendable(claim, before)
        if coverage_id is not None:
            _take_coverage(claim, coverage_id)
        charges = list(Charge.objects.select_for_update().filter(claim_id=claim.pk).order_by("created_at", "id"))
        _correct(this, claim, charges, cents or {}, modifiers or {})
        codes = list(diagnoses) if diagnoses is not None else claim.diagnoses or diagnosis_codes(claim.encounter_id)
        _write_lines(claim, charges, codes)
        claim.answer = ""
        _judge(this, claim, the_practice())
        this.save(claim)
        this.event("billing.claim_mended", claim=claim.pk, encounter=claim.encounter_id)
        return claim


def _refuse_unmendable(claim: Claim, transfers: Sequence[Transfer]) -> None:
    if claim.status not in MENDABLE:
        raise Conflict("not-mendable", f"The claim is {claim.get_status_display()}; wait for the payer's answer.")
    if any(transfer.kind != Transfer.Kind.CHARGE for transfer in transfers):
        raise Conflict(
            "partly-paid",
            "The payer has paid a part of this claim. Appeal the rest, write it off, or bill the patient.",
        )


def _take_coverage(claim: Claim, coverage_id: UUID) -> None:
    found = Coverage.objects.select_related("payer").filter(pk=coverage_id, patient_id=claim.patient_id).first()
    if found is None:
        raise NotFound("no-coverage", "The patient has no such coverage. Choose one from the list.", "coverage")
    claim.coverage, claim.payer = found, found.payer


def _correct(
    this: Change,
    claim: Claim,
    charges: Sequence[Charge],
    cents: Mapping[UUID, int],
    modifiers: Mapping[UUID, Sequence[str]],
) -> None:
    """Give charges new amounts and modifiers, and post the difference."""
    posted = []
    for charge in charges:
        wanted = cents.get(charge.pk, charge.cents)
        if not 0 <= wanted < 100_000_000:
            raise Invalid("bad-amount", "Type an amount from 0 to under $1,000,000.", "cents")
        if wanted != charge.cents:
            facts = {
                "transaction": ids.new_id(),
                "at": this.at,
                "memo": "Charge corrected",
                "charge": charge,
                "claim": claim,
            }
            facts |= {"patient_id": claim.patient_id, "encounter_id": claim.encounter_id}
            difference = wanted - charge.cents
            posted.append(
                ledger.entry(Transfer.Kind.CHARGE, Account.PAYER_RECEIVABLE, Account.SERVICES, difference, **facts)
            )
        given = [modifier.upper() for modifier in modifiers.get(charge.pk, charge.modifiers)]
        if any(len(modifier) != 2 or not modifier.isascii() for modifier in given) or len(given) > 4:
            raise Invalid("bad-modifier", "A line has up to four modifiers of two characters.", "modifiers")
        if wanted != charge.cents or given != charge.modifiers:
            charge.cents, charge.modifiers = wanted, given
            this.save(charge, "cents", "modifiers")
    this.save_new(posted)


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
        this.save(claim, "status", "status_at")
    return [keep_outgoing(this, payer, control, body, [claim.number for claim in claims])]


def _writable(this: Change, claims: Sequence[Claim], practice: Organization) -> list[Claim]:
    """The claims that can be written; the others become drafts again, with what must be mended."""
    good = []
    for claim in claims:
        _judge(this, claim, practice)
        if not claim.findings:
            good.append(claim)
            continue
        this.save(claim, "status", "status_at", "findings")
        this.event("billing.claim_to_fix", claim=claim.pk, encounter=claim.encounter_id)
    return good


def write_off(actor: Actor, claim_id: UUID, reason: str) -> Claim:
    """Give up what stays open of a claim, denied whole or in part, and close it.

    Raises Invalid without a reason, Conflict while the payer has it or when nothing of a paid claim is open.
    """
    return _settle(actor, "billing.write_off", claim_id, reason, Transfer.Kind.ADJUSTMENT, Account.WRITE_OFF)


def bill_patient(actor: Actor, claim_id: UUID, reason: str) -> Claim:
    """Let the patient owe what stays open of a claim, and close it. Raises as `write_off` does."""
    return _settle(actor, "billing.post", claim_id, reason, Transfer.Kind.PATIENT_SHARE, Account.PATIENT_RECEIVABLE)


def _settle(actor: Actor, capability: str, claim_id: UUID, reason: str, kind: str, account: str) -> Claim:
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("no-reason", "Say why.", "reason")
    with change(actor, capability, reason=reason) as this:
        claim = _locked(claim_id)
        if claim.status not in (*MENDABLE, S.PAID):
            raise Conflict("not-denied", f"The claim is {claim.get_status_display()}; nothing of it is denied.")
        left = ledger.held(Transfer.objects.filter(claim_id=claim.pk), Account.PAYER_RECEIVABLE)
        if claim.status == S.PAID and left <= 0:
            raise Conflict("nothing-open", "The payer has answered for all of this claim; nothing of it is open.")
        if left:
            facts = {"transaction": ids.new_id(), "at": this.at, "claim": claim, "memo": reason[:200]}
            facts |= {"patient_id": claim.patient_id, "encounter_id": claim.encounter_id}
            this.save(ledger.entry(kind, account, Account.PAYER_RECEIVABLE, left, **facts))
        claim.status, claim.status_at, claim.answer = S.CLOSED, this.at, reason[:300]
        this.save(claim, "status", "status_at", "answer")
        if not ledger.by_encounter(Account.PAYER_RECEIVABLE, [claim.encounter_id])[claim.encounter_id]:
            this.event("billing.encounter_settled", encounter=claim.encounter_id)
        return claim
