"""`liaison codes`: codes for people and for machines, the practice's own CPT, and refusals in one line."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("codes", *arguments, stdout=out)
    return out.getvalue()


def test_the_search_is_for_machines_too() -> None:
    found = json.loads(said("search", "left", "knee", "pain", "--json", "--limit", "2"))
    assert found[0] == {"code": "M25.562", "description": "Pain in left knee", "billable": True}
    assert len(found) == 2


def test_another_code_set_is_searched_by_its_name() -> None:
    assert "J1885" in said("search", "--system", "hcpcs", "ketorolac")


def test_cpt_is_there_once_the_practice_has_loaded_its_own(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    assert "Nothing found" in said("search", "--system", "cpt", "99213")
    licensed = tmp_path / "licensed.csv"
    licensed.write_text("code,description\n99213,Our words for an established patient\n", "utf-8")
    assert said("load-cpt", str(licensed)) == "1 code of CPT kept in this home.\n"
    assert "99213    Our words" in said("search", "--system", "cpt", "established")
    licensed.write_text("99213,Our words\nnot a code,x\n", "utf-8")
    with pytest.raises(CommandError, match="Line 2"):
        said("load-cpt", str(licensed))
    assert "99213" in said("search", "--system", "cpt", "99213")


def test_a_file_or_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        said("load-cpt", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="lacks"):
        said("load", str(tmp_path))


@pytest.mark.parametrize("percent", ["0", "99"])
def test_a_hold_out_must_leave_something_to_learn_from(percent: str) -> None:
    with pytest.raises(CommandError, match="Hold out"):
        said("evaluate", "--holdout-percent", percent)
