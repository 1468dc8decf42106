"""What billing does by itself, on a timer."""

from typing import Any

import pytest

from liaison.billing.jobs.claims import exchange_with_payers
from liaison.billing.models import Claim
from tests.billing.clinic import Practice
from tests.support.sandboxes import Sandbox


@pytest.mark.processes
def test_the_timer_sends_ready_claims_and_posts_their_answers(
    practice: Practice, payer: Sandbox, settings: Any
) -> None:
    practice.claim()
    settings.CLAIMS_URL = payer.url
    assert exchange_with_payers.call() == 1 + 3
    assert Claim.objects.get().status == "paid"
    assert exchange_with_payers.call() == 0


def test_without_a_payers_address_nothing_leaves_the_house(practice: Practice, settings: Any) -> None:
    practice.claim()
    settings.CLAIMS_URL = ""
    assert exchange_with_payers.call() == 0
    assert Claim.objects.get().status == "ready"
