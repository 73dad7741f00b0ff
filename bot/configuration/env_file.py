"""Reads `.env` in any editor's encoding, line ends and quotes; an error names the line that can't be understood."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.configuration.environment import INVISIBLE, QUOTES, stripped, unquoted
from bot.configuration.proxies import SHARED
from bot.errors import SettingsError

_LINE = re.compile(r"\r\n|\r|\n")
_ASSIGNMENT = re.compile(rf"[\s{INVISIBLE}]*(?:(?:export|set)\s+|\$env:)?([\w＿]+)\s*[=＝﹦](.*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_BEGINNING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASCII_QUOTES = "\"'"
_SAVE = "save it as UTF-8"


def read_env_file(path: Path, known: Collection[str]) -> Mapping[str, str]:
    """Return the variables of the file that have a value; none where there is no file. `known` are our own.

    Raises SettingsError, which names file and line and holds nothing of the line's value.
    """
    content = _content(path)
    text, doubtful = _decoded(content, path)
    bindings = list(parse_stream(io.StringIO("\n".join(map(_tidied, _LINE.split(text))))))
    for binding in bindings:
        _check(binding, path, known, doubtful=doubtful)
    read = "".join(binding.original.string for binding in bindings if not binding.error)
    values = dotenv_values(stream=io.StringIO(read))
    plain = {name: stripped(value) for name, value in values.items() if value is not None}
    return {name: value for name, value in plain.items() if value}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        _look_for_misnamed(path)
        return b""
    except OSError as error:
        if path.is_dir():
            raise SettingsError(
                f"{path} is a folder (docker makes one where a file that it mounts is missing); "
                "remove it and put the file there"
            ) from None
        raise SettingsError(f"{path} can't be read ({error.strerror}); check its permissions") from None


def _look_for_misnamed(path: Path) -> None:
    """Raise SettingsError where there is `.env.txt` instead, as Windows' Notepad names the file."""
    other = path.with_name(f"{path.name}.txt")
    if other.is_file():
        raise SettingsError(f"{other} isn't read; rename it to {path.name} (editors on Windows add .txt)")


def _decoded(content: bytes, path: Path) -> tuple[str, bool]:
    """Return the text of the file, and whether its encoding was guessed."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16"), False
        if b"\0" in content:
            return content.decode("utf-16-be" if content.startswith(b"\0") else "utf-16-le"), False
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        if b"\0" in content or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SettingsError(f"{path} can't be read: it is damaged or no text; {_SAVE}") from None
    return content.decode("gb18030", "replace"), True


def _tidied(line: str) -> str:
    """Return an assignment in the form that python-dotenv's parser understands; any other line unchanged."""
    if line.lstrip().startswith("＃"):
        return ""
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        return line
    name, value = unicodedata.normalize("NFKC", found[1]), stripped(found[2])
    if not _NAME.fullmatch(name):
        return line
    if value.startswith("#") and not found[2].startswith("#"):
        return f"{name}="
    if value[:1] not in _ASCII_QUOTES and value[:1] in QUOTES:
        inner = unquoted(value)
        if inner != value:
            value = "'" + inner.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"{name}={value}"


def _check(binding: Binding, path: Path, known: Collection[str], *, doubtful: bool) -> None:
    """Raise SettingsError for a line that may be meant for the bot and can't be understood."""
    text = binding.original.string
    content = text.lstrip()
    where = f"{path}:{binding.original.line + len(_LINE.findall(text[: len(text) - len(content)]))}"
    key = binding.key
    if key is None and not binding.error:
        return
    found = _BEGINNING.match(content.removeprefix("export "))
    name = found[0].upper() if found is not None else ""
    ours = name.startswith("BOT_") or name.lower() in SHARED
    shown = name if name in known else "NAME"  # an unknown name isn't shown: it could be a secret
    is_name = key is not None and _NAME.fullmatch(key) is not None
    if name and not ours and (is_name or binding.error):
        return  # another program's
    if binding.error or binding.value is None or not is_name:
        raise SettingsError(f"{where}: isn't {shown}=VALUE in one line, with quotes closed; write it so")
    if doubtful and not _is_common_chinese(binding.value):
        raise SettingsError(f"{where}: holds characters in an unknown encoding; {_SAVE}")


def _is_common_chinese(text: str) -> bool:
    """Return whether a text was likely written in GBK: other encodings, read as GBK, give rare characters."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
