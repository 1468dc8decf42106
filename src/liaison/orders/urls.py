from django.urls import path

from liaison.orders import pages

urlpatterns = [
    path("orders/", pages.worklist, name="orders"),
    path("orders/<uuid:order_id>/collect/", pages.collect, name="order-collect"),
    path("orders/<uuid:order_id>/complete/", pages.complete, name="order-complete"),
    path("orders/<uuid:order_id>/revoke/", pages.revoke, name="order-revoke"),
    path("specimens/<uuid:specimen_id>/label.pdf", pages.label, name="specimen-label"),
]
