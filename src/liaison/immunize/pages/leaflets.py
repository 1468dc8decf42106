"""The information statements that were sent to a patient, opened by the mail's link. Nobody signs in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from liaison.immunize.papers.statements import leaflets, says
from liaison.immunize.queries.leaflets import sent_statements, vis_by_link
from liaison.kernel.errors import NotFound
from liaison.people.access import mailed_page
from liaison.people.typed import Typed, shown
from liaison.places.queries import practice as the_practice


@require_GET
@mailed_page
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The statements of one visit, in the language that was chosen. The page names nobody."""
    form = Typed()
    context: dict[str, Any] = {"practice": the_practice()}
    try:
        found = vis_by_link(token)
        words = says(found.vis_emailed[-1]["language"])
        context |= {"says": words, "statements": leaflets(sent_statements(found), words)}
    except NotFound as refusal:
        form.sorry = refusal.sentence
    return shown(request, "immunize/by_link.html", form, over=bool(form.sorry), **context)
