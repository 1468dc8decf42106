"""What was done and not charged is found, told once a day, charged or left out with a reason."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from liaison.billing import actions as billing
from liaison.billing.actions.leaving_out import leave_out
from liaison.billing.jobs.coding import look_for_uncharged
from liaison.billing.models import Charge
from liaison.billing.pages import shown
from liaison.billing.queries.done import product_codes
from liaison.billing.queries.uncharged import Period, uncharged
from liaison.billing.rules import packaged
from liaison.documents.queries import in_force
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.people import actions as people
from liaison.record.change import change
from liaison.record.outbox import deliver
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from liaison.worklist.models import Task
from tests.support.practice import MONDAY, Practice, small_practice
from tests.support.signed_in import client_of

DAY = MONDAY.date()
THAT_DAY = Period(DAY, DAY)


@pytest.fixture
def place(db: None) -> Iterator[Practice]:
    """The practice in the evening of its Monday, when no visit has waited long."""
    with clock.at(MONDAY + timedelta(hours=17)):
        yield small_practice()


def left(place: Practice, room: int = 0, family: str = "Brandt") -> Visit:
    """A visit whose patient has left, its charges drafted."""
    visit = place.examined(f"{9 + room}:20", room, patient=place.patient(family))
    with clock.at(place.at("16:00")):
        visits.check_out(place.desk, visit.pk, follow_up_declined=True)
        deliver()
    return visit


def dose(place: Practice, visit: Visit, cvx: str = "140", name: str = "Influenza") -> Immunization:
    """A dose is written into the record past the actions, so that no reaction charges it."""
    with change(place.setup, "immunize.write") as this:
        return this.save(
            Immunization(
                patient_id=visit.patient_id, encounter_id=visit.encounter_id, cvx=cvx, display=name, here=True,
                route="IM", occurred_at=place.at("9:40"),
            )
        )  # fmt: skip


def test_a_dose_without_a_charge_is_reported_until_it_is_charged(place: Practice) -> None:
    visit = left(place)
    assert uncharged(place.biller, THAT_DAY) == []
    dose(place, visit)
    (found,) = uncharged(place.biller, THAT_DAY)
    assert [(one.kind, one.code, one.why) for one in found.left_out] == [
        ("vaccine", "90656", "Not charged"),
        ("vaccine", "90471", "Not charged"),
    ]
    billing.draft_charges(place.biller, found.encounter.pk)
    assert uncharged(place.biller, THAT_DAY) == []


def test_what_a_person_leaves_out_with_a_reason_is_settled(place: Practice) -> None:
    visit = left(place)
    assert visit.encounter_id is not None
    given = dose(place, visit, "33", "Pneumococcal")
    (found,) = uncharged(place.biller, THAT_DAY)
    uncoded = found.left_out[-1]
    assert (uncoded.code, uncoded.source) == ("", f"dose:{given.pk}")
    with pytest.raises(Invalid):
        leave_out(place.biller, visit.encounter_id, source=uncoded.source, code="", reason=" ")
    with pytest.raises(Forbidden):
        leave_out(place.ma, visit.encounter_id, source=uncoded.source, code="", reason="free")
    for one in found.left_out:
        leave_out(place.biller, visit.encounter_id, source=one.source, code=one.code, reason="A gift of the maker")
    assert uncharged(place.biller, THAT_DAY) == []
    with pytest.raises(NotFound):
        leave_out(place.biller, visit.encounter_id, source=uncoded.source, code="", reason="again")
    billing.draft_charges(place.biller, visit.encounter_id)
    assert set(Charge.objects.exclude(status="void").values_list("code", flat=True)) == {"99203"}


def test_the_report_goes_by_days_kind_site_and_provider(place: Practice) -> None:
    dose(place, left(place))
    assert uncharged(place.biller, Period(DAY - timedelta(days=2), DAY - timedelta(days=1))) == []
    assert uncharged(place.biller, Period(DAY, DAY, kind="order")) == []
    assert len(uncharged(place.biller, Period(DAY, DAY, kind="vaccine", provider_id=place.dr.pk))) == 1
    assert uncharged(place.biller, Period(DAY, DAY, site_id=place.dr.pk)) == []
    for wrong in (Period(DAY, DAY - timedelta(days=1)), Period(DAY, DAY + timedelta(days=93))):
        with pytest.raises(Invalid):
            uncharged(place.biller, wrong)


def test_a_restricted_chart_is_left_out_for_who_may_not_open_it(place: Practice) -> None:
    visit = left(place)
    dose(place, visit)
    people.restrict(place.setup, visit.patient_id, True, "asked for")
    assert uncharged(place.biller, THAT_DAY) == []
    assert len(uncharged(place.setup, THAT_DAY)) == 1


def test_visits_that_wait_too_long_to_be_coded_are_told(place: Practice) -> None:
    left(place)
    with clock.at(place.at("16:00") + timedelta(days=4)):
        (found,) = uncharged(place.biller, THAT_DAY)
    assert (found.waiting_days, list(found.left_out)) == (4, [])


def test_a_report_of_many_visits_asks_as_often_as_of_one(
    place: Practice, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(3):
        dose(place, left(place, n, f"Of{n}"))
    uncharged(place.biller, THAT_DAY)
    with django_assert_max_num_queries(14):
        assert len(uncharged(place.biller, THAT_DAY)) == 3


def test_the_biller_hears_of_it_once_a_day(place: Practice) -> None:
    dose(place, left(place))
    with clock.at(place.at("7:00") + timedelta(days=1)):
        assert look_for_uncharged.func() == 1
        assert look_for_uncharged.func() == 0
        deliver()
        task = Task.objects.get(kind="uncharged")
        assert (task.for_role, "1 visit with" in task.title) == ("biller", True)
        page = client_of(place.biller).get(task.link).content.decode()
    assert "90656" in page
    assert "Brandt" in page


def test_what_is_done_after_billing_is_a_task_until_it_is_posted(place: Practice) -> None:
    visit = left(place)
    assert visit.encounter_id is not None
    billing.confirm_charges(place.biller, visit.encounter_id)
    given = dose(place, visit)
    with change(place.ma, "immunize.write") as this:
        this.event("immunize.recorded", immunization=given.pk, patient=visit.patient_id, encounter=visit.encounter_id)
    deliver()
    task = Task.objects.get(kind="late-charge")
    biller = client_of(place.biller)
    page = biller.get(task.link).content.decode()
    assert "Done and not charged" in page
    biller.post(reverse("draft-charges", args=[visit.encounter_id]))
    biller.post(reverse("confirm-charges", args=[visit.encounter_id]), {"payer": "self"})
    deliver()
    task.refresh_from_db()
    assert task.status == Task.Status.COMPLETED


def test_the_page_filters_refuses_and_gives_a_file(place: Practice) -> None:
    visit = left(place, family="=Formula")
    dose(place, visit, name="=1+1")
    biller, days = client_of(place.biller), {"since": DAY.isoformat(), "until": DAY.isoformat()}
    assert (
        "Nothing is left out"
        in biller.get(reverse("uncharged"), {"since": "2020-01-01", "until": "2020-01-02"}).content.decode()
    )
    refused = biller.get(reverse("uncharged"), {"since": "soon"})
    assert (refused.status_code, "Choose a day" in refused.content.decode()) == (422, True)
    assert biller.get(reverse("uncharged"), days | {"kind": "odd"}).status_code == 422
    lines = biller.get(reverse("uncharged-csv"), days).content.decode().splitlines()
    assert (len(lines), lines[0].startswith("day,MRN,provider")) == (3, True)
    assert "'=1+1" in lines[1]
    assert client_of(place.ma).get(reverse("uncharged")).status_code == 403


def test_what_is_left_out_keeps_its_filter_from_page_to_page(place: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown.paged, "__defaults__", (1,))
    for room, family in enumerate(("Abel", "Brandt")):
        dose(place, left(place, room, family))
    asked = f"since={DAY}&until={DAY}&kind=vaccine"
    page = client_of(place.biller).get(f"{reverse('uncharged')}?{asked}&page=9").content.decode()
    assert "2 to 2 of 2" in page
    assert f'href="?{asked.replace("&", "&amp;")}&amp;page=1"' in page
    assert "<dt>Visits</dt><dd>2</dd>" in page


def test_leaving_out_on_the_page_asks_for_the_reason(place: Practice) -> None:
    visit = left(place)
    given = dose(place, visit, "33", "Pneumococcal")
    biller, url = client_of(place.biller), reverse("leave-out", args=[visit.encounter_id])
    refused = biller.post(url, {"source": f"dose:{given.pk}", "code": "", "left_reason": ""})
    assert (refused.status_code, "Say why it is not charged" in refused.content.decode()) == (422, True)
    assert biller.post(url, {"source": f"dose:{given.pk}", "code": "", "left_reason": "A gift"}).status_code == 302


# In the layout of the CDC's cpt.txt, without the AMA's words: a remark, two codes of one vaccine, one without a vaccine
CROSSWALK = (
    "90707     |words of its own | |MMR                 |03        |                    |5/28/2010 12:00:00 AM|1\r\n"
    "90716     |words of its own | |varicella           |21        |                    |5/28/2010 12:00:00 AM|2\r\n"
    "90656     |words of its own | |Influenza, split    |140       |Use for adults      |5/28/2010 12:00:00 AM|3\r\n"
    "90999     |words of its own | |Influenza, split    |140       |                    |5/28/2024 12:00:00 AM|4\r\n"
    "90733     |words of its own | |meningococcal MPSV4 |32        |Deleted |2/1/2017 12:00:00 AM|5\r\n"
    "90281     |words of its own | |IG                  |          |                    |5/28/2010 12:00:00 AM|6\r\n"
    "nonsense\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_cdcs_crosswalk_is_loaded_without_its_words(place: Practice, tmp_path: Path, encoding: str) -> None:
    file, out = tmp_path / "cpt.txt", StringIO()
    file.write_text(CROSSWALK, encoding, newline="")
    call_command("billing", "load-vaccine-codes", str(file), stdout=out)
    codes = product_codes(packaged("charge-rules")["body"])
    assert {cvx: codes[cvx] for cvx in ("03", "21", "140", "32")} == {
        "03": "90707", "21": "90716", "140": "90999", "32": "90733",
    }  # fmt: skip
    assert "CVX 140: 90656, 90999" in out.getvalue()
    assert codes["115"] == "90715", "what the file does not name stays"
    assert "words of its own" not in str(in_force("charge-rules", "vaccine-codes").body)
    bad = tmp_path / "bad.txt"
    bad.write_text("nothing here")
    for path in (bad, tmp_path / "none.txt"):
        with pytest.raises(CommandError):
            call_command("billing", "load-vaccine-codes", str(path))
