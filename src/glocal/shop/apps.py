"""The shop as a Django application."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """All state of a shop lives in this one application; its models are spread over one package per noun."""

    name = "glocal.shop"
    label = "shop"
    verbose_name = "Shop"
