"""Settings. A practice sets a few by environment (docs/settings.md); the rest follows from them."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import platformdirs

from liaison.kernel import clock

ROOT = Path(__file__).resolve().parent
_CHECKOUT = ROOT.parent.parent


def _home() -> Path:
    """LIAISON_HOME, else `./var` in a checkout, else the user's data directory."""
    if named := os.environ.get("LIAISON_HOME"):
        return Path(named).expanduser().resolve()
    if (_CHECKOUT / "pyproject.toml").exists() and (_CHECKOUT / "src" / "liaison") == ROOT:
        return _CHECKOUT / "var"
    return Path(platformdirs.user_data_dir("liaison", appauthor=False))


HOME = _home()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret() -> str:
    """The signing key of this home, made once; readable by its owner only."""
    path = HOME / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "liaison.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # What was confirmed survives a power cut: FULL syncs the log at each commit
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
                "PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise SystemExit("LIAISON_DATABASE_URL must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    pool = int(query.pop("pool", "0"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "OPTIONS": {**query, **({"pool": {"min_size": 2, "max_size": pool}} if pool else {})},
    }


SECRET_KEY = os.environ.get("LIAISON_SECRET_KEY") or _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("LIAISON_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# Under which others reach this home: the issuer of its health cards
ADDRESS = os.environ.get("LIAISON_ADDRESS", "").rstrip("/")
# Behind TLS every cookie is for TLS only; the demo on the loopback address has none
SECURE = os.environ.get("LIAISON_TLS", "") == "1"

DATABASES = {"default": _database(os.environ.get("LIAISON_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

ROOMS = [
    "liaison.record",
    "liaison.documents",
    "liaison.people",
    "liaison.places",
    "liaison.schedule",
    "liaison.chart",
    "liaison.orders",
    "liaison.supplies",
    "liaison.immunize",
    "liaison.billing",
    "liaison.visits",
    "liaison.worklist",
    "liaison.practice",
    "liaison.registry",
    "liaison.rehearsal",
    "liaison.interop",
    "liaison.web",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "oauth2_provider",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liaison.web.middleware.Refusals",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "liaison.web.middleware.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "liaison.web.urls"
WSGI_APPLICATION = "liaison.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liaison.web.context.shell",
            ],
            "builtins": ["liaison.web.templatetags.liaison"],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "liaison.people.passwords.FirstPassword",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "liaison.web.accounts.StaffOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS: dict[str, str] = {}  # axes counts failed sign-ins
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "liaison.web.pages.csrf_failed"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "SCOPES": {"system/*.rs": "Read and search what the client's role allows"},
    "DEFAULT_SCOPES": ["system/*.rs"],
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Chicago"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["liaison.web.formats"]

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LIAISON_LOG_LEVEL", "WARNING")},
    "loggers": {"axes": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

# Where the practice's claims go, see docs/connect-a-payer.md; the demo sets its sandbox payer's
CLAIMS_URL = os.environ.get("LIAISON_CLAIMS_URL", "")
CLAIMS_PASSWORD = os.environ.get("LIAISON_CLAIMS_PASSWORD", "")
CLAIMS_KEY = os.environ.get("LIAISON_CLAIMS_KEY", "")
CLAIMS_KNOWN_HOSTS = os.environ.get("LIAISON_CLAIMS_KNOWN_HOSTS", "")

# The payer or clearing house that answers questions at once (CAQH CORE over HTTP): eligibility, status, authorizations
REALTIME_URL = os.environ.get("LIAISON_REALTIME_URL", "")
REALTIME_USER = os.environ.get("LIAISON_REALTIME_USER", "")
REALTIME_PASSWORD = os.environ.get("LIAISON_REALTIME_PASSWORD", "")

# Mail that leaves the practice, such as the links of statements: smtp://user:password@host:587?from=office@example.org
_mail = urlsplit(os.environ.get("LIAISON_MAIL_URL", ""))
MAIL_FROM = dict(parse_qsl(_mail.query)).get("from", "")
_way = {"smtp": "smtp", "smtps": "smtp", "file": "filebased"}.get(_mail.scheme, "dummy")
EMAIL_BACKEND = f"django.core.mail.backends.{_way}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp" and EMAIL_HOST != "localhost"
EMAIL_FILE_PATH, EMAIL_TIMEOUT, DEFAULT_FROM_EMAIL = _mail.path, 30, MAIL_FROM

# The immunization registry. Its password is kept nowhere else; without an address here that of its own page holds
REGISTRY_URL = os.environ.get("LIAISON_REGISTRY_URL", "")
REGISTRY_PASSWORD = os.environ.get("LIAISON_REGISTRY_PASSWORD", "")
REGISTRY_CERTIFICATE = os.environ.get("LIAISON_REGISTRY_CERTIFICATE", "")

# A rehearsed day's clock, which the demo's processes go by
if _clock := os.environ.get("LIAISON_CLOCK"):
    clock.follow(Path(_clock))
