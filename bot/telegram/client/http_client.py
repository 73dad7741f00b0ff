"""Requests to Telegram, by a client that costs a small part of what the library's own does."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
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

from bot.proxies import Proxy
from bot.telegram.client import proxy_connector
from bot.telegram.client.slots import CURRENT_SEND_SLOT

CONNECT, CONNECT_BY_PROXY, READ, UPLOADED = 5.0, 10.0, 10.0, 20.0
"""Seconds to get a connection; to get one by a proxy, which takes more round trips; to wait for an answer, and for that
to a file.

A message without an answer may have arrived, and is said again: so rather wait a little longer.
"""
SEND_MESSAGE_PATH = "/sendMessage"
"""How the address of a request ends that waits for its update's send slot."""
USED_MESSAGE_FIELDS = ("message_id", "date", "chat", "text")
"""What the bot reads of a message that it has sent."""


class HttpClient(BaseRequest):
    """What the library asks of a client."""

    def __init__(self, connections: int, proxy: Proxy | None = None, connect: float | None = None) -> None:
        """There are so many `connections` to Telegram at most, through the `proxy` where there is one.

        `connect` are the seconds to get one.
        """
        self._connections = connections
        self._proxy = proxy
        self._connect = connect or (CONNECT if proxy is None else CONNECT_BY_PROXY)
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return READ

    async def initialize(self) -> None:
        """Begin."""
        if self._session is None:
            connector = (
                TCPConnector(limit=self._connections, ssl=_trust())
                if self._proxy is None
                else proxy_connector.connector(self._proxy, self._connections, _trust())
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
        """Make a request; raise TimedOut or NetworkError where that fails."""
        patience = READ if request_data is None or not request_data.contains_files else UPLOADED
        if isinstance(read_timeout, int | float):
            patience = float(read_timeout)
        content, slot = _content(request_data), CURRENT_SEND_SLOT.get() if url.endswith(SEND_MESSAGE_PATH) else None
        if slot is None:
            return await self._request(url, method, content, patience)
        await slot.acquire()
        try:
            status, answer = await self._request(url, method, content, patience)
        except NetworkError:
            slot.release()
            raise
        if status != HTTPStatus.OK:
            slot.release()
        return status, answer

    async def _request(self, url: str, method: str, content: dict[str, Any], patience: float) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("the bot has ended")
        timeout = ClientTimeout(total=None, connect=self._connect, sock_read=patience)
        try:
            async with self._session.request(method, url, timeout=timeout, allow_redirects=False, **content) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise self._late(error) from error
        except ClientError as error:
            if self._proxy is not None and isinstance(error.__cause__, SSLError):
                raise proxy_connector.failure(self._proxy, error.__cause__) from error
            raise NetworkError(_reason(error)) from error
        except proxy_connector.FAILURES as error:
            if self._proxy is None:
                raise
            raise proxy_connector.failure(self._proxy, error) from None  # the library's errors may hold what they sent

    def _late(self, error: TimeoutError) -> TimedOut:
        if self._proxy is None or not isinstance(error, ConnectionTimeoutError):
            return TimedOut()
        return TimedOut(f"{self._proxy.variable}: no connection through the proxy {self._proxy} in time")

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; of a message only what is used, for making the library's objects of all of it is dear."""
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
def _trust() -> SSLContext:
    """Read the certificates to trust, once: there are many."""
    return httpx.create_ssl_context()


def _reason(error: ClientError) -> str:
    """Tell what went wrong on the way, which names the server alone; other errors could name the token too."""
    return str(error) if isinstance(error, ClientConnectionError) else type(error).__name__


def was_sent(error: TimedOut) -> bool:
    """Tell whether a request that got no answer in time may have arrived all the same."""
    return not isinstance(error.__cause__, ConnectionTimeoutError)


def _content(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": data.json_payload, "headers": {"Content-Type": "application/json"}}
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
