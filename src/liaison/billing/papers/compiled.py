"""Papers by typst: a template of this folder with its facts."""

from importlib import resources
from typing import Any

import orjson
import typst
from django.http import HttpResponse

from liaison.kernel.phones import shown
from liaison.kernel.postal import town
from liaison.people.models import Patient
from liaison.places.models import Organization, Site


def compiled(template: str, facts: dict[str, Any]) -> bytes:
    """A template of this folder with its facts, as PDF."""
    page = resources.files(__package__).joinpath(template).read_bytes()
    data = {"data": orjson.dumps(facts).decode()}
    return bytes(typst.compile(page, sys_inputs=data, format="pdf", ignore_system_fonts=True))


def town_of(who: Organization | Site | Patient) -> str:
    """The last line of an address."""
    return town(who.city, who.state, who.postal_code)


def letterhead(practice: Organization) -> dict[str, Any]:
    """The practice as the head of a paper says it."""
    lines = (practice.line, town_of(practice), shown(practice.phone))
    return {"name": practice.name, "lines": [one for one in lines if one]}


def pdf(body: bytes, name: str) -> HttpResponse:
    """A PDF as an answer, shown in the browser under a file name."""
    return HttpResponse(
        body, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'}
    )
