"""The certificate of immunization: every dose by vaccine group, and a line to sign."""

from datetime import date
from typing import Any

from liaison.immunize.models import Source
from liaison.immunize.papers import compiled
from liaison.immunize.papers.says import SAYS, group_name
from liaison.immunize.queries.history import Group, History, Line
from liaison.kernel import names, phones, postal
from liaison.kernel.languages import language_in, said_day
from liaison.people.models import Patient
from liaison.places.models import Site


def certificate(history: History, site: Site | None) -> bytes:
    """The certificate as a PDF in the patient's language; the site is the one that issues it."""
    language = language_in(SAYS, history.patient.language)
    facts = heading(history.patient, site, history.on, language)
    facts["groups"] = [_group(group, language, site) for group in history.groups]
    facts["flagged"] = [_void(group, language) for group in history.groups if _void(group, language)]
    return compiled("certificate.typ", facts)


def heading(patient: Patient, site: Site | None, on: date, language: str) -> dict[str, Any]:
    """Who, by whom and when: what stands at the top of every paper."""
    practice, lines = "", list[str]()
    if site:
        place = ", ".join(filter(None, (site.line, postal.town(site.city, site.state, site.postal_code))))
        practice, lines = site.organization.name, [site.name, place, phones.shown(site.phone)]
    return {
        "says": SAYS[language],
        "language": language,
        "patient": names.listed(patient.family, patient.given),
        "born": said_day(patient.birth_date, language),
        "mrn": patient.mrn,
        "practice": practice,
        "lines": [one for one in lines if one not in ("", practice)],
        "issued": said_day(on, language),
    }


def _group(group: Group, language: str, site: Site | None) -> dict[str, Any]:
    return {
        "name": group_name(group.name, language),
        "doses": [_dose(line, language, site) for line in group.lines],
    }


def _dose(line: Line, language: str, site: Site | None) -> dict[str, Any]:
    row = line.row
    where = row.encounter.site.name if row.encounter and row.encounter.site else ""
    if row.source == Source.GIVEN and not where and site:
        where = site.name
    return {
        "on": said_day(line.on, language),
        "vaccine": row.display,
        "lot": row.lot_number,
        "source": SAYS[language].get(row.source, row.get_source_display()),
        "where": where or row.note,
        "void": line.counts is False,
    }


def _void(group: Group, language: str) -> str:
    return group_name(group.name, language) if any(line.counts is False for line in group.lines) else ""
