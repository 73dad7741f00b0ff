"""Files whose entries still contain their phrasings, taken apart into today's two; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.errors import KnowledgeError, Problem
from bot.knowledge.item_phrasings import OLD_KEY
from bot.knowledge.phrasings_file import as_line, parse_phrasings, with_lines
from bot.knowledge.yaml_file import LOADER, parse_yaml

_LANGUAGES = ("zh", "en")
"""Keys of the old lists, in the order in which they were read."""
_COMMENT = re.compile(r"(?<!\S)#[^\n]*")
_HEADER_COMMENT = re.compile(r"[|>][^\n#]*\s(#[^\n]*)")


@dataclass(frozen=True, slots=True)
class SplitFile:
    """What an old file becomes."""

    yaml: str
    """Text of the YAML file, without the phrasings."""
    phrasings: str
    """Text of the file of phrasings."""
    moved: int
    """How many phrasings went from the one to the other."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A stretch of the old text that goes out, and the lines that it becomes."""

    start: int
    end: int
    id: str
    phrasings: Sequence[str]
    lines: Sequence[str]


def split_file(text: str, items: str, phrasings: str, name: str) -> SplitFile | None:
    """Move the phrasings of the list `items` out of a YAML text; return None where there are none.

    They go after what `phrasings`, the text of the other file, has already. Comments within the phrasings go along,
    and everything else stays as it is. `name` is the file, as shown in problems. Raises KnowledgeError where the text
    isn't valid.
    """
    before = parse_yaml(text, name).data
    cuts = list(_cuts(text, items, name))
    if not cuts:
        return None
    rest = text
    for cut in reversed(cuts):
        rest = rest[: cut.start] + rest[cut.end :]
    for cut in cuts:
        there = _lines_below(phrasings, cut.id)
        phrasings = with_lines(phrasings, cut.id, [line for line in cut.lines if line not in there])
    _verify(before, rest, items, phrasings, cuts, name)
    return SplitFile(rest, phrasings, sum(len(cut.phrasings) for cut in cuts))


def _cuts(text: str, items: str, name: str) -> Iterator[_Cut]:
    root = yaml.compose(text, Loader=LOADER)
    scalars = list(_scalars(root))
    for entry in _sequence(_child(root, items)):
        at = next((place for place, (key, _) in enumerate(_pairs(entry)) if key.value == OLD_KEY), None)
        if at is None:
            continue
        key, value = _pairs(entry)[at]
        identifier = _child(entry, "id")
        lists = [(language, _sequence(listed)) for language, listed in _pairs(value)]
        texts = [node for _, listed in lists for node in listed]
        are_valid = all(language.value in _LANGUAGES and listed for language, listed in lists)
        if not (lists and are_valid and isinstance(identifier, yaml.ScalarNode) and all(map(_is_scalar, texts))):
            message = (
                "needs an 'id', and 'phrasings' with lists of texts under 'zh' and 'en', to be upgraded; correct it"
            )
            raise KnowledgeError([Problem(name, key.start_mark.line + 1, message)])
        start, end = _stretch(text, entry, at)
        lines = _as_lines(text, start, end, lists, scalars)
        phrasings = [as_line(node.value) for node in _in_order(lists)]
        yield _Cut(start, end, str(identifier.value), [line for line in phrasings if line], lines)


def _stretch(text: str, entry: yaml.MappingNode, at: int) -> tuple[int, int]:
    """Return where the phrasings begin and end: whole lines, or what is between their neighbours in a row."""
    pairs = _pairs(entry)
    key, value = pairs[at]
    begin = key.start_mark.index - key.start_mark.column
    if entry.flow_style or text[begin : key.start_mark.index].strip():
        if at + 1 < len(pairs):
            return key.start_mark.index, pairs[at + 1][0].start_mark.index
        return pairs[at - 1][1].end_mark.index, value.end_mark.index
    end = _end_of_line(text, _end(text, value))
    while following := re.compile(rf"(?:[ \t]*\n)*[ ]{{{key.start_mark.column + 1},}}#[^\n]*\n?").match(text, end):
        end = following.end()
    return begin, end


