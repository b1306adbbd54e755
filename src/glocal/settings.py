"""Django settings of a shop: SQLite in one directory by default, PostgreSQL and other places by the environment.

Variables: ``GLOCAL_HOME`` (state directory), ``DATABASE_URL`` (``postgresql://user:password@host:port/name``),
``GLOCAL_HOSTS`` (comma-separated host names that the shop answers to), ``GLOCAL_ORIGINS`` (trusted origins for forms
sent through a proxy), ``GLOCAL_HTTPS`` (``1`` behind HTTPS: secure cookies, HSTS), ``GLOCAL_DEBUG`` (``1``),
``GLOCAL_URL`` (the shop's own address, for links in mails), ``GLOCAL_MAIL`` (``smtp+tls://user:password@host:port``,
else mails are printed), ``GLOCAL_MAIL_FROM``, ``GLOCAL_SLICE_CACHE`` (a directory of slices that several shops share),
``GLOCAL_SLICE_WITHIN_S`` (seconds after which a slicer that still works at a plate is ended, 180),
``GLOCAL_PACE`` (JSON, waiting times), ``GLOCAL_CLUSTER`` (``tcp://host:port`` of a Dask scheduler that learns at night
instead of this machine).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from glocal.shop.home import database_from_url, mail_from_url, read_or_make_secret, state_directory

PACKAGE_DIR = Path(__file__).resolve().parent
GLOCAL_HOME = state_directory(os.environ, PACKAGE_DIR)
SLICE_CACHE = Path(os.environ.get("GLOCAL_SLICE_CACHE") or GLOCAL_HOME / "slices")
SLICE_WITHIN_S = float(os.environ.get("GLOCAL_SLICE_WITHIN_S") or 180)
DEBUG = os.environ.get("GLOCAL_DEBUG") == "1"
HTTPS = os.environ.get("GLOCAL_HTTPS") == "1"

SECRET_KEY = read_or_make_secret(GLOCAL_HOME / "secret-key")
ALLOWED_HOSTS = [host for host in os.environ.get("GLOCAL_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GLOCAL_ORIGINS", "").split(",") if origin]

DEMO_SIGN_IN = not os.environ.get("GLOCAL_HOSTS")  # the demonstration's known password is for this machine alone

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "glocal.shop",
    "glocal.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "glocal.web.log_files.LogFiles",
    "django.middleware.security.SecurityMiddleware",
    "glocal.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "glocal.web.address.BrakeOnChanges",
    "glocal.web.views.errors.DomainErrorPages",
]
ROOT_URLCONF = "glocal.web.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# IMMEDIATE and WAL: no writer is lost to another (Django's default lost one transaction in five under load);
# synchronous=FULL: a committed order survives a power cut
# named by all that it was worked out from: what changes has another name, and nothing has to be forgotten
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""), GLOCAL_HOME / "shop.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CLUSTER = os.environ.get("GLOCAL_CLUSTER", "")
PACE = json.loads(os.environ.get("GLOCAL_PACE", "{}"))  # see glocal.shop.workflow.pace

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية"), ("yo", "Yorùbá")]
LOCALE_PATHS = [PACKAGE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
BUNDLES = {"web": PACKAGE_DIR / "bundle" / "web", "openscad": PACKAGE_DIR / "bundle" / "openscad"}
STATICFILES_DIRS = [(prefix, directory) for prefix, directory in BUNDLES.items() if directory.is_dir()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # every address carries the version of its file
CSRF_FAILURE_VIEW = "glocal.web.views.errors.form_too_old"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # the design engine runs as WebAssembly in a worker of the customer's browser; no other code is ever evaluated
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "glocal.web.uploads.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "account"
# accounts of customers know no passwords: a code by mail or a passkey lets them in
ACCOUNT_ADAPTER = "glocal.web.account_adapter.CustomerAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# where links in mails lead; `glocal serve` sets it to its own address when nobody else did
SITE_URL = os.environ.get("GLOCAL_URL", "").rstrip("/")
NOTICE_AFTER_S = 60  # who does not look at a design session for so long gets a mail about it
MAIL_SERVER = mail_from_url(os.environ.get("GLOCAL_MAIL", ""))
EMAIL_BACKEND = MAIL_SERVER.backend
EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.host, MAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL_SERVER.ssl, MAIL_SERVER.starttls
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("GLOCAL_MAIL_FROM") or "shop@localhost"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GLOCAL_LOG", "WARNING")},
}
