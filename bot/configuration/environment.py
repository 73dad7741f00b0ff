"""Variables as operators and hosts really set them: quotes, comments, and what isn't meant for the bot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import SettingsError

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters without width, which come along when a value is copied from a page."""
QUOTES = "\"'`“”„‟‘’‚＂＇「」『』«»"  # those that input methods and word processors write, too
_SPACE = re.compile(rf"[\s{INVISIBLE}]*")
_QUOTED = re.compile(rf"([{QUOTES}])(.*)[{QUOTES}](?:\s*#.*)?", re.DOTALL)
_COMMENT = re.compile(r"\s+#.*", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\w+|\$\{[^}]*\}|\$\([^)]*\)|\$?\{\{.*\}\}|%\w+%")
_ADDRESS = r"\d+_(?:TCP|UDP|SCTP)"
_RANGE = "(?:_START|_END)?"
_SHAPES = tuple(
    (re.compile(rf"BOT_(?:[A-Z0-9_]+_)?{name}"), re.compile(value, re.IGNORECASE))
    for name, value in {
        rf"(?:SERVICE_HOST|PORT_{_ADDRESS}_ADDR)": r"None|\d+(?:\.\d+){3}|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?",
        rf"(?:SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_{_ADDRESS}_PORT{_RANGE})": r"\d{1,5}",
        rf"PORT_{_ADDRESS}_PROTO": "tcp|udp|sctp",
        rf"PORT(?:_{_ADDRESS}{_RANGE})?": r"(?:tcp|udp|sctp)://\S+:\d{1,5}",
        "NAME": r"/[^/\s]+/[^/\s]+",
    }.items()
)
"""Names and values of what Kubernetes sets for a service, and docker for a link, whose name is "bot" or begins so."""
_LINKED = re.compile(r"BOT_(?:\d+_)?ENV_\w+")
"""The variables of a container that docker links, whatever their values."""


def is_injected(name: str, value: str) -> bool:
    """Tell whether an orchestrator sets this variable for a service that is called like us: by exact name and shape."""
    return _LINKED.fullmatch(name) is not None or any(
        shape.fullmatch(name) and content.fullmatch(value) for shape, content in _SHAPES
    )


def plain(value: str) -> str:
    """Return a variable's value without what a shell would have taken away.

    `docker run --env-file` hands quotes and comments on as they stand, systemd comments.
    """
    text = stripped(value)
    return unquoted(text) if _QUOTED.fullmatch(text) else stripped(_COMMENT.sub("", value))


def stripped(value: str) -> str:
    """Return a value without the spaces around it, of any width."""
    start = _SPACE.match(value)
    text = value[start.end() if start is not None else 0 :]
    return text.rstrip().rstrip(INVISIBLE).rstrip()


def unquoted(value: str) -> str:
    """Return a value without the quotes around it, of any kind, and a comment behind them."""
    found = _QUOTED.fullmatch(stripped(value))
    return stripped(found[2]) if found is not None else stripped(value)


def is_placeholder(value: str) -> bool:
    """Tell whether a value is the name of another variable, which something should have replaced."""
    return _PLACEHOLDER.fullmatch(value) is not None


def of_environment(environment: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the variables that are set, plain, and the names of those that were injected and don't count."""
    injected = tuple(sorted(name for name, value in environment.items() if is_injected(name, value)))
    # compose hands `- NAME = value` on with the space in the name
    values = {name.strip(): plain(value) for name, value in environment.items() if name not in injected}
    return {name: value for name, value in values.items() if value}, injected


def from_files(values: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the variables, those of `names` read from the file that NAME_FILE leads to, as docker hands out secrets.

    Raises SettingsError where there is no such file, or both are set.
    """
    read = dict(values)
    for name in names:
        path = read.pop(f"{name}_FILE", None)
        if path is None:
            continue
        if name in read:
            raise SettingsError(f"{name} and {name}_FILE are both set; take one away")
        try:
            content = plain(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            # the value isn't shown: it may be the secret itself, set in the wrong variable
            raise SettingsError(f"{name}_FILE leads to no file that can be read; write the path of one") from None
        if content:
            read[name] = content
    return read
