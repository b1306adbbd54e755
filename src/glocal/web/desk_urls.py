"""The addresses of the owner's desk; each page is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path, re_path

from glocal.web.machine_urls import desk_patterns
from glocal.web.views.desk import (
    customers,
    data,
    designs,
    grow,
    home,
    makers,
    orders,
    own_design,
    product_words,
    products,
    setup,
    share_design,
    shops,
)
from glocal.web.views.desk import settings as shop_settings

urlpatterns = [
    path("", home.home_page, name="desk"),
    path("proposals/", home.proposals_count, name="desk-proposals"),
    path("orders/", orders.orders_page, name="desk-orders"),
    path("orders/<uuid:order_id>/", orders.order_page, name="desk-order"),
    re_path(
        r"^orders/(?P<order_id>[0-9a-f-]{36})/(?P<action>cancel|go-on|hand-over|hand-over-paid)/$",
        orders.order_do,
        name="desk-order-do",
    ),
    path("customers/", customers.customers_page, name="desk-customers"),
    path("products/", products.products_page, name="desk-products"),
    path("products/new/", own_design.new_design_page, name="desk-new-design"),
    path("products/take/", products.take_bundled_product, name="desk-product-take"),
    path("products/commons/", designs.designs_page, name="desk-commons"),
    path("products/commons/<slug:package_hash>/", designs.design_page, name="desk-shared-design"),
    path("products/commons/<slug:package_hash>/picture/", designs.design_picture, name="desk-shared-design-picture"),
    path("products/commons/<slug:package_hash>/use/", designs.design_use, name="desk-shared-design-use"),
    path("products/<slug:slug>/", products.product_page, name="desk-product"),
    path("products/<slug:slug>/words/<uuid:change_id>/", product_words.words_undo, name="desk-product-words-undo"),
    path("products/<slug:slug>/share/", share_design.share_page, name="desk-share-design"),
    path("products/<slug:slug>/take-back/", share_design.take_back, name="desk-take-back-design"),
    path("products/<slug:slug>/version/", own_design.new_version_page, name="desk-new-version"),
    re_path(r"^products/(?P<slug>[-\w]+)/(?P<action>publish|hide)/$", products.product_do, name="desk-product-do"),
    path("makers/", makers.makers_page, name="desk-makers"),
    re_path(r"^makers/(?P<slug>[-\w]+)/(?P<action>pause|resume|renew|vouch)/$", makers.maker_do, name="desk-maker-do"),
    path("shops/", shops.shops_page, name="desk-shops"),
    re_path(r"^shops/(?P<peer>[0-9a-f]{32})/(?P<action>look|block|stop)/$", shops.shop_do, name="desk-shop-do"),
    path("data/", data.data_page, name="desk-data"),
    path("data/orders.csv", data.order_book_file, name="desk-order-book"),
    path("data/everything.zip", data.everything_file, name="desk-everything"),
    path("settings/", shop_settings.settings_page, name="desk-settings"),
    path("settings/<slug:section>/", shop_settings.settings_page, name="desk-settings-section"),
    path("setup/", setup.setup_page, name="desk-setup-begin"),
    path("setup/<slug:step>/", setup.setup_page, name="desk-setup"),
    path("grow/", grow.questions_page, name="desk-grow"),
    path("grow/<slug:name>/", grow.question_page, name="desk-grow-question"),
    *desk_patterns,
]
