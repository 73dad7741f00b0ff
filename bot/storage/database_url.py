"""Parses a database URL, in the forms in which hosts provide it, into the arguments of the drivers."""

from __future__ import annotations

import logging
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from bot.errors import SettingsError

LOG = logging.getLogger(__name__)

DATABASE_VARIABLE = "BOT_DATABASE_URL"
"""The variable that holds the URL where nothing else is known."""
CONNECT_TIMEOUT_SECONDS = 10
"""How long to wait for a connection where the URL doesn't say."""

_MALFORMED = (
    "must look like postgres://user:password@host:5432/name; "
    "in the user and the password write %23 for #, %2F for /, %3A for :, %3F for ? and %40 for @"
)
_SCHEME = re.compile(r"(?P<kind>[a-z0-9]+)(?:\+[a-z0-9_]+)?:", re.IGNORECASE)
_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(?P<path>[^?]+)", re.IGNORECASE)
_AFTER_USER = r"(?P<hosts>[^/?#@]*)(?:/(?P<database>[^?#@]*))?(?:\?(?P<query>.*))?"
_POSTGRESQL = (
    re.compile(rf"[^:]+://(?P<user>[^/?#@]*)@{_AFTER_USER}", re.DOTALL),
    re.compile(rf"[^:]+://(?P<user>)(?!.*@){_AFTER_USER}", re.DOTALL),
    # Some hosts provide passwords with characters that a URL should have encoded.
    re.compile(rf"[^:]+://(?P<user>.*)@{_AFTER_USER}", re.DOTALL),
)
_HOST = re.compile(r"\[(?P<v6>[^\]]+)\](?::(?P<port6>\d+))?|(?P<name>[^:\[\]]*)(?::(?P<port>\d+))?")
_DEFAULT_PORT = 5432

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SSL_MODE_ALIASES = {"no-verify": "require", "true": "require", "1": "require", "false": "disable", "0": "disable"}
"""Values of `sslmode` and `ssl` that other drivers use, and libpq's name for each."""
_SESSION_TARGETS = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")
_TRUE_VALUES = frozenset({"true", "1", "yes", "on"})
_SYSTEM_ROOTS = "system"
"""The value of `sslrootcert` that means the certificates which the operating system trusts."""

_DRIVER_PARAMETERS = frozenset(
    {
        "sslmode",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "sslcrl",
        "sslpassword",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "target_session_attrs",
        "passfile",
        "service",
        "krbsrvname",
        "gsslib",
    }
)
"""Parameters that asyncpg reads from a URL by itself."""
_SESSION_PARAMETERS = {"application_name": "application_name", "options": "options", "schema": "search_path"}
"""Parameters that set a setting of the session, and the server's name for it."""
_ADDRESS_PARAMETERS = frozenset({"host", "hostaddr", "port", "user", "password", "dbname", "database"})
_IGNORED_PARAMETERS = frozenset(
    {
        "channel_binding",
        "client_encoding",
        "fallback_application_name",
        "gssdelegation",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "require_auth",
        "requirepeer",
        "sslcertmode",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
        "connection_limit",
        "max_connections",
        "pool_mode",
        "pool_timeout",
        "socket_timeout",
        "sslaccept",
        "supa",
        "uselibpqcompat",
    }
)
"""Parameters of libpq and of other drivers that asyncpg doesn't need."""
_POOLER_PARAMETERS = {
    "pgbouncer": _TRUE_VALUES,
    "prepared_statements": frozenset({"false", "0", "no", "off"}),
    "statement_cache_size": frozenset({"0"}),
    "prepared_statement_cache_size": frozenset({"0"}),
    "prepareThreshold": frozenset({"0"}),
}
"""Parameters that are set where a connection pooler is in between, and the values that mean so."""
_OTHER_PARAMETERS = frozenset({"ssl", "connect_timeout"})
_KNOWN_PARAMETERS = sorted(
    _DRIVER_PARAMETERS
    | _SESSION_PARAMETERS.keys()
    | _ADDRESS_PARAMETERS
    | _IGNORED_PARAMETERS
    | _POOLER_PARAMETERS.keys()
    | _OTHER_PARAMETERS
)


