"""An exception that no task awaits is logged in one line without its words; a lost connection isn't logged again."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from bot.telegram.lifecycle import log_unhandled


async def fail(error: Exception) -> None:
    """Raise an error in a task that nobody awaits, and wait until the event loop has noticed."""

    async def raises() -> None:
        raise error

    asyncio.get_running_loop().set_exception_handler(log_unhandled)
    task = asyncio.create_task(raises())
    await asyncio.wait([task])
    del task
    gc.collect()


async def test_a_defect_in_a_background_task_is_one_line_that_says_where(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    await fail(ValueError("words of a user"))

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("Defect: Task exception was never retrieved: ValueError at ")
    assert __file__ in record.getMessage()
    assert (record.exc_info, "words of a user" in caplog.text) == (None, False)


@pytest.mark.parametrize("error", [ConnectionResetError("lost"), TimeoutError()])
async def test_a_lost_connection_is_no_defect(caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    caplog.set_level(logging.INFO)

    await fail(error)

    assert caplog.records == []
