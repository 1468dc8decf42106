"""The CapabilityStatement: what is answered here, told from the same tables that answer it."""

from functools import lru_cache

import orjson

from liaison import __version__
from liaison.interop.fhir import access
from liaison.interop.fhir.params import COMMON
from liaison.record.forms import Json, SearchParam, registry

_OAUTH = "http://terminology.hl7.org/CodeSystem/restful-security-service"
PUBLISHED = "2026-11-22"


@lru_cache(maxsize=4)
def statement(base: str) -> bytes:
    """The CapabilityStatement for the address `base`, as bytes."""
    body: bytes = orjson.dumps(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": PUBLISHED,
            "kind": "instance",
            "software": {"name": "Liaison", "version": __version__},
            "implementation": {"description": "Liaison", "url": base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json", "json"],
            "rest": [
                {
                    "mode": "server",
                    "documentation": "Reading for connected systems. Every read is audited.",
                    "security": {
                        "cors": False,
                        "service": [{"coding": [{"system": _OAUTH, "code": "OAuth"}]}],
                        "description": "OAuth 2.0 client credentials; a bearer token with each request.",
                    },
                    "resource": [_resource(t) for t in access.types()],
                }
            ],
        }
    )
    return body


def _resource(resource_type: str) -> Json:
    computed = registry.computed.get(resource_type)
    if computed:
        return {
            "type": resource_type,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "searchParam": [_param(p) for p in computed.params.values()],
        }
    params: dict[str, SearchParam] = {p.name: p for p in COMMON}
    for form in registry.by_type[resource_type]:
        params |= dict(form.params)
    shared = set.intersection(*({*form.params} for form in registry.by_type[resource_type])) | {c.name for c in COMMON}
    profiles = sorted({form.profile for form in registry.by_type[resource_type] if form.profile})
    return {
        "type": resource_type,
        **({"supportedProfile": profiles} if profiles else {}),
        "interaction": [{"code": c} for c in ("read", "vread", "history-instance", "search-type")],
        "versioning": "versioned",
        "readHistory": True,
        "searchParam": [_param(p) for name, p in sorted(params.items()) if name in shared],
    }


def _param(param: SearchParam) -> Json:
    return {"name": param.name, "type": param.kind} | (
        {"documentation": param.documentation} if param.documentation else {}
    )
