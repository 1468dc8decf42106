"""What a person does with a claim before it goes (again).

It is corrected, a warning is let pass, what the payer has is replaced or taken back, or it is sent once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.claims import diagnosis_codes, judge, locked_claim, take_authorizations, write_lines
from liaison.billing.models import Account, Charge, Claim, Transfer
from liaison.billing.x12.claims import ROLES
from liaison.engines.x12 import is_npi
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.states import usps
from liaison.people.models import Coverage
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check

S, F = Claim.Status, Claim.Frequency
MENDABLE = (S.DRAFT, S.READY, S.REJECTED, S.DENIED)
WITH_THE_PAYER = (S.ACCEPTED, S.PAID, S.DENIED)  # only a replacement or a void changes what the payer holds
COLUMNS = ("authorization", "referral", "note", "onset_date", "initial_date", "original_number")
CAUSES = ("auto", "employment", "other")


@dataclass(frozen=True, slots=True)
class Corrections:
    """New facts of a claim; what is None or not named stays. Amounts, modifiers, drugs and notes are by charge.

    `columns`: authorization, referral, note, onset_date, initial_date, original_number. `providers`: {referring,
    ordering, supervising: {family, given, npi}}. `accident`: {causes: [auto, employment, other], date, state}.
    `drugs`: {ndc, quantity, unit}; an empty one takes it off.
    """

    coverage_id: UUID | None = None
    diagnoses: Sequence[str] | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    providers: Mapping[str, Mapping[str, str]] | None = None
    accident: Mapping[str, Any] | None = None
    cents: Mapping[UUID, int] = field(default_factory=dict)
    modifiers: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    drugs: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    notes: Mapping[UUID, str] = field(default_factory=dict)


def mend_claim(
    actor: Actor,
    claim_id: UUID,
    *,
    coverage_id: UUID | None = None,
    diagnoses: Sequence[str] | None = None,
    cents: Mapping[UUID, int] | None = None,
    modifiers: Mapping[UUID, Sequence[str]] | None = None,
    reason: str = "",
    more: Corrections | None = None,
    replaces: bool = False,
) -> Claim:
    """Write a claim anew from its charges and what is now known of patient, coverage and provider, to be sent (again).

    `cents` and `modifiers` are new values by charge; what the total gains or loses is posted. `more` holds further
    corrections. With `replaces` it goes out in the place of what the payer has, which may then be paid already. Raises
    Conflict once the payer has it (or has paid a part) otherwise, Invalid for a value that cannot be.
    """
    wanted = more or Corrections()
    with change(actor, "billing.claim", reason=reason) as this:
        claim = locked_claim(claim_id)
        before = list(Transfer.objects.filter(claim_id=claim.pk))
        if replaces:
            _become(claim, F.REPLACEMENT, str(wanted.columns.get("original_number") or ""))
        else:
            _refuse_unmendable(claim, before)
        _take_facts(claim, wanted)
        if (coverage := coverage_id or wanted.coverage_id) is not None:
            _take_coverage(claim, coverage)
        if claim.previous is not None:
            claim.lines, claim.diagnoses = claim.previous.lines, claim.previous.diagnoses
        else:
            _write_anew(this, claim, wanted, diagnoses, cents or {}, modifiers or {})
            take_authorizations(claim)
        claim.answer = ""
        check(claim)
        judge(this, claim, the_practice())
        this.save(claim)
        this.event("billing.claim_mended", claim=claim.pk, encounter=claim.encounter_id)
        return claim


def _write_anew(
    this: Change,
    claim: Claim,
    wanted: Corrections,
    diagnoses: Sequence[str] | None,
    cents: Mapping[UUID, int],
    modifiers: Mapping[UUID, Sequence[str]],
) -> None:
    charges = list(Charge.objects.select_for_update().filter(claim_id=claim.pk).order_by("created_at", "id"))
    _correct(this, claim, charges, {**wanted.cents, **cents}, {**wanted.modifiers, **modifiers})
    _take_line_facts(this, charges, wanted)
    codes = diagnoses if diagnoses is not None else wanted.diagnoses
    write_lines(
        claim, charges, list(codes) if codes is not None else claim.diagnoses or diagnosis_codes(claim.encounter_id)
    )


def void_claim(actor: Actor, claim_id: UUID, reason: str, original_number: str = "") -> Claim:
    """Take back what the payer has: the claim goes out once more as a void. What it paid comes back on an 835.

    Raises Invalid without a reason, Conflict for a claim that the payer does not have.
    """
    with change(actor, "billing.claim", reason=_reason(reason)) as this:
        claim = locked_claim(claim_id)
        _become(claim, F.VOID, original_number)
        judge(this, claim, the_practice())
        claim.answer = ""
        this.save(claim)
        this.event("billing.claim_mended", claim=claim.pk, encounter=claim.encounter_id)
        return claim


def _become(claim: Claim, frequency: str, original_number: str) -> None:
    if claim.status not in WITH_THE_PAYER and claim.frequency == F.ORIGINAL:
        raise Conflict(
            "not-with-payer", f"The claim is {claim.get_status_display()}; the payer has nothing of it to take back."
        )
    number = " ".join(original_number.split()) or claim.payer_claim_number or claim.original_number
    if not number:
        raise Invalid("no-number", "Type the payer's number of the claim: it stands in its answer.", "original_number")
    claim.frequency, claim.original_number = frequency, number


def resubmit(actor: Actor, claim_id: UUID, reason: str) -> Claim:
    """Send a claim once more as it is: one that was rejected, or that the payer says it never got.

    Raises Invalid without a reason, Conflict once the payer has decided.
    """
    with change(actor, "billing.claim", reason=_reason(reason)) as this:
        claim = locked_claim(claim_id)
        if claim.status not in (S.SENT, S.REJECTED):
            raise Conflict("not-unanswered", f"The claim is {claim.get_status_display()}; it is not sent once more.")
        judge(this, claim, the_practice())
        claim.answer = ""
        this.save(claim)
        this.event("billing.claim_mended", claim=claim.pk, encounter=claim.encounter_id)
        return claim


def pass_warning(actor: Actor, claim_id: UUID, rule: str, line: int | None, reason: str) -> Claim:
    """Let a warning pass, of one line or (None) of every line, with a reason that stays on the claim.

    Raises Invalid without a reason, Conflict for what must be mended.
    """
    reason = _reason(reason, "pass_reason")
    with change(actor, "billing.claim", reason=reason) as this:
        claim = locked_claim(claim_id)
        if claim.status not in (S.DRAFT, S.READY):
            raise Conflict("not-draft", f"The claim is {claim.get_status_display()}; nothing is held back.")
        found = [one for one in claim.findings if one["rule"] == rule and line in (None, one["line"])]
        if not found:
            raise NotFound("no-finding", "This is not found any more. Look at the claim again.")
        if any(one["severity"] != "warn" for one in found):
            raise Conflict("must-be-mended", f"{found[0]['sentence']} This must be mended; it cannot pass.")
        let = {"reason": reason[:200], "by": actor.name}
        lines = {one["line"] for one in found}
        kept = [one for one in claim.passed if one["rule"] != rule or one["line"] not in lines]
        told = [{"rule": rule, "line": number, "at": this.at.isoformat(), **let} for number in sorted(lines)]
        claim.passed = [*kept, *told]
        claim.findings = [{**one, "passed": let} if one in found else one for one in claim.findings]
        if not claim.stops:
            claim.status, claim.status_at = S.READY, this.at
            this.event("billing.claim_mended", claim=claim.pk, encounter=claim.encounter_id)
        this.save(claim, "status", "status_at", "findings", "passed")
        return claim


def _reason(reason: str, name: str = "reason") -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("no-reason", "Say why.", name)
    return reason


def _refuse_unmendable(claim: Claim, transfers: Sequence[Transfer]) -> None:
    if claim.status not in MENDABLE:
        raise Conflict("not-mendable", f"The claim is {claim.get_status_display()}; wait for the payer's answer.")
    if claim.previous_id is None and any(transfer.kind != Transfer.Kind.CHARGE for transfer in transfers):
        raise Conflict(
            "partly-paid",
            "The payer has paid a part of this claim. Replace it, appeal the rest, write it off, or bill the patient.",
        )


def _take_coverage(claim: Claim, coverage_id: UUID) -> None:
    found = Coverage.objects.select_related("payer").filter(pk=coverage_id, patient_id=claim.patient_id).first()
    if found is None:
        raise NotFound("no-coverage", "The patient has no such coverage. Choose one from the list.", "coverage")
    claim.coverage, claim.payer = found, found.payer


def _take_facts(claim: Claim, wanted: Corrections) -> None:
    for name, value in wanted.columns.items():
        if name not in COLUMNS:
            raise ValueError(f"A claim's {name} is not corrected by hand.")
        if name != "original_number" or claim.frequency != F.ORIGINAL:
            setattr(claim, name, " ".join(value.split()) if isinstance(value, str) else value)
    if wanted.providers is not None:
        claim.providers = {
            role: _provider(role, facts) for role, facts in wanted.providers.items() if any(facts.values())
        }
    if wanted.accident is not None:
        claim.accident = _accident(claim, wanted.accident)


def _provider(role: str, facts: Mapping[str, str]) -> dict[str, str]:
    if role not in ROLES:
        raise ValueError(f"A claim names no {role} provider.")
    if not facts.get("family"):
        raise Invalid("no-name", "Type the family name too.", f"{role}_family")
    if not is_npi(facts.get("npi", "")):
        raise Invalid("bad-npi", "Type the NPI: ten digits, the last of which checks the others.", f"{role}_npi")
    return {name: facts.get(name, "").strip()[:60] for name in ("family", "given", "npi")}


def _accident(claim: Claim, said: Mapping[str, Any]) -> dict[str, Any]:
    causes = [cause for cause in CAUSES if cause in said.get("causes", ())]
    if not causes:
        return {}
    day: date | None = said.get("date")
    if day is None or day > claim.service_date:
        raise Invalid("bad-date", "Type the day of the accident, not after the service.", "accident_date")
    state = usps(said.get("state", ""))
    if "auto" in causes and len(state) != 2:
        raise Invalid("no-state", "Type the state of the car accident by its two letters.", "accident_state")
    return {"causes": causes, "date": day.isoformat(), "state": state if len(state) == 2 else ""}


def _take_line_facts(this: Change, charges: Sequence[Charge], wanted: Corrections) -> None:
    for charge in charges:
        drug = wanted.drugs.get(charge.pk, charge.drug)
        drug = {name: str(drug.get(name, "")).strip().upper()[:20] for name in ("ndc", "quantity", "unit")}
        drug = drug if drug["ndc"] else {}
        note = " ".join(wanted.notes.get(charge.pk, charge.note).split())[:80]
        if drug != charge.drug or note != charge.note:
            charge.drug, charge.note = drug, note
            this.save(charge, "drug", "note")


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
