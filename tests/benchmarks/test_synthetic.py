from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from bot.knowledge.model import Bilingual, Entry, Interview, Knowledge, NotCovered, Phrasing, Section
from bot.knowledge.transcript import Transcript
from tests.benchmarks.synthetic import Source, altered, items, multiplied, source

GENERAL = {"核能": 900, "便宜": 5000, "茶叶": 300, "水壶": 200, "河流": 100, "贵": 9000, "山谷": 40}


def words(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def phrasings(*texts: str) -> tuple[Phrasing, ...]:
    return tuple(Phrasing(text, "en" if text.isascii() else "zh", "", 1) for text in texts)


@pytest.fixture
def small() -> Knowledge:
    text = Bilingual("核能便宜", "nuclear power is cheap")
    asked = phrasings("核能贵吗", "核能便宜不便", "is nuclear cheap", "cost of nuclear power")
    entry = Entry("talk", "nuclear", "energy", False, text, asked, (text,), (), (), "01.yaml", 1)
    topic = NotCovered("talk", "coal", text, phrasings("煤炭价格", "coal price"), (), "02.yaml", 1)
    section = Section("energy", text, (entry,))
    interview = Interview("talk", text, text, "2025", (section,), (topic,), Transcript(""), (), 0)
    return Knowledge((interview,), (), "0")


@pytest.fixture
def origin(small: Knowledge) -> Source:
    return source(small, words, GENERAL.items())


def texts(knowledge: Knowledge) -> list[str]:
    return [
        phrasing.text for interview in knowledge.interviews for item in items(interview) for phrasing in item.asked_as()
    ]


def distinct_words(knowledge: Knowledge, origin: Source) -> int:
    return len({piece for text in texts(knowledge) for piece in origin.pieces(text)})


@pytest.mark.parametrize("size", [9, 16, 17, 50, 200])
def test_there_are_as_many_phrasings_as_asked_for(small: Knowledge, origin: Source, size: int) -> None:
    # an entry has at least its two canonical questions: one phrasing may be missing where they don't fit
    assert size - 1 <= len(texts(multiplied(small, size, origin))) <= size


def test_the_shipped_interviews_stay_as_they_are(small: Knowledge, origin: Source) -> None:
    assert multiplied(small, 100, origin).interviews[0] is small.interviews[0]
    assert multiplied(small, 1, origin).interviews == small.interviews


def test_a_seed_gives_the_same_knowledge_every_time(small: Knowledge) -> None:
    first, second = (multiplied(small, 300, source(small, words, GENERAL.items()), seed=7) for _ in range(2))
    assert first == second


def test_another_seed_gives_another_knowledge(small: Knowledge, origin: Source) -> None:
    assert multiplied(small, 300, origin, seed=7) != multiplied(small, 300, origin, seed=8)


def test_a_smaller_knowledge_is_the_beginning_of_a_larger_one(small: Knowledge, origin: Source) -> None:
    assert texts(multiplied(small, 200, origin))[:100] == texts(multiplied(small, 400, origin))[:100]


def test_ids_are_unique(small: Knowledge, origin: Source) -> None:
    knowledge = multiplied(small, 300, origin)
    keys = [item.key for one in knowledge.interviews for item in items(one)]
    assert len(set(keys)) == len(keys)


def test_the_vocabulary_goes_on_growing_but_ever_more_slowly(small: Knowledge, origin: Source) -> None:
    sizes = [distinct_words(multiplied(small, many, origin), origin) for many in (100, 200, 400, 800)]
    assert all(one < other for one, other in pairwise(sizes))
    assert sizes[3] < 8 * sizes[0]


def test_words_of_every_topic_stay(small: Knowledge, origin: Source) -> None:
    assert not origin.common
    shared = Source(words, frozenset({"核能"}), origin.general, origin.cumulative, origin.characters)
    asked = [text for text in texts(multiplied(small, 80, shared)) if text.startswith("核能")]
    assert len(asked) >= 20


@pytest.mark.parametrize("make", [lambda text: text, str.upper], ids=["as it is", "capitals"])
def test_pieces_hold_every_letter_once(origin: Source, make: Callable[[str], str]) -> None:
    assert "".join(origin.pieces(make("核能贵吗? is it cheap"))) == "核能贵吗isitcheap"


def test_altered_questions_are_repeatable_and_new(small: Knowledge, origin: Source) -> None:
    asked = texts(small)
    made = altered(asked, origin, 50)
    assert made == altered(asked, origin, 50)
    assert len(made) == 50
    assert any(text not in asked for text in made)
    assert all(text.strip() for text in made)
