"""Django settings of the shop."""

SECRET_KEY = "only-until-the-shop-has-its-own"  # noqa: S105
INSTALLED_APPS: list[str] = []
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
