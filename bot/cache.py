"""A cache on disk for results that take long to compute, under a key made of what they were computed from."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Arrays = Mapping[str, NDArray[Any]]

_FILES_PER_NAME = 2
"""Newest files of one name that aren't deleted: the current one and the previous one, in case it is needed again."""
_MAPPED_FROM_BYTES = 65_536
"""Size from which an array is mapped: a mapping is made of whole pages, and takes longer to make than to read one."""
_BLOCK = 1 << 20
_SUFFIX = ".npy"
_NPY_VERSION = (1, 0)
_ALIGNMENT = 64
_ZIP_HEADER = 30
"""Bytes before the name of a member of an archive; the last of them are the lengths of the name and of the fields."""
_ZIP_LENGTHS = _ZIP_FIELD = struct.Struct("<HH")
_ZIP_PADDING = 0xD935
"""Kind of the field that aligns a member, as zipalign writes it."""


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How a type is stored: as arrays, which unlike pickles can be read without running code from the file."""

    name: str
    """Name of its files."""
    to_arrays: Callable[[T], Arrays]
    """Take it apart."""
    from_arrays: Callable[[Arrays], T]
    """Put it together; may raise KeyError or ValueError where the arrays aren't as they should be."""
    large: bool = False
    """Whether its arrays are so large that they should be mapped from the file at once when it was made."""


@dataclass(frozen=True)
class Cache:
    """Files in a folder; where it can't be written, everything is computed again each time."""

    folder: Path | None
    """Where the files are; None turns the cache off."""

    def get(self, codec: Codec[T], key: str, make: Callable[[], T]) -> T:
        """Return what is cached under `key`, or make it and cache it."""
        cached = self.read(codec, key)
        if cached is not None:
            return cached
        made = make()
        self.write(codec, key, made)
        mapped = self.read(codec, key) if codec.large else None
        return made if mapped is None else mapped

    def read(self, codec: Codec[T], key: str) -> T | None:
        """Return what is cached under `key`; None where nothing is, or it is damaged."""
        arrays = read_arrays(self._path(self.folder, codec, key)) if self.folder is not None else None
        with suppress(KeyError, ValueError):
            return codec.from_arrays(arrays) if arrays is not None else None
        return None

    def write(self, codec: Codec[T], key: str, value: T) -> None:
        """Cache a value under `key`, where that can be done."""
        if self.folder is None:
            return
        with suppress(OSError):  # a full disk is no reason not to start
            write_arrays(self._path(self.folder, codec, key), codec.to_arrays(value), compress=False)
            _clear(self.folder, codec.name)

    @staticmethod
    def _path(folder: Path, codec: Codec[T], key: str) -> Path:
        return folder / f"{codec.name}-{key}.npz"


def _clear(folder: Path, name: str) -> None:
    files = sorted(folder.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-_FILES_PER_NAME]:
        path.unlink(missing_ok=True)


def key_of(*parts: str | bytes) -> str:
    """Return a name for the content of `parts`, 32 hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()[:32]


def fingerprint(files: Iterable[Path], packages: Iterable[str]) -> str:
    """Return a key that changes with the code that computes something: its files, its packages, and Python."""
    return key_of(
        sys.version,
        *(path.read_bytes() for path in sorted(files)),
        *(f"{package} {_version(package)}" for package in packages),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def as_array(data: object) -> NDArray[np.uint8]:
    """Return JSON-like data as an array of bytes."""
    return np.frombuffer(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"), np.uint8)


def from_array(array: NDArray[Any]) -> Any:
    """Return the data that `as_array` was given; raises ValueError where it isn't any."""
    return json.loads(array.tobytes().decode("utf-8", "surrogatepass"))


