"""Rules in plain words, and what stands for what their author left out."""

from typing import Any

import pytest

from liaison.engines.scrubber import CHECKS, NEEDS, words


@pytest.mark.parametrize(
    ("rule", "told", "kind"),
    [
        (
            {"when": {"codes": ["70551-70553", "J*"], "age_from": 18, "age_to": 64}, "needs": ["authorization"]},
            "70551 to 70553 or J…, for patients from 18 to 64 years: needs an authorization number.",
            "Authorization and referral",
        ),
        ({"when": {"units_over": 4, "codes": ["97110"]}}, "97110, with more than 4 units: is not right.", "Units"),
        ({"when": {"sex": "F", "age_to": 17}}, "For patients up to 17 years, for women: is not right.", "Age and sex"),
        (
            {"when": {"places": ["22"], "coverages": ["medicare", "medicaid"]}, "needs": ["modifier:PO"]},
            "At place of service 22, to Medicare or Medicaid: needs modifier PO.",
            "Modifiers",
        ),
        ({"when": {"days_over": 90}}, "More than 90 days after the service: is not right.", "Timely filing"),
        (
            {"when": {"codes": ["99499"]}, "needs": ["note", "taxonomy:207Q", "code:90471"]},
            "99499: needs a note of what was done, a provider of taxonomy 207Q and 90471 on the same claim.",
            "Providers",
        ),
        (
            {"when": {"frequencies": ["7"], "responsibilities": ["S", "T"], "payers": ["SUNCO"]}, "needs": ["ndc"]},
            "To payer SUNCO, on replacements, as the second or third payer: needs the NDC of the drug.",
            "Drugs",
        ),
        ({"needs": ["clia"]}, "Every claim: needs the site’s CLIA number.", "Laboratory"),
    ],
)
def test_a_rule_is_told_in_a_sentence(rule: dict[str, Any], told: str, kind: str) -> None:
    assert (words.told(rule), words.kind(rule)) == (told, kind)


def test_what_the_author_did_not_write_follows_from_the_rule() -> None:
    needs = {"when": {"codes": ["J1885"]}, "needs": ["ndc"]}
    assert words.sentence(needs) == "{code} needs the NDC of the drug."
    assert (words.mending(needs), words.field(needs)) == ("Add the eleven digits from the package.", "drug")
    forbids = {"when": {"codes": ["J1885"], "age_to": 1}}
    assert words.sentence(forbids) == "{code} is not paid for patients up to 1 year."
    assert words.field({"when": {"units_over": 3}}) == "units"


def test_every_need_and_every_check_has_words() -> None:
    assert set(words.NEEDED) == set(NEEDS)
    assert set(words.CHECKED) == set(CHECKS)
