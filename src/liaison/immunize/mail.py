"""What is sent to patients by e-mail: the link of today's information statements. It names no vaccine."""

from liaison.immunize.models import Preparation
from liaison.immunize.queries.leaflets import VIS_DAYS, vis_address
from liaison.people.mail import send_link

_SAYS = {
    "en": (
        "Information from {practice}",
        "{practice} has sent you information to read before your visit goes on. Open it here:\n\n{link}\n\n"
        "The link works for {days} days. If you did not expect it, please delete it.\n\n{practice}\n{phone}\n",
    ),
    "es": (
        "Información de {practice}",
        "{practice} le envía información para leer antes de seguir con su consulta. Ábrala aquí:\n\n{link}\n\n"
        "El enlace sirve durante {days} días. Si no esperaba este mensaje, bórrelo.\n\n{practice}\n{phone}\n",
    ),
}


def send_vis_link(preparation: Preparation) -> None:
    """Send a patient the link. Raises what the mail server raises: it is tried again."""
    send_link(preparation.patient, _SAYS, vis_address(preparation), VIS_DAYS)
