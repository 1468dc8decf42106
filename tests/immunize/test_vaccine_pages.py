"""The working page of vaccines, as an assistant goes through it, and the papers it leads to."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from liaison.documents.models import Document
from liaison.immunize import actions
from liaison.immunize.models import Immunization, PlannedDose, Preparation, Reaction, Watch
from liaison.immunize.queries.leaflets import vis_address
from liaison.kernel import clock
from liaison.people import actions as people
from liaison.record.outbox import deliver
from tests.support.needle import HIB, MMR, Needle, needle
from tests.support.practice import Practice
from tests.support.signed_in import client_of


@pytest.fixture
def chair(practice: Practice) -> Needle:
    return needle(practice)


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class Page:
    """The working page of the chair's patient, seen by an assistant."""

    def __init__(self, chair: Needle, client: Client) -> None:
        self.chair, self.client = chair, client

    def url(self, name: str, *keys: Any) -> str:
        return reverse(name, args=[self.chair.patient.pk, *keys])

    def get(self, name: str = "vaccines", *keys: Any) -> HttpResponse:
        return self.client.get(self.url(name, *keys))

    def post(self, name: str, *keys: Any, **data: Any) -> HttpResponse:
        return self.client.post(self.url(name, *keys), data)


@pytest.fixture
def page(chair: Needle) -> Page:
    return Page(chair, client_of(chair.practice.ma))


def test_the_page_goes_from_due_to_given(chair: Needle, page: Page) -> None:
    with chair.later():
        first = text(page.get())
        assert "Dose 1 is recommended since 20 Aug 2026; none on record." in first
        assert "10 private, 10 VFC" in first
        # The season of the release in force is over: that nothing is said of influenza is said
        assert "Schedule 4.64 knows the seasons of Influenza until 30 Jun 2026" in first
        assert page.post("vaccine-plan", cvx=MMR).status_code == 302
        again = page.post("vaccine-plan", cvx=MMR)
        assert again.status_code == 422
        assert "is on the plan already." in text(again)
        assert "Say why it is not given." in text(page.post("vaccine-not-given", cvx=MMR, reason_code=""))
        planned = PlannedDose.objects.get()
        assert "Before the needle" in text(page.get())
        page.post("vaccine-eligibility", eligibility="V01")
        asked = re.findall(r'name="q-(\w+)" value="no"', page.get().content.decode())
        assert len(asked) > 8
        page.post("vaccine-screening", asked=" ".join(asked), **{f"q-{key}": "no" for key in asked})
        page.post("vaccine-vis", language="en", how="printed")
        page.post("vaccine-consent", consent_by="Ada Lind", consent_relationship="parent")
        ready = page.get().content.decode()
        assert ready.count("done") >= 4
        given = page.post(
            "vaccine-give",
            planned.pk,
            stock=str(chair.stock[MMR, "private"].pk),
            identifiers=["name", "birth_date"],
            dose_ml="0.5",
            route="SC",
            body_site="LA",
        )
        assert given.status_code == 302
        after = text(page.get())
    assert "Observation until 9:45" in after
    assert "lot L03P" in after
    assert Immunization.objects.get(here=True, status="completed").cvx == MMR
    assert chair.on_hand(MMR) == 9


def test_a_refusal_stands_beside_its_field_with_what_was_typed(chair: Needle, page: Page) -> None:
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare()
        refused = page.post(
            "vaccine-give", planned.pk, stock=str(chair.stock[MMR, "private"].pk), identifiers=["name", "birth_date"],
            dose_ml="5", route="SC", body_site="LA",
        )  # fmt: skip
        none = page.post("vaccine-give", planned.pk, stock="", identifiers=["name"], dose_ml="x", route="SC")
    assert refused.status_code == 422
    assert "At this age the dose is 0.5 mL." in text(refused)
    assert 'value="5"' in refused.content.decode()
    assert none.status_code == 422
    assert chair.on_hand(MMR) == 10


def test_unanswered_questions_are_marked_and_answers_stay(chair: Needle, page: Page) -> None:
    with chair.later():
        chair.planned(HIB)
        answer = page.post("vaccine-screening", asked="sick severe_reaction", **{"q-sick": "yes"})
    assert answer.status_code == 422
    assert "Every question wants an answer" in text(answer)
    assert re.search(r'name="q-sick" value="yes" checked', answer.content.decode())
    assert Preparation.objects.count() == 0


def test_doses_that_do_not_exist_are_refused_on_the_form_of_a_reaction(chair: Needle, page: Page) -> None:
    with chair.later() as now:
        form = {"onset_day": str(now.date()), "onset_time": f"{now:%H:%M}", "outcome": "recovering"}
        for garbage in ("not-an-id", str(chair.patient.pk)):
            answer = page.post("vaccine-reaction", doses=[garbage], description="Hives", **form)
            assert answer.status_code == 422
            assert "Choose the doses that it followed." in text(answer)
    assert not Reaction.objects.exists()


def test_without_a_visit_the_page_says_what_is_due_and_gives_nothing(practice: Practice) -> None:
    patient = practice.patient("Nord", "Ida", sex="female")
    client = client_of(practice.ma)
    answer = client.get(reverse("vaccines", args=[patient.pk]))
    assert "Vaccines are given in a visit." in text(answer)
    refused = client.post(reverse("vaccine-plan", args=[patient.pk]), {"cvx": "187"})
    assert refused.status_code == 422
    assert "Check the patient in first" in text(refused)


