"""Whatever is asked: an answer or a refusal, never a fault, and nothing is written but who asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.interop.fhir import access
from liaison.interop.fhir.params import COMMON
from liaison.record.forms import registry
from liaison.record.models import AuditEntry, OutboxEvent, Revision
from tests.interop.fhir.client import Client

pytestmark = [pytest.mark.usefixtures("fhir_clinic")]

MODIFIERS = st.sampled_from(["", ":not", ":missing", ":exact", ":contains", ":Patient", ":text", ":in", ":", ":\x00"])
PAGING = ("_count", "_offset", "_sort", "_total", "_summary", "_format", "_upto", "_include", "_elements")
VALUES = st.one_of(
    st.sampled_from(
        [
            "true", "false", "male", "final", "|", "a|", "|a", "a|b|c", ",", "\\,", "\\", "2026", "2026-02-30",
            "ge2026-11",
            "9999", "9998-12-31T23:59:59Z", "2026-11-21T24:00Z", "2026-11-21T10:00:00.123456789+14:00", "ap5.4",
            "5.4||mg",
            "1e9", "-0.00000001", "999999999999.99999999", "Patient/1", "Patient/", "/", "urn:uuid:x", "%", "_",
            "'", '"',
            "00000000-0000-4000-8000-000000000000", "-date", "name,-name", "١٢", "a" * 501, "\ud800", "\x00", "NaN",
            "2147483648", "9223372036854775808", "{}", "[]", "<>", "../..", "é", "😀",
        ]
    ),
    st.text(max_size=40),
    st.from_regex(r"\A(eq|ne|gt|lt|ge|le|sa|eb|ap)?\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z"),
    st.from_regex(r"\A(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?\d{1,12}(\.\d{1,8})?(\|[a-z]{0,5}\|[a-z%/]{0,5})?\Z"),
    st.uuids().map(str),
)  # fmt: skip


def names_of(kind: str) -> list[str]:
    if kind in registry.computed:
        return sorted(registry.computed[kind].params)
    return sorted({name for form in registry.by_type[kind] for name in form.params} | {p.name for p in COMMON})


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A type and parameters, most of them its own."""
    kind = draw(st.sampled_from(access.types()))
    own = st.sampled_from(names_of(kind))
    name = st.one_of(own, own, st.sampled_from(PAGING), st.text(max_size=10))
    pairs = draw(st.lists(st.tuples(st.builds(str.__add__, name, MODIFIERS), VALUES), max_size=4))
    return kind, pairs


def unhurt(client: Client, path: str, query: str, method: str = "GET", body: bytes = b"") -> int:
    """Ask, and see that it neither failed nor wrote anything but the audit entry of an answer."""
    before = Revision.objects.count(), OutboxEvent.objects.count(), AuditEntry.objects.filter(write=True).count()
    looks = AuditEntry.objects.count()
    answer = client.ask(method, path, query, body)
    assert answer.status in (200, 400, 403, 404, 405), (answer.status, answer.body[:300])
    assert answer.json["resourceType"] in ("Bundle", "OperationOutcome")
    assert AuditEntry.objects.count() == looks + (answer.status == 200)
    after = Revision.objects.count(), OutboxEvent.objects.count(), AuditEntry.objects.filter(write=True).count()
    assert after == before
    return answer.status


@settings(max_examples=400)
@given(asked())
def test_any_parameters(reader: Client, question: tuple[str, list[tuple[str, str]]]) -> None:
    from urllib.parse import urlencode

    kind, pairs = question
    unhurt(reader, kind, urlencode(pairs, errors="surrogatepass"))


@settings(max_examples=150)
@given(st.sampled_from(access.types()), st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
def test_any_query_string(reader: Client, kind: str, query: str) -> None:
    unhurt(reader, kind, query)


@settings(max_examples=100)
@given(st.binary(min_size=1, max_size=80))
def test_any_form(reader: Client, body: bytes) -> None:
    unhurt(reader, "Patient/_search", "", "POST", body)


@settings(max_examples=150)
@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
def test_any_address(reader: Client, path: str) -> None:
    if path.strip("/") != "metadata":
        unhurt(reader, path, "")


@settings(max_examples=60)
@given(asked())
def test_any_parameters_of_a_system_that_may_read_little(
    client_as: object, question: tuple[str, list[tuple[str, str]]]
) -> None:
    from urllib.parse import urlencode

    kind, pairs = question
    scheduling = client_as("system-scheduling")  # type: ignore[operator]  # a factory fixture
    allowed = access.CAPABILITY[kind] in ("people.read", "schedule.read")
    status = unhurt(scheduling, kind, urlencode(pairs, errors="surrogatepass"))
    assert allowed or status == 403
