"""Recall letters: one page for each overdue patient, in their language, folded for a window envelope."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from liaison.immunize.papers import compiled
from liaison.immunize.papers.certificate import heading
from liaison.immunize.papers.says import group_name
from liaison.immunize.queries.recall import Overdue
from liaison.kernel import names, postal
from liaison.kernel.languages import language_in
from liaison.places.models import Site

_SAYS = {
    "en": {
        "subject": "Vaccines for {name} are overdue", "dear": "Dear {name},",
        "dear_parent": "To the parent or guardian of {name}:",
        "body": "Our records say that these vaccines are overdue:",
        "call": "Please call us at {phone} to make an appointment. If they were given somewhere else, tell us or bring "
        "the vaccine card, and we will put them on record.",
        "call_no_phone": "Please call us to make an appointment. If they were given somewhere else, tell us or bring "
        "the vaccine card, and we will put them on record.",
        "bye": "Yours sincerely,",
    },
    "es": {
        "subject": "Hay vacunas atrasadas de {name}", "dear": "Hola, {name}:",
        "dear_parent": "Al padre, la madre o el tutor de {name}:",
        "body": "Según nuestro expediente, estas vacunas están atrasadas:",
        "call": "Llámenos al {phone} para pedir una cita. Si ya se pusieron en otro lugar, díganoslo o traiga la "
        "cartilla de vacunación y las anotaremos.",
        "call_no_phone": "Llámenos para pedir una cita. Si ya se pusieron en otro lugar, díganoslo o traiga la "
        "cartilla de vacunación y las anotaremos.",
        "bye": "Atentamente,",
    },
}  # fmt: skip
_OF_AGE = 18


def letters(rows: Sequence[Overdue], site: Site | None, on: date) -> bytes:
    """The letters as one PDF."""
    return compiled("letter.typ", {"letters": [_letter(row, site, on) for row in rows]})


def _letter(row: Overdue, site: Site | None, on: date) -> dict[str, Any]:
    patient = row.patient
    language = language_in(_SAYS, patient.language)
    say = _SAYS[language]
    name = f"{patient.given} {patient.family}".strip()
    facts = heading(patient, site, on, language)
    child = names.age_years(patient.birth_date, on) < _OF_AGE
    phone = facts["lines"][-1] if site and site.phone else ""
    place = postal.town(patient.city, patient.state, patient.postal_code)
    return {
        "language": language,
        "practice": facts["practice"],
        "lines": facts["lines"],
        "day": facts["issued"],
        "to": [
            part
            for part in ((say["dear_parent"].format(name=name)).rstrip(":") if child else name, patient.line, place)
            if part
        ],
        "subject": say["subject"].format(name=name),
        "dear": (say["dear_parent"] if child else say["dear"]).format(name=name),
        "body": say["body"],
        "vaccines": [group_name(need.vaccine_group, language) for need in row.needs],
        "call": say["call"].format(phone=phone) if phone else say["call_no_phone"],
        "bye": say["bye"],
    }