def _end(text: str, node: yaml.Node) -> int:
    """Return the offset after the last sign of a node."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _end_of_line(text: str, offset: int) -> int:
    return (text.find("\n", offset) + 1) or len(text)


_Lists = Sequence[tuple[yaml.ScalarNode, Sequence[yaml.Node]]]


def _in_order(lists: _Lists) -> list[Any]:
    """Return the texts in the order in which they were read."""
    ranked = sorted(lists, key=lambda pair: _LANGUAGES.index(pair[0].value))
    return [text for _, texts in ranked for text in texts]


def _as_lines(text: str, start: int, end: int, lists: _Lists, scalars: Sequence[yaml.ScalarNode]) -> list[str]:
    """Return the phrasings as lines, with the comments between them; a comment after a phrasing goes before it."""
    texts = [node for _, listed in lists for node in listed]
    pieces = [(node.start_mark.index, as_line(node.value)) for node in texts]
    first_in_line = {node.start_mark.line: node.start_mark.index for node in reversed(texts)}
    for offset, comment in _comments(text, start, end, scalars):
        before = first_in_line.get(text.count("\n", 0, offset), offset)
        words = comment.lstrip("#").strip()
        pieces.append((min(offset, before), f"# {words}" if words else ""))
    pieces.sort(key=lambda piece: (piece[0], not piece[1].startswith("# ")))
    ranked = sorted(lists, key=lambda pair: _LANGUAGES.index(pair[0].value))
    if ranked[0][0] is not lists[0][0]:  # English stood first
        border = lists[1][0].start_mark.index
        pieces.sort(key=lambda piece: piece[0] < border)
    return [line for _, line in pieces if line]


def _comments(text: str, start: int, end: int, scalars: Sequence[yaml.ScalarNode]) -> Iterator[tuple[int, str]]:
    """Yield the comments of a stretch with their offsets: they are between the texts, or after a block's sign."""
    at = start
    for scalar in scalars:
        first, last = scalar.start_mark.index, scalar.end_mark.index
        if last <= start or first >= end:
            continue
        yield from ((match.start(), match[0]) for match in _COMMENT.finditer(text, at, first))
        if scalar.style in {"|", ">"} and (header := _HEADER_COMMENT.match(text, first)):
            yield header.start(1), header[1]
        at = last
    yield from ((match.start(), match[0]) for match in _COMMENT.finditer(text, at, end))


def _lines_below(phrasings: str, name: str) -> set[str]:
    """Return the lines below a heading already, as after an upgrade that was cut short."""
    lines = phrasings.split("\n")
    if f"[{name}]" not in lines:
        return set()
    below = lines[lines.index(f"[{name}]") + 1 :]
    end = next((place for place, line in enumerate(below) if line.startswith("[")), len(below))
    return set(below[:end])


def _verify(before: Any, rest: str, items: str, phrasings: str, cuts: Sequence[_Cut], name: str) -> None:
    """Read what is to be written, and raise KnowledgeError unless it says all that the old text said."""
    for item in before[items]:
        item.pop(OLD_KEY, None)
    read = parse_phrasings(phrasings, name)
    complete = all({phrasing.text for phrasing in read.phrasings[cut.id]} >= set(cut.phrasings) for cut in cuts)
    if read.problems or not complete or parse_yaml(rest, name).data != before:
        message = "can't be taken apart without loss; write its lists of phrasings as in knowledge/README.md first"
        raise KnowledgeError([Problem(name, 1, message)])


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield all texts below a node, keys included, in the order of the file."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _scalars(child)


def _sequence(node: yaml.Node | None) -> Sequence[Any]:
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _pairs(node: yaml.Node | None) -> Sequence[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else ()


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    return next((value for name, value in _pairs(node) if name.value == key), None)


def _is_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)
