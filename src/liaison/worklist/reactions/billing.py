"""Claims that come back, files that could not be posted."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from liaison.billing.models import Claim, Exchange
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_sources, open_tasks, settle

_of_claim = Prepared(lambda link: open_tasks(for_role="biller", link=link))


@reaction(
    "billing.claim_denied",
    "billing.claim_rejected",
    "billing.claim_to_fix",
    "billing.claim_lost",
    "billing.claim_taken_back",
)
def claim_comes_back(event: OutboxEvent) -> None:
    """A claim that the payer denied, rejected or took back, or that our own check holds back, is the biller's."""
    claim = Claim.objects.select_related("patient", "payer").filter(pk=event.payload["claim"]).first()
    if claim is None:
        return
    word = event.name.removeprefix("billing.claim_")
    words = claim.answer or " ".join(f"{one['sentence']} {one.get('mend', '')}" for one in claim.stops)
    actions.add(
        WORKLIST,
        source=f"{word}:{claim.pk}:{event.seq}",
        kind=f"claim-{word.replace('_', '-')}",
        title=_CLAIM_TITLES[word].format(number=claim.number, payer=claim.payer.name),
        detail=f"{claim.patient.listed}, {words}".removesuffix(", ")[:500],
        for_role="biller",
        patient_id=claim.patient_id,
        priority=30,
        link=f"/claims/{claim.pk}/",
    )


_CLAIM_TITLES = {
    "denied": "Work the denied claim {number} ({payer})",
    "rejected": "Mend the rejected claim {number} ({payer})",
    "lost": "Send the claim {number} again: {payer} does not find it",
    "taken_back": "Decide who owes what {payer} no longer pays of claim {number}",
    "to_fix": "Complete the claim {number} before it is sent",
}


@reaction("billing.claim_mended", "billing.claim_paid", "billing.claim_settled", "billing.claim_appealed")
def claim_is_worked(event: OutboxEvent) -> None:
    """A claim that goes out again, is paid after all, appealed or settled needs nobody any more."""
    settle(_of_claim(f"/claims/{event.payload['claim']}/"))


@reaction("billing.appeal_unanswered")
def appeal_waits(event: OutboxEvent) -> None:
    """A payer that does not answer an appeal is asked by a person."""
    claim = Claim.objects.select_related("patient", "payer").filter(pk=event.payload["claim"]).first()
    if claim is None:
        return
    appealed = datetime.fromisoformat(event.payload["appealed"])
    actions.add(
        WORKLIST,
        source=f"appeal:{claim.pk}:{appealed:%Y-%m-%d}",
        kind="appeal-unanswered",
        title=f"Ask {claim.payer.name} about the appeal of claim {claim.number}",
        detail=f"{claim.patient.listed}, appealed on {timezone.localtime(appealed):%-d %B %Y}, no answer yet.",
        for_role="biller",
        patient_id=claim.patient_id,
        priority=35,
        link=f"/claims/{claim.pk}/",
    )


@reaction("billing.exchange_waits")
def exchange_waits(event: OutboxEvent) -> None:
    """Claims that have not gone out for an hour are somebody's to look after."""
    actions.add(
        WORKLIST,
        source=f"waits:{event.payload['exchange']}",
        kind="exchange-waits",
        title="Claims do not go out: the line to the payer is down",
        for_role="biller",
        priority=15,
        link=f"/claims/files/{event.payload['exchange']}/",
    )


@reaction("billing.exchange_held")
def exchange_is_held(event: OutboxEvent) -> None:
    """A file that could not be posted, or that the payer refused, is the biller's to look at."""
    key = UUID(event.payload["exchange"])
    file = Exchange.objects.defer("body").select_related("payer").filter(pk=key).first()
    if file is None:
        return
    payer = file.payer.name if file.payer else "a payer"
    came = f"Look at a file of {payer} that could not be posted"
    actions.add(
        WORKLIST,
        source=f"held:{key}",
        kind="exchange-held",
        title=came if file.direction == "in" else f"Look at a file that {payer} refused",
        detail=f"{file.name}: {file.note}"[:500],
        for_role="biller",
        priority=20,
        link=f"/claims/files/{key}/",
    )


@reaction("billing.exchange_dealt_with")
def exchange_is_dealt_with(event: OutboxEvent) -> None:
    """A file that is posted, set aside, sent after all or written anew needs nobody any more."""
    key = event.payload["exchange"]
    settle(of_sources(f"held:{key}", f"waits:{key}"))


@reaction("billing.unposted")
def payment_waits(event: OutboxEvent) -> None:
    """Money that fits no claim is the biller's to match."""
    count = event.payload["count"]
    actions.add(
        WORKLIST,
        source=f"unposted:{event.payload['payment']}",
        kind="payment-to-match",
        title=f"Match {count} part{'s' if count != 1 else ''} of a payer’s payment",
        for_role="biller",
        priority=25,
        link=f"/payments/{event.payload['payment']}/",
    )


@reaction("billing.unposted_settled")
def payment_is_matched(event: OutboxEvent) -> None:
    settle(_of_claim(f"/payments/{event.payload['payment']}/"))
