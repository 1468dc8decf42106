"""How a dose looks in FHIR R4, both ways; evaluations and recommendations are in `computed`."""

from decimal import Decimal
from typing import Any

from django.db.models import Q

from liaison.chart.fhir.parts import (
    HL7,
    PATIENT,
    STATUS,
    US_CORE,
    Resolve,
    coding_of,
    concept,
    constant_clause,
    day,
    fitting,
    moment,
    must,
    number,
    reference,
    token,
    words_of,
)
from liaison.engines.vaccines import facts
from liaison.immunize import computed
from liaison.immunize.models import CVX, Eligibility, Immunization, Source
from liaison.immunize.words import NOT_GIVEN, ROUTES, SITES
from liaison.kernel.errors import Invalid
from liaison.record.forms import Json, SearchParam, register, registry, told

MVX = "http://hl7.org/fhir/sid/mvx"
NDC = "http://hl7.org/fhir/sid/ndc"
UCUM = "http://unitsofmeasure.org"
ROUTE, SITE, ROLE, ELIGIBILITY = (f"{HL7}v2-{table}" for table in ("0162", "0163", "0443", "0064"))
ROUTE_V3 = HL7 + "v3-RouteOfAdministration"
ORIGIN, FUNDING, REASON = HL7 + "immunization-origin", HL7 + "immunization-funding-source", HL7 + "v3-ActReason"
OUR_FUNDING, OUR_REASON, REGISTRY = "urn:liaison:vaccine-funding", "urn:liaison:not-given", "urn:liaison:registry-dose"
_ROUTE_V3 = {"IM": "IM", "SC": "SQ", "ID": "IDINJ", "PO": "PO", "NS": "NASINHLC"}
_ORIGIN = {Source.CARD: "record", Source.REGISTRY: "jurisdiction", Source.CLINIC: "provider", Source.PATIENT: "recall"}
_REASON = {"refused": "PATOBJ", "contraindicated": "MEDPREC", "immune": "IMMUNE", "no-stock": "OSTOCK"}
_STATUSES = ("completed", "not-done", "entered-in-error")


def immunization_to_fhir(row: Immunization) -> Json:
    given_here = row.here or row.source == Source.GIVEN
    return {
        "identifier": [{"system": REGISTRY, "value": row.registry_id}] if row.registry_id else [],
        "status": row.status,
        "statusReason": _reason(row) if row.status == "not-done" else None,
        "vaccineCode": _vaccine(row),
        "patient": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "occurrenceDateTime": row.occurred_at,
        "recorded": row.recorded_at,
        "primarySource": given_here,
        "reportOrigin": None if given_here or row.source not in _ORIGIN else _origin(row),
        "manufacturer": _manufacturer(row.mvx),
        "lotNumber": row.lot_number,
        "expirationDate": row.expires_on,
        "site": concept(SITE, row.body_site, SITES.get(row.body_site, "")) if row.body_site else None,
        "route": _route(row.route),
        "doseQuantity": _amount(row.dose_quantity, row.dose_unit),
        "performer": _performers(row),
        "note": [{"text": row.note}] if row.note else [],
        "education": [_statement(one) for one in row.vis],
        "programEligibility": [concept(ELIGIBILITY, row.eligibility, row.get_eligibility_display())]
        if row.eligibility
        else [],
        "fundingSource": _funding(row.funding),
    }


def _vaccine(row: Immunization) -> Json:
    found = concept(CVX, row.cvx, row.display)
    if row.ndc and "coding" in found:
        found["coding"].append({"system": NDC, "code": row.ndc})
    return found


def _manufacturer(mvx: str) -> Json | None:
    if not mvx:
        return None
    known = facts().manufacturer(mvx)
    return told({"identifier": {"system": MVX, "value": mvx}, "display": known.name if known else ""})


def _route(route: str) -> Json | None:
    if not route:
        return None
    codings = [{"system": ROUTE, "code": route}]
    if route in _ROUTE_V3:
        codings.append({"system": ROUTE_V3, "code": _ROUTE_V3[route]})
    return told({"coding": codings, "text": ROUTES.get(route, "")})


