from django.urls import path

from liaison.registry.pages import messages, patient, set_up

urlpatterns = [
    path("registry/", messages.messages, name="registry"),
    path("registry/messages/<uuid:message_id>/", messages.message, name="registry-message"),
    path("registry/messages/<uuid:message_id>/resend/", messages.resend, name="registry-resend"),
    path("registry/messages/<uuid:message_id>/hold/", messages.hold, name="registry-hold"),
    path("registry/messages/<uuid:message_id>/release/", messages.release, name="registry-release"),
    path("registry/set-up/", set_up.set_up, name="registry-set-up"),
    path("registry/set-up/test/", set_up.test, name="registry-test"),
    path("registry/set-up/leave/", set_up.leave, name="registry-leave"),
    path("patients/<uuid:patient_id>/registry/", patient.registry, name="patient-registry"),
    path("patients/<uuid:patient_id>/registry/ask/", patient.ask, name="registry-ask"),
    path("patients/<uuid:patient_id>/registry/take/", patient.take, name="registry-take"),
    path("patients/<uuid:patient_id>/registry/share/", patient.share, name="registry-share"),
]
