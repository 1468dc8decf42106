"""Observation: vital signs in the shape of US Core, results, findings."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from liaison.chart.fhir.parts import (
    CODE,
    ENCOUNTER,
    HL7,
    PATIENT,
    STATUS,
    Resolve,
    code_columns,
    coded,
    coding_of,
    concept,
    constant_clause,
    fitting,
    moment,
    must,
    number,
    reference,
    token,
    words_of,
)
from liaison.chart.models import LOINC, SNOMED, UCUM, Observation
from liaison.engines.vitals import BloodPressureSite, Choice, Position, TemperatureRoute
from liaison.kernel import units
from liaison.kernel.errors import Invalid
from liaison.record.forms import Json, SearchParam, register

CATEGORY, INTERPRETATION = HL7 + "observation-category", HL7 + "v3-ObservationInterpretation"
BODY_POSITION = "http://hl7.org/fhir/us/vitals/StructureDefinition/BodyPositionExt"
TEMPERATURE, SATURATION, ARTERIAL_SATURATION = "8310-5", "59408-5", "2708-6"
_INTERPRETATIONS = {
    "N": "Normal",
    "L": "Low",
    "H": "High",
    "LL": "Critical low",
    "HH": "Critical high",
    "A": "Abnormal",
}


def observation_to_fhir(row: Observation) -> Json:
    code = coded(row)
    if row.code == SATURATION and row.system == LOINC:
        # The pulse oximetry profile of US Core asks for the general code beside the precise one
        code["coding"].append({"system": LOINC, "code": ARTERIAL_SATURATION})
    body: Json = {
        "status": row.status,
        "category": [concept(CATEGORY, row.category)],
        "code": code,
        "subject": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "effectiveDateTime": row.effective_at,
        "performer": [{"reference": f"Practitioner/{row.performer_id}"}] if row.performer_id else None,
        "interpretation": [concept(INTERPRETATION, row.interpretation, _INTERPRETATIONS.get(row.interpretation, ""))]
        if row.interpretation
        else None,
        "note": [{"text": row.note}] if row.note else None,
        "bodySite": _body_site(row),
        "method": {"text": _label(TemperatureRoute, row.method)} if row.method else None,
        "component": [_component(part) for part in row.parts] or None,
    }
    if row.position:
        position = _choice(Position, row.position)
        body["extension"] = [{"url": BODY_POSITION, "valueCodeableConcept": position}]
    return body | _value(row)


def _value(row: Observation) -> Json:
    if row.value is not None:
        return {"valueQuantity": quantity(row.value, row.unit)}
    if row.value_code:
        return {"valueCodeableConcept": concept(row.value_system, row.value_code, row.text_value)}
    return {"valueString": row.text_value} if row.text_value else {}


def quantity(value: Decimal | float, unit: str) -> Json:
    """A Quantity in UCUM, with the clinic's word for the unit."""
    if not unit:
        return {"value": value}
    word = units.label(unit) if unit in units.Unit._value2member_map_ else unit
    return {"value": value, "unit": word or unit, "system": UCUM, "code": unit}


def _component(part: Json) -> Json:
    body: Json = {"code": concept(part.get("system", LOINC), part["code"], part.get("display", ""))}
    if part.get("value") is not None:
        body["valueQuantity"] = quantity(part["value"], part.get("unit", ""))
    elif part.get("value_code"):
        body["valueCodeableConcept"] = concept(part.get("value_system", ""), part["value_code"], part.get("text", ""))
    elif part.get("text"):
        body["valueString"] = part["text"]
    else:
        body["dataAbsentReason"] = concept(HL7 + "data-absent-reason", "unknown")
    return body


def _label(choices: type[Choice], value: str) -> str:
    return choices(value).label if value in choices._value2member_map_ else value


def _choice(choices: type[Choice], value: str) -> Json:
    if value not in choices._value2member_map_:
        return {"text": value}
    chosen = choices(value)
    return concept(SNOMED, chosen.snomed, chosen.display, chosen.label)


def _body_site(row: Observation) -> Json | None:
    if row.site:
        return _choice(BloodPressureSite, row.site)
    return _choice(TemperatureRoute, row.method) if row.method in TemperatureRoute._value2member_map_ else None


