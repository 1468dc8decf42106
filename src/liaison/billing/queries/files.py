"""Files to and from payers: the list of them, and one with its content."""

import re
from uuid import UUID

from django.db.models import F, Q, QuerySet

from liaison.billing.models import Authorization, Claim, EligibilityCheck, Exchange
from liaison.kernel.errors import Forbidden, NotFound
from liaison.record import audit
from liaison.record.actor import Actor

_NUMBER = re.compile(rb"[A-Z][0-9]{6,}")  # of a claim, in whatever stands around it


def exchanges(actor: Actor, *, status: str = "") -> QuerySet[Exchange]:
    """The files to and from payers, newest first, without their content; to be paged."""
    actor.require("billing.read")
    rows = Exchange.objects.defer("body").select_related("payer")
    if status:
        rows = rows.filter(status=status)
    return rows.order_by(F("created_at").desc(), "-id")


def exchange_for(actor: Actor, exchange_id: UUID) -> Exchange:
    """A file with its content, as it went or came: audited.

    Raises NotFound, and Forbidden where it speaks of somebody whose chart the actor may not open.
    """
    actor.require("billing.read")
    found = Exchange.objects.select_related("payer").filter(pk=exchange_id).first()
    if found is None:
        raise NotFound("no-file", "There is no such file. Look at the list of files again.")
    if not actor.may("people.restricted") and _speaks_of_a_restricted_chart(found):
        raise Forbidden("restricted", "The file speaks of a restricted chart. Ask whoever may open it to look at it.")
    audit.looked(actor, None, [f"file/{found.pk}"])
    return found


def _speaks_of_a_restricted_chart(file: Exchange) -> bool:
    asked = Q(patient__restricted=True) & (Q(question=file) | Q(answer=file))
    if EligibilityCheck.objects.filter(asked).exists() or Authorization.objects.filter(asked).exists():
        return True
    restricted = set(Claim.objects.filter(patient__restricted=True).values_list("number", flat=True))
    # By the numbers in it: a file that is held was matched to nothing yet
    standing = {number.decode() for number in _NUMBER.findall(bytes(file.body))} if restricted else set()
    return not restricted.isdisjoint(standing)
