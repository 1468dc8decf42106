"""Diagnosis codes by words, in a process of its own: processor time to load and to search, memory, size."""

import json
import subprocess
import sys
from pathlib import Path

ASKED = """
import json, random, time
from statistics import quantiles

begun = time.process_time()
from liaison.engines.codes.icd10cm import Icd10cm
book = Icd10cm.load()
book.lookup("E11.9")
looked_up = time.process_time()
book.search("hypertension")
ready = time.process_time()
terms = [term.words for term in random.Random(1).sample(list(book.book.terms("index")), 2000)]
search, took = book._words, []
for words in terms:
    before = time.process_time()
    search.find(words, 100)
    took.append(1000 * (time.process_time() - before))
part = quantiles(took, n=20)
print(json.dumps({
    "code_looked_up_after_cpu_ms": 1000 * (looked_up - begun),
    "first_search_after_cpu_ms": 1000 * (ready - begun),
    "search_mean_ms": sum(took) / len(took),
    "search_median_ms": part[9],
    "search_95_percent_under_ms": part[18],
}))
"""
ROOM = """
import resource
from liaison.engines.codes.icd10cm import Icd10cm
book = Icd10cm.load()
for words in ("hypertension", "sprained ankle", "hedache", "pain in the left knee", "E11"):
    book.search(words)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> dict[str, object]:
    """Milliseconds of a search for an index term, of loading; memory of a process that searched; size of the file."""
    figures: dict[str, object] = {name: round(value, 2) for name, value in json.loads(_run(ASKED)).items()}
    package = Path(_run("from liaison.engines import codes; print(codes.__file__)").strip()).parent
    return figures | {
        "process_memory_mib": round(float(_run(ROOM)), 1),
        "packaged_file_mb": round((package / "icd10cm.zip").stat().st_size / 1e6, 2),
    }


def _run(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
