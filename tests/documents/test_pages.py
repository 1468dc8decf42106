"""The rules in force on the screen."""

import pytest
from django.urls import reverse

from liaison.documents import actions as documents
from tests.support.practice import small_practice
from tests.support.signed_in import client_of


@pytest.mark.django_db
def test_every_rule_in_force_can_be_read_with_its_edition() -> None:
    place = small_practice()
    documents.publish(
        place.setup, kind="fee-schedule", key="default", title="Fees", body={"fees": {"99213": {"cents": 1}}}
    )
    ranges = {"pulse": [{"from_days": 0, "low": 60, "high": 100}]}
    documents.publish(place.setup, kind="reference-ranges", key="x", title="Ranges", body=ranges)
    text = client_of(place.ma).get(reverse("rules")).content.decode()
    assert "20 minutes with provider" in text
    assert "edition 2" in text
    assert "Vital signs" in text
    assert "low 60, high 100" in text
    assert "I agree." in text
