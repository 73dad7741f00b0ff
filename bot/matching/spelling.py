"""Undoing wrong characters and typed pinyin: the likeliest words that sound like what was typed."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.han import HAN
from bot.matching.general_chinese import GeneralChinese
from bot.matching.lexicon import Lexicon
from bot.matching.pinyin import fuzzy, plain_syllables, segment, syllables
from bot.matching.results import Query
from bot.matching.token_table import TokenTable
from bot.matching.tokenise import Segmenter

_PIECE = re.compile(rf"[{HAN}]|[a-z0-9]+|[^\sa-z0-9{HAN}]+")
_HAN_WORD = re.compile(rf"[{HAN}]{{1,4}}")
_ALIAS_COUNT = 3
"""How often an alias of the lexicon counts as having been seen."""
_LONGEST = 4
_CHANGE = 6.0
"""Price of one changed character, in nats: a typed character is right unless the words say otherwise."""
_SLUR = 1.5
"""Price of a typed syllable that only sounds alike (zh for z, ang for an), in nats."""
_FLOOR = -17.0
"""Log-probability of a character that no word list contains."""
_SURELY_PINYIN = 0.8
"""Share of a message's Latin letters that must read as pinyin before it is taken as such."""
_FEWEST_SYLLABLES = 2
"""One syllable by itself says nothing."""
_SHORTEST_MISSPELT = 4
_LONG_LATIN = 8
"""Letters from which two slips are forgiven; shorter words have too many neighbours."""
_SURE_WORD = 3
"""Characters of a known word from which even an English word inside it is taken as pinyin (基础she施)."""
_BESIDE_HAN = re.compile(rf" +(?=[{HAN}])|(?<=[{HAN}]) +")


@dataclass(frozen=True, slots=True)
class _Unit:
    """One syllable of the message."""

    sound: str
    """Fuzzy syllable."""
    typed: str
    """The character that was typed, or "" for pinyin."""
    spelt: str = ""
    """The syllable as spelt, for pinyin."""


