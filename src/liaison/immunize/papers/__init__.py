"""What a patient takes along, as PDF of US letter pages: the certificate, the school form, health cards, letters."""

from importlib import resources
from typing import Any

import orjson
import typst


def compiled(template: str, facts: dict[str, Any], **pictures: str) -> bytes:
    """A template of this folder with its facts, and with pictures (SVG) that it places."""
    page = resources.files(__package__).joinpath(template).read_bytes()
    return bytes(typst.compile(page, sys_inputs={"data": orjson.dumps(facts).decode(), **pictures}, format="pdf"))
