"""Pages about claims."""

from django.urls import path

from liaison.billing.pages import claim, claim_acts, claim_papers, claim_rules, claims, files

urlpatterns = [
    path("claims/", claims.claims, name="claims"),
    path("claims/send/", claims.send, name="send-claims"),
    path("claims/paper/", claim_papers.print_claims, name="print-claims"),
    path("claims/files/", files.files, name="claim-files"),
    path("claims/files/take/", files.take, name="take-file"),
    path("claims/files/<uuid:exchange_id>/", files.one, name="claim-file"),
    path("claims/files/<uuid:exchange_id>/original/", files.original, name="claim-file-original"),
    path("claims/files/<uuid:exchange_id>/again/", files.again, name="try-file-again"),
    path("claims/files/<uuid:exchange_id>/aside/", files.aside, name="set-file-aside"),
    path("claims/files/<uuid:exchange_id>/resend/", files.resend, name="resend-file"),
    path("claims/rules/", claim_rules.rules, name="claim-rules"),
    path("claims/rules/new/", claim_rules.add, name="add-claim-rule"),
    path("claims/rules/<slug:where>/checks/", claim_rules.checks, name="claim-checks"),
    path("claims/rules/<slug:where>/<slug:key>/", claim_rules.edit, name="edit-claim-rule"),
    path("claims/rules/<slug:where>/<slug:key>/away/", claim_rules.take_away, name="remove-claim-rule"),
    path("claims/letters/<uuid:letter_id>.pdf", claim_papers.letter, name="claim-letter"),
    path("claims/<uuid:claim_id>/", claim.claim, name="claim"),
    path("claims/<uuid:claim_id>/1500.pdf", claim_papers.paper, name="claim-paper"),
    path("claims/<uuid:claim_id>/mend/", claim.mend, name="mend-claim"),
    path("claims/<uuid:claim_id>/settle/", claim_acts.settle, name="settle-claim"),
    path("claims/<uuid:claim_id>/pass/", claim_acts.let_pass, name="pass-warning"),
    path("claims/<uuid:claim_id>/again/", claim_acts.resubmit, name="resubmit-claim"),
    path("claims/<uuid:claim_id>/void/", claim_acts.void, name="void-claim"),
    path("claims/<uuid:claim_id>/ask/", claim_acts.ask, name="ask-claim"),
    path("claims/<uuid:claim_id>/appeal/", claim_papers.appeal, name="appeal-claim"),
]