@dataclass(frozen=True)
class SpellingCorrector:
    """A noisy-channel speller (Kernighan, Church and Gale 1990) over syllables; immutable."""

    general: GeneralChinese
    """Words of general Chinese."""
    domain: Mapping[str, int]
    """Words of the knowledge, Chinese and Latin, and how often they occur."""
    names: frozenset[str]
    """Latin words that are never pinyin nor misspelt."""
    common: Container[str]
    """Common English words, which were meant as they were typed."""

    @cached_property
    def _priors(self) -> dict[str, float]:
        """Log-probability of every word that may be written: half general Chinese, half the knowledge."""
        general, chinese = self.general, self._chinese_domain
        everyday = {word: common.frequency for word, common in general.everyday.items()}
        all_domain = sum(chinese.values()) or 1
        return {
            word: math.log(0.5 * everyday.get(word, 0) / general.total + 0.5 * chinese.get(word, 0) / all_domain)
            for word in chinese.keys() | everyday.keys()
        }

    @cached_property
    def _chinese_domain(self) -> dict[str, int]:
        return {word: count for word, count in self.domain.items() if _HAN_WORD.fullmatch(word)}

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[tuple[str, float]]]:
        by_sound: defaultdict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
        for word, prior in sorted(self._priors.items()):
            everyday = self.general.everyday.get(word)
            by_sound[everyday.syllables if everyday is not None else syllables(word)].append((word, prior))
        return dict(by_sound)

    @cached_property
    def _latin(self) -> tuple[str, ...]:
        return tuple(sorted(word for word in self.domain if word.isascii() and len(word) >= _SHORTEST_MISSPELT))

    def __call__(self, text: str) -> str:
        """Return normalised `text` with likelier words of the same sound; the same text where nothing is likelier.

        A single word of general Chinese was meant as it was typed: nothing beside it says otherwise.
        """
        if self.general.frequency(text):
            return text
        pieces = _PIECE.findall(text)
        read = self._readings([piece for piece in pieces if piece.isascii()])
        pieces = pieces if read else self._converted(pieces)
        out: list[str] = []
        run: list[_Unit] = []
        for piece in pieces:
            if not piece.isascii():
                run.append(_Unit(syllables(piece)[0], piece))
                continue
            for part in read.get(piece, (piece,)):
                if piece in read and part not in self.names:
                    run.append(_Unit(fuzzy(part), "", part))
                else:
                    out.append(self._chinese(run)[1])
                    run = []
                    out.append(f" {self._spelt(part)} ")
        out.append(self._chinese(run)[1])
        return _BESIDE_HAN.sub("", " ".join("".join(out).split()))

    def _converted(self, pieces: Sequence[str]) -> list[str]:
        """Convert the pinyin that an input method left inside a word of the knowledge (图ling测试)."""
        done: list[str] = []
        for at, piece in enumerate(pieces):
            left_alone = not piece.isascii() or piece in self.names or piece.isdigit()
            done.extend([piece] if left_alone else self._inside_word(pieces, at) or [piece])
        return done

    def _inside_word(self, pieces: Sequence[str], at: int) -> str:
        """Return the characters for a Latin piece that make a known word with the ones next to it, or ""."""
        shortest = _SURE_WORD if self._is_meant(pieces[at]) else _FEWEST_SYLLABLES
        candidates: list[tuple[float, str]] = []
        for cut in segment(pieces[at], ()):
            sounds = tuple(map(fuzzy, cut))
            for before, behind in _neighbours(pieces, at, _LONGEST - len(cut)):
                for word, prior in self._by_sound.get((*syllables(before), *sounds, *syllables(behind)), ()):
                    fits = word.startswith(before) and word.endswith(behind) and word in self._chinese_domain
                    if fits and len(word) >= shortest:
                        candidates.append((prior, word[len(before) : len(word) - len(behind)]))
        return max(candidates, default=(0.0, ""))[1]

    def _readings(self, latin: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Map Latin words to their syllables, where the message is written in pinyin."""
        unsure = [word for word in latin if word not in self.names and not word.isdigit()]
        cut = {word: cuts for word in unsure if (cuts := segment(word, self.names))}
        letters = sum(map(len, unsure))
        if not letters or sum(len(word) for word in unsure if word in cut) < _SURELY_PINYIN * letters:
            return {}
        syllable_count = sum(len(cut[word][0]) for word in unsure if word in cut)
        if syllable_count < _FEWEST_SYLLABLES or all(map(self._is_meant, unsure)):
            return {}
        return {word: max(cuts, key=self._likelihood) for word, cuts in cut.items()}

    def _likelihood(self, cut: tuple[str, ...]) -> float:
        """Return how likely the best words for a cut of a pinyin word are, as log-probability."""
        return self._chinese([_Unit(fuzzy(part), "", part) for part in cut])[0]

    def _spelt(self, word: str) -> str:
        """Return the known Latin word that a misspelt one means (optimal string alignment distance)."""
        if len(word) < _SHORTEST_MISSPELT or word.isdigit() or self._is_meant(word):
            return word
        allowed = 1 if len(word) < _LONG_LATIN else 2
        best = process.extractOne(word, self._latin, scorer=OSA.distance, score_cutoff=allowed)
        return best[0] if best is not None else word

    def _is_meant(self, word: str) -> bool:
        """Return whether a Latin word is one that people write, so that nothing else is looked for after it."""
        return word in self.domain or word in self.names or word in self.common

    def _chinese(self, units: Sequence[_Unit]) -> tuple[float, str]:
        """Return the likeliest words for a run of syllables (Viterbi), with their log-probability."""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(units) + 1):
            best.append(max(self._endings(units, best, end)))
        return best[-1]

    def _endings(self, units: Sequence[_Unit], best: list[tuple[float, str]], end: int) -> Iterator[tuple[float, str]]:
        for start in range(max(0, end - _LONGEST), end):
            stretch = units[start:end]
            before, text = best[start]
            typed = "".join(unit.typed for unit in stretch)
            if len(typed) == len(stretch):
                prior = self._prior(typed)
                if prior is not None or len(typed) == 1:
                    yield before + (_FLOOR if prior is None else prior), text + typed
                if len(typed) == 1:  # it isn't replaced by another one that sounds alike
                    continue
            elif len(stretch) == 1:
                yield before + 2 * _FLOOR, f"{text} {stretch[0].spelt} "
            for word, prior in self._by_sound.get(tuple(unit.sound for unit in stretch), ()):
                yield before + prior - _price(stretch, word), text + word

    def _prior(self, word: str) -> float | None:
        """Return the log-probability of a word that was typed, however rare; None where no list contains it."""
        if (prior := self._priors.get(word)) is not None:
            return prior
        count = self.general.frequency(word)
        return math.log(0.5 * count / self.general.total) if count else None


def _neighbours(pieces: Sequence[str], at: int, most: int) -> Iterator[tuple[str, str]]:
    """Yield what is before and after a piece: 1 to `most` Chinese characters together."""
    for count in range(1, most + 1):
        for left in range(min(count, at) + 1):
            before, behind = pieces[at - left : at], pieces[at + 1 : at + 1 + count - left]
            if len(before) + len(behind) == count and all(map(_HAN_WORD.fullmatch, (*before, *behind))):
                yield "".join(before), "".join(behind)


def words_of(query: Query, segmenter: Segmenter) -> Iterator[str]:
    """Yield the words of a text of the knowledge, towards which others are corrected."""
    cut = query.words if query.canonical == query.text else segmenter.words(query.text)
    yield from (word for word in cut if not word.isascii())
    yield from (word for word in query.text.split() if word.isascii())


def domain_words(words: TokenTable, lexicon: Lexicon) -> Counter[str]:
    """Count the words of the knowledge, and the lexicon's."""
    occurrences = np.bincount(words.flat, minlength=len(words.names))
    counts = Counter(dict(zip(words.names, occurrences.tolist(), strict=True)))
    for alias in lexicon.canonical_of:
        counts[alias] += _ALIAS_COUNT
    return counts


def _price(stretch: Sequence[_Unit], word: str) -> float:
    """Return what it costs to read a stretch as `word`."""
    changed = sum(bool(unit.typed) and unit.typed != written for unit, written in zip(stretch, word, strict=True))
    if all(unit.typed for unit in stretch):
        return _CHANGE * changed
    slurred = sum(
        not unit.typed and unit.spelt != spelt for unit, spelt in zip(stretch, plain_syllables(word), strict=True)
    )
    return _CHANGE * changed + _SLUR * slurred
