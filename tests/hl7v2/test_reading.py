"""Bytes to fields: any delimiters, line ends, frames, batches, escapes and character sets."""

import pytest

from liaison.engines.hl7v2 import Hl7Error, read_message, read_messages
from liaison.engines.hl7v2.escapes import escape, unescape
from liaison.engines.hl7v2.segments import STANDARD

pytestmark = pytest.mark.engine

MSH = "MSH|^~\\&|APP|FAC|IIS|ST|20261122143000-0500||ACK^V04^ACK|7|P|2.5.1"
TEXT = f"{MSH}\rMSA|AA|6|all well\r"


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n"])
def test_every_line_ending_is_read(ending: str) -> None:
    message = read_message(TEXT.replace("\r", ending).encode())
    assert [segment.id for segment in message.segments] == ["MSH", "MSA"]
    assert message.get("MSA").text(3) == "all well"


@pytest.mark.parametrize(
    "data",
    [
        b"\x0b" + TEXT.encode() + b"\x1c\r",
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        ("\r\n  " + TEXT).encode(),
    ],
    ids=["MLLP", "byte order mark", "UTF-16", "blank before"],
)
def test_frame_and_byte_order_mark_are_passed_over(data: bytes) -> None:
    assert read_message(data).control_id == "7"


def test_a_batch_gives_its_messages() -> None:
    batch = f"FHS|^~\\&|A\rBHS|^~\\&|A\r{TEXT}{TEXT}BTS|2\rFTS|1\r"
    assert len(read_messages(batch.encode())) == 2
    with pytest.raises(Hl7Error, match="there are 2"):
        read_message(batch.encode())


def test_the_delimiters_are_those_that_the_message_declares() -> None:
    message = read_message(b"MSH#*!?%#APP##IIS##20261122##ADT*A04#1#P#2.5.1\rPID#1##7***X*MR!8***Y*SR##A%B?F?C*D\r")
    pid = message.get("PID")
    assert message.kind == "ADT^A04"
    assert [part.text(1) for part in pid.repeats(3)] == ["7", "8"]
    assert [pid.text(5), pid.text(5, 1, 2), pid.text(5, 2)] == ["A", "B#C", "D"]


@pytest.mark.parametrize("start", ["MSHA^~\\&A", "MSH|^^\\&|", "MSH|", "MSH", "MSH|abcd|", "MSH ^~\\&  "])
def test_delimiters_that_cannot_divide_are_refused(start: str) -> None:
    with pytest.raises(Hl7Error) as refused:
        read_message(f"{start}\rPID|1".encode())
    assert (refused.value.rule, refused.value.segment) == ("delimiters", "MSH")


@pytest.mark.parametrize(("data", "rule"), [(b"", "empty"), (b"PID|1", "not-hl7"), (b"<xml/>", "not-hl7")])
def test_what_is_no_message_says_so(data: bytes, rule: str) -> None:
    with pytest.raises(Hl7Error) as refused:
        read_messages(data)
    assert refused.value.rule == rule


def test_a_text_broken_into_lines_is_one_field_and_is_noted() -> None:
    message = read_message(f"{MSH}\rNTE|1||first\rsecond line|next\rMSA|AA|1\r".encode())
    nte = message.get("NTE")
    assert nte.text(3) == "first\nsecond line"
    assert nte.text(4) == "next"
    assert message.strays == (3,)


@pytest.mark.parametrize(
    ("coded", "plain"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"one\.br\two", "one\ntwo"),
        (r"\X414243\ \XC3A9\ ", "ABC é "),
        (r"\H\bold\N\ \Zown\ ", "bold  "),
        (r"C:\temp and \XG1\ ", r"C:\temp and \XG1\ "),
        (r"\.sp\\.in+4\x", "\nx"),
    ],
)
def test_escapes_are_undone_and_unknown_ones_stay(coded: str, plain: str) -> None:
    assert unescape(coded, STANDARD) == plain


def test_what_is_escaped_comes_back() -> None:
    text = "a|b^c&d~e\\f\r\ng\th"
    assert unescape(escape(text), STANDARD) == "a|b^c&d~e\\f\ng h"
    assert not set(escape(text)) & set("|^&~\r\n")


def test_the_character_set_is_that_of_the_message() -> None:
    latin = f"{MSH}||||||8859/1\rMSA|AA|1|Zoë\r".encode("latin-1")
    unnamed = f"{MSH}\rMSA|AA|1|Zoë “x”\r".encode("cp1252")
    korean = f"{MSH}||||||KS X 1001\rMSA|AA|1|김\r".encode("euc_kr")
    assert read_message(latin).get("MSA").text(3) == "Zoë"
    assert read_message(unnamed).get("MSA").text(3) == "Zoë “x”"
    assert read_message(korean).get("MSA").text(3) == "김"


def test_the_null_says_nothing() -> None:
    message = read_message(f'{MSH}\rPID|1||""|""^A\r'.encode())
    assert (message.get("PID").text(3), message.get("PID").text(4)) == ("", "")
    assert message.get("PID").text(4, 2) == "A"
    assert message.get("PID").text(99) == ""


def test_an_error_names_its_place() -> None:
    fault = Hl7Error("date", "No day.", segment="RXA", sequence=2, field=3, component=1)
    assert str(fault) == "RXA-3.1 of RXA number 2: No day. [date]"
