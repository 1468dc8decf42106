from django.urls import path

from liaison.supplies.pages import goods, stock, storage

urlpatterns = [
    path("supplies/", stock.stock, name="supplies"),
    path("supplies/receive/", goods.receive, name="supplies-receive"),
    path("supplies/scan/", goods.scan, name="supplies-scan"),
    path("supplies/ledger.csv", stock.ledger, name="supplies-ledger"),
    path("supplies/lots/<uuid:lot_id>/", stock.lot, name="supplies-lot"),
    path("supplies/lots/<uuid:lot_id>/hold/", stock.hold_lot, name="supplies-hold-lot"),
    path("supplies/stock/<uuid:stock_id>/move/", stock.act, {"what": "move"}, name="supplies-move"),
    path("supplies/stock/<uuid:stock_id>/waste/", stock.act, {"what": "waste"}, name="supplies-waste"),
    path("supplies/stock/<uuid:stock_id>/borrow/", stock.act, {"what": "borrow"}, name="supplies-borrow"),
    path("supplies/stock/<uuid:stock_id>/open/", stock.act, {"what": "open"}, name="supplies-open"),
    path("supplies/borrowed/", stock.debts, name="supplies-debts"),
    path("supplies/borrowed/<uuid:borrowing_id>/", stock.give_back, name="supplies-return"),
    path("supplies/items/", goods.items, name="supplies-items"),
    path("supplies/items/add/", goods.add_item, name="supplies-add-item"),
    path("supplies/items/<uuid:item_id>/", goods.item, name="supplies-item"),
    path("supplies/storage/", storage.units, name="storage"),
    path("supplies/storage/add/", storage.add_unit, name="storage-add"),
    path("supplies/storage/<uuid:unit_id>/", storage.unit, name="storage-unit"),
    path("supplies/storage/<uuid:unit_id>/edit/", storage.edit_unit, name="storage-edit"),
    path("supplies/storage/<uuid:unit_id>/read/", storage.read, name="storage-read"),
    path("supplies/storage/<uuid:unit_id>/log/", storage.take_log, name="storage-import"),
    path("supplies/storage/<uuid:unit_id>/hold/", storage.hold, name="storage-hold"),
    path("supplies/storage/<uuid:unit_id>/count/", storage.count, name="storage-count"),
    path("supplies/storage/<uuid:unit_id>/log/<int:year>-<int:month>.pdf", storage.month_log, name="storage-log"),
    path("supplies/excursions/<uuid:excursion_id>/", storage.excursion, name="excursion"),
]
