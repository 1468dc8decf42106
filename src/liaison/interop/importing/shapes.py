"""Whether what came in has the shape that FHIR R4 (4.0.1) gives its type, by fhirclient's models: 0.2 ms a resource."""

import re

from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirclient.models.fhirelementfactory import FHIRElementFactory

from liaison.kernel.errors import Invalid
from liaison.record.forms import Json

_WHERE = re.compile(r"([A-Za-z_]+|\{root\}):\s*$")
_WHAT = re.compile(r"(Superfluous entry|Non-optional property|Wrong type)")
_SAYS = {
    "Superfluous entry": "has an entry that FHIR R4 does not know",
    "Non-optional property": "lacks an entry that FHIR R4 asks for",
    "Wrong type": "has an entry of a wrong type",
}


def check(resource: Json) -> None:
    """Raises Invalid, with the place but not the content, for a resource that is not FHIR R4."""
    try:
        FHIRElementFactory.instantiate(resource["resourceType"], resource)
    except FHIRValidationError as problem:
        raise Invalid("not-fhir", _sentence(str(problem)))
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, RecursionError, OverflowError):
        # fhirclient trips over shapes that its checks do not foresee
        raise Invalid("not-fhir", "It has not the shape of its type in FHIR R4.")


def _sentence(text: str) -> str:
    """fhirclient's report as one sentence: the path of element names to the first finding, and its kind."""
    path = []
    for line in text.split("\n"):
        if (place := _WHERE.search(line.strip())) and place[1] != "{root}":
            path.append(place[1])
        elif what := _WHAT.search(line):
            where = ".".join(path[:6])
            return f"It is not FHIR R4: {where or 'it'} {_SAYS[what[1]]}."
    return "It is not FHIR R4."
