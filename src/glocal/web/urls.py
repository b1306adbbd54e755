"""The addresses of the shop."""

from __future__ import annotations

from django.urls import include, path, re_path

from glocal.web.machine_urls import maker_patterns
from glocal.web.views import (
    ask,
    checkout,
    data,
    demand_board,
    errors,
    events,
    hosted,
    inbox,
    know_how,
    maker,
    orders,
    papers,
    payments,
    product,
    room_events,
    rooms,
    sheet,
    shop,
    sign_in,
    size_card,
)

LINK = r"(?P<kind>orders|room)/(?P<key>[0-9a-f-]{36})/(?P<token>[^/]+)"  # whose data a customer's link opens

urlpatterns = [
    path("", shop.shop_page, name="shop"),
    path("products/<slug:slug>/", product.product_page, name="product"),
    path("products/<slug:slug>/ask/", ask.ask_page, name="ask"),
    path("room/<uuid:session_id>/<str:token>/", rooms.room_page, name="room"),
    path("room/<uuid:session_id>/<str:token>/parts/", rooms.room_parts, name="room-parts"),
    path("room/<uuid:session_id>/<str:token>/events/", room_events.room_events, name="room-events"),
    path("room/<uuid:session_id>/<str:token>/do/<slug:action>/", rooms.room_do, name="room-do"),
    path("desk/designs/", inbox.inbox_page, name="desk-rooms"),
    path("desk/designs/<uuid:session_id>/", rooms.room_page, name="desk-room"),
    path("desk/designs/<uuid:session_id>/parts/", rooms.room_parts, name="desk-room-parts"),
    path("desk/designs/<uuid:session_id>/events/", room_events.room_events, name="desk-room-events"),
    path("desk/designs/<uuid:session_id>/do/<slug:action>/", rooms.room_do, name="desk-room-do"),
    path("desk/demand/", demand_board.board_page, name="desk-demand"),
    path("desk/demand/do/<slug:action>/", demand_board.board_do, name="desk-demand-do"),
    path("desk/wishes/", inbox.wishes_page, name="desk-wishes"),
    path("desk/wishes/<uuid:wish_id>/", inbox.wish_answer, name="desk-wish"),
    path("checkout/<uuid:quote_id>/", checkout.checkout_page, name="checkout"),
    path("orders/<uuid:order_id>/<str:token>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/<str:token>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/<str:token>/agree/", orders.agree, name="order-agree"),
    path("orders/<uuid:order_id>/<str:token>/camera.jpg", orders.camera, name="order-camera"),
    path("orders/<uuid:order_id>/<str:token>/events/", events.order_events, name="order-events"),
    path("orders/<uuid:order_id>/<str:token>/pay-by/", payments.pay_by, name="order-pay-by"),
    path("orders/<uuid:order_id>/<str:token>/papers/", papers.papers_page, name="order-papers"),
    path("data/erased/", data.erased_page, name="data-erased"),
    re_path(rf"^{LINK}/data/$", data.data_page, name="data"),
    re_path(rf"^{LINK}/data/export.json$", data.data_export, name="data-export"),
    re_path(rf"^{LINK}/data/erase/$", data.data_erase, name="data-erase"),
    path("orders/<uuid:order_id>/<str:token>/pay-online/", hosted.pay_online, name="order-pay-online"),
    path("orders/<uuid:order_id>/<str:token>/paid/", hosted.paid, name="order-paid"),
    path("pay/<slug:firm>/notice/", hosted.notice, name="pay-notice"),
    path("p/<uuid:piece_id>/", papers.passport_page, name="passport"),
    path("p/<uuid:piece_id>/passport.jsonld", papers.passport_json, name="passport-json"),
    path("maker/<str:link>/pieces/<uuid:piece_id>/label.pdf", papers.maker_label, name="maker-piece-label"),
    path("know-how/", know_how.know_how, name="know-how"),
    path("maker/<str:link>/", maker.maker_page, name="maker"),
    path("maker/<str:link>/jobs/<uuid:job_id>/", maker.answer, name="maker-answer"),
    path("maker/<str:link>/jobs/<uuid:job_id>/print.gcode", maker.gcode, name="maker-gcode"),
    path("maker/<str:link>/orders/<uuid:order_id>/", maker.try_again, name="maker-try-again"),
    path("maker/<str:link>/machines/<slug:machine>/plate/", maker.plate_cleared, name="maker-plate"),
    *maker_patterns,
    path("parts/<slug:part_hash>/paper/", sheet.sheet, name="part-sheet"),
    path("size-card/", size_card.size_card, name="size-card"),
    path("sign-in/", sign_in.sign_in_page, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("join/<str:secret>/", sign_in.join_page, name="join"),
    path("desk/", include("glocal.web.desk_urls")),
    path("desk/", include("glocal.web.office_urls")),
    path("", include("glocal.web.embed_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("glocal.api.urls")),
]

handler404 = errors.not_found
handler500 = errors.broken
