"""How provider schedules and appointments look in FHIR; free and busy slots are in `slots`."""

from liaison.record.forms import Json, SearchParam, register, registry
from liaison.schedule import slots
from liaison.schedule.models import Appointment, ProviderSchedule

VISIT_TYPE = "urn:liaison:visit-type"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTICIPANT = {"cancelled": "declined", "noshow": "accepted"}


def _schedule(row: ProviderSchedule) -> Json:
    spans = [
        f"{_DAYS[int(day)]} {' and '.join('–'.join(span) for span in row.weekly[day])}" for day in sorted(row.weekly)
    ]
    return {
        "active": row.active,
        "actor": [{"reference": f"Practitioner/{row.provider_id}"}, {"reference": f"Location/{row.site_id}"}],
        "comment": "; ".join(spans),
    }


def _appointment(row: Appointment) -> Json:
    actors = [f"Patient/{row.patient_id}", f"Practitioner/{row.provider_id}", f"Location/{row.site_id}"]
    if row.room_id:
        actors.append(f"Location/{row.room_id}")
    status = _PARTICIPANT.get(row.status, "accepted")
    return {
        "status": row.status,
        "cancelationReason": {"text": row.cancel_reason} if row.cancel_reason else None,
        "appointmentType": {"coding": [{"system": VISIT_TYPE, "code": row.visit_type}]},
        "reasonCode": [{"text": row.reason}] if row.reason else [],
        "start": row.starts_at,
        "end": row.ends_at,
        "minutesDuration": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "comment": "overbooked" if row.overbooked else "",
        "participant": [{"actor": {"reference": actor}, "status": status} for actor in actors],
    }


registry.compute(slots.COMPUTED)
register(
    ProviderSchedule,
    _schedule,
    [
        SearchParam("actor", "reference", ("provider_id", "site_id"), target="Practitioner,Location"),
        SearchParam("active", "token", ("active",)),
    ],
    patient_path="",
)
register(
    Appointment,
    _appointment,
    [
        SearchParam("patient", "reference", ("patient_id",), target="Patient"),
        SearchParam("practitioner", "reference", ("provider_id",), target="Practitioner"),
        SearchParam("location", "reference", ("site_id", "room_id"), target="Location"),
        SearchParam(
            "actor",
            "reference",
            ("patient_id", "provider_id", "site_id", "room_id"),
            target="Patient,Practitioner,Location",
        ),
        SearchParam("date", "date", ("starts_at",)),
        SearchParam("status", "token", ("status",), system="http://hl7.org/fhir/appointmentstatus"),
        SearchParam("appointment-type", "token", ("visit_type",), system=VISIT_TYPE),
    ],
)