def pack_strings(strings: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Return strings as arrays, for `unpack_strings`; many are written and read faster than as JSON."""
    strings = tuple(strings)
    data = "".join(strings).encode("utf-8", "surrogatepass")
    return {"bytes": np.frombuffer(data, np.uint8), "lengths": np.fromiter(map(len, strings), np.int32, len(strings))}


def unpack_strings(arrays: Arrays) -> tuple[str, ...]:
    """Return what `pack_strings` was given; raises KeyError or ValueError where that can't be done."""
    whole, ends = arrays["bytes"].tobytes().decode("utf-8", "surrogatepass"), np.cumsum(arrays["lengths"]).tolist()
    if (ends[-1] if ends else 0) != len(whole):
        raise ValueError("strings and their lengths don't fit")
    return tuple([whole[start:end] for start, end in zip([0, *ends], ends, strict=False)])


def nested(name: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return arrays under names that begin with `name`, so that others may stand beside them."""
    return {f"{name}.{part}": array for part, array in arrays.items()}


def part_of(arrays: Arrays, name: str) -> Arrays:
    """Return the arrays that `nested` put under `name`."""
    return {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}


def read_arrays(path: Path) -> dict[str, NDArray[Any]] | None:
    """Read an `.npz` file, NumPy's archive of named arrays; None for one that is missing or damaged.

    Large arrays that are stored as they are in memory are mapped: the system loads what is used of them, and may drop
    it again. Of the shipped knowledge these are 46 MB (`python -m tests.benchmarks memory`).
    """
    try:
        with path.open("rb") as raw, zipfile.ZipFile(raw) as archive:
            return dict(_arrays(raw, archive))
    except (OSError, ValueError, KeyError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _arrays(raw: BinaryIO, archive: zipfile.ZipFile) -> Iterator[tuple[str, NDArray[Any]]]:
    for member in archive.infolist():
        name = member.filename.removesuffix(_SUFFIX)
        with archive.open(member) as stream:
            if not _may_be_mapped(member):
                yield name, np.lib.format.read_array(stream, allow_pickle=False)
                continue
            while stream.read(_BLOCK):  # compares the checksum at its end
                pass
        yield name, _mapped(raw, member)


def _may_be_mapped(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is worth mapping, and can be: Windows lets nobody replace a file that is mapped."""
    stored = member.compress_type == zipfile.ZIP_STORED
    return stored and member.file_size >= _MAPPED_FROM_BYTES and sys.platform != "win32"


def _mapped(raw: BinaryIO, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Map a member that is stored as it is; `raw` is the archive. One that isn't aligned is read instead."""
    raw.seek(member.header_offset + _ZIP_HEADER - _ZIP_LENGTHS.size)
    name_and_extra = sum(_ZIP_LENGTHS.unpack(raw.read(_ZIP_LENGTHS.size)))
    start = raw.seek(name_and_extra, os.SEEK_CUR)
    if np.lib.format.read_magic(raw) != _NPY_VERSION:
        raise ValueError("an array in another format")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(raw)
    if dtype.hasobject or raw.tell() % dtype.alignment:
        raw.seek(start)
        return np.lib.format.read_array(raw, allow_pickle=False)
    mapped = np.memmap(raw, dtype, "r", raw.tell(), shape, "F" if by_columns else "C")
    return mapped.view(np.ndarray)  # a memmap's own operators take longer


def write_arrays(path: Path, arrays: Arrays, *, compress: bool) -> None:
    """Write an `.npz` file whole, or leave the old one; raise OSError where that can't be done.

    Compressed vectors of texts take a third less room, and ten times as long to read or more; they can't be mapped.
    """
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with _whole(path) as file, zipfile.ZipFile(file, "w", kind) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}{_SUFFIX}")
            member.compress_type, member.file_size = kind, array.nbytes
            member.extra = _padding(file.tell() + _ZIP_HEADER + len(member.filename.encode()))
            with archive.open(member, "w") as stream:
                np.lib.format.write_array(stream, array, _NPY_VERSION, allow_pickle=False)


def _padding(before: int) -> bytes:
    """Return a field of an archive's header, `before` which so many bytes stand, that aligns what comes after it."""
    size = -(before + _ZIP_FIELD.size) % _ALIGNMENT
    return _ZIP_FIELD.pack(_ZIP_PADDING, size) + bytes(size)


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that replaces `path` once it is written whole; on an error `path` stays as it is.

    Unlike a file of `tempfile`, which nobody else may read, it gets the usual mode of new files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(8)}{path.suffix}")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