def _amount(quantity: Decimal | None, unit: str) -> Json | None:
    if quantity is None:
        return None
    return told({"value": quantity.normalize(), "unit": unit, "system": UCUM if unit else "", "code": unit})


def _performers(row: Immunization) -> list[Json]:
    """Who gave it (AP) and who ordered it (OP), by HL7 table 0443."""
    actors = (("AP", row.performer_id), ("OP", row.ordered_by_id))
    return [
        {"function": {"coding": [{"system": ROLE, "code": role}]}, "actor": reference("Practitioner", key)}
        for role, key in actors
        if key
    ]


def _statement(one: Json) -> Json:
    return told(
        {
            "documentType": str(one.get("title") or one.get("encoded") or ""),
            "publicationDate": one.get("edition") or None,
            "presentationDate": one.get("on") or None,
        }
    )


def _funding(funding: str) -> Json | None:
    if not funding:
        return None
    general = "private" if funding == "private" else "public"
    return {"coding": [{"system": OUR_FUNDING, "code": funding}, {"system": FUNDING, "code": general}]}


def _reason(row: Immunization) -> Json | None:
    words = NOT_GIVEN.get(row.reason_code, row.note)
    codings = [{"system": OUR_REASON, "code": row.reason_code}] if row.reason_code else []
    if row.reason_code in _REASON:
        codings.append({"system": REASON, "code": _REASON[row.reason_code]})
    return told({"coding": codings, "text": words}) or None


def _origin(row: Immunization) -> Json:
    return concept(ORIGIN, _ORIGIN[Source(row.source)], row.get_source_display())