def observation_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of an observation. Raises Invalid without a known patient, a name, a time or a readable value."""
    period = resource.get("effectivePeriod") or {}
    at = resource.get("effectiveDateTime") or resource.get("effectiveInstant") or period.get("start")
    when = moment(at or resource.get("issued"))
    if when is None:
        raise Invalid("no-time", "It does not say when it was observed.")
    people = (resolve(p, "Practitioner") for p in resource.get("performer") or ())
    flag = coding_of(next(iter(resource.get("interpretation") or ()), None))[1]
    status = str(resource.get("status") or "final")
    code = code_columns(resource.get("code"), "observation", LOINC)
    site, method = _where(resource, code["code"])
    notes = "; ".join(n["text"] for n in resource.get("note") or () if n.get("text"))
    return {
        "patient_id": must(resolve(resource.get("subject"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter"), "Encounter"),
        **code,
        "category": fitting(_category(resource.get("category") or ()), 20, "category"),
        "status": "preliminary" if status == "registered" else "amended" if status == "corrected" else status[:16],
        "effective_at": when,
        **_value_columns(resource),
        "parts": [_part(one) for one in resource.get("component") or ()],
        "interpretation": flag if len(flag) <= 4 else "",
        "site": site,
        "method": method,
        "position": _position(resource),
        "note": fitting(notes, 300, "note"),
        "performer_id": next(filter(None, people), None),
    }


def _category(concepts: Iterable[Json]) -> str:
    codes = [coding_of(one, CATEGORY)[1] for one in concepts]
    # Synthea of 2019 writes some vital signs under "vital-sign"
    codes = ["vital-signs" if code == "vital-sign" else code for code in codes if code]
    return "vital-signs" if "vital-signs" in codes else next((c for c in codes if len(c) <= 20), "exam")


def _value_columns(resource: Json) -> Json:
    columns: Json = {"value": None, "unit": "", "text_value": "", "value_code": "", "value_system": ""}
    value, unit, text, code, system = read_value(resource)
    return columns | {
        "value": value,
        "unit": unit,
        "text_value": fitting(text, 300, "value"),
        "value_code": fitting(code, 40, "value’s code"),
        "value_system": fitting(system, 100, "value’s code system"),
    }


def read_value(found: Json) -> tuple[Decimal | None, str, str, str, str]:
    """Value, unit, text, code and system of a value[x]. Raises Invalid for a kind that the chart cannot show."""
    if amount := found.get("valueQuantity"):
        return (*_quantity(amount), "", "") if amount.get("value") is not None else (None, "", "", "", "")
    if one := found.get("valueCodeableConcept"):
        system, code = coding_of(one)
        return None, "", words_of(one), code, system
    if found.get("valueInteger") is not None:
        return number(found["valueInteger"]), "", "", "", ""
    if found.get("valueBoolean") is not None:
        return None, "", "yes" if found["valueBoolean"] else "no", "", ""
    for name in ("valueString", "valueDateTime", "valueTime"):
        if found.get(name):
            return None, "", str(found[name]), "", ""
    if span := found.get("valueRange"):
        ends = [_words(span[end]) for end in ("low", "high") if span.get(end)]
        return None, "", " to ".join(ends), "", ""
    if unknown := next((name for name in found if name.startswith("value") and found[name]), None):
        raise Invalid("value-not-shown", f"Its value is of a kind that the chart cannot show ({unknown[:30]}).")
    return None, "", "", "", ""


def _quantity(amount: Json) -> tuple[Decimal | None, str, str]:
    unit = str(amount.get("code") or "") if amount.get("system") == UCUM else ""
    if not unit and amount.get("unit"):
        unit = _known_unit(str(amount["unit"]))
        if not unit:
            return None, "", _words(amount)
    if amount.get("comparator") or len(unit) > 30:
        return None, "", _words(amount)
    return number(amount["value"]), unit, ""


def _known_unit(word: str) -> str:
    if word in units.Unit._value2member_map_:
        return word
    return next((str(u) for u in units.Unit if units.label(u) and units.label(u) == word), "")


def _words(amount: Json) -> str:
    unit = amount.get("unit") or amount.get("code") or ""
    return f"{amount.get('comparator', '')}{amount.get('value', '')} {unit}".strip()


def _part(component: Json) -> Json:
    columns = code_columns(component.get("code"), "component", LOINC)
    value, unit, text, code, system = read_value(component)
    part: Json = {"code": columns["code"], "display": columns["display"]}
    if columns["system"] != LOINC:
        part["system"] = columns["system"]
    if value is not None:
        part |= {"value": float(value), "unit": unit}
    if code:
        part |= {"value_code": code, "value_system": system}
    return part | ({"text": text} if text else {})


def _where(resource: Json, code: str) -> tuple[str, str]:
    site, method = resource.get("bodySite"), resource.get("method")
    snomed = coding_of(site, SNOMED)[1]
    if code == TEMPERATURE and (route := TemperatureRoute.of_snomed(snomed)):
        return "", str(route)
    cuff = BloodPressureSite.of_snomed(snomed)
    return (str(cuff) if cuff else words_of(site)[:40]), words_of(method)[:40]


def _position(resource: Json) -> str:
    for one in resource.get("extension") or ():
        if one.get("url") == BODY_POSITION:
            found = one.get("valueCodeableConcept")
            chosen = Position.of_snomed(coding_of(found, SNOMED)[1])
            return str(chosen) if chosen else words_of(found)[:20]
    return ""


def _component_code(value: str) -> Q:
    code = token(value)[1]
    return Q(parts__icontains=f'"{code}"') if code.replace("-", "").isalnum() else Q(pk__in=[])


def _observed_code(value: str) -> Q:
    asked, code = token(value)
    if code == ARTERIAL_SATURATION and asked in (None, LOINC):
        return Q(system=LOINC, code__in=(SATURATION, ARTERIAL_SATURATION))
    return Q(code=code) if asked is None else Q(code=code, system=asked)


register(
    Observation,
    observation_to_fhir,
    [
        *PATIENT,
        SearchParam(CODE.name, CODE.kind, CODE.lookups, clause=_observed_code),
        SearchParam("component-code", "token", ("parts",), clause=_component_code),
        ENCOUNTER,
        STATUS,
        SearchParam("category", "token", ("category",), clause=constant_clause("category", CATEGORY)),
        SearchParam("date", "date", ("effective_at",)),
        SearchParam("value-quantity", "quantity", ("value",)),
        SearchParam("value-string", "string", ("text_value",)),
        SearchParam("performer", "reference", ("performer_id",), target="Practitioner"),
    ],
)
