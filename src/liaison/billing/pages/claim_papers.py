"""Claims and letters on paper."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing import queries
from liaison.billing.actions.letters import draft_letter, write_letter
from liaison.billing.actions.paper import send_on_paper
from liaison.billing.models import Claim
from liaison.billing.pages.shown import chosen
from liaison.billing.papers.cms1500 import Shift, pdf
from liaison.billing.papers.compiled import pdf as answer
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, not_done, shown
from liaison.places.queries import practice as the_practice

_FARTHEST = 50  # hundredths of an inch


@require_GET
@page("billing.read")
def paper(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """A claim as CMS-1500, to look at or to print again: on the form, or for the preprinted one (?form=own)."""
    found = queries.claim_for(request.actor, claim_id).claim
    own = request.GET.get("form") == "own"
    body = pdf([found], the_practice(), form=not own, shift=_shift(request.GET.get("move", "")))
    return answer(body, f"claim-{found.number}")


def _shift(text: str) -> Shift:
    """`5,-3`: hundredths of an inch to the right and down."""
    try:
        right, down = (int(part) for part in text.split(",")) if text else (0, 0)
    except ValueError:
        right = down = 0
    return Shift(max(-_FARTHEST, min(_FARTHEST, right)), max(-_FARTHEST, min(_FARTHEST, down)))


@require_POST
@page("billing.claim")
def print_claims(request: StaffRequest) -> HttpResponse:
    """Print claims (the chosen, else all that are ready) and count them as sent on paper."""
    try:
        keys = [chosen(one, "claim") for one in request.POST.getlist("claim")]
        keys = keys or list(queries.claims(request.actor, status=Claim.Status.READY).values_list("pk", flat=True))
        own = request.POST.get("form") == "own"
        sent = send_on_paper(request.actor, keys, form=not own, shift=_shift(request.POST.get("move", "")))
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, reverse("claims"))
    return answer(bytes(sent.body), sent.name.removesuffix(".pdf"))


@require_http_methods(["GET", "POST"])
@page("billing.claim")
def appeal(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """A letter to the payer: drafted from its document, looked over, printed and kept."""
    found = queries.claim_for(request.actor, claim_id).claim
    if request.method == "POST":
        form = Typed.sent(request.POST, ("letter_subject", "letter_text"))
        try:
            made = write_letter(
                request.actor, claim_id, subject=form.text("letter_subject"), text=form.text("letter_text")
            )
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"The letter “{made.title}” is kept.", reverse("claim", args=[claim_id]))
    else:
        subject, text = draft_letter(request.actor, found)
        form = Typed({"letter_subject": subject, "letter_text": text})
    context = {"claim": found, "patient": found.patient, "here": "claims"}
    return shown(request, "billing/claims/appeal.html", form, **context)


@require_GET
@page("billing.read")
def letter(request: StaffRequest, letter_id: UUID) -> HttpResponse:
    """A letter as it was printed."""
    found = queries.letter_for(request.actor, letter_id)
    if not found.pdf:
        raise Invalid("no-letter", "The letter is empty.")
    return answer(bytes(found.pdf), f"letter-{found.created_at:%Y-%m-%d}")
