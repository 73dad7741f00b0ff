"""The pure parts: names, cutting, measuring, languages."""

from __future__ import annotations

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.answers.assistant import Assistant
from bot.answers.html import escape
from bot.storage.history import ID_BITS
from bot.telegram.access.incoming import interface_language
from bot.telegram.client import MAX_DELAY_SECONDS, Backoff, OutageLog, split_messages, utf16
from bot.telegram.client.message_split import cut, plain_text
from bot.telegram.ui.keyboards import MAX_LABEL_CHARACTERS, label
from bot.telegram.ui.short_ids import (
    MAX_SHORT_ID_CHARACTERS,
    decode_exchange_id,
    encode_exchange_id,
    find_entry,
    find_interview,
    find_section,
    short_id,
)
from tests.botapi.markup import parse, units

MARKUP = st.recursive(
    st.text(max_size=40).map(escape),
    lambda inner: st.one_of(
        st.builds("<b>{}</b>".format, inner),
        st.builds("<i>{}</i>".format, inner),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=8,
)


@given(st.integers(0, 2**ID_BITS - 1))
def test_the_id_of_an_exchange_is_read_as_it_was_written(exchange: int) -> None:
    assert decode_exchange_id(encode_exchange_id(exchange)) == exchange
    assert len(encode_exchange_id(exchange)) == 8


@pytest.mark.parametrize("written", ["", "short", "nine-chars", "eight+++", "八个字符的东西呀"])
def test_what_is_no_id_of_an_exchange_is_none(written: str) -> None:
    assert decode_exchange_id(written) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_fit_links_and_buttons(interview: str, entry: str) -> None:
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_SHORT_ID_CHARACTERS}}}", short_id(interview, entry))


def test_names_lead_back_to_what_they_name(assistant: Assistant) -> None:
    knowledge = assistant.knowledge
    for entry in knowledge.by_key.values():
        assert find_entry(knowledge, short_id(entry.interview, entry.id)) is entry
        assert find_entry(knowledge, entry.id) is entry
    for interview in knowledge.interviews:
        assert find_interview(knowledge, short_id(interview.id)) is interview
        for section in interview.sections:
            assert find_section(knowledge, short_id(interview.id, section.id)) == (interview, section)


@pytest.mark.parametrize("name", ["", "_", "gone", "energy-talk_gone", "gone_solar"])
def test_names_of_nothing_find_nothing(assistant: Assistant, name: str) -> None:
    assert find_entry(assistant.knowledge, name) is None
    assert find_interview(assistant.knowledge, name) is None
    assert find_section(assistant.knowledge, name) is None


@given(st.lists(MARKUP, max_size=6), st.integers(4, 60))
def test_cut_markup_parses_fits_and_keeps_every_word(paragraphs: list[str], longest: int) -> None:
    parts = split_messages(paragraphs, longest)

    shown = [parse(part)[0] for part in parts]
    assert all(units(text) <= longest for text in shown)
    whole = "".join(parse(paragraph)[0] for paragraph in paragraphs)
    assert "".join("".join(shown).split()) == "".join(whole.split())


def test_paragraphs_are_kept_whole_where_they_fit() -> None:
    assert split_messages(["a" * 6, "b" * 4, "c" * 9], 12) == ["a" * 6 + "\n\n" + "b" * 4, "c" * 9]


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    assert cut("一二三。四五六。七八九。", 9) == ["一二三。四五六。", "七八九。"]


def test_a_cut_quote_stays_a_quote_in_every_part() -> None:
    parts = cut(f"<blockquote expandable><b>head</b>\n{'词' * 30}</blockquote>", 20)

    assert all(part.startswith("<blockquote expandable>") and part.endswith("</blockquote>") for part in parts)


@given(MARKUP)
def test_plain_is_what_telegram_shows(markup: str) -> None:
    assert plain_text(markup) == parse(markup)[0]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(0, 20))
def test_lengths_are_those_of_utf16(text: str, most: int) -> None:
    assert utf16.length(text) == units(text)
    fits = utf16.fitting(text, most)
    assert units(text[:fits]) <= most
    assert fits == len(text) or units(text[: fits + 1]) > most


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans-TW", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("zh-hant", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_language_of_the_client_chooses_ours(tag: str | None, language: str) -> None:
    assert interface_language(tag) == language


@given(st.text())
def test_labels_are_one_short_line(text: str) -> None:
    cut_text = label(text)

    assert len(cut_text) <= MAX_LABEL_CHARACTERS
    assert "\n" not in cut_text


def test_an_outage_waits_ever_longer_and_starts_anew(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    backoff = Backoff(OutageLog(logging.getLogger("test")))
    waits = [backoff.record_failure(error("away"), "down") for error in (NetworkError, TimedOut) * 4]

    assert waits == [1, 2, 4, 8, 16, MAX_DELAY_SECONDS, MAX_DELAY_SECONDS, MAX_DELAY_SECONDS]
    assert backoff.record_failure(RetryAfter(45), "flood") == 45
    backoff.record_success()
    assert backoff.record_failure(NetworkError("away"), "down") == 1
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "down",
        "flood",
        "down",
    ]
