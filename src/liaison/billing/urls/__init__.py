from django.urls import include, path

from liaison.billing.pages import account, denials, payments

urlpatterns = [
    path("", include("liaison.billing.urls.coverage")),
    path("", include("liaison.billing.urls.coding")),
    path("", include("liaison.billing.urls.claims")),
    path("patients/<uuid:patient_id>/account/", account.account, name="account"),
    path("patients/<uuid:patient_id>/account/pay/", account.pay, name="pay"),
    path("receipts/<uuid:transfer_id>.pdf", account.receipt, name="receipt"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("payments/unposted/<uuid:unposted_id>/", payments.unposted, name="unposted"),
    path("payments/unposted/<uuid:unposted_id>/settle/", payments.settle, name="settle-unposted"),
    path("payments/claims/<uuid:claim_id>/refund/", payments.refund, name="refund-payer"),
    path("denials/", denials.denials, name="denials"),
    path("denials/claims/<uuid:claim_id>/appealed/", denials.appealed, name="claim-appealed"),
    path("", include("liaison.billing.urls.books")),
]
