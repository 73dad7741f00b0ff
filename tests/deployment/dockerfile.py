"""Reads a Dockerfile: its stages, and what each of their lines says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CONTINUED = re.compile(r"\\\n\s*")
UNDERSTOOD = frozenset(
    {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of a Dockerfile."""

    name: str
    """What is to be done, in capitals."""
    value: str
    """Everything behind it."""

    @property
    def words(self) -> list[str]:
        """The value as words: a JSON array's, or a shell's."""
        found: list[str] = json.loads(self.value) if self.value.startswith("[") else shlex.split(self.value)
        return found


@dataclass(frozen=True, slots=True)
class Stage:
    """What makes one image."""

    image: str
    """The image that it begins with."""
    name: str
    """What other stages call it; empty for the last."""
    instructions: tuple[Instruction, ...]
    """Its lines, in order."""

    def last(self, name: str) -> Instruction:
        """Return the line of a kind that counts, which is the last."""
        return [instruction for instruction in self.instructions if instruction.name == name][-1]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it sets."""
        pairs = (pair.partition("=") for line in self.instructions if line.name == "ENV" for pair in line.words)
        return {name: value for name, _, value in pairs}

    @property
    def health(self) -> list[str]:
        """The command that tells whether the container is well."""
        words: list[str] = json.loads(self.last("HEALTHCHECK").value.partition(" CMD ")[2])
        return words


def read_dockerfile(path: Path) -> tuple[Stage, ...]:
    """Read the stages; a line of a kind that isn't understood fails, so that nothing is left out of a test."""
    stages: list[Stage] = []
    for instruction in _instructions(path.read_text(encoding="utf-8")):
        assert instruction.name in UNDERSTOOD, f"tests/deployment doesn't know {instruction.name}"
        if instruction.name == "FROM":
            image, *as_name = instruction.words
            stages.append(Stage(image, as_name[1] if as_name else "", ()))
            continue
        stage = stages[-1]
        stages[-1] = Stage(stage.image, stage.name, (*stage.instructions, instruction))
    return tuple(stages)


def _instructions(text: str) -> Iterator[Instruction]:
    for line in _CONTINUED.sub("", text).splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, value = line.partition(" ")
            yield Instruction(name, value.strip())


def copied(instruction: Instruction) -> tuple[str | None, list[str], str]:
    """Return the stage that COPY takes from (None: the project), its sources and its target."""
    words = instruction.words
    origin = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
    assert not words[0].startswith("--"), "tests/deployment doesn't know this option of COPY"
    return origin, words[:-1], words[-1]
