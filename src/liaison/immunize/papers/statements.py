"""The sheet that goes with a vaccine: its current information statements, each with its date, its address and a code
that a telephone opens. The page that is mailed says the same."""

from collections.abc import Mapping, Sequence
from importlib import resources

import orjson
import segno
import typst

from liaison.engines.vaccines import Vis
from liaison.kernel.languages import language_in
from liaison.people.models import Patient

_WORDS = {
    "en": {
        "lang": "en",
        "title": "About the vaccines planned today",
        "read": "Please read these before the vaccine. Ask us anything.",
        "edition": "Edition",
        "open": "Open it with the camera of your telephone",
        "after": "After the vaccine please stay 15 minutes. Call 911 for trouble breathing, a swollen face or hives. "
        "Anybody can report a reaction: vaers.hhs.gov or 1-800-822-7967.",
    },
    "es": {
        "lang": "es",
        "title": "Sobre las vacunas de hoy",
        "read": "Lea esto antes de la vacuna. Pregúntenos lo que quiera.",
        "edition": "Edición",
        "open": "Ábralo con la cámara de su teléfono",
        "after": "Después de la vacuna quédese 15 minutos. Llame al 911 si le cuesta respirar, se le hincha la cara o "
        "tiene ronchas. Cualquiera puede avisar de una reacción: vaers.hhs.gov o 1-800-822-7967.",
        # The CDC publishes in English and names this place for translations
        "translated": "En español: immunize.org",
        "translations": "https://www.immunize.org/vaccines/vis-translations/spanish/",
    },
}


def says(language: str) -> dict[str, str]:
    """The words around the statements, in a patient's language; English where there are none."""
    return _WORDS[language_in(_WORDS, language)]


def leaflets(statements: Sequence[Vis], words: Mapping[str, str]) -> list[dict[str, str]]:
    """Each statement as it is shown: title, edition, where it is read, and its PDF."""
    return [
        {
            "title": one.title,
            "edition": f"{words['edition']} {one.edition:%m/%d/%Y}",
            "address": one.html or one.pdf,
            "pdf": one.pdf,
        }
        for one in statements
    ]


def sheet(patient: Patient, statements: Sequence[Vis]) -> bytes:
    """The sheet as a PDF of US letter pages. It names nobody: it may be left on a chair."""
    words = says(patient.language)
    rows = [
        {**row, "code": segno.make(row["address"], error="m").svg_inline(scale=2, border=1) if row["address"] else ""}
        for row in leaflets(statements, words)
    ]
    data = {**words, "rows": rows}
    template = (resources.files(__package__) / "statements.typ").read_bytes()
    return bytes(typst.compile(template, sys_inputs={"data": orjson.dumps(data).decode()}, format="pdf"))
