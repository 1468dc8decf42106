"""The payers' own words for their codes, loaded from the practice's list, beside the house's own."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from liaison.billing.codes import GRANTED, reason, reasons
from liaison.billing.models import Account
from liaison.billing.rules import packaged

BODY = packaged("remittance-rules")["body"]


def test_every_reason_has_words_and_what_refuses_says_what_to_do() -> None:
    for carc, entry in BODY["carc"].items():
        assert entry["words"], carc
        assert entry["kind"] in GRANTED or (entry["kind"] in BODY["kinds"] and entry["do"].endswith(".")), carc
    assert all(kind["days"] > 0 for kind in BODY["kinds"].values())
    assert {one["account"] for one in BODY["provider_level"].values()} <= set(Account.values)
    assert BODY["unknown"]["kind"] in BODY["kinds"]


@pytest.mark.django_db
def test_a_list_of_the_practices_is_loaded_and_stands_beside_ours(tmp_path: Path) -> None:
    carc, rarc = tmp_path / "carc.csv", tmp_path / "rarc.txt"
    carc.write_text('Code,Description\n45,"As the list, has it"\n\n16,  Lacks \n,nothing\n', "utf-8-sig")
    rarc.write_text("N29\tAs the other list has it\n")
    call_command("reasons", "load", str(carc), "--kind", "carc")
    call_command("reasons", "load", str(rarc), "--kind", "rarc")
    book = reasons()
    assert book.told("CO", "45") == "CO-45 (As the list, has it)"
    assert book.told("CO", "29") == "CO-29 (the claim came too late)"
    assert book.remark("N29") == "N29 (As the other list has it)"
    assert book.told("CO", "9999") == "CO-9999"
    assert reason("CO", "45") == "CO-45 (above the contract's fee)", "a record keeps words that do not change"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"Code,Words\n", b"\xff\xfe\x00", b"just words"])
def test_a_file_without_codes_is_refused(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("reasons", "load", str(bad), "--kind", "carc")
    with pytest.raises(CommandError):
        call_command("reasons", "load", str(tmp_path / "none.csv"), "--kind", "carc")
