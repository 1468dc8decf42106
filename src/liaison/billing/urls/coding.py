"""The addresses of coding: a visit's charges, its level, and what was left out."""

from django.urls import path

from liaison.billing.pages import coding, level, uncharged

urlpatterns = [
    path("coding/<uuid:encounter_id>/", coding.coding, name="coding"),
    path("coding/<uuid:encounter_id>/diagnoses/", coding.diagnoses, name="code-diagnoses"),
    path("coding/<uuid:encounter_id>/add/", coding.add_charge, name="add-charge"),
    path("coding/<uuid:encounter_id>/confirm/", coding.confirm, name="confirm-charges"),
    path("coding/<uuid:encounter_id>/draft/", coding.draft, name="draft-charges"),
    path("coding/<uuid:encounter_id>/left-out/", coding.leave_out, name="leave-out"),
    path("coding/<uuid:encounter_id>/counselled/", level.counselled, name="say-counselled"),
    path("coding/<uuid:encounter_id>/level/", level.decide, name="decide-level"),
    path("coding/<uuid:encounter_id>/level/preview/", level.preview, name="preview-level"),
    path("coding/<uuid:encounter_id>/charges/<uuid:charge_id>/", coding.change_charge, name="change-charge"),
    path("coding/<uuid:encounter_id>/charges/<uuid:charge_id>/void/", coding.void_charge, name="void-charge"),
    path("coding/<uuid:encounter_id>/charges/<uuid:charge_id>/modifier/", coding.modifier, name="decide-modifier"),
    path("coding/services/", coding.services, name="services"),
    path("uncharged/", uncharged.uncharged, name="uncharged"),
    path("uncharged.csv", uncharged.csv_file, name="uncharged-csv"),
]
