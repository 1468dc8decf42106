"""The office manager reads, adds, tries and changes the rules of claims on the screen; claims that wait follow."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liaison.billing.actions.claim_rules import judge_waiting
from liaison.billing.scrub.rules import rules_for
from liaison.documents.models import Document
from liaison.engines.scrubber import faults
from liaison.kernel import clock
from liaison.record.outbox import deliver
from tests.billing.clinic import TEST, Practice
from tests.billing.test_mending import with_status
from tests.billing.test_payments_pages import seen_by, text

NEW = {"where": "default", "severity": "stop", "codes": "87880", "needs": ["authorization"]}


@pytest.fixture
def office(practice: Practice) -> Client:
    return seen_by(practice, "office-manager")


def add(office: Client, act: str = "put", **more: Any) -> HttpResponse:
    return office.post(reverse("add-claim-rule"), {**NEW, "act": act, **more})  # type: ignore[return-value]  # of Django


def in_force(key: str = "default") -> Document | None:
    return Document.objects.filter(kind="claim-rules", key=key, retired_at=None).first()


def test_rules_are_read_in_plain_words_by_kind(office: Client) -> None:
    page = text(office.get(reverse("claim-rules")))
    assert "99202 to 99215, beside 99381 to 99397, G0402 or G0438 to G0439, without modifier 25: is not right." in page
    assert "For diagnoses of O, for men" not in page
    assert "For men, for diagnoses of O: is not right." in page
    assert "To workers’ compensation: needs the kind and day of the accident." in page
    assert "Filed within 365 days" in page
    assert page.index("Modifiers") < page.index("Age and sex") < page.index("Diagnoses")


def test_a_rule_is_tried_before_it_is_in_force(practice: Practice, office: Client) -> None:
    held, other = practice.claim(orders=["strep"]), practice.claim()
    page = text(add(office, "try"))
    assert "Would stop 1 of 2 claims" in page
    assert "87880: needs an authorization number." in page
    assert held.number in page
    assert other.number not in page
    assert in_force() is None
    assert "Would stop none of 2 claims" in text(add(office, "try", codes="70551-70553"))


def test_old_claims_that_are_settled_are_not_tried(practice: Practice, office: Client) -> None:
    claim = practice.claim(orders=["strep"])
    long_ago = clock.today(timezone.get_current_timezone()) - timedelta(days=91)
    with_status(claim, "closed", service_date=long_ago)
    assert "Would stop none of 0 claims" in text(add(office, "try"))
    with_status(claim, "draft")
    assert "Would stop 1 of 1 claim" in text(add(office, "try"))


def test_a_new_rule_holds_what_waits_and_lets_it_go_when_taken_away(practice: Practice, office: Client) -> None:
    claim = practice.claim(orders=["strep"])
    assert claim.status == "ready"
    answer = add(office)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("claim-rules"))
    made = in_force()
    assert made is not None
    rule = made.body["rules"][-1]
    assert (rule["say"], rule["mend"], rule["field"]) == (
        "{code} needs an authorization number.",
        "Add the number of the authorization.",
        "authorization",
    )
    assert faults(made.body) == []
    deliver()
    claim.refresh_from_db()
    assert (claim.status, claim.findings[0]["sentence"]) == ("draft", "87880 needs an authorization number.")
    office.post(reverse("remove-claim-rule", args=["default", rule["key"]]))
    deliver()
    claim.refresh_from_db()
    assert (claim.status, claim.findings) == ("ready", [])
    assert judge_waiting(TEST) == 0


def test_a_rule_of_one_payer_is_changed_and_turned_off(practice: Practice, office: Client) -> None:
    add(office, where="stcai", say="Medicaid wants a number.")
    made = in_force("stcai")
    assert made is not None
    assert (made.title, len(made.body["rules"])) == ("Claims to State Medicaid", 1)
    assert {one.key for one in rules_for("STCAI").rules} - {one.key for one in rules_for("SUNCO").rules} == {
        "medicaid-wants-a-number"
    }
    address = reverse("edit-claim-rule", args=["stcai", "medicaid-wants-a-number"])
    page = office.get(address).content.decode()
    assert re.search(r'name="needs" value="authorization" checked', page)
    changed = {**NEW, "severity": "warn", "age_from": "18", "say": "Medicaid wants a number.", "edition": "1"}
    assert office.post(address, {**changed, "act": "put"}).status_code == 302
    assert "87880, for patients of 18 years and older: needs" in text(
        office.get(reverse("claim-rules"), {"payer": "stcai"})
    )
    stale = office.post(address, {**changed, "severity": "off", "act": "put"})
    assert (stale.status_code, "another edition in force meanwhile" in text(stale)) == (422, True)
    assert office.post(address, {**changed, "severity": "off", "edition": "2", "act": "put"}).status_code == 302
    assert {one.key for one in rules_for("STCAI").rules} == {one.key for one in rules_for("SUNCO").rules}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("codes", "70551-7055", "is no code"),
        ("modifiers", "2", "two letters or digits"),
        ("places", "office", "two digits"),
        ("age_from", "-1", "whole number"),
        ("age_to", "131", "whole number up to 130"),
        ("diagnoses", "12", "ICD-10-CM"),
        ("need_code", "9047", "five characters"),
        ("severity", "perhaps", "Choose what the rule does"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(office: Client, field: str, typed: str, sentence: str) -> None:
    answer = add(office, **{field: typed})
    assert answer.status_code == 422
    assert re.search(rf'id="{field.replace("_", "-")}-said">[^<]*{sentence}', answer.content.decode())
    assert in_force() is None


def test_a_rule_without_any_condition_is_refused(office: Client) -> None:
    answer = add(office, codes="", needs=[])
    assert (answer.status_code, "it would stop every one" in text(answer)) == (422, True)


def test_checks_and_days_of_a_payer_are_set(practice: Practice, office: Client) -> None:
    address = reverse("claim-checks", args=["stcai"])
    assert "as for all payers" in text(office.get(address))
    bad = office.post(address, {"timely_filing_days": "soon"})
    assert (bad.status_code, "Type a whole number up to 3,650." in text(bad)) == (422, True)
    assert office.post(address, {"timely_filing_days": "95", "taxonomy": "off", "ndc_codes": "J*"}).status_code == 302
    theirs, ours = rules_for("STCAI"), rules_for("SUNCO")
    assert (theirs.timely_filing_days, theirs.severity("taxonomy"), "J3490" in theirs.ndc) == (95, None, True)
    assert (ours.timely_filing_days, str(ours.severity("taxonomy"))) == (365, "stop")
    assert theirs.severity("clia") == ours.severity("clia")


def test_a_biller_reads_and_does_not_change(practice: Practice) -> None:
    biller = seen_by(practice, "biller")
    page = biller.get(reverse("claim-rules")).content.decode()
    assert reverse("add-claim-rule") not in page
    assert biller.get(reverse("add-claim-rule")).status_code == 403
    assert biller.post(reverse("claim-checks", args=["default"]), {}).status_code == 403
    assert seen_by(practice, "medical-assistant").get(reverse("claim-rules")).status_code == 403
