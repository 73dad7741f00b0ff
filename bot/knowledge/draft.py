"""A first draft of a new interview: the transcript cut into topics, every quote verbatim, the rest for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.errors import KnowledgeError, Problem
from bot.knowledge.curated_files import read_text
from bot.knowledge.draft_marks import MARK, NO_DATE
from bot.knowledge.folder import INTERVIEW, PHRASINGS, TRANSCRIPT
from bot.knowledge.transcript import Transcript
from bot.knowledge.verify import ADVISED

SECTION_LINES = (12, 48)
ENTRY_LINES = (3, 8)
"""Fewest and most transcript lines of a section, and of an entry."""

_NEW_TOPIC = re.compile(
    r"话题|转到|谈到|聊到|说到|提到|被问|问到|追问|接下来|再来|第[一二三四五六七八九十]|最后"
    r"|next|moving on|let's talk|turning to|what about|asked|finally|(?:first|second|third)ly",
    re.IGNORECASE,
)
"""Words with which speakers and narrators turn to something else."""
_NEW_THOUGHT = re.compile(
    rf"{_NEW_TOPIC.pattern}|^(?:那么|随后|此外|另外|首先|其次|同时|不过|但是|然而|对于|关于|还有|所以|因此|而且|当然)|[?？]$"
    r"|^(?:so|but|and|also|however|now|well)\b",
    re.IGNORECASE,
)
"""Words, and questions, that may begin a new thought on the same topic."""
_UNSAFE = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What a YAML block can't contain as it is: control characters, and whatever else YAML takes for a line's end."""

Lines: TypeAlias = Sequence[tuple[int, str]]
"""Transcript lines with their numbers, none of them empty."""


def identifier(name: str) -> str:
    """Make a folder name of a-z, 0-9 and single hyphens from a file's name; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


def draft(path: Path) -> Mapping[str, bytes]:
    """Return the files of a draft by name; raise KnowledgeError where the transcript isn't clean text."""
    text = read_text(path, path.as_posix())
    if not text.strip():
        raise KnowledgeError([Problem(path.as_posix(), 1, "is empty; a draft needs a transcript")])
    transcript = Transcript(text)
    lines = [(number, line) for number, line in enumerate(transcript.lines, 1)]
    sections = list(_cut(lines, _NEW_TOPIC, SECTION_LINES))
    files = {TRANSCRIPT: text, INTERVIEW: _interview(len(sections))}
    for number, section in enumerate(sections, 1):
        stem = f"{number:02}-part-{number}"
        blocks = {
            f"part-{number}-{place}": block for place, block in enumerate(_cut(section, _NEW_THOUGHT, ENTRY_LINES), 1)
        }
        files[f"{stem}.yaml"] = "\n".join(_section(number, blocks, transcript)) + "\n"
        files[f"{stem}{PHRASINGS}"] = "\n".join(_phrasing_lines(blocks))
    return {name: content.encode() for name, content in files.items()}


def _cut(lines: Lines, cue: re.Pattern[str], size: tuple[int, int]) -> Iterator[Lines]:
    """Cut before lines that contain a cue and after empty ones, into blocks between the fewest and the most lines."""
    fewest, most = size
    block: list[tuple[int, str]] = []
    for number, line in lines:
        empty = not line.strip()
        turns = empty or cue.search(line) is not None
        if block and ((turns and len(block) >= fewest) or len(block) >= most):
            yield block
            block = []
        if not empty:
            block.append((number, line))
    if block:
        yield block


def _interview(sections: int) -> str:
    listed = "\n".join(f"  - part-{number}" for number in range(1, sections + 1))
    return f"""\
# A first draft. Whatever says {MARK} waits for a person; `python -m bot knowledge check` tells what is left.
title:
  zh: "{MARK}: 访谈的标题"
  en: "{MARK}: title of the interview"
source:     # where the transcript comes from
  zh: "{MARK}: 逐字稿的来源"
  en: "{MARK}: where the transcript comes from"
date: "{NO_DATE}"   # when it was published: YYYY, YYYY-MM or YYYY-MM-DD

sections:   # in the order of the transcript; each has a file with 'section: …'
{listed}

speakers:   # the first one is the narrator: whoever says what nobody else is marked as saying
  - id: narrator
    name: {{zh: "{MARK}: 讲述者", en: "{MARK}: the narrator"}}

# speech:     # what the transcript marks as somebody's own words; the speaker is one of the above
#   - speaker: guest
#     text: |-
#       words of the transcript, exactly

# not_substance:   # whole lines that say nothing by themselves: greetings, hand-overs, bare connectives
#   - 大家好
"""


def _section(number: int, blocks: Mapping[str, Lines], transcript: Transcript) -> Iterator[str]:
    yield f"section: part-{number}   # rename it here and in {INTERVIEW}"
    yield "title:"
    yield f'  zh: "{MARK}: 这一部分的标题"'
    yield f'  en: "{MARK}: title of this part"'
    yield "entries:"
    for name, block in blocks.items():
        yield from _entry(name, block, transcript)


def _entry(name: str, block: Lines, transcript: Transcript) -> Iterator[str]:
    text = "\n".join(transcript.lines[block[0][0] - 1 : block[-1][0]])  # with the blank lines in between
    yield f"""\
  - id: {name}   # rename it here and in the file of wordings to what it is about; then it stays for ever
    question:
      zh: "{MARK}: {name} 回答哪个问题？"
      en: "{MARK}: which question does {name} answer?"
    points:      # 1 to 5 short sentences that say what the transcript says, and no more
      - zh: "{MARK}: {name} 的要点"
        en: "{MARK}: a point of {name}"
    quotes:      # keep the 1 to 3 stretches that carry the points
      - text: {_scalar(text)}"""
    if len(list(transcript.find(text))) > 1:
        yield f"        line: {block[0][0]}"
    yield "    related: []\n"


def _phrasing_lines(blocks: Iterable[str]) -> Iterator[str]:
    yield "# How people really ask, a wording a line:"
    yield f"# {ADVISED['zh']} or more in Chinese, {ADVISED['en']} or more in English for each entry."
    for name in blocks:
        yield f"""
[{name}]
{MARK}: 大家会怎么问 {name}
{MARK}: how people ask for {name}"""
    yield ""


def _scalar(text: str) -> str:
    """Write quoted words as a YAML block, or in double quotes where a block would change them."""
    lines = text.split("\n")
    if text[0].isspace() or any(_UNSAFE.search(line) for line in lines):
        escaped = re.sub(rf'["\\\\]|{_UNSAFE.pattern}', lambda match: f"\\U{ord(match[0]):08x}", text)
        return f'"{escaped}"'
    return "\n".join(("|-", *(f"          {line}" for line in lines)))
