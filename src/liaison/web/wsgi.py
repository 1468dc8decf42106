"""The web process: FHIR requests go to the FHIR face, all others to Django's pages."""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
pages = get_wsgi_application()

from liaison.interop.fhir.wsgi import application as fhir  # noqa: E402  # needs Django set up
from liaison.record.audit import group_commit  # noqa: E402
from liaison.web.supervisor import with_parent  # noqa: E402

if "LIAISON_SUPERVISED" in os.environ:
    # A web worker that outlived its server would keep the port
    with_parent(signal.SIGKILL)
group_commit.start()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application that `liaison serve` runs."""
    path = environ["PATH_INFO"]
    if path.startswith("/fhir/") or path == "/fhir":
        return fhir(environ, start_response)
    return pages(environ, start_response)
