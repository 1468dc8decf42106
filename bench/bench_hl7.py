"""HL7 v2 messages of immunization registries: built and read, in process, one core.

An update is a VXU^V04 of one dose given with its eligibility, funding and VIS; an acknowledgment is the registry's
answer to it with an error; a history is an answer (Z42) to a question, with doses, opinions and forecast.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from liaison.engines import hl7v2
from tests.hl7v2.samples import GIVEN

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
HEADER = hl7v2.Header("LIA-000001", NOW, "LIAISON", "1255", "IIS", "STATE")
BORN = date(2024, 3, 1)


def main() -> dict[str, object]:
    """Messages a second: updates built, acknowledgments read, histories of 2 and of 12 doses read."""
    update = hl7v2.VaccineUpdate(HEADER, child(), (dose(0),))
    problem = hl7v2.Problem("RXA", 1, 5, 1, "103", "E", "Vaccine not known")
    ack = hl7v2.write_ack(hl7v2.Acknowledgment(HEADER, "AE", "LIA-000001", problems=(problem,)))
    short, long = history(2, 3), history(12, 9)
    return {
        "updates_built_per_second": rate(lambda: hl7v2.write_vxu(update)),
        "update_bytes": len(hl7v2.write_vxu(update)),
        "acknowledgments_read_per_second": rate(lambda: hl7v2.read_ack(hl7v2.read_message(ack))),
        "histories_of_2_doses_read_per_second": rate(lambda: hl7v2.read_rsp(hl7v2.read_message(short))),
        "history_of_2_doses_bytes": len(short),
        "histories_of_12_doses_read_per_second": rate(lambda: hl7v2.read_rsp(hl7v2.read_message(long))),
        "history_of_12_doses_bytes": len(long),
    }


def child() -> hl7v2.Person:
    return hl7v2.Person(
        identifiers=(hl7v2.Identifier("000123", "LIAISON"),),
        name=hl7v2.Name("Wren", "Ada"),
        birth_date=BORN,
        sex="F",
        maiden_name="Finch",
        races=("2106-3",),
        ethnicity="2186-5",
        address=hl7v2.Address("12 Elm St", "", "Bozeman", "MT", "59715", "USA"),
        phones=(hl7v2.Telecom("406", "5550123"),),
        publicity="02",
        protection="N",
        status="A",
    )


def dose(number: int) -> hl7v2.Dose:
    day = BORN + timedelta(60 * (number + 1))
    vis = replace(GIVEN.vis[0], presented=day)
    return replace(GIVEN, given_on=day, id=f"dose-{number}", recorded_at=None, vis=(vis,), reactions=())


def history(doses: int, forecasts: int) -> bytes:
    """An evaluated history with forecast, as the registry writes it."""
    question = hl7v2.read_message(hl7v2.write_qbp(hl7v2.Query(HEADER, child(), "ask-1"))).get("QPD").raw
    opinion = hl7v2.Evaluation(hl7v2.Coded("107", "DTaP", "CVX"), True, "1")
    due = hl7v2.Recommendation(hl7v2.Coded("03", "MMR", "CVX"), BORN, BORN, BORN, BORN, "1", status="on schedule")
    return hl7v2.write_rsp(
        hl7v2.Reply(
            HEADER, "Z42", "AA", "LIA-000001", "OK", "ask-1", question,
            patient=child(),
            doses=tuple(hl7v2.KnownDose(dose(number), (opinion,)) for number in range(doses)),
            due=(due,) * forecasts,
        )
    )  # fmt: skip


def rate(act: Callable[[], object], seconds: float = 0.5, times: int = 3) -> float:
    """How often `act` can be done in a second: the best of some tries."""
    best = 0.0
    for _ in range(times):
        began, done = time.perf_counter(), 0
        while (taken := time.perf_counter() - began) < seconds:
            for _ in range(20):
                act()
            done += 20
        best = max(best, done / taken)
    return best


if __name__ == "__main__":
    for name, figure in main().items():
        print(f"{name}: {figure:,.0f}" if isinstance(figure, float) else f"{name}: {figure}")
