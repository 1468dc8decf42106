"""Modifiers: proposed with the reason whenever a visit's charges change, accepted or refused by a person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from liaison.billing.charging import modifiers
from liaison.billing.models import Charge
from liaison.billing.rules import Kind, rule
from liaison.billing.scrub import ncci
from liaison.chart.models import Condition, Encounter
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.orders.models import Order
from liaison.record.actor import Actor
from liaison.record.change import Change, change

ACCEPTED, REFUSED = "accepted", "refused"
_OUTSIDE = ("lab", "imaging", "referral")  # categories of orders whose tests others do


def propose(
    this: Change, encounter: Encounter, charges: Sequence[Charge], by_payer: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Renew the proposals of a visit's open charges. What a person decided stays; what no longer fits goes.

    `by_payer` are modifiers that the payer's rules ask for, by source and code. A charge that is not saved yet is left
    to who saves it.
    """
    rules = rule(Kind.CHARGE_RULES)["modifiers"]
    lines = _lines(charges, rules)
    elsewhere = _elsewhere(charges)
    site = encounter.site
    codes = {line.code for line in (*lines, *elsewhere)}
    pairs = bundled(codes, charges[0].service_date) if len(codes) > 1 else ()
    found: dict[int, list[dict[str, Any]]] = {}
    clia = site.clia if site else ""
    for one in modifiers.propose(lines, rules, clia=clia, pairs=pairs, elsewhere=elsewhere):
        found.setdefault(one.line, []).append({"modifier": one.modifier, "reason": one.reason, "decision": ""})
    for number, charge in enumerate(charges):
        wanted = found.get(number, [])
        asked = (by_payer or {}).get((charge.source, charge.code))
        if asked and asked not in charge.modifiers:
            reason = "A programme paid for the dose, and this payer's rules ask for the modifier."
            wanted.append({"modifier": asked, "reason": reason, "decision": ""})
        _renew(this, charge, wanted, keep_payers=by_payer is None)


def _renew(this: Change, charge: Charge, wanted: list[dict[str, Any]], *, keep_payers: bool) -> None:
    decided = [one for one in charge.proposals if one["decision"] or (keep_payers and one["modifier"] == "SL")]
    known = {one["modifier"] for one in decided}
    proposals = decided + [one for one in wanted if one["modifier"] not in known]
    if proposals != charge.proposals:
        charge.proposals = proposals
        if charge.version:
            this.save(charge, "proposals")


def _lines(charges: Sequence[Charge], rules: Mapping[str, Any]) -> list[modifiers.Line]:
    """The charges as lines; orders are read where a test may be waived or a code has a side, diagnoses for the side."""
    sided = [charge for charge in charges if modifiers.within(charge.code, rules["sided"])]
    ids = [UUID(one.source[6:]) for one in charges if one.source.startswith("order:") and _asks(one, rules)]
    orders = {f"order:{order.pk}": order for order in Order.objects.filter(pk__in=ids)} if ids else {}
    words: dict[str, str] = {}
    if sided:
        diagnoses = Condition.objects.filter(encounter_id=sided[0].encounter_id, error=False).order_by("rank")
        words = {one.code: one.display for one in diagnoses}
    lines = []
    for charge in charges:
        order = orders.get(charge.source)
        lines.append(
            modifiers.Line(
                code=charge.code,
                modifiers=tuple(charge.modifiers),
                words=f"{order.display} {order.instructions}" if order else charge.display,
                diagnoses="; ".join(words[code] for code in charge.pointers if code in words),
                tested_here=order is None or order.category not in _OUTSIDE,
                **_where(charge),
            )
        )
    return lines


def _elsewhere(charges: Sequence[Charge]) -> list[modifiers.Line]:
    """What the patient was charged in other visits of the day, where the practice has loaded pairs to ask for it."""
    if not charges or not ncci.path().is_file():
        return []
    of_day = Charge.objects.filter(patient_id=charges[0].patient_id, service_date=charges[0].service_date)
    others = of_day.exclude(encounter_id=charges[0].encounter_id).exclude(status=Charge.Status.VOID)
    return [modifiers.Line(code=one.code, modifiers=tuple(one.modifiers), **_where(one)) for one in others]


def _where(charge: Charge) -> dict[str, Any]:
    return {
        "visit": str(charge.encounter_id),
        "provider": str(charge.provider_id),
        "pointers": tuple(charge.pointers),
    }


def _asks(charge: Charge, rules: Mapping[str, Any]) -> bool:
    return charge.code in rules["waived"] or modifiers.within(charge.code, rules["sided"])


def bundled(codes: Iterable[str], day: date) -> list[modifiers.Pair]:
    """The NCCI pairs among some codes on a day, by the file that the practice has loaded; none without one."""
    found = ncci.edits().pairs(list(codes), day)
    return [modifiers.Pair(pair.first, pair.second, modifier_allowed=pair.modifier == "1") for pair in found]


def decide_modifier(actor: Actor, charge_id: UUID, modifier: str, *, accept: bool) -> Charge:
    """Accept a proposed modifier, which puts it on the charge, or refuse it; the mind may be changed until billing.

    Raises NotFound for one that was not proposed, Conflict once the charge is billed, Invalid beyond four modifiers.
    """
    with change(actor, "billing.charge") as this:
        charge = Charge.objects.select_for_update().filter(pk=charge_id).first()
        if charge is None or all(one["modifier"] != modifier for one in charge.proposals):
            raise NotFound("no-proposal", "This modifier is not proposed any more. Look at the charges again.")
        if charge.status != Charge.Status.OPEN:
            raise Conflict("not-open", "This charge is billed or void already. Mend the claim instead.")
        for one in charge.proposals:
            if one["modifier"] == modifier:
                one |= {"decision": ACCEPTED if accept else REFUSED, "by": actor.name, "at": this.at.isoformat()}
        kept = [one for one in charge.modifiers if one != modifier]
        if accept and len(kept) == modifiers.MOST:
            raise Invalid("too-many", f"A line carries {modifiers.MOST} modifiers, and this one has them.", "modifiers")
        charge.modifiers = [*kept, modifier] if accept else kept
        return this.save(charge, "proposals", "modifiers")
