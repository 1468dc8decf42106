"""Mail to patients: that something is there for them, and its link. Nothing about them stands in it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.languages import language_in
from liaison.kernel.phones import shown
from liaison.people.models import Patient
from liaison.places.queries import practice as the_practice


def require_mail(patient: Patient, otherwise: str) -> None:
    """Raises Conflict where this Liaison sends no mail or nobody outside reaches it, Invalid without an address.

    `otherwise` is what to do instead, in a few words.
    """
    if not settings.MAIL_FROM or not settings.ADDRESS:
        raise Conflict(
            "no-mail", f"This Liaison sends no e-mail: set LIAISON_MAIL_URL and LIAISON_ADDRESS first, or {otherwise}."
        )
    if not patient.email:
        raise Invalid("no-address", f"The patient has no e-mail address. Add one, or {otherwise}.")


def link(path: str, key: UUID) -> str:
    """The address under which a patient opens a thing: signed, with its time; it names nobody."""
    return f"{settings.ADDRESS}/{path}/{signing.dumps(str(key), salt=f'liaison.{path}')}/"


def key_of(path: str, token: str, days: int) -> UUID:
    """The key of the thing that a link opens. Raises NotFound when it is none, or is older than `days`."""
    try:
        return UUID(signing.loads(token, salt=f"liaison.{path}", max_age=timedelta(days=days)))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise link_over() from None


def link_over() -> NotFound:
    """What is said of a link that opens nothing, whatever the cause."""
    return NotFound("link-over", "This link is not valid any more. Please call the practice for a new one.")


def send_link(patient: Patient, words: Mapping[str, tuple[str, str]], address: str, days: int) -> None:
    """Send a patient a link. Raises what the mail server raises: a reaction is tried again.

    `words` are subject and body by language, with {practice}, {phone}, {link} and {days} in them; English is there.
    """
    practice = the_practice()
    subject, body = words[language_in(words, patient.language)]
    facts = {"practice": practice.name, "phone": shown(practice.phone), "link": address, "days": days}
    EmailMessage(
        subject=subject.format(**facts).replace("\n", " "),
        body=body.format(**facts),
        from_email=settings.MAIL_FROM,
        to=[patient.email],
    ).send()
