"""A thinned knowledge is a part of the whole, as sparse as it promises, and always the same for a seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.questions import Topic
from bot.evaluation.thinning import FEWEST_PHRASINGS, still_answered, thinned
from bot.knowledge import Bilingual, Entry, Interview, Knowledge, NotCovered
from bot.knowledge.model import Phrasing, Section
from bot.knowledge.transcript import Transcript
from tests.builders import make_question

NAMES = st.text("abc", min_size=1, max_size=3)
BOTH = Bilingual("问", "asked")


def phrasings(count: int) -> tuple[Phrasing, ...]:
    return tuple(Phrasing(f"问{number}", "zh", "f", number) for number in range(count))


def entry(number: int, section: str, count: int, related: Iterable[int]) -> Entry:
    names = tuple(f"e{other}" for other in related)
    return Entry("talk", f"e{number}", section, False, BOTH, phrasings(count), (BOTH,), (), names, "f", number)


@st.composite
def interviews(draw: st.DrawFn) -> Knowledge:
    """Draw a knowledge of one interview, with entries of all sizes that name each other."""
    sizes = draw(st.lists(st.lists(st.integers(0, 30), max_size=5), max_size=4))
    count = sum(map(len, sizes))
    ids = st.sets(st.integers(0, max(count - 1, 0)), max_size=count)
    numbers = iter(range(count))
    sections = tuple(
        Section(f"s{at}", BOTH, tuple(entry(next(numbers), f"s{at}", size, draw(ids)) for size in section))
        for at, section in enumerate(sizes)
    )
    topics = tuple(
        NotCovered("talk", f"n{at}", BOTH, phrasings(size), tuple(f"e{other}" for other in draw(ids)), "f", at)
        for at, size in enumerate(draw(st.lists(st.integers(1, 30), max_size=6)))
    )
    interview = Interview("talk", BOTH, BOTH, "2026", sections, topics, Transcript("一\n"), (), 0)
    return Knowledge((interview,), (), "v")


@given(whole=interviews(), seed=st.text(max_size=4))
def test_a_thinned_knowledge_is_a_part_of_the_whole(whole: Knowledge, seed: str) -> None:
    (before,), (after,) = whole.interviews, thinned(whole, seed).interviews
    count = len(list(before.entries()))
    kept = {item.id for item in after.entries()}
    assert len(kept) == count - round(count / 3)
    assert all(section.entries for section in after.sections)
    originals = {item.id: item for item in before.entries()}
    most = {len(item.phrasings) for item in after.entries()}
    for item in after.entries():
        original = originals[item.id]
        assert replace(item, phrasings=(), related=()) == replace(original, phrasings=(), related=())
        assert is_part(item.phrasings, original.phrasings)
        assert len(item.phrasings) >= min(FEWEST_PHRASINGS, len(original.phrasings))
        assert len(item.phrasings) in {len(original.phrasings), max(most)}
        assert item.related == tuple(name for name in original.related if name in kept)
    assert is_part([topic.id for topic in after.not_covered], [topic.id for topic in before.not_covered])
    assert {name for topic in after.not_covered for name in topic.near} <= kept


@given(whole=interviews(), seed=st.text(max_size=4))
def test_the_same_seed_thins_in_the_same_way(whole: Knowledge, seed: str) -> None:
    assert thinned(whole, seed) == thinned(whole, seed)


def test_seeds_thin_from_next_to_nothing_to_nearly_all() -> None:
    sections = (Section("s", BOTH, tuple(entry(number, "s", 40, ()) for number in range(30))),)
    topics = tuple(NotCovered("talk", f"n{at}", BOTH, phrasings(40), (), "f", at) for at in range(20))
    interview = Interview("talk", BOTH, BOTH, "2026", sections, topics, Transcript("一\n"), (), 0)
    forms = [thinned(Knowledge((interview,), (), "v"), str(seed)).interviews[0] for seed in range(60)]
    sizes = [len(next(form.entries()).phrasings) for form in forms]
    assert min(sizes) <= 6
    assert max(sizes) >= 32
    counts = [len(form.not_covered) for form in forms]
    assert counts.count(0) >= 6
    assert max(counts) >= 17


def test_a_question_whose_entries_are_taken_out_is_not_answered_any_more() -> None:
    sections = (Section("s", BOTH, (entry(1, "s", 4, ()),)),)
    interview = Interview("talk", BOTH, BOTH, "2026", sections, (), Transcript("一\n"), (), 0)
    left = Knowledge((interview,), (), "v")
    asked = [
        make_question(Topic(entries=("e1", "gone")), kind="natural"),
        make_question(Topic(entries=("gone",)), kind="natural"),
        make_question(Topic(entries=("gone",)), Topic(entries=("e1",)), kind="multi"),
        make_question(kind="far"),
    ]
    assert [(question.kind, len(question.topics)) for question in still_answered(asked, left)] == [
        ("natural", 1),
        ("near", 0),
        ("multi", 1),
        ("far", 0),
    ]


def is_part(part: Iterable[object], whole: Iterable[object]) -> bool:
    """Tell whether `part` has some of the elements of `whole`, in the same order."""
    rest = iter(whole)
    return all(item in rest for item in part)
