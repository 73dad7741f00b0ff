"""Which files make up a knowledge folder, which of them look lost, and which are only there by accident."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem

LEXICON = "lexicon.yaml"
"""Names and synonyms: of all interviews next to their folders, of one interview inside its folder."""
INTERVIEW = "interview.yaml"
TRANSCRIPT = "transcript.txt"
NOT_COVERED = "not-covered.yaml"
PHRASINGS = ".phrasings.txt"
"""Ends the name of the file that contains the phrasings for the YAML file of the same stem."""

_NO_SECTION = frozenset({LEXICON, INTERVIEW, NOT_COVERED})
_STRAY = re.compile(
    r"\..*|~\$.*|#.*#"  # hidden files, lock files of office programs, Emacs' autosaves
    r"|.*(?:~|\.(?:bak|old|orig|rej|swo|swp|tmp))"  # what editors and merges leave behind
    r"|@eaDir|#recycle|lost\+found|__MACOSX|Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information",
    re.IGNORECASE,
)
"""Names that systems and programs give to files of their own."""
_CURATED = re.compile(r"\.(?:ya?ml|txt)$", re.IGNORECASE)
"""Endings that a curator's file may have, or was meant to have."""


def is_stray(name: str) -> bool:
    """Return whether a file or folder of this name is a program's own, which nobody curated."""
    return _STRAY.fullmatch(name) is not None


def is_curated(path: Path, folder: Path) -> bool:
    """Return whether a path, which needn't exist any more, may belong to the knowledge in `folder`."""
    try:
        parts = path.resolve().relative_to(folder.resolve()).parts
    except ValueError:
        parts = (path.name,)
    return path.suffix in {".yaml", ".txt"} and not any(map(is_stray, parts))


def interview_folders(folder: Path) -> list[Path]:
    """Return the folders of the interviews by name, none where there is no such folder.

    Those that begin with `_` are put aside by the curator.
    """
    return [child for child in _children(folder) if child.is_dir() and not child.name.startswith("_")]


def section_files(interview_dir: Path) -> list[Path]:
    """Return the section files of an interview's folder by name."""
    return [path for path in _children(interview_dir) if path.suffix == ".yaml" and path.name not in _NO_SECTION]


def phrasings_files(interview_dir: Path) -> list[Path]:
    """Return the files of phrasings in an interview's folder by name."""
    return [path for path in _children(interview_dir) if path.name.endswith(PHRASINGS)]


def phrasings_of(path: Path) -> Path:
    """Return the path of the phrasings that belong to a YAML file."""
    return path.with_name(path.stem + PHRASINGS)


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files that loading reads, as far as they exist, in a fixed order."""
    yield from _existing(folder / LEXICON)
    for interview_dir in interview_folders(folder):
        yield from _existing(*(interview_dir / name for name in (INTERVIEW, LEXICON, NOT_COVERED, TRANSCRIPT)))
        yield from section_files(interview_dir)
        yield from phrasings_files(interview_dir)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it holds either all of the new text or all of the old; raises OSError."""
    new = path.with_name(f".{path.name}.tmp")
    try:
        new.write_bytes(text.encode())
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def digest(folder: Path) -> str:
    """Return a hash of all that loading depends on: the names of the interviews, and each file's name and content."""
    content_hash = hashlib.sha256()
    for part in _parts(folder):
        content_hash.update(len(part).to_bytes(8, "little"))
        content_hash.update(part)
    return content_hash.hexdigest()


def _parts(folder: Path) -> Iterator[bytes]:
    for interview_dir in interview_folders(folder):
        yield interview_dir.name.encode()
    for path in files_of(folder):
        yield path.relative_to(folder).as_posix().encode()
        try:
            yield path.read_bytes()
        except OSError:  # loading reports it, with the file's name
            yield b""


def unread_files(folder: Path) -> Iterator[Problem]:
    """Yield a warning for each file that looks curated and is read by nobody, be it for its ending or its name."""
    interview_dirs = interview_folders(folder)
    known = set(files_of(folder))
    for path in (child for interview_dir in (folder, *interview_dirs) for child in _children(interview_dir)):
        if _CURATED.search(path.name) and path not in known and path.is_file() and not path.name.endswith(PHRASINGS):
            meant = _CURATED.sub("", _CURATED.sub("", path.name))
            hint = f"rename it to {meant}.yaml" if _is_yaml(path) and path.parent != folder else "move it elsewhere"
            yield Problem(path.as_posix(), 1, f"isn't read, for nothing here has such a name; {hint}")


def _is_yaml(path: Path) -> bool:
    return re.search(r"\.ya?ml(?:\.txt)?$", path.name, re.IGNORECASE) is not None


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not is_stray(child.name)) if folder.is_dir() else []


def _existing(*paths: Path) -> Iterator[Path]:
    return (path for path in paths if path.is_file())
