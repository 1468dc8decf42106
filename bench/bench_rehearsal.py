"""Whole visits a second in a rehearsal as fast as it goes, from the call to the posted remittance."""

import json

from bench.support import DATABASES, clinic

VISITS = 90


def main() -> dict[str, object]:
    figures: dict[str, object] = {"visits": VISITS}
    for database in DATABASES:
        with clinic(database) as town:
            # Sets the clinic up, and warms the disk and the interpreter's caches
            town.liaison("rehearse", "--visits", "10", "--seed", "1")
            done = town.liaison("rehearse", "--visits", str(VISITS), "--seed", "2", "--json")
            played = json.loads(done.stdout.splitlines()[-1])
            figures[f"{database}_visits_per_second"] = played["visits"] / played["seconds"]
            figures[f"{database}_audit_entries"] = played["audit_entries"]
    return figures
