"""`.env` is read as people write it; what can't be understood is told by its line, and nothing of the line is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.configuration.env_file import read_env_file
from bot.errors import SettingsError

KNOWN = ("BOT_TOKEN", "BOT_DATA_DIR", "BOT_DATABASE_URL", "BOT_ADMIN_IDS")
SECRET = "hunter2"


def read(folder: Path, content: str | bytes) -> dict[str, str]:
    path = folder / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return dict(read_env_file(path, KNOWN))


@pytest.mark.parametrize(
    "line",
    [
        "BOT_DATA_DIR=x y",
        "BOT_DATA_DIR = x y",
        "  BOT_DATA_DIR=x y  ",
        "\u3000BOT_DATA_DIR\u3000=\u3000x y\u3000",
        "\u200bBOT_DATA_DIR=\u200bx y\ufeff",
        "export BOT_DATA_DIR=x y",
        "set BOT_DATA_DIR=x y",
        '$env:BOT_DATA_DIR = "x y"',
        "BOT_DATA_DIR＝x y",
        "ＢＯＴ＿ＤＡＴＡ＿ＤＩＲ＝x y",
        'BOT_DATA_DIR="x y"',
        "BOT_DATA_DIR='x y'",
        "BOT_DATA_DIR=“x y”",
        "BOT_DATA_DIR=”x y”  # both from the same key",
        "BOT_DATA_DIR=‘x y’",
        "BOT_DATA_DIR=「x y」",
        "BOT_DATA_DIR=x y # where it writes",
        'BOT_DATA_DIR="x y" # where it writes',
        "# a comment\n\n＃ another＝one\nBOT_DATA_DIR=x y",
        "BOT_DATA_DIR=first\nBOT_DATA_DIR=x y",
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_an_assignment_is_understood_however_it_is_written(tmp_path: Path, line: str, ends: str) -> None:
    text = f"{line}\nBOT_TOKEN=1:a\n".replace("\n", ends)

    assert read(tmp_path, text) == {"BOT_DATA_DIR": "x y", "BOT_TOKEN": "1:a"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"], ids=str
)
def test_the_encodings_of_editors_are_understood(tmp_path: Path, encoding: str) -> None:
    text = "# 数据放这里\r\nBOT_DATA_DIR=数据\r\nBOT_TOKEN=1:a\r\n"

    assert read(tmp_path, text.encode(encoding)) == {"BOT_DATA_DIR": "数据", "BOT_TOKEN": "1:a"}


@pytest.mark.parametrize("value", ["", " ", '""', "“”", "# none", "\u200b"])
def test_an_empty_value_counts_as_not_set(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, f"BOT_DATA_DIR= {value}\n") == {}


def test_no_file_is_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env", KNOWN) == {}


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("# x\n\n\nBOT_TOKEN: hunter2\n", 4, "isn't BOT_TOKEN=VALUE in one line"),
        ("BOT_TOKEN：hunter2", 1, "isn't BOT_TOKEN=VALUE"),
        ("BOT_TOKEN hunter2", 1, "isn't BOT_TOKEN=VALUE"),
        ("BOT_TOKEN\n", 1, "isn't BOT_TOKEN=VALUE"),
        ('BOT_ADMIN_IDS=1\nBOT_TOKEN="hunter2\nOTHER=1\n', 2, "with quotes closed"),
        ('BOT_DATABASE_URL="hunter2" hunter2', 1, "isn't BOT_DATABASE_URL=VALUE"),
        ("BOT_TOKEN=\n1234:hunter2\n", 2, "isn't NAME=VALUE"),
        ("hunter2!\n", 1, "isn't NAME=VALUE"),
        ("BOT_hunter2 x\n", 1, "isn't NAME=VALUE"),
        ("密码＝hunter2\n", 1, "isn't NAME=VALUE"),
        ('{"BOT_TOKEN"="hunter2"}\n', 1, "isn't NAME=VALUE"),
        ("- BOT_TOKEN=hunter2\n", 1, "NAME=VALUE"),
        ("BOT_TOKEN=1\nBOT_DATABASE_URL=café-hunter2\n".encode("latin-1"), 2, "save it as UTF-8"),
    ],
)
def test_a_line_that_cannot_be_understood_is_told_without_what_it_holds(
    tmp_path: Path, content: str | bytes, line: int, says: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)) as refused:
        read(tmp_path, content)

    assert str(refused.value).startswith(f"{tmp_path / '.env'}:{line}: ")
    assert SECRET not in str(refused.value)


def test_lines_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    others = 'COMPOSE_PROFILES\nalias ll="ls -l\nPOSTGRES_PASSWORD=密码\n'.encode("gbk")

    assert read(tmp_path, others + b"BOT_TOKEN=1:a\n")["BOT_TOKEN"] == "1:a"


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError, match=r"\.env is a folder \(docker makes one"):
        read_env_file(tmp_path / ".env", KNOWN)


def test_a_file_that_an_editor_has_named_otherwise_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env.txt").write_text("BOT_TOKEN=1:a\n")
    with pytest.raises(SettingsError, match=r"\.env\.txt isn't read; rename it to \.env"):
        read_env_file(tmp_path / ".env", KNOWN)
    assert read(tmp_path, "BOT_TOKEN=2:b\n") == {"BOT_TOKEN": "2:b"}


@pytest.mark.parametrize("content", [b"\xff\xfeB", b"\x00\xd8BO", b"\0\x01\x02"])
def test_what_is_no_text_is_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError, match=r"\.env"):
        read(tmp_path, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.text(alphabet="BOT_KEN＝=\"'“”#\n\r \\x${}：").map(str.encode))
def test_whatever_stands_in_the_file_is_read_or_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    told, values = "", {}
    try:
        values = read(tmp_path, content)
    except SettingsError as error:
        told = str(error)
    assert "\n" not in told
    assert all(values.values())
