from django.urls import path

from liaison.billing import pages

urlpatterns = [
    path("claims/", pages.claims, name="claims"),
    path("claims/send/", pages.send, name="send-claims"),
    path("claims/<uuid:claim_id>/", pages.claim, name="claim"),
    path("claims/<uuid:claim_id>/mend/", pages.mend, name="mend-claim"),
    path("claims/<uuid:claim_id>/settle/", pages.settle, name="settle-claim"),
    path("coding/<uuid:encounter_id>/", pages.coding, name="coding"),
    path("coding/<uuid:encounter_id>/diagnoses/", pages.diagnoses, name="code-diagnoses"),
    path("coding/<uuid:encounter_id>/add/", pages.add_charge, name="add-charge"),
    path("coding/<uuid:encounter_id>/confirm/", pages.confirm, name="confirm-charges"),
    path("coding/<uuid:encounter_id>/charges/<uuid:charge_id>/void/", pages.void_charge, name="void-charge"),
    path("patients/<uuid:patient_id>/account/", pages.account, name="account"),
    path("patients/<uuid:patient_id>/account/pay/", pages.pay, name="pay"),
    path("receipts/<uuid:transfer_id>.pdf", pages.receipt, name="receipt"),
]
