"""`run`: Telegram where there is a token, the terminal where there is none."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from bot import compose
from bot.cli.command import load_command
from bot.cli.terminal_locale import locale_language
from bot.configuration import Settings


def add_arguments(parser: ArgumentParser) -> None:
    """Define nothing: the settings say it all."""


def run(arguments: Namespace, settings: Settings) -> int:
    """Serve until stopped."""
    if settings.token is not None:
        return load_command("bot.cli.serve").run(arguments, settings)
    print(compose.texts(settings)(locale_language(os.environ), "cli.no_token"), file=sys.stderr)
    return load_command("bot.cli.chat").run(arguments, settings)
