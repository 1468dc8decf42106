"""Where claims stand: asked by a person or by itself, answered by the sandbox payer as a real process."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from liaison.billing.actions import ask_status, batch
from liaison.billing.actions.outgoing import note_refused
from liaison.billing.actions.status import ask_unanswered, unanswered
from liaison.billing.exchange import fetch_answers, send_waiting
from liaison.billing.models import Acknowledgment, Claim, Exchange
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.coverages import update_coverage
from liaison.record.models import OutboxEvent
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.support.sandboxes import Sandbox

pytestmark = pytest.mark.processes


def sent(practice: Practice) -> Claim:
    claim = practice.claim()
    batch(TEST)
    claim.refresh_from_db()
    return claim


def test_a_payer_says_where_a_claim_stands(practice: Practice, payer: Sandbox, settings: Any) -> None:
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
    practice: Practice, start_payer: Callable[..., Sandbox], settings: Any
) -> None:
    claim = sent(practice)
    with pytest.raises(Conflict, match="no line"):
        ask_status(TEST, claim.pk)
    gone = start_payer()
    gone.kill()
    settings.REALTIME_URL = f"{gone.url}/core"
    assert ask_status(TEST, claim.pk) is None
    assert "cannot be reached" in Exchange.objects.get(kind="276").note


def test_claims_without_an_answer_are_asked_about_after_the_days_of_the_rules(
    practice: Practice, payer: Sandbox, settings: Any
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


def test_a_payer_that_answers_in_files_is_asked_in_a_file(practice: Practice, payer: Sandbox, settings: Any) -> None:
    settings.REALTIME_URL = "SUNCO=batch"
    with clock.at(BEGAN):
        claims = [practice.claim(), practice.claim()]
        batch(TEST)
        send_waiting(payer.url)
    with pytest.raises(Conflict, match="no line"):
        ask_status(TEST, claims[0].pk)
    later = BEGAN + timedelta(days=22)
    with clock.at(later):
        assert ask_unanswered(TEST, later) == 2
        assert ask_unanswered(TEST, later) == 0
    question = Exchange.objects.get(kind="276")
    assert (question.status, sorted(question.claims)) == ("to_send", sorted(one.number for one in claims))
    assert send_waiting(payer.url) == 1
    fetch_answers(payer.url)
    question.refresh_from_db()
    answer = Exchange.objects.get(kind="277")
    assert (question.status, answer.status, sorted(answer.claims)) == ("accepted", "posted", sorted(question.claims))
    said = Acknowledgment.objects.filter(exchange=answer)
    assert {one.claim_id for one in said} == {one.pk for one in claims}
    assert all(one.category[0] in "FP" for one in said)


def test_questions_in_files_go_in_the_shape_of_core_too(practice: Practice, payer: Sandbox, settings: Any) -> None:
    settings.REALTIME_URL = "batch"
    address = payer.url.replace("http://", "core+http://clinic@") + "/core"
    with clock.at(BEGAN):
        sent(practice)
        send_waiting(address)
    later = BEGAN + timedelta(days=22)
    with clock.at(later):
        assert ask_unanswered(TEST, later) == 1
    assert send_waiting(address) == 1
    fetch_answers(address)
    assert Acknowledgment.objects.filter(exchange__kind="277").count() == 1


def test_a_question_that_cannot_be_written_holds_back_no_other(practice: Practice, settings: Any) -> None:
    settings.REALTIME_URL = "batch"
    with clock.at(BEGAN):
        claims = [practice.claim(), practice.claim(), practice.claim()]
        batch(TEST)
    update_coverage(TEST, claims[1].coverage_id, member_id="漢字")
    later = BEGAN + timedelta(days=22)
    with clock.at(later):
        assert ask_unanswered(TEST, later) == 2
    assert Exchange.objects.get(kind="276").claims == [claims[0].number, claims[2].number]
    for claim in claims:
        claim.refresh_from_db()
    assert [claim.asked_at for claim in claims] == [later, None, later]
    with clock.at(later + timedelta(hours=1)):
        assert ask_unanswered(TEST, clock.now()) == 0, "nothing is left that can be written"


def test_a_refused_file_of_questions_leaves_its_claims_alone(practice: Practice, settings: Any) -> None:
    settings.REALTIME_URL = "batch"
    with clock.at(BEGAN):
        claim = sent(practice)
    later = BEGAN + timedelta(days=22)
    with clock.at(later):
        ask_unanswered(TEST, later)
    question = note_refused(TEST, Exchange.objects.get(kind="276").pk, "The payer refused the file.")
    claim.refresh_from_db()
    assert (question.status, claim.status) == ("refused", "sent")


def test_each_payer_may_be_asked_by_its_own_line(
    practice: Practice, payer: Sandbox, start_payer: Callable[..., Sandbox], settings: Any
) -> None:
    gone = start_payer()
    gone.kill()
    settings.REALTIME_URL = f"{gone.url}/core SUNCO,OTHER=http://clinic:secret@{payer.url.removeprefix('http://')}/core"
    ours, theirs = sent(practice), practice.claim(practice.patient(member="STC000000002"))
    batch(TEST)
    said = ask_status(TEST, ours.pk)
    assert said is not None
    assert ask_status(TEST, theirs.pk) is None
    assert "cannot be reached" in Exchange.objects.get(kind="276", payer__code="STCAI").note
    settings.REALTIME_URL = "ftp://nowhere"
    with pytest.raises(Invalid, match="begins with https"):
        ask_status(TEST, ours.pk)
