"""Claims: scrubbed by the packaged rules and half a million NCCI pairs, and written as 837P; one process, one core.

A claim has an office visit, a test and two more services. The edits lie in a file as a practice loads them; they are
looked up for each claim. In a process of its own, for it needs settings that the other benches must not read.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

CLAIMS, PAIRS = 5_000, 500_000
DAY = date(2026, 3, 2)


def main() -> dict[str, object]:
    """Claims a second, scrubbed and written; the seconds to load the edits, and their megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", "from bench.bench_claims import measured; measured()", folder]
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measured() -> None:
    """Measure in the folder that the last argument names, and print the figures as JSON."""
    from django.conf import settings

    home = Path(sys.argv[-1])
    settings.configure(HOME=home)
    from liaison.billing.scrub import ncci

    table = home / "ptp.txt"
    codes = [f"{number:05}" for number in range(10_000, 11_000)]
    with table.open("w") as stream:
        for number in range(PAIRS):
            first, second = codes[number // 500 % 1000], codes[(number // 500 + 1 + number % 500) % 1000]
            stream.write(f"{first}\t{second}\t\t20200101\t*\t{number % 2}\twords\n")
    began = time.perf_counter()
    ncci.load([table], DAY)
    loaded = time.perf_counter() - began
    scrubbed, written = _claims(ncci.edits())
    figures = {
        "claims": CLAIMS,
        "ncci_pairs": PAIRS,
        "ncci_load_s": loaded,
        "ncci_mb": ncci.path().stat().st_size / 1e6,
        "claims_scrubbed_per_second": CLAIMS / scrubbed,
        "claims_written_per_second": CLAIMS / written,
        "claims_scrubbed_and_written_per_second": CLAIMS / (scrubbed + written),
    }
    print(json.dumps(figures))


def _claims(edits: Any) -> tuple[float, float]:
    from liaison.engines.scrubber import Facts, Line, Provider, compile_rules, scrub
    from liaison.engines.x12 import ServiceLine, write_837p
    from tests.x12.samples import batch, claim

    rules = compile_rules(json.loads(_packaged())["body"])
    lines = tuple(Line(code, DAY, cents=10_000, pointers=(1,)) for code in ("99213", "87880", "12001", "36415"))
    facts = Facts(
        payer="SUNCO",
        payer_name="Sunrise",
        day=DAY,
        today=DAY,
        lines=lines,
        diagnoses=("J02.9", "E11.9"),
        age=40,
        sex="F",
        member_id="SUN1",
        billing=Provider("the practice", "1234567893", "261QP2300X"),
        tax_id="371234567",
        rendering=Provider("Dr Okafor", "1679576722", "207Q00000X"),
        clia="14D0123456",
    )
    services = tuple(ServiceLine(line.code, line.cents, DAY) for line in lines)
    sent = batch(*(claim(f"C{n}", lines=services, total_cents=40_000) for n in range(CLAIMS)))
    many = [replace(facts, member_id=f"SUN{number}") for number in range(CLAIMS)]
    assert scrub(facts, rules, edits) == []
    return _best(lambda: [scrub(one, rules, edits) for one in many]), _best(lambda: write_837p(sent))


def _packaged() -> str:
    folder = Path(__file__).parents[1] / "src" / "liaison" / "billing" / "rules"
    return (folder / "claim-rules.json").read_text("utf-8")


def _best(act: Any, turns: int = 3) -> float:
    def once() -> float:
        began = time.perf_counter()
        act()
        return time.perf_counter() - began

    return min(once() for _ in range(turns))
