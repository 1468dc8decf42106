"""A SMART Health Card to print: its QR pictures, whose it is, and what stands on it."""

from collections.abc import Sequence
from datetime import date

from liaison.engines import healthcards
from liaison.immunize.models import Immunization
from liaison.immunize.papers import compiled
from liaison.immunize.papers.certificate import heading
from liaison.immunize.papers.says import SAYS
from liaison.immunize.queries.history import local_day
from liaison.kernel.languages import language_in, said_day
from liaison.people.models import Patient
from liaison.places.models import Site


def health_card(
    patient: Patient, site: Site | None, on: date, cards: Sequence[str], doses: Sequence[Immunization]
) -> bytes:
    """The cards as a PDF, a picture on each page."""
    language = language_in(SAYS, patient.language)
    facts = heading(patient, site, on, language)
    facts["pictures"] = [picture(card) for card in cards]
    facts["doses"] = [
        {"on": said_day(local_day(row), language), "vaccine": row.display, "lot": row.lot_number} for row in doses
    ]
    return compiled("health_card.typ", facts)


def picture(card: str) -> str:
    """The QR picture of a card as SVG: black on white whatever the page, with its quiet margin."""
    drawn: str = healthcards.qr_code(card).svg_inline(dark="#000", light="#fff", border=4, omitsize=True)
    return drawn
