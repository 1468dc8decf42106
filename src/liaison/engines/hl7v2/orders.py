"""The order group of a dose (ORC, RXA, RXR, OBX), written."""

from __future__ import annotations

from liaison.engines.hl7v2.doses import Dose
from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.observations import (
    DOCUMENT,
    ELIGIBILITY_CODE,
    FUNDING_CODE,
    IMMUNITY,
    PRESENTED,
    PUBLISHED,
    REACTION_CODE,
    VACCINE_TYPE,
)
from liaison.engines.hl7v2.parties import (
    limited,
    write_clinician,
    write_coded,
)
from liaison.engines.hl7v2.segments import composite, segment
from liaison.engines.hl7v2.tables import (
    ELIGIBILITY,
    FUNDING,
    REACTION,
    REFUSAL,
    ROUTE,
    SITE,
    SOURCE,
)
from liaison.engines.hl7v2.values import date_text, time_text


def write_order(dose: Dose, number: int, set_id: int = 1) -> tuple[str, int]:
    """The order group of a dose, `number` being its place among the RXA, and the next OBX-1.

    Raises `Hl7Error` where the guide requires what the dose does not say.
    """
    try:
        return _write_order(dose, set_id)
    except Hl7Error as fault:
        fault.sequence = number
        raise


def _missing(segment_name: str, number: int, message: str) -> Hl7Error:
    return Hl7Error("field-missing", message, segment=segment_name, sequence=1, field=number)


def _write_order(dose: Dose, set_id: int) -> tuple[str, int]:
    given_here = dose.source == "00" and dose.completion in ("CP", "PA")
    if not dose.id:
        raise _missing("ORC", 3, "A dose needs a number of its own.")
    if not dose.vaccine.code:
        raise _missing("RXA", 5, "Say which vaccine it is.")
    if dose.given_on is None:
        raise _missing("RXA", 3, "Say on which day it was.")
    if dose.completion == "RE" and not dose.refusal:
        raise _missing("RXA", 18, "Say why the vaccine was refused.")
    own = composite(limited(dose.id, 199, "ORC", 3, 1), escape(dose.authority))
    out = segment(
        "ORC", "RE", "", own, "", "", "", "", "", "",
        write_clinician(dose.entered_by, "ORC", 10), "",
        write_clinician(dose.ordered_by, "ORC", 12) if dose.source == "00" else "",
    )  # fmt: skip
    out += _rxa(dose, given_here)
    if dose.route and dose.completion in ("CP", "PA"):
        ncit, words = ROUTE.get(dose.route, ("", ""))
        route = composite(ncit, words, "NCIT", dose.route, words, "HL70162") if ncit else escape(dose.route)
        site = composite(dose.site, SITE.get(dose.site, ""), "HL70163") if dose.site else ""
        out += segment("RXR", route, site)
    observations, set_id = _observations(dose, set_id)
    return out + observations, set_id


def _rxa(dose: Dose, given_here: bool) -> str:
    day_text = date_text(dose.given_on)
    not_given = dose.completion in ("RE", "NA")
    quantity = "999" if dose.quantity is None or not_given else format(dose.quantity.normalize(), "f")
    refusal = ""
    if dose.completion == "RE":
        refusal = composite(dose.refusal, REFUSAL.get(dose.refusal, escape(dose.refusal_text)), "NIP002")
    return segment(
        "RXA", "0", "1", day_text, day_text,
        write_coded(dose.vaccine),
        quantity,
        composite(dose.unit, dose.unit, "UCUM") if quantity != "999" and dose.unit else "",
        "",
        "" if not_given else composite(dose.source, SOURCE.get(dose.source, ""), "NIP001"),
        write_clinician(dose.given_by, "RXA", 10) if given_here else "",
        composite("", "", "", limited(dose.facility, 199, "RXA", 11, 4)) if dose.facility and given_here else "",
        "", "", "",
        "" if not_given else limited(dose.lot, 20, "RXA", 15),
        "" if not_given else date_text(dose.expires_on),
        composite(dose.mvx, escape(dose.manufacturer), "MVX") if dose.mvx and not not_given else "",
        refusal,
        "",
        dose.completion,
        dose.action,
        time_text(dose.recorded_at) if dose.recorded_at is not None else "",
    )  # fmt: skip


def _observations(dose: Dose, number: int) -> tuple[str, int]:
    """OBX groups of a dose (OBX-4): eligibility and funding 1 and 2, each VIS, reaction and immunity one of its own."""
    day_text = date_text(dose.given_on)
    rows: list[tuple[str, str, str, int, str, str]] = []
    if dose.eligibility:
        value = composite(dose.eligibility, ELIGIBILITY.get(dose.eligibility, ""), "HL70064")
        rows.append(("CE", ELIGIBILITY_CODE, "Eligibility Status", 1, value, "VXC40^Eligibility per dose^CDCPHINVS"))
    group = 1 if rows else 0
    if dose.funding:
        group += 1
        value = composite(dose.funding, FUNDING.get(dose.funding, ""), "CDCPHINVS")
        rows.append(("CE", FUNDING_CODE, "Vaccine Funding Source", group, value, ""))
    for vis in dose.vis:
        group += 1
        if vis.document:
            value = composite(escape(vis.document), escape(vis.title[:199]), "cdcgs1vis")
            rows.append(("CE", DOCUMENT, "VIS Document Type", group, value, ""))
        elif vis.cvx:
            rows.append(("CE", VACCINE_TYPE, "Vaccine Type", group, composite(vis.cvx, escape(vis.title), "CVX"), ""))
        if vis.published is not None and not vis.document:
            rows.append(("DT", PUBLISHED, "VIS Publication Date", group, date_text(vis.published), ""))
        if vis.presented is not None:
            rows.append(("DT", PRESENTED, "VIS Presentation Date", group, date_text(vis.presented), ""))
    for code in dose.reactions:
        group += 1
        system = "CDCPHINVS" if code.startswith("VXC") else "SCT"
        value = composite(escape(code), REACTION.get(code, ""), system)
        rows.append(("CE", REACTION_CODE, "Reaction", group, value, ""))
    for immunity in dose.immunities:
        group += 1
        rows.append(("CE", IMMUNITY, "Disease with presumed immunity", group, write_coded(immunity), ""))
    out = ""
    for kind, code, words, group, value, method in rows:
        out += segment(
            "OBX", str(number), kind, f"{code}^{words}^LN", str(group), value,
            "", "", "", "", "", "F", "", "", day_text, "", "", method,
        )  # fmt: skip
        number += 1
    return out, number
