"""Phrasings written into the files: lines are added, and every other byte stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.knowledge.export import with_phrasings_written
from bot.knowledge.learned import Learned
from tests.builders import SHIPPED

SECTION = """\
# A comment at the top.
section: part   # and one behind
title: {zh: 部分, en: Part}

entries:
  - id: one
    question: {zh: "一？", en: 'One?'}
    phrasings:
      zh:
        - 甲   # the first
        - "乙: 丙"
        # before the last
        - |-
          丁
      en:
        - first  # last, too

    points:
      - zh: 点
        en: point
  - id: two
    phrasings:
      zh: [戊,   "己"]   # in a row
      en: [second]
    related: [one]
"""


def added_lines(before: str, after: str) -> list[str]:
    """Return the lines that were added, where all the others are as they were."""
    old = before.splitlines(keepends=True)
    added = []
    for line in after.splitlines(keepends=True):
        if old and line == old[0]:
            old.pop(0)
        else:
            added.append(line)
    assert old == []
    return added


def phrasings(text: str, entry: str) -> dict[str, list[str]]:
    (found,) = [item for item in yaml.safe_load(text)["entries"] if item["id"] == entry]
    return dict(found["phrasings"])


def test_a_phrasing_goes_to_the_end_of_its_list_and_nothing_else_changes() -> None:
    learned = [Learned("talk/one", "怎么说"), Learned("talk/one", "how so"), Learned("talk/one", "再来")]

    after = with_phrasings_written(SECTION, learned)

    assert added_lines(SECTION, after) == ["        - 怎么说\n", "        - 再来\n", "        - how so\n"]
    assert phrasings(after, "one") == {"zh": ["甲", "乙: 丙", "丁", "怎么说", "再来"], "en": ["first", "how so"]}


def test_a_list_in_a_row_stays_in_a_row() -> None:
    after = with_phrasings_written(SECTION, [Learned("talk/two", "庚, 辛"), Learned("talk/two", "壬")])

    assert '      zh: [戊,   "己", "庚, 辛", 壬]   # in a row\n' in after
    assert after.replace(', "庚, 辛", 壬', "") == SECTION


def test_a_file_without_a_last_line_end_gets_none_but_before_the_phrasing() -> None:
    text = "entries:\n- id: one\n  phrasings:\n    en: [a]\n    zh:\n    - 甲"

    assert with_phrasings_written(text, [Learned("talk/one", "乙")]) == f"{text}\n    - 乙"


@pytest.mark.parametrize("entry", ["talk/three", "talk/"])
def test_an_entry_that_is_not_there_is_told(entry: str) -> None:
    with pytest.raises(BotError, match="no list of phrasings"):
        with_phrasings_written(SECTION, [Learned(entry, "怎么说")])


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)


@given(TEXTS.map(str.strip).filter(bool))
def test_any_wording_is_read_as_it_was_typed(text: str) -> None:
    one = Learned("talk/one", text)

    after = with_phrasings_written(SECTION, [one])
    in_a_row = with_phrasings_written(SECTION, [Learned("talk/two", text)])

    assert phrasings(after, "one")[one.language][-1] == text
    assert phrasings(in_a_row, "two")[one.language][-1] == text
    assert len(added_lines(SECTION, after)) == 1


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/[0-9]*.yaml")), ids=lambda path: path.name)
def test_the_shipped_files_keep_every_line(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    ids = [entry["id"] for entry in yaml.safe_load(before)["entries"]]
    learned = [Learned(f"talk/{name}", text) for name in ids for text in ("新的问法: 一", "a new wording # 1")]

    after = with_phrasings_written(before, learned)

    assert len(added_lines(before, after)) == len(learned)
    for name in ids:
        assert phrasings(after, name)["zh"][-1] == "新的问法: 一"
        assert phrasings(after, name)["en"][-1] == "a new wording # 1"
