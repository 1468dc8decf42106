"""X12: claims written and checked, a remittance of 10,000 claims read, files read beside pyx12; one process, one core.

pyx12 reads the same bytes in the same run, in turns. Its `X12Reader` gives segments and looks at envelopes, as
`read_transactions` does here: as they come, and with the elements of each, which are split off when they are asked for.
Its `x12n_document` also holds them against a guide, as `check` does. To split the text alone and keep what is split is
what no reader in Python can be faster than.
"""

import gc
import io
import logging
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pyx12.params
import pyx12.x12file
import pyx12.x12n_document

from liaison.engines.x12 import check, read_835, tell, write_835, write_837p
from liaison.engines.x12.envelope import read_transactions
from tests.x12.samples import batch, claim, envelope, remittance

CLAIMS = 5_000
ADVICE_CLAIMS = 10_000
BESIDE = 300


def main() -> dict[str, object]:
    """Claims and segments a second; seconds and the most memory of the remittance."""
    logging.disable(logging.CRITICAL)
    beside = _beside_pyx12(write_837p(batch(*(claim(f"C{number}") for number in range(BESIDE)))), "837p")
    beside |= _beside_pyx12(_advice(BESIDE), "835")
    sent = batch(*(claim(f"C{number}") for number in range(CLAIMS)))
    content = write_837p(sent)
    advice = _advice(ADVICE_CLAIMS)
    written, checked = best(lambda: write_837p(sent)), best(lambda: check(content))
    figures: dict[str, object] = {
        "claims_written_per_second": CLAIMS / written,
        "claims_checked_per_second": CLAIMS / checked,
        "claims_written_and_checked_per_second": CLAIMS / (written + checked),
        "remittance_claims": ADVICE_CLAIMS,
        "remittance_mb": len(advice) / 1e6,
        "remittance_read_s": best(lambda: read_835(advice)),
        "remittance_told_as_json_s": best(lambda: sum(map(len, tell(advice, as_json=True))), 1),
        "remittance_read_peak_mb": peak(lambda: read_835(advice)),
        "remittance_checked_peak_mb": peak(lambda: check(advice)),
    }
    return figures | beside


def _advice(claims: int) -> bytes:
    sent = remittance()
    many = tuple(replace(sent.claims[0], control_number=f"C{number}") for number in range(claims))
    paid = sum(each.paid_cents for each in many) - sent.provider_adjustments[0].cents
    return write_835(replace(sent, claims=many, payment_cents=paid), envelope())


def _beside_pyx12(content: bytes, kind: str) -> dict[str, object]:
    """Segments a second of both, and how many times faster, each at its best of turns taken one after the other."""
    text, segments = content.decode(), content.count(b"~")
    params = pyx12.params.ParamsBase()

    def theirs_checked() -> None:
        assert pyx12.x12n_document.x12n_document(params, io.StringIO(text), io.StringIO(), None)

    def theirs() -> object:
        return list(pyx12.x12file.X12Reader(io.StringIO(text)))

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "read": (lambda: [list(each.segments) for each in read_transactions(content)], theirs),
        "read_with_elements": (
            lambda: [[each for each in found.segments if each.elements] for found in read_transactions(content)],
            theirs,
        ),
        "split_alone": (lambda: [each.split("*") for each in content.decode().split("~\n")], theirs),
        "read_and_checked": (lambda: check(content), theirs_checked),
    }
    found: dict[str, object] = {}
    for name, acts in pairs.items():
        turns = [[best(act, 1) for act in acts] for _ in range(6)]
        ours, others = (min(times) for times in zip(*turns, strict=True))
        found |= {
            f"{kind}_{name}_segments_per_second": segments / ours,
            f"{kind}_{name}_segments_per_second_pyx12": segments / others,
            f"{kind}_{name}_times_pyx12": others / ours,
        }
    return found


def best(act: Callable[[], object], times: int = 3) -> float:
    """Seconds of the processor, of the fastest of some tries: other work on the machine does not count."""
    fastest = float("inf")
    for _ in range(times):
        gc.collect()
        began = time.process_time()
        act()
        fastest = min(fastest, time.process_time() - began)
    return fastest


def peak(act: Callable[[], object]) -> float:
    """The most memory that `act` holds at a time, what it returns included, in MB."""
    tracemalloc.start()
    try:
        result = act()
        most = tracemalloc.get_traced_memory()[1]
        del result
    finally:
        tracemalloc.stop()
    return most / 1e6


if __name__ == "__main__":
    for name, figure in main().items():
        print(f"{name}: {figure:,.2f}" if isinstance(figure, float) else f"{name}: {figure}")
