from django.urls import path

from liaison.immunize import records_urls
from liaison.immunize.pages import leaflets, reaction, standing, today

urlpatterns = [
    path("patients/<uuid:patient_id>/vaccines/", today.vaccines, name="vaccines"),
    path("patients/<uuid:patient_id>/vaccines/plan/", today.plan, name="vaccine-plan"),
    path("patients/<uuid:patient_id>/vaccines/plan/<uuid:planned_id>/off/", today.take_off, name="vaccine-off"),
    path("patients/<uuid:patient_id>/vaccines/plan/<uuid:planned_id>/give/", today.give, name="vaccine-give"),
    path("patients/<uuid:patient_id>/vaccines/not-given/", today.not_given, name="vaccine-not-given"),
    path("patients/<uuid:patient_id>/vaccines/eligibility/", today.eligibility, name="vaccine-eligibility"),
    path("patients/<uuid:patient_id>/vaccines/screening/", today.screening, name="vaccine-screening"),
    path("patients/<uuid:patient_id>/vaccines/clear/", today.clear, name="vaccine-clear"),
    path("patients/<uuid:patient_id>/vaccines/statements/", today.vis, name="vaccine-vis"),
    path("patients/<uuid:patient_id>/vaccines/statements/again/", today.send_vis, name="vaccine-vis-again"),
    path("patients/<uuid:patient_id>/vaccines/statements.pdf", today.statements, name="vaccine-statements"),
    path("patients/<uuid:patient_id>/vaccines/consent/", today.consent, name="vaccine-consent"),
    path("patients/<uuid:patient_id>/vaccines/scan/", today.scan, name="vaccine-scan"),
    path("patients/<uuid:patient_id>/vaccines/watch/", today.end_watch, name="vaccine-watch"),
    path("patients/<uuid:patient_id>/vaccines/reaction/", reaction.reaction, name="vaccine-reaction"),
    path(
        "patients/<uuid:patient_id>/vaccines/reactions/<uuid:reaction_id>/vaers.pdf",
        reaction.report,
        name="vaccine-vaers",
    ),
    path(
        "patients/<uuid:patient_id>/vaccines/reactions/<uuid:reaction_id>/vaers.json",
        reaction.report_file,
        name="vaccine-vaers-file",
    ),
    path(
        "patients/<uuid:patient_id>/vaccines/reactions/<uuid:reaction_id>/sent/",
        reaction.sent,
        name="vaccine-vaers-sent",
    ),
    path("immunizations/standing-order/", standing.standing, name="standing-order"),
    path("vaccine-information/<str:token>/", leaflets.by_link, name="vaccine-information"),
    *records_urls.urlpatterns,
]
