"""The record: one door for writes, the revisions it leaves, who looked, what happened, and what must follow.

from liaison.record.change import change

with change(actor, "chart.write", patient_id=patient.id) as this:
    this.save(note)
    this.event("chart.note_signed", note=note.id)
"""
