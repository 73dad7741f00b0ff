"""Callback data: what buttons carry, today and in the messages that chats hold already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import InlineKeyboardButtonLimit

from bot.storage.history import ID_BITS
from bot.telegram.answering.answer_keyboards import Answer, Delete, Excerpt, Quotes, Vote
from bot.telegram.browsing.topics import Entries, Interviews, Read, Sections
from bot.telegram.callbacks import CALLBACKS, FEATURES
from bot.telegram.curation.gap_pages import Decide, Gaps
from bot.telegram.settings.group_settings import Setting
from bot.telegram.settings.personal_language import ChooseLanguage
from bot.telegram.ui.callback_data import Button, ExchangeId, ShortId, decode_button, encode_button, field_formats
from bot.telegram.ui.short_ids import encode_exchange_id, short_id

EXCHANGE = "ABy-mRoU"
SOLAR = "energy-talk_solar"
IN_CHATS: dict[str, Button] = {
    f"as:{SOLAR}": Answer("zh", SOLAR),
    f"at:{SOLAR}:{EXCHANGE}": Answer("zh-Hant", SOLAR, EXCHANGE),
    f"ce:{SOLAR}": Excerpt("en", SOLAR),
    "de:815": Delete("en", 815),
    "de:-1001234567890": Delete("en", -1001234567890),
    f"vs:u:{EXCHANGE}": Vote("zh", "up", EXCHANGE),
    f"vs:n:{EXCHANGE}": Vote("zh", "down", EXCHANGE),
    f"vs:w:{EXCHANGE}": Vote("zh", "wrong", EXCHANGE),
    f"qs:{EXCHANGE}": Quotes("zh", EXCHANGE),
    "is:0": Interviews("zh", 0),
    "ss:energy-talk:1": Sections("zh", "energy-talk", 1),
    "es:energy-talk_energy:2": Entries("zh", "energy-talk_energy", 2),
    f"re:{SOLAR}:12": Read("en", SOLAR, 12),
    "ls:-": ChooseLanguage("zh", None),
    "ls:t": ChooseLanguage("zh", "zh-Hant"),
    "oe:l:zh-Hant": Setting("en", "language", "zh-Hant"),
    "oe:l:-": Setting("en", "language", "-"),
    "oe:q:1": Setting("en", "quiet", "1"),
    "oe:t:77": Setting("en", "topic", "77"),
    "ge:3": Gaps("en", 3),
    f"hs:b:{EXCHANGE}:{SOLAR}": Decide("zh", "assign", EXCHANGE, SOLAR),
    f"hs:y:{EXCHANGE}": Decide("zh", "approve", EXCHANGE),
    f"hs:u:{EXCHANGE}": Decide("zh", "undo", EXCHANGE),
    f"hs:i:{EXCHANGE}": Decide("zh", "ignore", EXCHANGE),
    f"hs:l:{EXCHANGE}": Decide("zh", "later", EXCHANGE),
}
"""What the buttons of messages in chats carry, and what it means."""


def values_of(kind: type[Button]) -> st.SearchStrategy[Button]:
    """Generate buttons of a kind: any value that the format of each field admits."""
    values = {
        field.name: st.from_regex(form.pattern, fullmatch=True).map(form.read)
        | (st.just("") if field.default == "" else st.nothing())
        for field, form in field_formats(kind)  # type: ignore[arg-type]  # classes are hashable
    }
    return st.builds(kind, **values)


@given(st.sampled_from(list(CALLBACKS)).flatmap(values_of))
def test_any_button_is_read_as_it_was_written_and_fits(button: Button) -> None:
    written = encode_button(button)

    assert decode_button(written, CALLBACKS) == button
    assert 1 <= len(written.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA


@pytest.mark.parametrize("written", IN_CHATS)
def test_buttons_of_old_messages_mean_what_they_meant(written: str) -> None:
    assert decode_button(written, CALLBACKS) == IN_CHATS[written]
    assert encode_button(IN_CHATS[written]) == written


def test_every_kind_of_button_has_a_sample_from_old_messages() -> None:
    assert {type(button) for button in IN_CHATS.values()} == set(CALLBACKS)


def test_every_kind_of_button_has_a_letter_and_a_handler_of_its_own() -> None:
    assert len({kind.code for kind in CALLBACKS}) == len(CALLBACKS) == sum(map(len, FEATURES))
    assert all(len(kind.code) == 1 for kind in CALLBACKS)


@given(st.text())
def test_foreign_callback_data_is_no_button_or_a_well_formed_one(written: str) -> None:
    button = decode_button(written, CALLBACKS)

    assert button is None or decode_button(encode_button(button), CALLBACKS) == button


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "as",
        "as:",
        f"zs:{SOLAR}",
        f"ax:{SOLAR}",
        f"as:{SOLAR}:short",
        f"as:{SOLAR}:{EXCHANGE}:more",
        f"as:{'x' * 49}",
        "as:没有",
        "is:-1",
        "is:٣",
        "is:0\n",
        "de:all",
        f"vs:x:{EXCHANGE}",
        "ls:x",
        "oe:x:1",
        f"hs:b:{EXCHANGE}:",
    ],
)
def test_damaged_callback_data_is_no_button(written: str) -> None:
    assert decode_button(written, CALLBACKS) is None


def test_only_the_kinds_that_are_asked_for_are_read() -> None:
    assert decode_button(f"cs:{SOLAR}", (Excerpt,)) == Excerpt("zh", SOLAR)
    assert decode_button(f"as:{SOLAR}", (Excerpt,)) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=2), st.integers(0, 2**ID_BITS - 1))
def test_short_ids_are_what_their_fields_hold(ids: list[str], exchange: int) -> None:
    named: tuple[ShortId, ExchangeId] = (short_id(*ids), encode_exchange_id(exchange))

    assert decode_button(encode_button(Answer("zh", *named)), CALLBACKS) == Answer("zh", *named)
