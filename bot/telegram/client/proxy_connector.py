"""Connects to Telegram through a proxy, and explains failures."""

from __future__ import annotations

import os
from socket import gaierror
from ssl import SSLCertVerificationError, SSLContext, SSLError

from aiohttp import BaseConnector
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError, ProxyType
from telegram.error import NetworkError

from bot.configuration import Proxy, is_loopback

FAILURES = (ProxyError, ProxyConnectionError, ProxyTimeoutError, OSError, EOFError)
"""What the connector raises while it connects; later failures are the HTTP client's own errors."""
_TYPES = {"http": ProxyType.HTTP, "https": ProxyType.HTTP, "socks4": ProxyType.SOCKS4, "socks4a": ProxyType.SOCKS4}
_IN_CONTAINER = ", and in a container write host.docker.internal, for there this is the container itself"
_CREDENTIALS = ("authentication", "acceptable")
"""Words in the library's errors where a SOCKS proxy refuses the user or the password."""


def connector(proxy: Proxy, connections: int, trust: SSLContext) -> BaseConnector:
    """Return a connector that goes through `proxy`; `trust` holds the certificates of proxy and Telegram.

    The proxy looks up names, for `socks5://` too: where a proxy is needed, local DNS answers are often forged. Only
    SOCKS 4 can't do that.
    """
    return ProxyConnector(
        host=proxy.host,
        port=proxy.port,
        proxy_type=_TYPES.get(proxy.scheme, ProxyType.SOCKS5),
        username=proxy.user.get_secret_value() if proxy.user is not None else None,
        password=proxy.password.get_secret_value() if proxy.password is not None else None,
        rdns=proxy.scheme != "socks4",
        proxy_ssl=trust if proxy.scheme == "https" else None,
        limit=connections,
        ssl=trust,
    )


def failure(proxy: Proxy, error: Exception) -> NetworkError:
    """Return an error that says what went wrong at the proxy, and which variable to check."""
    hint = _IN_CONTAINER if isinstance(error, ProxyConnectionError) and is_loopback(proxy.host) else ""
    return NetworkError(f"{proxy.variable}: the proxy {proxy} {_reason(error)}{hint}")


def _reason(error: Exception) -> str:
    match error:
        case ProxyError(error_code=407):
            return "refuses the user or password"
        case ProxyError() if any(word in str(error).lower() for word in _CREDENTIALS):
            return "refuses the user or password"
        case ProxyError(error_code=int()):
            return f"doesn't connect to Telegram ({error})"
        case ProxyError():
            return f"doesn't answer as such a proxy does ({error}); check the scheme and the port"
        case ProxyConnectionError():
            return f"can't be reached ({_cause(error)}); check that it runs, and host and port"
        case ProxyTimeoutError():
            return "doesn't answer in time; check that it runs, and host and port"
        case SSLCertVerificationError():
            return f"leads to a certificate that isn't trusted ({error.verify_message})"
        case SSLError():
            return f"breaks the encrypted connection ({error.reason or 'SSL'}); check the scheme and the port"
        case _:
            return "closes the connection; check the scheme and the port, and whether it lets Telegram through"


def _cause(error: Exception) -> str:
    """Return the operating system's words, where there are any; the library's repeat the address."""
    original = error.__cause__.__cause__ if error.__cause__ is not None else None
    if isinstance(original, gaierror):
        return "its name can't be looked up"
    number = original.errno if isinstance(original, OSError) else None
    return os.strerror(number) if number is not None else type(original or error).__name__