class _InvalidUrlError(ValueError):
    """A URL can't be used; says why, without the variable that holds it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed database URL; its representation shows no secret."""

    file: Path | None
    """SQLite's file; None for a PostgreSQL server."""
    connect: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The arguments of `asyncpg.connect`."""
    pooled: bool = False
    """Whether the URL says that a connection pooler is in front of the server."""
    variable: str = DATABASE_VARIABLE
    """The variable that holds the URL, for messages."""

    @property
    def location(self) -> str:
        """Where it is, without user and password: the name of the file, or the hosts, as asyncpg chooses them."""
        if self.file is not None:
            return self.file.name
        return ", ".join(self.connect.get("host", ())) or os.environ.get("PGHOST") or "localhost"


def read_address(url: str, variable: str = DATABASE_VARIABLE) -> Address:
    """Parse the URL that a variable holds; raises SettingsError, which holds nothing of the URL that may be secret."""
    try:
        return replace(_read(url), variable=variable)
    except _InvalidUrlError as error:
        raise SettingsError(f"{variable}: {error}") from None


def _read(url: str) -> Address:
    match = _SCHEME.match(url)
    kind = match["kind"].lower() if match else ""
    if kind == "sqlite":
        return _read_sqlite(url)
    if kind in {"postgres", "postgresql"}:
        return _read_postgresql(url)
    named = f"{kind} is no database that the bot can use" if kind else "isn't a database URL"
    raise _InvalidUrlError(f"{named}; it must begin with sqlite:/// or postgres://")


def password_of(url: str) -> str | None:
    """Return the password that a URL holds, decoded; None where it holds none."""
    try:
        password = read_address(url).connect.get("password")
    except SettingsError:
        return None
    return None if password is None else str(password)


def _read_sqlite(url: str) -> Address:
    match = _SQLITE.fullmatch(url)
    if match is None or match["path"] == ":memory:":
        raise _InvalidUrlError(
            "SQLite needs a file and takes no parameters; write sqlite:///data/bot.db, "
            "or sqlite:////var/lib/bot/bot.db for an absolute path"
        )
    return Address(Path(match["path"]))


def _read_postgresql(url: str) -> Address:
    match = next(filter(None, (pattern.fullmatch(url) for pattern in _POSTGRESQL)), None)
    if match is None:
        raise _InvalidUrlError(_MALFORMED)
    query = _normalised(dict(parse_qsl(match["query"] or "", keep_blank_values=True)))
    user, colon, password = (match["user"] or "").partition(":")
    parts: dict[str, Any] = {
        "user": query.get("user") or unquote(user),
        "password": query.get("password") or (unquote(password) if colon else None),
        "database": query.get("dbname") or query.get("database") or unquote(match["database"] or ""),
        **_read_hosts(match["hosts"] or query.get("host") or query.get("hostaddr") or "", query.get("port", "")),
        **_read_options(query),
    }
    pooled = any(query.get(name, "").lower() in values for name, values in _POOLER_PARAMETERS.items())
    return Address(None, {name: value for name, value in parts.items() if value}, pooled)


def _normalised(query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters in libpq's form, without ignored ones; raises _InvalidUrlError for an unknown one."""
    for name in query:
        if name not in _KNOWN_PARAMETERS and any("@" in part for item in query.items() for part in item):
            raise _InvalidUrlError(_MALFORMED)  # perhaps this is a part of a password
        if name not in _KNOWN_PARAMETERS:
            close = get_close_matches(name, _KNOWN_PARAMETERS, n=1)
            hint = f"did you mean {close[0]}?" if close else "take it out"
            raise _InvalidUrlError(f"has a parameter that PostgreSQL doesn't know, {name!r}; {hint}")
        if name in _IGNORED_PARAMETERS:
            LOG.debug("The database URL's %s is not needed here and left out", name)
    used = {name: value for name, value in query.items() if name not in _IGNORED_PARAMETERS and value}
    if "ssl" in used:
        used.setdefault("sslmode", used.pop("ssl"))
    for name, known, others in (
        ("sslmode", SSL_MODES, _SSL_MODE_ALIASES),
        ("target_session_attrs", _SESSION_TARGETS, {}),
    ):
        if name in used:
            used[name] = others.get(used[name], used[name])
            if used[name] not in known:
                raise _InvalidUrlError(f"{name} must be one of {', '.join(known)}")
    return used


def _read_hosts(hosts: str, port: str) -> dict[str, Sequence[str] | Sequence[int]]:
    """Return the hosts and their ports; several are tried in turn."""
    read = [_HOST.fullmatch(unquote(host)) for host in hosts.split(",")]
    if not all(read) or not re.fullmatch(r"[\d,]*", port):
        raise _InvalidUrlError(_MALFORMED)
    found = [(match["v6"] or match["name"], match["port6"] or match["port"]) for match in read if match is not None]
    if not any(name for name, _ in found):
        return {"port": [int(port)]} if port.isdigit() else {}
    rest = port.split(",") if "," in port else [port] * len(found)
    ports = [int(own or other or _DEFAULT_PORT) for (_, own), other in zip(found, rest, strict=False)]
    return {"host": [name for name, _ in found], "port": ports}


def _read_options(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters as arguments of asyncpg."""
    options: dict[str, Any] = {"timeout": _read_timeout(query.get("connect_timeout", ""))}
    if settings := {
        theirs: query[ours]
        for ours, theirs in _SESSION_PARAMETERS.items()
        if ours in query and (ours, query[ours]) != _DEFAULT_SCHEMA
    }:
        options["server_settings"] = settings
    for_driver = {name: value for name, value in query.items() if name in _DRIVER_PARAMETERS}
    if context := _verifying_context(for_driver):
        options["ssl"] = context
        for name in ("sslmode", "sslrootcert"):
            for_driver.pop(name, None)
    if for_driver:
        options["dsn"] = f"postgresql://?{urlencode(for_driver)}"
    return options


_DEFAULT_SCHEMA = ("schema", "public")
"""A parameter that sets what is PostgreSQL's default anyway, and that poolers refuse."""


def _read_timeout(seconds: str) -> int:
    if not re.fullmatch(r"\d*", seconds):
        raise _InvalidUrlError("connect_timeout must be a number of seconds")
    return int(seconds or 0) or CONNECT_TIMEOUT_SECONDS


def _verifying_context(query: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return a TLS context that trusts the system's certificates; None where asyncpg makes its own context."""
    mode, root = query.get("sslmode"), query.get("sslrootcert")
    if root and root != _SYSTEM_ROOTS and not Path(root).is_file():
        raise _InvalidUrlError("sslrootcert names a file that isn't there; sslrootcert=system needs none")
    if root == _SYSTEM_ROOTS:
        return ssl.create_default_context()
    if (
        mode not in {"verify-ca", "verify-full"}
        or root
        or os.environ.get("PGSSLROOTCERT")
        or _user_root_certificates().is_file()
    ):
        return None
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    return context


def _user_root_certificates() -> Path:
    """Return the file in which libpq looks for the certificates that a user trusts."""
    return Path("~/.postgresql/root.crt").expanduser()
