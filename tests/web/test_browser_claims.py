"""Claims in Chromium: without a barrier at every size, mended by keyboard, with twelve diagnoses and fifty lines."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
DIAGNOSES = "E11.65 I10 J02.9 M54.50 N39.0 R05.9 K21.9 F41.1 G43.909 H60.91 L30.9 Z23".split()  # noqa: SIM905  # readable


@pytest.fixture(scope="module")
def paths(served: "Served") -> dict[str, str]:
    """A claim to mend, one with everything on it, one that the payer denied; the files."""
    from liaison.billing.actions import add_charge, batch, confirm_charges, draft_charges, take_in
    from liaison.billing.actions.letters import write_letter
    from liaison.billing.models import Claim
    from liaison.people import actions as people
    from liaison.record.change import change
    from liaison.visits import actions as visits

    place = served.practice

    def claim(time: str, room: int, family: str, many: int = 0, **more: str) -> Claim:
        visit = place.examined(
            time, room, patient=place.patient(family, "Alexandrina"), diagnoses=DIAGNOSES if many else ["I10"]
        )
        visits.check_out(place.desk, visit.pk, follow_up_declined=True)
        if more:
            people.update(place.setup, visit.patient_id, **more)
        assert visit.encounter_id is not None
        draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
        for n in range(many):
            add_charge(place.biller, visit.encounter_id, code=f"J{1000 + n}", cents=100 * n + 1, units=n + 1)
        made = confirm_charges(place.biller, visit.encounter_id)
        assert made is not None
        return made

    denied = claim("11:20", 2, "Okafor")
    batch(place.biller)
    with change(place.setup, "billing.post") as this:
        denied.refresh_from_db()
        denied.status, denied.payer_claim_number = Claim.Status.DENIED, "SUNCO-2026-000123"
        denied.answer = "Paid $0.00 of $195.00. Denied: CO-197 (prior authorization is missing)."
        this.save(denied, "status", "payer_claim_number", "answer")
    write_letter(place.biller, denied.pk, subject="Appeal of claim SUNCO-2026-000123", text="Dear reviewer,\n\nplease.")
    take_in(place.biller, "835", "half-a-file.835", b"ISA*00*")
    mend = claim("9:20", 0, "Winterbottom-Featherstonehaugh-Cholmondeley", line="")
    many = claim("10:20", 1, "Reyes", many=49)
    names = {"mend": mend, "many": many, "denied": denied}
    return {name: f"/claims/{one.pk}/" for name, one in names.items()} | {
        "files": "/claims/files/",
        "held": "/claims/files/?show=refused",
        "appeal": f"/claims/{denied.pk}/appeal/",
        "claims": "/claims/",
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_claims_are_without_a_barrier(served: "Served", open_page: OpenPage, paths: dict[str, str], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    served.sign_in(page, "biller")
    found = {}
    for name, path in paths.items():
        page.goto(served.url + path)
        if folder := os.environ.get("LOOK_INTO"):
            page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
        found[name] = troubles(page)
    assert {name: said for name, said in found.items() if said} == {}


def test_a_warning_is_let_pass_and_a_fact_added_by_keyboard(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "biller")
    page.goto(served.url + paths["many"])
    assert page.get_by_text("and 37 more").count() == 1
    first = page.locator(".findings details").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    first.get_by_role("button", name="Let it pass").press("Enter")
    expect(page.get_by_text("Say why.")).to_be_visible()
    page.locator(".findings details[open] input[name=pass_reason]").fill("The payer takes it without")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The warning is let pass.")).to_be_visible()
    page.get_by_label("Authorization").fill("A-77")
    page.keyboard.press("Enter")
    expect(page.get_by_text("authorization A-77")).to_be_visible()
