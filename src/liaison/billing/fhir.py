"""How claims and payers' decisions look in FHIR."""

from datetime import date

from liaison.billing.codes import reason
from liaison.billing.models import Adjudication, Claim
from liaison.chart.models import ICD10CM
from liaison.kernel.money import decimal
from liaison.record.forms import Json, SearchParam, register

CLAIM_NUMBER = "urn:liaison:claim"
PAYER_CLAIM_NUMBER = "urn:liaison:payer-claim"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
_TYPE = {"coding": [{"system": CLAIM_TYPE, "code": "professional"}]}


def _money(cents: int) -> Json:
    return {"value": decimal(cents), "currency": "USD"}


def _procedure(code: str, display: str = "") -> Json:
    """CPT codes are all digits but for their last place; HCPCS Level II begins with a letter."""
    coding: Json = {"system": CPT if code[:1].isdigit() else HCPCS, "code": code}
    return {"coding": [coding], "text": display} if display else {"coding": [coding]}


def _day(row: Claim) -> date:
    return row.created_at.date()


def _claim(row: Claim) -> Json:
    return {
        "identifier": [{"system": CLAIM_NUMBER, "value": row.number}],
        "status": "draft" if row.status == Claim.Status.DRAFT else "active",
        "type": _TYPE,
        "use": "claim",
        "patient": {"reference": f"Patient/{row.patient_id}"},
        "billablePeriod": {"start": row.service_date, "end": row.service_date},
        "created": _day(row),
        "insurer": {"reference": f"Organization/{row.payer_id}"},
        "provider": {"reference": f"Practitioner/{row.provider_id}"},
        "priority": {"coding": [{"system": PRIORITY, "code": "normal"}]},
        "facility": {"reference": f"Location/{row.site_id}"},
        "careTeam": [{"sequence": 1, "provider": {"reference": f"Practitioner/{row.provider_id}"}}],
        "diagnosis": [
            {"sequence": n, "diagnosisCodeableConcept": {"coding": [{"system": ICD10CM, "code": code}]}}
            for n, code in enumerate(row.diagnoses, 1)
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": f"Coverage/{row.coverage_id}"}}],
        "item": [_item(row, n, line) for n, line in enumerate(row.lines, 1)],
        "total": _money(row.total_cents),
    }


def _item(row: Claim, number: int, line: Json) -> Json:
    item: Json = {
        "sequence": number,
        "careTeamSequence": [1],
        "productOrService": _procedure(line["code"], line["display"]),
        "servicedDate": line["date"],
        "quantity": {"value": line["units"]},
        "net": _money(line["cents"]),
        "encounter": [{"reference": f"Encounter/{row.encounter_id}"}],
    }
    if line["pointers"]:
        item["diagnosisSequence"] = line["pointers"]
    if line["modifiers"]:
        item["modifier"] = [{"text": modifier} for modifier in line["modifiers"]]
    return item


def _explanation(row: Adjudication) -> Json:
    numbers = [{"system": PAYER_CLAIM_NUMBER, "value": row.payer_claim_number}] if row.payer_claim_number else []
    return {
        "identifier": numbers,
        "status": "active",
        "type": _TYPE,
        "use": "claim",
        "patient": {"reference": f"Patient/{row.patient_id}"},
        "created": row.adjudicated_on,
        "insurer": {"reference": f"Organization/{row.payer_id}"},
        "provider": {"reference": f"Practitioner/{row.provider_id}"},
        "claim": {"reference": f"Claim/{row.claim_id}"},
        "outcome": "complete",
        "disposition": {"4": "Denied", "22": "Taken back"}.get(row.status_code, "Processed"),
        "insurance": [{"focal": True, "coverage": {"reference": f"Coverage/{row.coverage_id}"}}],
        "item": [_adjudicated(n, line) for n, line in enumerate((line for line in row.lines if line["code"]), 1)],
        "adjudication": [a for line in row.lines if not line["code"] for a in _adjustments(line)],
        "total": [
            {"category": _category("submitted"), "amount": _money(row.charge_cents)},
            {"category": _category("benefit"), "amount": _money(row.paid_cents)},
            {"category": {"text": "Adjusted"}, "amount": _money(row.adjusted_cents)},
            {"category": {"text": "Patient's share"}, "amount": _money(row.patient_cents)},
        ],
        "payment": {"date": row.adjudicated_on, "amount": _money(row.paid_cents)},
    }


def _adjudicated(number: int, line: Json) -> Json:
    submitted = {"category": _category("submitted"), "amount": _money(line["charge"])}
    paid = {"category": _category("benefit"), "amount": _money(line["paid"])}
    return {
        "sequence": number,
        "productOrService": _procedure(line["code"]),
        "adjudication": [submitted, *_adjustments(line), paid],
    }


def _adjustments(line: Json) -> list[Json]:
    return [
        {
            "category": {"text": {"PR": "Patient's share"}.get(change["group"], "Adjustment")},
            "reason": {
                "coding": [{"system": CARC, "code": change["carc"]}],
                "text": reason(change["group"], change["carc"]),
            },
            "amount": _money(change["cents"]),
        }
        for change in line["adjustments"]
    ]


def _category(code: str) -> Json:
    return {"coding": [{"system": ADJUDICATION, "code": code}]}


_PATIENT = SearchParam("patient", "reference", ("patient_id",), target="Patient")
_PROVIDER = SearchParam("provider", "reference", ("provider_id",), target="Practitioner")


register(
    Claim,
    _claim,
    [
        _PATIENT,
        _PROVIDER,
        SearchParam("identifier", "token", ("number",), system=CLAIM_NUMBER),
        SearchParam("encounter", "reference", ("encounter_id",), target="Encounter"),
        SearchParam("insurer", "reference", ("payer_id",), target="Organization"),
        SearchParam("created", "date", ("created_at",)),
    ],
)
register(
    Adjudication,
    _explanation,
    [
        _PATIENT,
        _PROVIDER,
        SearchParam("claim", "reference", ("claim_id",), target="Claim"),
        SearchParam("identifier", "token", ("payer_claim_number",), system=PAYER_CLAIM_NUMBER),
        SearchParam("created", "date", ("adjudicated_on",)),
    ],
)
