"""Whatever comes in, only the engine's own error comes out, and no input costs more than its length."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.hl7v2 import (
    Hl7Error,
    check,
    read_ack,
    read_messages,
    read_qbp,
    read_rsp,
    read_vxu,
    write_qbp,
    write_vxu,
)
from liaison.engines.hl7v2.escapes import escape, unescape
from liaison.engines.hl7v2.segments import STANDARD
from tests.hl7v2.samples import QUERY, UPDATE

pytestmark = pytest.mark.engine

VXU = write_vxu(UPDATE)
PIECES = st.sampled_from(
    ["|", "^", "~", "\\", "&", "\r", "\n", '""', "MSH|^~\\&|", "PID|", "ORC|RE", "RXA|0|1|", "OBX|1|CE|", "QPD|Z44",
     "ERR|", "MSA|AE", "QAK|", "998", "20201301", "30956-7", "30980-7", "\\X41\\", "\\X", "é", "\x0b", "\x1c", "²", "٣"]
)  # fmt: skip


def everything(data: bytes) -> None:
    """Read and check `data` in every way there is."""
    check(data, cvx={"20"}, mvx={"PMC"})
    try:
        messages = read_messages(data)
    except Hl7Error:
        return
    readers: tuple[Callable[..., object], ...] = (read_vxu, read_qbp, read_rsp, read_ack)
    for message in messages:
        for reader in readers:
            with suppress(Hl7Error):
                reader(message)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    everything(data)


@given(st.lists(PIECES | st.text(max_size=4), max_size=60), st.sampled_from(["VXU", "QBP", "RSP", "ACK"]))
@settings(max_examples=300)
def test_anything_that_looks_like_a_message(pieces: list[str], kind: str) -> None:
    head = f"MSH|^~\\&|A|B|C|D|20261122||{kind}^V04|1|P|2.5.1\r"
    everything((head + "".join(pieces)).encode("utf-8", "surrogatepass"))


@given(st.integers(0, len(VXU) - 1), st.binary(min_size=1, max_size=3), st.integers(0, 5))
@settings(max_examples=300)
def test_a_good_message_with_a_fault(at: int, put_in: bytes, cut: int) -> None:
    everything(VXU[:at] + put_in + VXU[at + cut :])


@given(st.text(max_size=200))
def test_every_text_survives_its_field(text: str) -> None:
    plain = unescape(escape(text), STANDARD)
    kept = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c >= " " or c in "\n\t")
    assert plain == kept.replace("\t", " ").replace("\x7f", "")


@pytest.mark.parametrize(
    "unit",
    ["\\", "\\X", "\\F\\", "^", "~", "&", "\r", "x\r", "ORC|RE\r", "OBX|1|CE|30956-7\r", "RXA|0\r", "PID|\r",
     "MSH|^~\\&|\r", "ERR||PID^1^5|101\r", "MSA|AE|1\r", "\x1c"],
)  # fmt: skip
def test_time_grows_with_the_length_alone(unit: str) -> None:
    """Eight times as much takes nowhere near 64 times as long, which a quadratic step would."""
    head = "MSH|^~\\&|A|B|C|D|20261122||RSP^K11|1|P|2.5.1\rPID|1||7\rOBX|1|CE|"

    def taken(times: int) -> float:
        data = (head + unit * times).encode()
        began = time.process_time()
        everything(data)
        return time.process_time() - began

    # Something else may disturb one try
    assert any(taken(16_000) < 30 * max(taken(2_000), 0.002) for _ in range(3))


def test_a_question_is_never_longer_than_its_fields() -> None:
    assert len(write_qbp(QUERY)) < 1000
