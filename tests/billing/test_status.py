"""Where claims stand: asked by a person or by itself, answered by the sandbox payer as a real process."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from liaison.billing.actions import ask_status, batch
from liaison.billing.actions.status import ask_unanswered, unanswered
from liaison.billing.exchange import fetch_answers, send_waiting
from liaison.billing.models import Acknowledgment, Claim, Exchange
from liaison.kernel import clock
from liaison.kernel.errors import Conflict
from liaison.record.models import OutboxEvent
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.billing.conftest import Payer

pytestmark = pytest.mark.processes


def sent(practice: Practice) -> Claim:
    claim = practice.claim()
    batch(TEST)
    claim.refresh_from_db()
    return claim


def test_a_payer_says_where_a_claim_stands(practice: Practice, payer: Payer, settings: Any) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    claim = sent(practice)
    said = ask_status(TEST, claim.pk)
    assert said is not None
    assert "does not find the claim" in said.sentence
    assert OutboxEvent.objects.filter(name="billing.claim_lost").count() == 1
    send_waiting(payer.url)
    said = ask_status(TEST, claim.pk)
    assert said is not None
    assert said.category[0] in "FP"
    kinds = Exchange.objects.filter(claims__icontains=claim.number).values_list("kind", flat=True)
    assert sorted(kinds) == ["276", "276", "277", "277", "837P"]
    fetch_answers(payer.url)
    with pytest.raises(Conflict, match="nothing to ask"):
        ask_status(TEST, claim.pk)
    assert Acknowledgment.objects.filter(exchange__kind="277CA").get().sentence == "Accepted."


def test_a_payer_that_does_not_answer_leaves_a_sentence(
    practice: Practice, start_payer: Callable[..., Payer], settings: Any
) -> None:
    claim = sent(practice)
    with pytest.raises(Conflict, match="no line"):
        ask_status(TEST, claim.pk)
    gone = start_payer()
    gone.close()
    settings.REALTIME_URL = f"{gone.url}/core"
    assert ask_status(TEST, claim.pk) is None
    assert "cannot be reached" in Exchange.objects.get(kind="276").note


def test_claims_without_an_answer_are_asked_about_after_the_days_of_the_rules(
    practice: Practice, payer: Payer, settings: Any
) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    with clock.at(BEGAN):
        claim = sent(practice)
    later = BEGAN + timedelta(days=20)
    assert unanswered(later) == []
    later = BEGAN + timedelta(days=22)
    with clock.at(later):
        assert ask_unanswered(TEST, later) == 1
        assert ask_unanswered(TEST, later) == 0
    assert unanswered(later + timedelta(days=13)) == []
    assert unanswered(later + timedelta(days=15)) == [claim]
