"""What a command is: a module of this package, read when it is called."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import Protocol, cast

from bot.configuration import Settings


class Command(Protocol):
    """The functions that a command's module has."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the command's own arguments."""

    def run(self, arguments: Namespace, settings: Settings) -> int:
        """Do the work; return the exit code."""


def load_command(module: str) -> Command:
    """Import a command's module; the libraries it needs are not read before."""
    return cast("Command", import_module(module))
