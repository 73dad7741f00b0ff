"""Validators of the settings' values: each returns the value in its normal form, or raises ValueError."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.configuration.environment import INVISIBLE, QUOTES
from bot.configuration.proxies import parse_proxy

_BREAK = re.compile(r"\s*[\r\n]+\s*|\s*:\s*")
"""Line breaks and spaces that pasting adds within a token."""
_COPIED = re.compile(r"(?:https?://api\.telegram\.org/)?bot(?=\d)", re.IGNORECASE)
"""The beginning of an address of the Bot API, which is copied along with a token."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")


def token(secret: SecretStr) -> SecretStr:
    """Return a token without what pasting added to it."""
    text = unicodedata.normalize("NFKC", secret.get_secret_value())
    text = text.translate(dict.fromkeys(map(ord, INVISIBLE + QUOTES + "<>"))).strip()
    token = _COPIED.sub("", _BREAK.sub(lambda found: ":" if ":" in found[0] else "", text), count=1)
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise ValueError("doesn't look like a Telegram token (digits, a colon, letters); copy it from @BotFather again")
    return SecretStr(token)


def ids(value: object) -> object:
    """Split "1, 2" into its items; a list of the TOML file stays as it is."""
    if not isinstance(value, str):
        return value
    items = [item.strip("[](){}" + QUOTES) for item in re.split(r"[,，、;；\s]+", value)]
    for item in filter(None, items):
        if not re.fullmatch(r"[-+−－]?\d+", item):
            raise ValueError(
                f"must hold numeric ids, and {item!r} is none; @userinfobot tells the id of whoever writes to it"
            )
    return [unicodedata.normalize("NFKC", item).replace("−", "-") for item in items if item]


def groups(ids: frozenset[int]) -> frozenset[int]:
    """Check ids of groups."""
    if any(number >= 0 for number in ids):
        raise ValueError("must hold ids of groups, which are negative numbers")
    return ids


def users(ids: frozenset[int]) -> frozenset[int]:
    """Check ids of users."""
    if any(number <= 0 for number in ids):
        raise ValueError("must hold user ids, which are positive numbers; @userinfobot tells yours")
    return ids


def base_url(value: str) -> str:
    """Check the base URL of a Bot API server."""
    url = value.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not parts.path.endswith("/bot"):
        raise ValueError("must be a URL up to and with /bot, like http://localhost:8081/bot")
    return url


def endpoint(value: str) -> str:
    """Check the full address of an endpoint."""
    url = value.strip()
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be the full address of the endpoint, like http://localhost:8080/v1/embeddings")
    return url


def database_url(secret: SecretStr) -> SecretStr:
    """Check the scheme of a database's URL; `bot.storage.database_url` parses the rest."""
    url = secret.get_secret_value().strip()
    if re.match(r"(sqlite|postgres|postgresql)(\+\w+)?:", url, re.IGNORECASE):
        return SecretStr(url)
    kind = re.match(r"([a-z][a-z0-9+]*):", url, re.IGNORECASE)
    other = f"is a URL of {kind[1].lower()}, which the bot can't use; it " if kind else ""
    raise ValueError(
        f"{other}must begin with sqlite:/// or postgres:// (to leave DATABASE_URL to other programs, "
        "set BOT_DATABASE_URL=sqlite:///data/bot.db)"
    )


def public_base(value: str) -> str:
    """Check the public address of the bot."""
    url = value.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be the public address of the bot, like https://bot.example.org")
    return url


def webhook_secret(secret: SecretStr) -> SecretStr:
    """Check the secret that Telegram sends with each delivery."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        raise ValueError("must be 16 to 256 letters, digits, _ and -")
    return secret


def proxy(secret: SecretStr) -> SecretStr:
    """Check the address of a proxy."""
    parse_proxy(secret.get_secret_value())
    return secret


def host(value: str) -> str:
    """Check an address to listen at; an IPv6 address may have brackets."""
    host = value.strip().removeprefix("[").removesuffix("]")
    try:
        ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host):
            raise ValueError(
                "must be an address of this machine alone, without http:// and port (that is BOT_PORT): "
                "0.0.0.0 for all of IPv4, :: for all of IPv6 and IPv4, 127.0.0.1 for this machine alone"
            ) from None
    return host


def upper(value: object) -> object:
    """Return a word in upper case."""
    return value.strip().upper() if isinstance(value, str) else value


def lower(value: object) -> object:
    """Return a word in lower case."""
    return value.strip().lower() if isinstance(value, str) else value
