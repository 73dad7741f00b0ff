"""Phrasings written into the curated files: lines are added, and every other byte stays as it is; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import BotError
from bot.knowledge.draft import UNSAFE
from bot.knowledge.learned import Learned


@dataclass(frozen=True, slots=True, order=True)
class _Insertion:
    """A piece of text and where it goes."""

    offset: int
    """Characters before it."""
    order: int
    """Among those that go to the same place."""
    text: str


def with_phrasings_written(text: str, learned: Iterable[Learned]) -> str:
    """Add phrasings to a section file's text, each at the end of its entry's list; raise BotError where it can't be."""
    entries = {_value(entry, "id"): entry for entry in _items(_child(_root(text), "entries"))}
    insertions = []
    for order, one in enumerate(learned):
        entry = entries.get(one.entry.rpartition("/")[2])
        phrasings = _child(_child(entry, "phrasings"), one.language)
        if not isinstance(phrasings, SequenceNode) or not phrasings.value:
            raise BotError(f"'{one.entry}' has no list of phrasings to add '{one.text}' to")
        insertions.append(_insertion(text, phrasings, one.text, order))
    for insertion in sorted(insertions, reverse=True):
        text = text[: insertion.offset] + insertion.text + text[insertion.offset :]
    return text


def _insertion(text: str, phrasings: SequenceNode, phrasing: str, order: int) -> _Insertion:
    last = phrasings.value[-1]
    if phrasings.flow_style:
        return _Insertion(last.end_mark.index, order, f", {_scalar(phrasing)}")
    # Behind the last item and whatever follows it in its line, such as a comment.
    end = text.find("\n", max(last.end_mark.index - 1, 0) if _is_block(last) else last.end_mark.index)
    indent = " " * (last.start_mark.column - len("- "))
    line = f"{indent}- {_scalar(phrasing)}"
    return _Insertion(len(text), order, f"\n{line}") if end < 0 else _Insertion(end + 1, order, f"{line}\n")


def _is_block(node: Node) -> bool:
    """Tell whether a scalar is written as a block, which ends where the next line begins."""
    return isinstance(node, ScalarNode) and node.style in {"|", ">"}


def _scalar(text: str) -> str:
    """Write a text as YAML: bare where that means the same in every list, in double quotes elsewhere."""
    if not UNSAFE.search(text) and all(_reads(written, text) for written in (f"- {text}\n", f"[{text}]")):
        return text
    escaped = re.sub(rf'["\\\\]|{UNSAFE.pattern}', lambda found: f"\\U{ord(found[0]):08x}", text)
    return f'"{escaped}"'


def _reads(written: str, text: str) -> bool:
    """Tell whether both libraries take a list for one of just this text."""
    try:
        return bool(YAML(typ="safe", pure=True).load(written) == yaml.safe_load(written) == [text])
    except (YAMLError, yaml.YAMLError, ValueError):  # a number too long to be one
        return False


def _root(text: str) -> Node:
    root: Node = YAML(typ="rt", pure=True).compose(text)
    return root


def _items(node: Node | None) -> Iterator[Node]:
    if isinstance(node, SequenceNode):
        yield from node.value


def _child(node: Node | None, key: str) -> Node | None:
    """Return the value of a key; None where there is none."""
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _value(node: Node, key: str) -> str:
    child = _child(node, key)
    return str(child.value) if isinstance(child, ScalarNode) else ""
