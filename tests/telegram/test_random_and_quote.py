"""/random and /quote."""

from __future__ import annotations

import pytest

from bot.answers.assistant import Assistant
from bot.matching.matcher import Matcher
from bot.telegram.ui.popular import MAX_SAYING_CHARACTERS, popular, sayings
from bot.text import Texts
from tests.botapi import ADA, BotApi

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bot")]


async def test_random_offers_a_question_that_opens(api: BotApi, texts: Texts) -> None:
    offer = await api.answer(ADA, "/random")

    (question,) = offer.labels
    assert offer.text == texts("zh", "chance.question", question=question)
    assert await api.tapped(ADA, offer, question) == ""
    assert (await api.sent(2))[1].text.startswith(f"❓ {question}")


async def test_a_quote_is_verbatim_with_speaker_and_lines_and_leads_to_its_entry(
    api: BotApi, assistant: Assistant, texts: Texts
) -> None:
    sent = await api.answer(ADA, "/quote")

    by_text = {
        f"{quote.text}\n— 大飞转述 · {lines(quote.span.first, quote.span.last, texts)}": entry
        for entry, quote in sayings(assistant.knowledge)
    }
    entry = by_text[sent.text]
    assert [entity["type"] for entity in sent.entities] == ["blockquote"]
    assert sent.labels == [entry.question.zh]


def lines(first: int, last: int, texts: Texts) -> str:
    if first == last:
        return texts("zh", "answer.quote_line", first=first)
    return texts("zh", "answer.quote_lines", first=first, last=last)


def test_the_shipped_sayings_are_short_and_enough_to_choose_from(shipped: Matcher) -> None:
    chosen = sayings(shipped.knowledge)

    assert len(chosen) >= 10
    assert all(len(quote.text) <= MAX_SAYING_CHARACTERS for _, quote in chosen)
    assert {quote.speaker.id for _, quote in chosen} > {"altman"}


def test_the_shipped_popular_questions_fill_a_list(shipped: Matcher) -> None:
    assert 5 <= len(popular(shipped.knowledge)) <= 50