def immunization_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of a dose given elsewhere. Raises Invalid for one without a known patient, a CVX code or a time."""
    concept_in = resource.get("vaccineCode")
    system, cvx = coding_of(concept_in, CVX)
    if system != CVX or len(cvx) > 5:
        raise Invalid("no-cvx", "Its vaccine has no CVX code.")
    when = moment(resource.get("occurrenceDateTime"))
    if when is None:
        raise Invalid("no-time", "It does not say when the dose was given.")
    status = str(resource.get("status") or "completed")
    if status not in _STATUSES:
        raise Invalid("bad-status", "Its status is none that a dose has.")
    performers = resource.get("performer") or ()
    return {
        "patient_id": must(resolve(resource.get("patient"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter"), "Encounter"),
        "cvx": cvx,
        "display": fitting(words_of(concept_in), 200, "vaccine’s name"),
        "status": status,
        "occurred_at": when,
        "source": _source_in(resource),
        "lot_number": fitting(str(resource.get("lotNumber") or ""), 40, "lot number"),
        "performer_id": _actor(performers, ("AP", ""), resolve),
        "ordered_by_id": _actor(performers, ("OP",), resolve),
        "recorded_at": moment(resource.get("recorded")),
        **_product_in(resource),
        **_how_in(resource),
        **_why_in(resource),
    }


def _source_in(resource: Json) -> str:
    origin = coding_of(resource.get("reportOrigin"), ORIGIN)[1]
    by_origin = {code: source.value for source, code in _ORIGIN.items()}
    return str(by_origin.get(origin, Source.IMPORT.value))


def _product_in(resource: Json) -> Json:
    """Manufacturer, package and expiry; a code that does not exist is left out, its name is not a code."""
    maker = ((resource.get("manufacturer") or {}).get("identifier")) or {}
    known = facts().manufacturer(str(maker.get("value") or "")) if maker.get("system") == MVX else None
    system, ndc = coding_of(resource.get("vaccineCode"), NDC)
    return {
        "mvx": known.mvx if known else "",
        "ndc": ndc if system == NDC and len(ndc) <= 14 else "",
        "expires_on": day(resource.get("expirationDate")),
        "registry_id": next(
            (
                fitting(str(one.get("value") or ""), 80, "number at the registry")
                for one in resource.get("identifier") or ()
                if one.get("system") == REGISTRY
            ),
            "",
        ),
    }


def _how_in(resource: Json) -> Json:
    """Amount, route and site, where they are told in codes that are known here."""
    amount = resource.get("doseQuantity") or {}
    quantity = number(amount.get("value"))
    unit = str(amount.get("code") or amount.get("unit") or "")
    system, route = coding_of(resource.get("route"), ROUTE, ROUTE_V3)
    if system == ROUTE_V3:
        route = {code: key for key, code in _ROUTE_V3.items()}.get(route, "")
    site = coding_of(resource.get("site"), SITE)[1]
    fits = quantity is not None and 0 < quantity < 1000 and len(unit) <= 10
    return {
        "dose_quantity": quantity.quantize(Decimal("0.001")) if fits and quantity is not None else None,
        "dose_unit": unit if fits else "",
        "route": route if route in ROUTES else "",
        "body_site": site if site in SITES else "",
    }


def _why_in(resource: Json) -> Json:
    """Who pays, what was read, why it was not given, and the note."""
    eligibility = next((coding_of(one, ELIGIBILITY)[1] for one in resource.get("programEligibility") or ()), "")
    system, funding = coding_of(resource.get("fundingSource"), OUR_FUNDING)
    system_of_reason, reason = coding_of(resource.get("statusReason"), OUR_REASON, REASON)
    if system_of_reason == REASON:
        reason = {code: key for key, code in _REASON.items()}.get(reason, "other")
    notes = [str(one.get("text") or "").strip() for one in resource.get("note") or ()]
    return {
        "eligibility": eligibility if eligibility in Eligibility.values else "",
        "funding": funding[:10] if system == OUR_FUNDING else "",
        "reason_code": reason if resource.get("status") == "not-done" and reason in NOT_GIVEN else "",
        "note": fitting("; ".join(note for note in notes if note), 300, "note"),
        "vis": [_statement_in(one) for one in resource.get("education") or () if one.get("documentType")],
    }


def _statement_in(one: Json) -> Json:
    edition, shown = day(one.get("publicationDate")), day(one.get("presentationDate"))
    return told(
        {
            "title": fitting(str(one["documentType"]), 200, "statement’s title"),
            "edition": edition.isoformat() if edition else "",
            "on": shown.isoformat() if shown else "",
        }
    )


def _actor(performers: Any, roles: tuple[str, ...], resolve: Resolve) -> Any:
    found = (
        resolve(one.get("actor"), "Practitioner")
        for one in performers
        if coding_of(one.get("function"), ROLE)[1] in roles
    )
    return next(filter(None, found), None)


def _reason_clause(value: str) -> Q:
    """Why a dose was not given: by our word, or by HL7's act reason."""
    system, code = token(value)
    if system == REASON or (system is None and code in _REASON.values()):
        return Q(status="not-done", reason_code__in=[key for key, known in _REASON.items() if known == code])
    return Q(status="not-done", reason_code=code) if system in (None, OUR_REASON) else Q(pk__in=[])


def _maker_clause(value: str) -> Q:
    """A manufacturer has no resource here; it is asked for by its MVX code."""
    return Q(mvx=value.rpartition("|")[2].upper())


register(
    Immunization,
    immunization_to_fhir,
    [
        PATIENT[0],
        STATUS,
        SearchParam("date", "date", ("occurred_at",)),
        SearchParam("identifier", "token", ("registry_id",), clause=constant_clause("registry_id", REGISTRY)),
        SearchParam("vaccine-code", "token", ("cvx",), clause=constant_clause("cvx", CVX)),
        SearchParam("lot-number", "string", ("lot_number",)),
        SearchParam("performer", "reference", ("performer_id", "ordered_by_id"), target="Practitioner"),
        SearchParam("status-reason", "token", ("reason_code",), clause=_reason_clause),
        SearchParam(
            "manufacturer", "reference", ("mvx",), clause=_maker_clause, documentation="By the manufacturer's MVX code"
        ),
    ],
    profile=US_CORE + "immunization",
)
registry.compute(computed.EVALUATION)
registry.compute(computed.RECOMMENDATION)
