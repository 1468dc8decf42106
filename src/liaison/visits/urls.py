from django.urls import path

from liaison.visits import booking_urls
from liaison.visits.pages import acts, arrival, codes, exam, goods, leaving, leveling, rooming, today, working

urlpatterns = [
    path("", today.today, name="today"),
    path("today/board", today.board_part, name="today-board"),
    path("rooms/<uuid:room_id>/state", acts.room_state, name="room-state"),
    path("visits/<uuid:visit_id>/", working.visit, name="visit"),
    path("visits/<uuid:visit_id>/work", working.work_part, name="visit-work"),
    path("visits/<uuid:visit_id>/confirm", acts.confirm, name="visit-confirm"),
    path("visits/<uuid:visit_id>/tell", acts.tell, name="visit-tell"),
    path("visits/<uuid:visit_id>/room", acts.room, name="visit-room"),
    path("visits/<uuid:visit_id>/begin", acts.begin, name="visit-begin"),
    path("visits/<uuid:visit_id>/orders-done", acts.orders_done, name="visit-orders-done"),
    path("visits/<uuid:visit_id>/end", acts.end, name="visit-end"),
    path("visits/<uuid:visit_id>/check-in", arrival.check_in, name="visit-check-in"),
    path("visits/<uuid:visit_id>/receipt.pdf", arrival.receipt, name="visit-receipt"),
    path("visits/<uuid:visit_id>/steps/<slug:key>", rooming.step, name="visit-step"),
    path("visits/<uuid:visit_id>/steps/<slug:key>/skip", rooming.skip, name="visit-skip"),
    path("visits/<uuid:visit_id>/hand-off", rooming.hand_off, name="visit-hand-off"),
    path("visits/<uuid:visit_id>/read-vital", rooming.read_vital, name="visit-read-vital"),
    path("visits/<uuid:visit_id>/exam", exam.finish, name="visit-exam"),
    path("visits/<uuid:visit_id>/orders/<uuid:order_id>/collect", exam.collect, name="visit-collect"),
    path("visits/<uuid:visit_id>/orders/<uuid:order_id>/complete", exam.complete, name="visit-complete"),
    path("visits/<uuid:visit_id>/orders/<uuid:order_id>/revoke", exam.revoke, name="visit-revoke"),
    path("visits/<uuid:visit_id>/orders/<uuid:order_id>/label.pdf", exam.label, name="visit-label"),
    path("visits/<uuid:visit_id>/level", leveling.level, name="visit-level"),
    path("visits/<uuid:visit_id>/goods/", goods.goods, name="visit-goods"),
    path("visits/<uuid:visit_id>/goods/<uuid:item_id>/use", goods.use, name="visit-goods-use"),
    path("visits/<uuid:visit_id>/goods/<uuid:movement_id>/back", goods.put_back, name="visit-goods-back"),
    path("visits/<uuid:visit_id>/checkout", leaving.check_out, name="visit-check-out"),
    path("visits/<uuid:visit_id>/times", leaving.times, name="visit-times"),
    path("visits/<uuid:visit_id>/summary.pdf", leaving.summary, name="visit-summary"),
    path("codes", codes.codes, name="codes"),
    path("codes/open", codes.still_open, name="codes-open"),
    *booking_urls.urlpatterns,
]
