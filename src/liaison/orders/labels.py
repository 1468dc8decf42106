"""The label of a specimen: 2 by 1 inch, for a label printer."""

import io
from importlib import resources
from zoneinfo import ZoneInfo

import orjson
import typst
from barcode.codex import Code128
from barcode.writer import SVGWriter
from django.utils import timezone

from liaison.kernel import names
from liaison.kernel.names import SEX_LETTER
from liaison.orders.models import Specimen

# No words and no quiet margin inside the picture: the label sets both
_BARS = {"write_text": False, "quiet_zone": 0, "module_height": 8.0, "module_width": 0.2}


def specimen_label(specimen: Specimen) -> bytes:
    """A PDF page of 2 x 1 inch: accession in Code 128 and in print, name, birth date, MRN, test, time and collector.

    The specimen comes with its patient, order and collector (`orders.queries.specimen_for`). Name, birth date and MRN
    are what the label and the patient are compared by.
    """
    patient, order, collector = specimen.patient, specimen.order, specimen.collected_by
    site = order.encounter.site
    collected = timezone.localtime(specimen.collected_at, ZoneInfo(site.zone) if site else None)
    facts = {
        "name": names.listed(patient.family, patient.given),
        "born": f"{patient.birth_date:%m/%d/%Y}",
        "sex": SEX_LETTER.get(patient.sex, "U"),
        "mrn": patient.mrn,
        "accession": specimen.accession,
        "test": f"{order.display} · {specimen.kind}",
        "collected": f"{collected:%m/%d/%Y %H:%M}",
        "by": names.initials(collector.family, collector.given),
    }
    page = resources.files("liaison.orders").joinpath("label.typ").read_bytes()
    given = {"facts": orjson.dumps(facts).decode(), "bars": _bars(specimen.accession)}
    return bytes(typst.compile(page, sys_inputs=given))


def _bars(text: str) -> str:
    picture = io.BytesIO()
    Code128(text, writer=SVGWriter()).write(picture, options=_BARS)
    return picture.getvalue().decode()
