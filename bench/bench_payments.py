"""An 835 of 10,000 claims taken in and posted, durable, on both databases; the promises asked afterwards."""

from bench.support import on_both

CLAIMS = 10_000
SCRIPT = f"""
import django; django.setup()
import json, time
from dataclasses import replace
from datetime import timedelta
from liaison.billing import ledger
from liaison.billing.actions import process, take_in
from liaison.billing.models import Account, Charge, Claim, Transfer
from liaison.chart.models import Encounter
from liaison.kernel import ids
from liaison.record.change import change
from liaison.record.promises import broken
from tests.billing.clinic import TEST, open_practice
from tests.billing.remits import paid, remittance

practice = open_practice()
patients = [practice.patient(family=f"Rivera{{n}}") for n in range(50)]
first = practice.claim(patients[0], orders=["strep"])
model = Encounter.objects.get(pk=first.encounter_id)
claims = []
for start in range(0, {CLAIMS}, 1000):
    with change(TEST, "billing.claim") as this:
        visits, made, charges, entries = [], [], [], []
        for n in range(start, start + 1000):
            patient = patients[n % len(patients)]
            visit = Encounter(patient=patient, provider=model.provider, site=model.site, status=model.status, here=True,
                type_text=model.type_text, reason=model.reason, starts_at=model.starts_at + timedelta(minutes=n))
            claim = Claim(number=f"B{{n:06d}}", patient=patient, encounter=visit, coverage=first.coverage,
                payer=first.payer, provider=first.provider,
                site=first.site, service_date=first.service_date, diagnoses=first.diagnoses,
                total_cents=first.total_cents, status="sent", status_at=this.at)
            lines = []
            for line in first.lines:
                charge = Charge(patient=patient, encounter=visit, provider=first.provider, claim=claim,
                    source=line["code"], code=line["code"], display="", cents=line["cents"],
                    service_date=first.service_date, status="billed")
                charges.append(charge)
                lines.append({{**line, "charge": str(charge.pk)}})
                entries.append(ledger.entry("charge", Account.PAYER_RECEIVABLE, Account.SERVICES, line["cents"],
                    transaction=ids.new_id(), at=this.at, patient=patient, encounter=visit, claim=claim, charge=charge))
            claim.lines = lines
            visits.append(visit); made.append(claim)
        for rows in (visits, made, charges, entries):
            this.save_new(rows)
        claims += made
body = remittance(*(paid(claim, (6_000, 2_000), (600, 0)) for claim in claims))
began, used = time.perf_counter(), time.process_time()
file = process(TEST, take_in(TEST, "835", "advice.835", body).pk)
took, used = time.perf_counter() - began, time.process_time() - used
assert file.status == "posted", file.note
assert Claim.objects.filter(status="paid").count() == {CLAIMS}
began = time.perf_counter()
found = {{name: said[:2] for name, said in broken().items() if "file" not in name}}
assert not found, found
print(json.dumps({{"posted_s": took, "posted_cpu_s": used, "promises_s": time.perf_counter() - began}}))
"""


def main() -> dict[str, object]:
    return {"claims": CLAIMS, **on_both("-c", SCRIPT)}