def test_the_front_desk_gives_no_vaccines(chair: Needle) -> None:
    desk = client_of(chair.practice.desk)
    assert desk.get(reverse("vaccines", args=[chair.patient.pk])).status_code == 403
    assert desk.post(reverse("vaccine-plan", args=[chair.patient.pk]), {"cvx": MMR}).status_code == 403
    assert not PlannedDose.objects.exists()


def test_a_restricted_chart_stays_closed(chair: Needle, page: Page) -> None:
    people.restrict(chair.practice.manager, chair.patient.pk, True, "Asked for")
    with chair.later():
        assert page.get().status_code == 403
        assert "MMR" not in text(page.get())
        assert page.post("vaccine-plan", cvx=MMR).status_code in (403, 422)
    assert not PlannedDose.objects.exists()


def test_the_sheet_of_statements_and_the_report_to_vaers(chair: Needle, page: Page) -> None:
    with chair.later():
        planned = chair.planned(HIB)
        sheet = page.get("vaccine-statements")
        assert sheet["Content-Type"] == "application/pdf"
        assert sheet.content.startswith(b"%PDF")
        chair.prepare()
        dose = chair.give(planned)
    with chair.later(5) as now:
        form = {
            "doses": [str(dose.pk)],
            "onset_day": f"{now:%Y-%m-%d}",
            "onset_time": f"{now:%H:%M}",
            "signs": ["hives"],
        }
        bad = page.post("vaccine-reaction", **form, description="", outcome="recovering")
        assert "Write what happened" in text(bad)
        page.post("vaccine-reaction", **form, description="Hives on both arms", outcome="recovered")
        row = Reaction.objects.get()
        report = json.loads(page.get("vaccine-vaers-file", row.pk).content)
        assert report["17"][0]["lot"] == "L48P"
        assert report["items"]["5"]["answer"] == f"{now:%m/%d/%Y %H:%M}"
        assert page.get("vaccine-vaers", row.pk).content.startswith(b"%PDF")
        page.post("vaccine-vaers-sent", row.pk, vaers_number="E-99")
    assert Reaction.objects.get().vaers_number == "E-99"
    assert Watch.objects.get().outcome == "reaction"


def test_the_statements_are_sent_and_read_by_their_link(chair: Needle, page: Page, settings: Any) -> None:
    with chair.later():
        chair.planned(HIB)
        assert "sends no e-mail" in text(page.post("vaccine-vis", language="es", how="emailed"))
        settings.MAIL_FROM, settings.ADDRESS = "office@maple.example", "https://maple.example"
        assert "no e-mail address" in text(page.post("vaccine-vis", language="es", how="emailed"))
        assert "No statement was sent" in text(page.post("vaccine-vis-again"))
        assert not Preparation.objects.exclude(vis=[]).exists()
        people.update(chair.practice.desk, chair.patient.pk, email="ana@home.example")
        assert page.post("vaccine-vis", language="es", how="emailed").status_code == 302
        assert "sent by e-mail" in text(page.get())
        page.post("vaccine-vis-again")
        deliver()
        sent, again = mail.outbox
        assert sent.to == again.to == ["ana@home.example"]
        patient = chair.patient
        assert not re.search(rf"{patient.family}|{patient.given}|{patient.mrn}|Hib", sent.subject + str(sent.body))
        address = re.findall(r"https://maple\.example(/vaccine-information/\S+)", str(again.body))[0]
        opened = Client().get(address)
    assert "Sobre las vacunas de hoy" in text(opened)
    assert "Hib" in text(opened)
    assert "cdc.gov" in opened.content.decode()
    assert patient.family not in text(opened)
    assert (opened["Referrer-Policy"], "no-store" in opened["Cache-Control"]) == ("no-referrer", True)


@pytest.mark.parametrize("token", ["x", "IjAxIg:1abc:def", "a" * 900])
def test_a_made_up_link_is_refused_in_words(practice: Practice, token: str) -> None:
    answer = Client().get(reverse("vaccine-information", args=[token]))
    assert "not valid any more" in text(answer)


def test_a_link_of_a_visit_without_sent_statements_opens_nothing(chair: Needle) -> None:
    with chair.later():
        chair.planned(HIB)
        chair.prepare()
        address = urlsplit(vis_address(Preparation.objects.get())).path
    assert "not valid any more" in text(Client().get(address))


def test_a_provider_signs_the_standing_order_and_nobody_else(practice: Practice) -> None:
    address = reverse("standing-order")
    until = (clock.now() + timedelta(days=300)).date().isoformat()
    order = {"groups": ["MMR"], "from-MMR": "1", "until-MMR": "", "until": until}
    assert client_of(practice.ma).post(address, order).status_code == 403
    assert not Document.objects.filter(kind="standing-order").exists()
    client = client_of(practice.provider)
    assert client.post(address, {**order, "from-MMR": "one"}).status_code == 422
    assert client.post(address, {**order, "until": "2020-01-01"}).status_code == 422
    assert client.post(address, order).status_code == 302
    assert Document.objects.get(kind="standing-order").body["groups"] == {"MMR": {"from_years": 1}}
    assert "Signed by" in text(client_of(practice.ma).get(address))


def test_the_page_asks_a_fixed_number_of_queries(chair: Needle, page: Page, django_assert_max_num_queries: Any) -> None:
    with chair.later():
        for cvx in (MMR, HIB, "83", "21"):
            chair.planned(cvx)
        chair.prepare()
        page.get()
        with django_assert_max_num_queries(45):
            page.get()
    with chair.later(2):
        actions.add_history(chair.practice.ma, chair.patient.pk, cvx="20", on=chair.patient.birth_date + timedelta(90))
