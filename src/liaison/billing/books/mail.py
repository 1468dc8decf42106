"""What is sent to patients by e-mail: that a statement is there, and its link. Nothing about them, and no amount."""

from liaison.billing.actions.books.statements import link_of
from liaison.billing.models import Statement
from liaison.people.mail import send_link

_SAYS = {
    "en": (
        "Your statement from {practice}",
        "A statement from {practice} is ready for you. Open it here; you will be asked for a birth date:\n\n{link}\n\n"
        "The link works for {days} days. If you did not expect it, please delete it.\n\n{practice}\n{phone}\n",
    ),
    "es": (
        "Su estado de cuenta de {practice}",
        "Hay un estado de cuenta de {practice} para usted. Ábralo aquí; se le pedirá una fecha de nacimiento:\n\n{link}"
        "\n\nEl enlace sirve durante {days} días. Si no esperaba este mensaje, bórrelo.\n\n{practice}\n{phone}\n",
    ),
}


def send_statement_link(statement: Statement, days: int) -> None:
    """Send a patient the link of a statement. Raises what the mail server raises: it is tried again."""
    send_link(statement.patient, _SAYS, link_of(statement), days)
