"""The command line: finds the command, hands it the settings, and reports every failure in one line."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple, NoReturn, TextIO

from bot import log
from bot.cli.command import load_command
from bot.cli.gc_tuning import loading_without_gc
from bot.configuration import Settings, read_settings
from bot.errors import BotError, FileProblemsError, SettingsError, UsageError
from bot.storage.database_url import password_of
from bot.storage.pseudonyms import WEBHOOK_PURPOSE, derive_secret

PROGRAM = "python -m bot"
DESCRIPTION = "Answers questions about interviews from curated points and verified quotes, in Telegram and here."

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit codes; the last is a shell's for SIGINT."""

_SECRET_LENGTH = 6
"""Characters from which on a password is hidden wherever it appears; a shorter one may be part of any word."""

LOG = logging.getLogger(__name__)


class CommandInfo(NamedTuple):
    """A command as the help lists it."""

    module: str
    """Where it is; see `bot.cli.command`."""
    help: str
    """What it does, in a line."""


COMMANDS: Mapping[str, CommandInfo] = {
    "run": CommandInfo(
        "bot.cli.run", "serve Telegram where BOT_TOKEN is set, chat in the terminal otherwise (the default)"
    ),
    "chat": CommandInfo("bot.cli.chat", "chat in the terminal, whatever the settings"),
    "ask": CommandInfo("bot.cli.ask", "answer one question, or one a line from standard input"),
    "knowledge": CommandInfo("bot.cli.knowledge", "check, show or draft the curated knowledge"),
    "eval": CommandInfo("bot.cli.evaluate", "score the answers against question files"),
}

DEFAULT = "run"


class Parser(ArgumentParser):
    """Raises on wrong usage, so that it is reported like any other failure, instead of printing the usage."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def parser_for(command: str) -> ArgumentParser:
    """Make the parser; only the arguments of `command` are defined, as only its module is imported."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, listed in COMMANDS.items():
        description = f"{listed.help[0].upper()}{listed.help[1:]}."
        child = commands.add_parser(name, help=listed.help, description=description, allow_abbrev=False)
        if name == command:
            load_command(listed.module).add_arguments(child)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    if argv is None:
        # A program of its own ends at once, wherever it is; Python's exception can get lost in a destructor.
        # What has more to do at its end (the prompt, Telegram) installs its own handler meanwhile.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        _configure_encoding(stream)
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv) or [DEFAULT])
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 0  # whoever read has had enough, which is no failure
    except Exception as error:  # noqa: BLE001  # the edge: whatever it is, a person gets a line, no traceback
        code, lines = _failure_lines(error)
        for line in lines:
            print(log.without_secrets(" ".join(line.split())), file=sys.stderr)
    return code


def _failure_lines(error: Exception) -> tuple[int, Sequence[str]]:
    """Return the exit code for a failure, and what to print about it."""
    match error:
        case FileProblemsError():
            return FAILED, [str(problem) for problem in error.problems]
        case UsageError() | SettingsError():
            return MISUSED, [f"error: {error}"]
        case BotError():
            return FAILED, [f"error: {error}"]
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return FAILED, [f"error: {where}{error.strerror or error}"]
    LOG.debug("A defect", exc_info=error)
    hint = "a defect of the bot; BOT_LOG_LEVEL=DEBUG shows where"
    return FAILED, [f"error: {type(error).__name__}: {error} ({hint})"]


def _run(argv: list[str]) -> int:
    name = argv[0]
    if name not in COMMANDS and not name.startswith("-"):
        close = get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the commands are {', '.join(COMMANDS)}"
        raise UsageError(f"there is no command '{name}'; {hint}")
    with loading_without_gc():
        arguments = parser_for(name).parse_args(argv)
        settings = read_settings()
        _start_log(settings)
        command = load_command(COMMANDS[arguments.command or DEFAULT].module)
    return command.run(arguments, settings)


def _start_log(settings: Settings) -> None:
    secrets = set(settings.secrets())
    if settings.token is not None:
        secrets.add(derive_secret(settings.token, WEBHOOK_PURPOSE))
    password = settings.database_url and password_of(settings.database_url.get_secret_value())
    if password and len(password) >= _SECRET_LENGTH:
        secrets.add(password)
    log.set_up(settings.log_level, settings.log_format, secrets)
    if settings.injected:
        LOG.debug("Set by an orchestrator for a service of this name, and ignored: %s", ", ".join(settings.injected))


def _configure_encoding(stream: TextIO) -> None:
    """Write UTF-8 unless the terminal has another encoding that knows Chinese; never fail on a character."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    encoding = "utf-8"
    if stream.isatty() and stream.encoding:
        try:
            "中".encode(stream.encoding)
        except UnicodeEncodeError:
            pass
        else:
            encoding = stream.encoding
    stream.reconfigure(encoding=encoding, errors="replace")


def _drop_output() -> None:
    """Keep the interpreter from flushing into the closed pipe on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
