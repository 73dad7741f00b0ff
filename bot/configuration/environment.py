"""Environment variables: strips quotes and comments from values, and leaves out variables that orchestrators inject."""

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
"""Names and values of the variables that Kubernetes injects for a service, and docker for a link, named "bot…"."""
_LINKED = re.compile(r"BOT_(?:\d+_)?ENV_\w+")
"""The variables of a container that docker links, whatever their values."""


def is_injected(name: str, value: str) -> bool:
    """Return whether an orchestrator injected this variable for a service of the bot's name: by exact name and form."""
    return _LINKED.fullmatch(name) is not None or any(
        shape.fullmatch(name) and content.fullmatch(value) for shape, content in _SHAPES
    )


def clean_value(value: str) -> str:
    """Return a variable's value without the quotes and the comment that a shell would have removed.

    `docker run --env-file` passes both on unchanged, and systemd comments.
    """
    text = stripped(value)
    return unquoted(text) if _QUOTED.fullmatch(text) else stripped(_COMMENT.sub("", value))


def stripped(value: str) -> str:
    """Return a value without the spaces and invisible characters around it."""
    start = _SPACE.match(value)
    text = value[start.end() if start is not None else 0 :]
    return text.rstrip().rstrip(INVISIBLE).rstrip()


def unquoted(value: str) -> str:
    """Return a value without the quotes around it, of any kind, and without a comment after them."""
    found = _QUOTED.fullmatch(stripped(value))
    return stripped(found[2]) if found is not None else stripped(value)


def is_placeholder(value: str) -> bool:
    """Return whether a value is a reference to another variable, such as `${TOKEN}`, that nothing has replaced."""
    return _PLACEHOLDER.fullmatch(value) is not None


def clean_environment(environment: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the variables that are set, cleaned (see `clean_value`), and the names of the injected ones left out."""
    injected = tuple(sorted(name for name, value in environment.items() if is_injected(name, value)))
    # docker compose passes `- NAME = value` on with the space in the name
    values = {name.strip(): clean_value(value) for name, value in environment.items() if name not in injected}
    return {name: value for name, value in values.items() if value}, injected


def from_files(values: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the variables; those of `names` are read from the file that NAME_FILE names, as docker provides secrets.

    Raises SettingsError where there is no such file, or where both NAME and NAME_FILE are set.
    """
    read = dict(values)
    for name in names:
        path = read.pop(f"{name}_FILE", None)
        if path is None:
            continue
        if name in read:
            raise SettingsError(f"{name} and {name}_FILE are both set; take one away")
        try:
            content = clean_value(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            # the value isn't shown: it may be the secret itself, set in the wrong variable
            raise SettingsError(f"{name}_FILE leads to no file that can be read; write the path of one") from None
        if content:
            read[name] = content
    return read
