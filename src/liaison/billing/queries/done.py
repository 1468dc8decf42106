"""Everything that was done in visits, and by which codes it is charged: what the draft and the report both go by.

One visit or a thousand, it is the same number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from liaison.billing.charging import vaccines as vaccine_charges
from liaison.billing.models import VisitCoding
from liaison.billing.rules import Kind, rule
from liaison.chart.models import Encounter, Note, Procedure
from liaison.documents.queries import in_force
from liaison.immunize import schedule
from liaison.immunize.models import Immunization
from liaison.immunize.rules import Age
from liaison.kernel.errors import NotFound
from liaison.orders.models import Order, Specimen
from liaison.orders.queries import catalog
from liaison.people.models import Coverage
from liaison.record.prepared import Prepared
from liaison.supplies.models import Item, Movement

# Sources of charges: the evaluation, a person's word, and what stands for several things of a visit
VISIT, PERSON, VACCINES, SPECIMENS = "visit", "person", "vaccines", "specimens"
LATE = ":late"  # behind a source: more of what is billed already
BY_PERSON, BY_SYSTEM = "person", "system"  # who voided a charge
VACCINE_CODES = "vaccine-codes"
_BILLING_SYSTEMS = ("http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.285")  # CPT, HCPCS Level II
Row = TypeVar("Row")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """Something to be charged. `source` says for what; `cents` is for each unit where the fee schedule has no price."""

    source: str
    code: str
    display: str = ""
    cents: int = 0
    units: int = 1
    drug: Mapping[str, str] = field(default_factory=dict)
    free: bool = False  # charged at nothing, for somebody else has paid for it
    modifier: str = ""  # proposed by the rules of the payer


@dataclass(frozen=True, slots=True)
class Uncoded:
    """Something done for which no code is known, with the way to mend it."""

    source: str
    display: str
    why: str


@dataclass(slots=True)
class Done:
    """What was done in one visit."""

    services: list[Service] = field(default_factory=list)
    uncoded: list[Uncoded] = field(default_factory=list)


class _Of(Generic[Row]):
    """The rows of one encounter by a prepared query, or of many by a plain one."""

    def __init__(self, rows: Callable[[], "QuerySet[Any, Row]"]) -> None:
        self._rows = rows
        self._one: Prepared[Row] = Prepared(lambda key: rows().filter(encounter_id=key))

    def __call__(self, ids: Sequence[UUID]) -> list[Row]:
        if len(ids) == 1:
            return self._one(ids[0])
        return list(self._rows().filter(encounter_id__in=ids)) if ids else []


_orders = _Of(lambda: Order.objects.filter(status=Order.Status.COMPLETED).order_by("ordered_at", "id"))
_doses = _Of(
    lambda: Immunization.objects.filter(here=True, status="completed").order_by("occurred_at", "created_at", "id")
)
_procedures = _Of(lambda: Procedure.objects.filter(status="completed").order_by("performed_at", "created_at", "id"))
_notes = _Of(
    lambda: Note.objects.filter(kind="progress", author__role="provider", signed_at__isnull=False).values_list(
        "encounter_id", flat=True
    )
)
_counselled = _Of(
    lambda: VisitCoding.objects.filter(counselled__isnull=False).values_list("encounter_id", "counselled")
)


def done_in(encounters: Sequence[Encounter]) -> dict[UUID, Done]:
    """What was done in each visit besides its evaluation; `patient` and `site` of the encounters are read."""
    found: dict[UUID, Done] = defaultdict(Done)
    by_id = {encounter.pk: encounter for encounter in encounters}
    ids = list(by_id)
    rules = rule(Kind.CHARGE_RULES)
    orders = _orders(ids)
    _of_orders(found, orders, rules)
    _of_vaccines(found, by_id, rules)
    for procedure in _procedures(ids):
        assert procedure.encounter_id is not None
        _of_procedure(found[procedure.encounter_id], procedure, rules)
    if rules["supplies"] and (used := {order.pk: order.encounter_id for order in orders} | {pk: pk for pk in ids}):
        _of_supplies(found, used, rules)
    return found


def _of_orders(found: dict[UUID, Done], orders: Sequence[Order], rules: Body) -> None:
    if not orders:
        return
    charges = {offered.key: offered.charge for offered in catalog()}
    for order in orders:
        charge = charges.get(order.key) or {}
        for one in (charge, *charge.get("also", ())):
            if one.get("code"):
                found[order.encounter_id].services.append(_ordered(order, one))
    drawn = {order.pk: order.encounter_id for order in orders if order.needs_specimen}
    collected: dict[UUID, set[str]] = defaultdict(set)
    if drawn:
        for order_id, kind in Specimen.objects.filter(order_id__in=list(drawn)).values_list("order_id", "kind"):
            if code := collection_code(kind, rules["collection"]):
                collected[drawn[order_id]].add(code)
    for encounter_id, codes in collected.items():
        # Drawn once for all tests of a visit, from a vein rather than a finger where both were needed
        found[encounter_id].services.append(Service(SPECIMENS, min(codes), "Specimen collection"))


def _ordered(order: Order, charge: Body) -> Service:
    return Service(
        source=f"order:{order.pk}",
        code=charge["code"],
        display=charge.get("display", order.display),
        cents=int(charge.get("cents") or 0),
        units=int(charge.get("units") or 1),
        drug=charge.get("drug") or {},
    )


def collection_code(kind: str, rules: Iterable[Body]) -> str:
    """By which code the collection of a specimen is charged, by the words of what it is drawn into; often none."""
    words = set(kind.lower().replace(",", " ").split())
    return next((str(one["code"]) for one in rules if not words.isdisjoint(one["words"])), "")


def _of_procedure(done: Done, procedure: Procedure, rules: Body) -> None:
    source = f"procedure:{procedure.pk}"
    code = procedure.code if procedure.system in _BILLING_SYSTEMS else rules["procedures"].get(procedure.code, "")
    if code:
        done.services.append(Service(source, code, procedure.display))
    elif code is not None:
        done.uncoded.append(Uncoded(source, procedure.display, "The charge rules have no code for this procedure."))


def _of_supplies(found: dict[UUID, Done], used_for: Mapping[UUID, UUID], rules: Body) -> None:
    """Goods taken from stock for a visit or one of its orders; a dose of vaccine is charged as such."""
    taken: dict[tuple[UUID, UUID], int] = defaultdict(int)
    items: dict[UUID, Item] = {}
    rows = Movement.objects.filter(for_id__in=list(used_for), kind__in=(Movement.Kind.USED, Movement.Kind.PUT_BACK))
    rows = rows.exclude(stock__lot__item__kind=Item.Kind.VACCINE).select_related("stock__lot__item")
    for movement in rows.order_by("at", "id"):
        assert movement.for_id is not None
        item = movement.stock.lot.item
        items[item.pk] = item
        taken[used_for[movement.for_id], item.pk] -= movement.doses
    for (encounter_id, item_id), units in taken.items():
        item, source = items[item_id], f"supply:{item_id}"
        listed = rules["supplies"].get(item.ndc) or rules["supplies"].get(item.name)
        if units > 0 and listed:
            times = int(listed.get("units") or 1)
            drug = _drug(item.ndc, units, listed) if item.ndc else {}
            service = Service(source, listed["code"], item.name, units=units * times, drug=drug)
            found[encounter_id].services.append(service)
        elif units > 0 and item.kind == Item.Kind.MEDICATION:
            found[encounter_id].uncoded.append(
                Uncoded(source, item.name, "The charge rules have no HCPCS code for this medication.")
            )


def _drug(ndc: str, units: int, listed: Body) -> dict[str, str]:
    """The drug as a claim names it: NDC, and how much in all of them together, as its package counts it."""
    quantity = units * Decimal(str(listed.get("quantity") or 1))
    return {"ndc": ndc.replace("-", ""), "quantity": f"{quantity:f}", "unit": listed.get("measure", "UN")}


def _of_vaccines(found: dict[UUID, Done], encounters: Mapping[UUID, Encounter], rules: Body) -> None:
    given: dict[UUID, list[Immunization]] = defaultdict(list)
    for dose in _doses(list(encounters)):
        assert dose.encounter_id is not None
        given[dose.encounter_id].append(dose)
    if not given:
        return
    ids = list(given)
    wrote = set(_notes(ids))
    said = {pk: bool(counselled) for pk, counselled in _counselled(ids)}
    payers = _payers([encounters[pk] for pk in ids])
    codes = product_codes(rules)
    in_short = rules["vaccines"]["counselled"]
    for pk, rows in given.items():
        encounter = encounters[pk]
        payer = payers.get(pk)
        person = vaccine_charges.Person(
            years=Age.on(encounter.patient.birth_date, service_date(encounter)).years,
            counselled=said.get(pk, in_short["when"] == "provider-wrote" and pk in wrote),
            medicare=payer is not None and payer.kind == Coverage.Kind.MEDICARE,
            payer=payer.payer.code if payer else "",
        )
        charged = vaccine_charges.charged(
            [_dose(row) for row in rows], person, rules["vaccines"], lambda cvx: codes.get(cvx, "")
        )
        found[pk].services += [_vaccine_service(line) for line in charged.lines]
        found[pk].uncoded += [
            Uncoded(f"dose:{dose.id}", dose.display, f"No code for the product with CVX {dose.cvx} is known here.")
            for dose in charged.without_code
        ]


def _dose(row: Immunization) -> vaccine_charges.Dose:
    used = schedule.in_force()
    antigens = tuple(found.antigen for found in used.vaccines.get(row.cvx, ()))
    by_antigen = schedule.groups_by_antigen()
    return vaccine_charges.Dose(
        id=str(row.pk),
        cvx=row.cvx,
        display=row.display,
        route=row.route,
        funding=row.funding,
        ndc=row.ndc.replace("-", ""),
        ml=f"{row.dose_quantity.normalize():f}" if row.dose_quantity else "",
        antigens=antigens,
        groups=tuple(dict.fromkeys(by_antigen[one] for one in antigens if one in by_antigen)),
    )


def _vaccine_service(line: vaccine_charges.Line) -> Service:
    dose = line.dose
    if dose is None:
        return Service(VACCINES, line.code, "Vaccine administration", units=line.units, modifier=line.modifier)
    quantity = {"quantity": dose.ml, "unit": "ML"} if dose.ml else {"quantity": "1", "unit": "UN"}
    drug = {"ndc": dose.ndc, **quantity} if dose.ndc else {}
    return Service(f"dose:{dose.id}", line.code, dose.display, drug=drug, free=line.free, modifier=line.modifier)


def product_codes(rules: Body) -> Mapping[str, str]:
    """The code of each vaccine's product by CVX: the practice's own list over the packaged handful."""
    try:
        own = in_force(Kind.CHARGE_RULES, VACCINE_CODES).body.get("by_cvx", {})
    except NotFound:
        own = {}
    return {**rules["vaccines"]["products"], **own}


def _payers(encounters: Iterable[Encounter]) -> dict[UUID, Coverage]:
    """The coverage that each visit is billed to: as chosen at check-in, else the first in force on its day."""
    by_id = {encounter.pk: encounter for encounter in encounters}
    of_patient: dict[UUID, list[Coverage]] = defaultdict(list)
    patients = {encounter.patient_id for encounter in by_id.values()}
    for coverage in Coverage.objects.filter(patient_id__in=patients).select_related("payer").order_by("position"):
        of_patient[coverage.patient_id].append(coverage)
    chosen = dict(Encounter.objects.filter(pk__in=list(by_id)).values_list("pk", "visit__coverage"))
    found = {}
    for pk, encounter in by_id.items():
        ordered = list(_in_order(of_patient[encounter.patient_id], chosen.get(pk), service_date(encounter)))
        if ordered:
            found[pk] = ordered[0]
    return found


def _in_order(coverages: Sequence[Coverage], chosen: UUID | None, on: date) -> Iterator[Coverage]:
    yield from (one for one in coverages if one.pk == chosen)
    for one in coverages:
        if one.active and not (one.starts and one.starts > on) and not (one.ends and one.ends < on):
            yield one


def service_date(encounter: Encounter) -> date:
    """The day of a visit where it took place."""
    at: datetime = encounter.starts_at or encounter.created_at
    return at.astimezone(ZoneInfo(encounter.site.zone) if encounter.site else timezone.get_default_timezone()).date()
