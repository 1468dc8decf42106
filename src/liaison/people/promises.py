"""What holds of people at all times."""

from collections.abc import Iterable

from liaison.people.models import NameKey, Patient
from liaison.people.names_index import words_of
from liaison.record.promises import promise


@promise("every patient is findable")
def every_patient_is_findable() -> Iterable[str]:
    """The search index has exactly the words of each patient's names, telephones and identifiers."""
    stored: dict[object, set[str]] = {}
    for patient_id, word in NameKey.objects.values_list("patient_id", "word").iterator():
        stored.setdefault(patient_id, set()).add(word)
    for patient in Patient.objects.iterator():
        if stored.get(patient.pk, set()) != words_of(patient):
            yield f"Patient/{patient.pk} is not found by all of its names."
