"""Proxies: parses the values of proxy variables, and chooses the proxy for an address."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from bot.errors import SettingsError

VARIABLE = "BOT_PROXY"
"""The bot's own variable, which has precedence over those that programs share."""
SHARED = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")
"""Variables that programs share, in lower case; upper case counts too."""
EXAMPLE = "socks5://127.0.0.1:7890"
_KINDS = "http://, https://, socks5:// or socks5h://"
_ALIASES = {"socks": "socks5"}
"""Desktops and clash write `socks://` into ALL_PROXY and mean SOCKS 5."""
_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_NODES = frozenset({"ss", "ssr", "vmess", "vless", "trojan", "hysteria", "hysteria2", "hy2", "tuic", "anytls"})
"""Schemes of links that configure a proxy program; the bot needs the address at which that program listens."""
_SYSTEM = "the proxy in the system's settings"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\]")
_BARE = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}/?")
_MIN_HIDDEN_CHARS = 4
"""Length from which a credential is hidden in logs; hiding shorter ones everywhere would make a log unreadable."""
_MAX_CREDENTIAL_BYTES = 255
"""Length of the longest user name or password that SOCKS 5 can transmit."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The address of a proxy; its text form shows neither user nor password."""

    variable: str
    """Name of the variable that it was read from, or of the system's settings."""
    scheme: str
    """http, https, socks4, socks4a, socks5 or socks5h."""
    host: str
    """Name or address; an IPv6 address without brackets."""
    port: int
    """Port of the proxy."""
    user: SecretStr | None = field(default=None, repr=False)
    """User name; None where the proxy asks for none."""
    password: SecretStr | None = field(default=None, repr=False)
    """Password of that user."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def address(self) -> str:
        """Return the proxy's address with user and password; it must not be logged."""
        if self.user is None or self.password is None:
            return str(self)
        user, password = (quote(secret.get_secret_value(), safe="") for secret in (self.user, self.password))
        return str(self).replace("://", f"://{user}:{password}@", 1)


def parse_proxy(value: str, variable: str = VARIABLE) -> Proxy:
    """Parse a proxy's address; raises ValueError, which says what to write, without user and password."""
    text = unicodedata.normalize("NFKC", value.strip())  # full-width colons and slashes come from input methods
    found = _SCHEME.match(text)
    if found is None:
        raise ValueError(_without_scheme(text))
    scheme = _ALIASES.get(found[1].lower(), found[1].lower())
    credentials, at, server = text[found.end() :].rpartition("@")
    _refuse_other_schemes(scheme, server)
    host, port = _host_and_port(server)
    user, password = _credentials(credentials, scheme) if at else (None, None)
    return Proxy(variable, scheme, host, port, user, password)


def shared_proxy(address: str, variables: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that the variables shared by programs name for an address; None for none.

    `variables` are those of the environment and of `.env`. Addresses of this machine itself never use a proxy.
    Raises SettingsError, which names the variable, where its value can't be used.
    """
    url = urlsplit(address)
    host, exceptions = url.hostname or "", next(_values("no_proxy", variables), ("", ""))[1]
    if is_loopback(host) or any(_covers(each, host, url.port) for each in re.split(r"[,，\s]+", exceptions)):
        return None
    for key in (f"{url.scheme}_proxy", "all_proxy"):
        for name, value in _values(key, variables):
            return _usable(value, name)
    if sys.platform in {"win32", "darwin"} and not proxy_bypass(url.netloc):  # pragma: no cover  # not where CI runs
        system = getproxies()
        value = system.get(url.scheme) or system.get("all") or system.get("socks")
        return _usable(value, _SYSTEM) if value else None
    return None


def credentials(value: str) -> frozenset[str]:
    """Return the parts of a proxy's address that no log may show: `user:password` as written, and the password."""
    found = _SCHEME.match(value)
    written = value[found.end() if found is not None else 0 :].rpartition("@")[0]
    password = unquote(written.partition(":")[2])
    return frozenset(text for text in (written, password) if len(text) >= _MIN_HIDDEN_CHARS)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _values(key: str, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a variable's names and values that are set, lower case first, as other programs do."""
    yield from ((name, variables[name]) for name in (key, key.upper()) if variables.get(name))


def _covers(exception: str, host: str, port: int | None) -> bool:
    """Return whether an item of NO_PROXY covers a host: `*`, a domain with its subdomains, an address, a network."""
    if exception == "*":
        return True
    name, _, only = exception.rpartition(":") if re.fullmatch(r"[^:]+:\d+", exception) else (exception, "", "")
    domain = name.lower().removeprefix("*").strip(".")
    if not domain or (only and str(port) != only):
        return False
    try:
        return ip_address(host) in ip_network(domain.strip("[]"), strict=False)
    except ValueError:
        return host == domain or host.endswith(f".{domain}")


def _usable(value: str, variable: str) -> Proxy:
    try:
        return parse_proxy(value, variable)
    except ValueError as error:
        raise SettingsError(f"{variable} {error}") from None


def _without_scheme(text: str) -> str:
    if _BARE.fullmatch(text):
        server = text.rstrip("/")
        return f"has no scheme; write http://{server} or socks5://{server}, whichever the proxy speaks"
    return f"has no scheme; write {_KINDS} with host and port behind it, like {EXAMPLE}"


def _refuse_other_schemes(scheme: str, server: str) -> None:
    """Raise ValueError for addresses that are often mistaken for a proxy's."""
    if scheme in _NODES:
        raise ValueError(
            f"begins with {scheme}://, a link to a node and no proxy; write where the program that uses it listens, "
            f"like {EXAMPLE}"
        )
    if scheme in {"tg", "mtproto"} or server.startswith("t.me/"):
        raise ValueError(f"is a proxy for Telegram's apps alone; bots need another one, like {EXAMPLE}")
    if scheme not in _SCHEMES:
        raise ValueError(f"begins with {scheme}://, which the bot can't use; it must be {_KINDS}")


def _host_and_port(server: str) -> tuple[str, int]:
    server, _, path = server.partition("/")
    host, _, port = server.rpartition(":") if ":" in server and not server.endswith("]") else (server, "", "")
    if ":" in host and not host.startswith("["):
        raise ValueError("holds an IPv6 address without brackets; write it like socks5://[::1]:7890")
    if not _HOST.fullmatch(host):
        raise ValueError(f"holds no host that can be looked up; write it like {EXAMPLE}")
    if not port:
        raise ValueError(f"holds no port; add it behind the host, like {EXAMPLE}")
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError(f"holds no port between 1 and 65535; write it like {EXAMPLE}")
    if path:
        raise ValueError(f"holds more than host and port; write it like {EXAMPLE}")
    return host.strip("[]"), int(port)


def _credentials(text: str, scheme: str) -> tuple[SecretStr, SecretStr]:
    user, password = (unquote(part) for part in text.partition(":")[::2])
    if not (user.isascii() and password.isascii()):
        raise ValueError("holds a user or password with other characters than ASCII, which proxies don't understand")
    if max(len(user), len(password)) > _MAX_CREDENTIAL_BYTES or any(map(_is_control, user + password)):
        raise ValueError("holds a user or password that is too long or broken over lines")
    if scheme in {"socks5", "socks5h"} and not (user and password):
        raise ValueError("holds a user without a password, or the reverse; SOCKS 5 takes both or neither")
    if scheme in {"http", "https"} and ":" in user:
        raise ValueError("holds a user with a colon, which HTTP proxies can't be told")
    return SecretStr(user), SecretStr(password)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
