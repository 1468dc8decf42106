from django.urls import include, path

from liaison.billing.pages import account, claims, denials, payments

urlpatterns = [
    path("", include("liaison.billing.coverage_urls")),
    path("", include("liaison.billing.coding_urls")),
    path("claims/", claims.claims, name="claims"),
    path("claims/send/", claims.send, name="send-claims"),
    path("claims/<uuid:claim_id>/", claims.claim, name="claim"),
    path("claims/<uuid:claim_id>/mend/", claims.mend, name="mend-claim"),
    path("claims/<uuid:claim_id>/settle/", claims.settle, name="settle-claim"),
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
    path("", include("liaison.billing.books_urls")),
]
