"""All settings, from the environment. `docs/administration.md` lists every variable.

Without SECRET_KEY, `manage.py` sets DEVELOPMENT: debug pages, plain http, e-mail on the console, static files as they
are, and a key of its own under `var/`. A server without SECRET_KEY or SECRET_KEY_FILE refuses to start.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.conf.locale import LANG_INFO

from portal.course_creation import course_creation
from portal.environment import LOG_LEVELS, Environment, WrongSetting, require_package
from portal.logs import FORMATS as LOG_FORMATS
from portal.logs import configure_structlog, logging_settings
from portal.private_files import make_private_database, make_private_folder
from portal.translations import require_translations

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
env = Environment(os.environ)

DEVELOPMENT = env.boolean("DEVELOPMENT", False)
DEBUG = env.boolean("DEBUG", DEVELOPMENT)
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
try:
    make_private_folder(DATA_DIR)
except OSError as error:
    raise WrongSetting(f"DATA_DIR is “{DATA_DIR}”, where no folder can be made: {error.strerror}.") from None

SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret-key" if DEVELOPMENT else None)
# Earlier ones: what they signed or encrypted stays valid.
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "lessons.unsent.signed_out.csrf_failure"
SITE_NAME = env.text("SITE_NAME", "Commonplace")
# For links in e-mails, where there is no request to take it from.
SITE_URL = env.web_address("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

# --- Applications, from the lowest layer up ----------------------------------------------------------------------
INSTALLED_APPS = [
    "lessons.db",
    "lessons.jobs",
    "lessons.mail",
    "lessons.indexing",
    "lessons.accounts",
    "lessons.courses",
    "lessons.tagging",
    "lessons",
    "lessons.discussions",
    "lessons.annotations",
    "lessons.importing",
    "lessons.progress",
    "lessons.practice",
    "lessons.insight",
    "lessons.participation",
    "lessons.privacy",
    "lessons.search",
    "lessons.authoring.apps.AuthoringAdminConfig",
    "lessons.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "taggit",
    "csp",
    "js_asset",
    "django_prose_editor",
]

MIDDLEWARE = [
    "portal.request_log.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.RequestSizeMiddleware",
    "portal.middleware.RejectNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.UnavailableServiceMiddleware",
    "portal.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lessons.accounts.session_marker.SessionMarkerMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.middleware.CleanTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lessons.enrolment.view_as_learner.ViewAsLearnerMiddleware",
    "lessons.unsent.signed_out.SignedOutMiddleware",
    "lessons.accounts.middleware.UserLocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.WrongMethodMiddleware",
    "portal.middleware.ConcurrentDeletionMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lessons.reading.context_processors.site",
            ],
            "builtins": ["lessons.markup.tags.rows", "lessons.markup.tags.url"],
            "libraries": {
                "frame": "lessons.reading.frame_tags",
                "i18n": "lessons.markup.tags.i18n",
                "static": "lessons.markup.tags.static",
            },
        },
    },
    {
        # For rows that a page shows by the hundred: it escapes as Django's engine does, and is faster.
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "rows"],
        "OPTIONS": {"environment": "lessons.markup.row_templates.environment"},
    },
]

# --- Database ----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    make_private_database(str(DATABASES["default"]["NAME"]))
    # Opening the file and reading its schema costs more than a page's queries.
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["OPTIONS"] = {
        # Writers wait for each other instead of failing half-way: see SQLite's "deferred" upgrade errors.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "cached_statements": 512,  # pages have hundreds, and the longest are planned in half a millisecond
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        # What is deleted is overwritten, so that an erased person is not left in the file.
        "PRAGMA secure_delete=ON; "
        # A page of the site reads more of the file than the 2 MB that a connection keeps: without a copy of each.
        "PRAGMA mmap_size=1073741824;",
    }
else:
    require_package("psycopg_pool", "psycopg[binary,pool]", "DATABASE_URL")
    statement_timeout = env.number("DATABASE_STATEMENT_TIMEOUT", 30)
    DATABASES["default"]["OPTIONS"] = {
        # An unavailable server is noticed within two seconds, and its return within one.
        "connect_timeout": 2,
        "tcp_user_timeout": 2000,
        # Pages read few rows, most of them in memory: an index costs little, and compiling a query is never worth it.
        # Whoever prepares a statement has written one for all values: it is planned once, not six times.
        "options": f"-c statement_timeout={statement_timeout}s "
        "-c random_page_cost=1.1 -c jit=off -c plan_cache_mode=force_generic_plan",
        # See `lessons.db.prepared_statements`.
        "prepare_threshold": 0,
        "pool": {"min_size": 1, "max_size": 20, "timeout": 1, "reconnect_timeout": 2},
        **DATABASES["default"].get("OPTIONS", {}),
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Counters of failed sign-ins must be shared by all processes, and not be evicted by a few hundred other entries.
CACHES = {"default": env.cache("CACHE_URL", "dbcache://cache?max_entries=100000")}
CACHES["default"]["KEY_FUNCTION"] = "lessons.db.cache_keys.hashed_key"
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    require_package("redis", "redis[hiredis]", "CACHE_URL")
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # One attempt on a connection that may be stale, and one on a new one.
    CACHES["default"]["OPTIONS"] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        "retry": Retry(NoBackoff(), 1),
        **CACHES["default"].get("OPTIONS", {}),
    }

# --- Accounts ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["lessons.discussions.auth_backend.UnreadCountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lessons.accounts.password_validators.GuessablePasswordValidator"},
]
PASSWORD_HASHERS = ["lessons.accounts.hashers.LimitedPBKDF2PasswordHasher"]
# Half of gunicorn's --threads.
PASSWORD_HASHING_THREADS = env.number("PASSWORD_HASHING_THREADS", 2, at_least=1)
# Who may create courses besides administrators: `instructors`, and people with a verified address in these domains.
COURSE_CREATION = course_creation(env.names("COURSE_CREATION", ["instructors"]))
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reading:library"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "lessons.accounts.forms.BaseSignupForm"
ACCOUNT_FORMS = {
    "login": "lessons.accounts.address_forms.LoginForm",
    "request_login_code": "lessons.accounts.address_forms.RequestLoginCodeForm",
    "signup": "lessons.accounts.signup_forms.SignupForm",
    "reset_password": "lessons.accounts.address_forms.ResetPasswordForm",
    "reset_password_from_key": "lessons.accounts.signup_forms.SetPasswordForm",
    "add_email": "lessons.accounts.address_forms.AddEmailForm",
    "change_email": "lessons.accounts.address_forms.ChangeEmailForm",
    "change_password": "lessons.accounts.address_forms.ChangePasswordForm",
    "set_password": "lessons.accounts.address_forms.FirstPasswordForm",
    "reauthenticate": "lessons.accounts.address_forms.ReauthenticateForm",
}
ACCOUNT_ADAPTER = "lessons.accounts.adapter.AccountAdapter"
# Only if addresses are verified can sign-up give the same answer to those with an account and those without.
ACCOUNT_EMAIL_VERIFICATION = env.choice("EMAIL_VERIFICATION", "mandatory", ["mandatory", "optional", "none"])
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION == "mandatory"
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A class of 200 signs in from one address of the university's network, all at the beginning of the hour.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "100/m/ip,5/m/key",
    "signup": "300/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "300/m/ip",
    "request_login_code": "300/m/ip,3/m/key",
    "confirm_email": "4/m/key",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "reading:library"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "lessons.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a code is valid 30 s longer, for slow hands and clocks
MFA_PASSKEY_LOGIN_ENABLED = True

# --- Signing in through a university: OpenID Connect (the extra `oidc`), SAML (`saml`) ---------------------------
OIDC_SERVER_URL = env.trusted_address("OIDC_SERVER_URL")
SAML_METADATA_URL = env.trusted_address("SAML_METADATA_URL")
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_SERVER_URL:
    require_package("jwt", "django-allauth[socialaccount]", "OIDC_SERVER_URL")
    INSTALLED_APPS += ["allauth.socialaccount.providers.openid_connect"]
    are_verified = env.boolean("OIDC_ADDRESSES_VERIFIED", False)
    issuer = {"server_url": OIDC_SERVER_URL, "oauth_pkce_enabled": True, "verified_email": are_verified}
    client = {
        "client_id": env.required("OIDC_CLIENT_ID", "OIDC_SERVER_URL"),
        "secret": env.required("OIDC_CLIENT_SECRET", "OIDC_SERVER_URL"),
    }
    named = {"provider_id": "university", "name": env.text("OIDC_NAME", "OpenID Connect")}
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {"APPS": [{**named, **client, "settings": issuer}]}
if SAML_METADATA_URL:
    require_package("onelogin", "django-allauth[saml]", "SAML_METADATA_URL")
    INSTALLED_APPS += ["allauth.socialaccount.providers.saml"]
    are_verified = env.boolean("SAML_ADDRESSES_VERIFIED", False)
    entity = env.required("SAML_ENTITY_ID", "SAML_METADATA_URL")
    idp = {"entity_id": entity, "metadata_url": SAML_METADATA_URL}
    named = {"provider_id": entity, "name": env.text("SAML_NAME", "SAML"), "client_id": "university"}
    SOCIALACCOUNT_PROVIDERS["saml"] = {"APPS": [{**named, "settings": {"idp": idp, "verified_email": are_verified}}]}
if SOCIALACCOUNT_PROVIDERS:
    INSTALLED_APPS += ["allauth.socialaccount"]
    SOCIALACCOUNT_ADAPTER = "lessons.accounts.social_adapter.SocialAccountAdapter"
    SOCIALACCOUNT_FORMS = {"signup": "lessons.accounts.social_forms.SocialSignupForm"}
    # An address opens an existing account only if the university has verified it.
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

# --- Mail --------------------------------------------------------------------------------------------------------
vars().update(env.mail("EMAIL_URL", "consolemail://" if DEVELOPMENT else "smtp://localhost:25"))
# Seconds that the mail server has for each answer.
EMAIL_TIMEOUT = 10
# A thread of each process sends what its requests have queued. Without it (in tests) that is sent at the commit.
MAIL_IN_BACKGROUND = True
# How many processes send a long queue, such as the digests of a morning.
MAIL_PROCESSES = env.number("MAIL_PROCESSES", 1 if DEVELOPMENT else min(os.cpu_count() or 1, 4), at_least=1)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "commonplace@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en-gb")
LANGUAGES = [(code, LANG_INFO.get(code, {}).get("name", code)) for code in env.names("LANGUAGES", ["en-gb", "en"])]
require_translations([LANGUAGE_CODE, *dict(LANGUAGES)], [BASE_DIR / "lessons" / "locale"])
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "portal.formats"

# --- Files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_DIR", str(DATA_DIR / "static")))
MEDIA_ROOT = DATA_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "portal.storage.HashedStaticFilesStorage"
    },
}
if object_storage := env.file_storage("MEDIA_STORAGE_URL"):
    require_package("storages", "django-storages[s3]", "MEDIA_STORAGE_URL")
    STORAGES["default"] = {"BACKEND": "portal.object_storage.PrivateS3Storage", "OPTIONS": object_storage}
# Nothing requests the unhashed files, and compressing them as well takes twice as long.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
# A form may carry a lesson (2,000,000 characters at most, up to four bytes each) and little else; that of an import
# carries a file of 50 MB at most.
MAX_REQUEST_BYTES = 12_000_000
MAX_ARTICLE_REQUEST_BYTES = 55_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# A long article is read in a process of its own as soon as it is uploaded. Without it (in tests) within the request.
READ_ARTICLES_IN_BACKGROUND = True
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- Security ----------------------------------------------------------------------------------------------------
HTTPS = env.boolean("HTTPS", not DEVELOPMENT)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = [
    # Preloading binds a domain and its subdomains for years: the owner's decision, not a default.
    "security.W021",
    # `lessons.markup.tags.i18n` replaces Django's tags of this name, on purpose.
    "templates.W003",
]
SESSION_ENGINE = "lessons.accounts.sessions"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # With this prefix, browsers take a cookie from this host alone, and over https.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.boolean("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers also check it against the address that a form finally redirects to.
        "form-action": [SELF, *env.origins("SIGN_IN_ORIGINS")],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Logs, metrics and errors ------------------------------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", "text" if DEVELOPMENT else "json", LOG_FORMATS)
# A line for each request, and for each job that had something to do. `runserver` prints requests itself.
ACCESS_LOG = env.boolean("ACCESS_LOG", not DEVELOPMENT)
LOGGING = logging_settings(
    level=env.choice("LOG_LEVEL", "WARNING", LOG_LEVELS), style=LOG_FORMAT, has_activity=ACCESS_LOG
)
configure_structlog()
# Metrics for Prometheus (the extra `metrics`) at /metrics/, for whoever sends this token.
METRICS_TOKEN = env.token("METRICS_TOKEN")
if METRICS_TOKEN:
    require_package("django_prometheus", "django-prometheus", "METRICS_TOKEN")
    INSTALLED_APPS += ["django_prometheus"]
    MIDDLEWARE = [
        "django_prometheus.middleware.PrometheusBeforeMiddleware",
        *MIDDLEWARE,
        "django_prometheus.middleware.PrometheusAfterMiddleware",
    ]
# Reports of errors (the extra `sentry`).
if SENTRY_DSN := env.web_address("SENTRY_DSN"):
    require_package("sentry_sdk", "sentry-sdk", "SENTRY_DSN")
    from portal.error_reports import start_error_reports

    start_error_reports(SENTRY_DSN, VERSION)
