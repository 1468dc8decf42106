"""The envelope on the line (CAQH CORE), and the acknowledgment of an interchange."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    CoreMessage,
    InterchangeAcknowledgment,
    X12Error,
    check,
    read_core,
    read_ta1,
    write_core,
    write_ta1,
)
from liaison.engines.x12.core import BATCH, PAYLOADS, error_code
from tests.x12.samples import CREATED, envelope

pytestmark = pytest.mark.engine

QUESTION = CoreMessage(
    PAYLOADS["270"], b"ISA*00~\r\n--\r\n", "MAPLE01", "SUNCO", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", CREATED,
    username="maple", password="secret",
)  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        QUESTION,
        replace(QUESTION, mode=BATCH),
        replace(QUESTION, payload=b"", error_code="X", error_message="Who?"),
    ],
)
def test_a_message_comes_back_as_it_was(message: CoreMessage) -> None:
    kind, body = write_core(message)
    assert read_core(kind, body) == message
    assert message.kind == "270"


def test_another_reader_of_forms_reads_it_too() -> None:
    kind, body = write_core(replace(QUESTION, mode=BATCH))
    form = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in form.walk()
        if not part.is_multipart()
    }
    assert parts["Payload"] == QUESTION.payload
    assert parts["ProcessingMode"] == b"Batch"
    assert parts["CORERuleVersion"] == b"2.2.0"


def test_half_a_form_and_a_wrong_checksum_are_refused() -> None:
    kind, body = write_core(replace(QUESTION, mode=BATCH))
    for wrong, rule in (
        (body[:-40], "core-envelope"), (body.replace(b"ISA*00", b"ISA*01"), "core-checksum"),
        (body.replace(b"SenderID", b"Somebody"), "core-required"), (body.replace(b"2026-03", b"late"), "core-envelope"),
    ):  # fmt: skip
        with pytest.raises(X12Error) as refused:
            read_core(kind, wrong)
        assert refused.value.rule == rule
    with pytest.raises(X12Error, match="multipart"):
        read_core("application/json", body)


def test_a_fault_of_the_envelope_has_the_name_of_the_rule() -> None:
    kind, body = write_core(replace(QUESTION, mode=BATCH))
    for wrong, code in (
        (body.replace(b"SenderID", b"Somebody"), "SenderIDRequired"),
        (body.replace(b"2026-03", b"late"), "TimeStampIllegal"),
        (body.replace(b"ISA*00", b"ISA*01"), "ChecksumMismatched"),
        (body[:-40], "PayloadIllegal"),
    ):
        with pytest.raises(X12Error) as refused:
            read_core(kind, wrong)
        assert error_code(refused.value) == code


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 600), st.text(max_size=40))
def test_nothing_else_comes_out_of_a_damaged_form(put: bytes, at: int, kind: str) -> None:
    told, body = write_core(QUESTION)
    for content_type in (told, kind, "multipart/form-data; boundary=" + kind):
        with suppress(X12Error):
            read_core(content_type, body[:at] + put + body[at:])


def test_an_interchange_is_acknowledged() -> None:
    for code, note in (("A", "000"), ("R", "023")):
        sent = InterchangeAcknowledgment("000000042", CREATED.replace(second=0), code, note)
        data = write_ta1(sent, envelope())
        assert check(data) == []
        assert read_ta1(data) == [sent]
        assert sent.is_accepted == (code == "A")
