"""Ends with 0 where the bot of this container answers at /healthz, with 1 and a line where it doesn't."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT = 4.0
"""Seconds; less than the engine's own limit, so that the reason is told."""


def main() -> int:
    """Ask the HTTP server of the bot, at the port that the bot reads from the same variables."""
    port = os.environ.get("BOT_PORT") or os.environ.get("PORT", "8080")
    host = os.environ.get("BOT_HOST", "")
    everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened at
    try:
        connection = HTTPConnection(everywhere.get(host, host), int(port), timeout=TIMEOUT)
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, ValueError, HTTPException) as error:
        sys.stderr.write(f"port {port}: {error}\n")
        return 1
    if status != 200:
        sys.stderr.write(f"/healthz says {status}\n")
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())
