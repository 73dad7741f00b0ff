"""Makes single HTTP requests to Telegram, for the library."""

from __future__ import annotations

import json
from functools import cache
from ssl import SSLContext, SSLError
from typing import Any

import httpx
from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.configuration import Proxy
from bot.telegram.client import proxy_connector

CONNECT_SECONDS, PROXY_CONNECT_SECONDS = 5.0, 10.0
"""Time to get a connection; through a proxy it takes more round trips."""
READ_SECONDS, UPLOAD_READ_SECONDS = 10.0, 20.0
"""Time to wait for the answer to a request, and to one that uploads a file.

A message that got no answer may have arrived all the same, so the bot rather waits a little longer than sends it twice.
"""
USED_MESSAGE_FIELDS = ("message_id", "date", "chat", "text")
"""What the bot reads of a message that it has sent."""


class HttpClient(BaseRequest):
    """Makes requests in the place of the library's client, which takes more than half a millisecond for each.

    That figure is from `python -m tests.benchmarks load`. Retries and the order of messages are up to `sender`.
    """

    def __init__(self, connections: int, proxy: Proxy | None = None, connect_seconds: float | None = None) -> None:
        """Keep at most so many `connections` to Telegram, through the `proxy` if there is one.

        `connect_seconds` is the time to get one.
        """
        self._connections = connections
        self._proxy = proxy
        self._connect_seconds = connect_seconds or (CONNECT_SECONDS if proxy is None else PROXY_CONNECT_SECONDS)
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open the session; connections are made when they are needed."""
        if self._session is None:
            connector = (
                TCPConnector(limit=self._connections, ssl=_tls_context())
                if self._proxy is None
                else proxy_connector.connector(self._proxy, self._connections, _tls_context())
            )
            self._session = ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,  # noqa: ARG002  # the time to answer counts from the beginning
        connect_timeout: object = None,  # noqa: ARG002  # nobody asks for another
        pool_timeout: object = None,  # noqa: ARG002  # as above
    ) -> tuple[int, bytes]:
        """Make a request; return status and body. Raises TimedOut or NetworkError where it fails."""
        if self._session is None:
            raise NetworkError("the bot has ended")
        seconds = READ_SECONDS if request_data is None or not request_data.contains_files else UPLOAD_READ_SECONDS
        if isinstance(read_timeout, int | float):
            seconds = float(read_timeout)
        timeout = ClientTimeout(total=None, connect=self._connect_seconds, sock_read=seconds)
        body = _body(request_data)
        try:
            async with self._session.request(method, url, timeout=timeout, allow_redirects=False, **body) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise self._timed_out(error) from error
        except ClientError as error:
            if self._proxy is not None and isinstance(error.__cause__, SSLError):
                raise proxy_connector.failure(self._proxy, error.__cause__) from error
            raise NetworkError(_reason(error)) from error
        except proxy_connector.FAILURES as error:
            if self._proxy is None:
                raise
            raise proxy_connector.failure(self._proxy, error) from None  # the library's errors may hold what they sent

    def _timed_out(self, error: TimeoutError) -> TimedOut:
        if self._proxy is None or not isinstance(error, ConnectionTimeoutError):
            return TimedOut()
        return TimedOut(f"{self._proxy.variable}: no connection through the proxy {self._proxy} in time")

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer; of a sent message only the used fields, because the library makes objects of all others."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            # The library would log the answer, which may hold what people wrote.
            raise TelegramError("Invalid server response")
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result:
            answer["result"] = {key: result[key] for key in USED_MESSAGE_FIELDS if key in result}
        return answer


@cache
def _tls_context() -> SSLContext:
    """Read the certificates to trust; once, because there are many."""
    return httpx.create_ssl_context()


def _reason(error: ClientError) -> str:
    """Return the error's own words where they name only the server; those of other errors could hold the token."""
    return str(error) if isinstance(error, ClientConnectionError) else type(error).__name__


def may_have_arrived(error: TimedOut) -> bool:
    """Return whether a request that got no answer in time may have reached Telegram all the same."""
    return not isinstance(error.__cause__, ConnectionTimeoutError)


def _body(data: RequestData | None) -> dict[str, Any]:
    """Return the arguments by which the HTTP library sends the data: as JSON, or as a form where it holds files."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": data.json_payload, "headers": {"Content-Type": "application/json"}}
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
