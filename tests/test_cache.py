"""What is kept on disk comes back as it was, and a bad disk costs nothing but time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cache import (
    Arrays,
    Cache,
    Codec,
    as_array,
    fingerprint,
    from_array,
    key_of,
    pack_strings,
    read_arrays,
    unpack_strings,
    write_arrays,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


class Making:
    """Makes a text, and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.form: Codec[str] = Codec("text", lambda text: {"text": as_array(text)}, self._read)

    def __call__(self) -> str:
        self.times += 1
        return "made"

    @staticmethod
    def _read(arrays: Arrays) -> str:
        return str(from_array(arrays["text"]))


@given(JSON)
def test_data_survives_as_an_array(data: object) -> None:
    assert from_array(as_array(data)) == data


def test_a_thing_is_made_once_a_key(tmp_path: Path) -> None:
    making = Making()
    for key in ("a", "a", "b", "a"):
        assert Cache(tmp_path / "deep").get(making.form, key, making) == "made"
    assert making.times == 2


def test_without_a_folder_nothing_is_kept() -> None:
    making = Making()
    assert [Cache(None).get(making.form, "a", making) for _ in range(2)] == ["made", "made"]
    assert making.times == 2


ARRAYS: Codec[Arrays] = Codec("arrays", lambda arrays: arrays, lambda arrays: arrays, large=True)
LARGE: Arrays = {
    "rows": np.arange(300_000, dtype=np.float32).reshape(1000, 300),
    "columns": np.asfortranarray(np.arange(300_000, dtype=np.int64).reshape(1000, 300)),
    "few": np.arange(3, dtype=np.int32),
    "none": np.empty((0, 4), np.float32),
}


def files_mapped() -> str:
    """Return the files that this process maps, as Linux lists them."""
    return Path("/proc/self/maps").read_text(encoding="utf-8")


def assert_same(one: Arrays, other: Arrays) -> None:
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], strict=True)


@pytest.mark.parametrize("compress", [True, False])
def test_arrays_come_back_as_they_were_and_aligned(compress: bool, tmp_path: Path) -> None:
    write_arrays(tmp_path / "vectors.npz", LARGE, compress=compress)
    arrays = read_arrays(tmp_path / "vectors.npz")
    assert arrays is not None
    assert_same(arrays, LARGE)
    assert all(array.flags.aligned for array in arrays.values())


def test_archives_are_those_of_numpy_both_ways(tmp_path: Path) -> None:
    write_arrays(tmp_path / "ours.npz", LARGE, compress=False)
    with np.load(tmp_path / "ours.npz") as file:
        assert_same(dict(file), LARGE)
    np.savez(tmp_path / "theirs.npz", allow_pickle=False, **LARGE)
    arrays = read_arrays(tmp_path / "theirs.npz")
    assert arrays is not None
    assert_same(arrays, LARGE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no other system lists what is mapped")
def test_large_arrays_are_mapped_from_the_file_whether_read_or_just_made(tmp_path: Path) -> None:
    for _ in ("made", "read"):
        arrays = Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE)
        assert str(tmp_path / "arrays-a.npz") in files_mapped()
        assert_same(arrays, LARGE)
        del arrays
        assert str(tmp_path / "arrays-a.npz") not in files_mapped()


def test_mapped_arrays_outlive_their_file(tmp_path: Path) -> None:
    arrays = Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE)
    (tmp_path / "arrays-a.npz").unlink()
    assert_same(arrays, LARGE)


@pytest.mark.parametrize("cut", [1, 100, 100_000])
def test_a_truncated_file_is_made_anew(cut: int, tmp_path: Path) -> None:
    Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE)
    file = tmp_path / "arrays-a.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    assert_same(Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE), LARGE)
    assert file.read_bytes() == whole


def test_a_byte_that_has_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE)
    file = tmp_path / "arrays-a.npz"
    whole = file.read_bytes()
    at = whole.index(LARGE["rows"].tobytes()) + 1000
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert_same(Cache(tmp_path).get(ARRAYS, "a", lambda: LARGE), LARGE)


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_is_made_anew(damage: bytes | None, tmp_path: Path) -> None:
    making, cache = Making(), Cache(tmp_path)
    cache.get(making.form, "a", making)
    (file,) = tmp_path.iterdir()
    if damage is None:
        write_arrays(file, {"something else": np.zeros(1)}, compress=False)
    else:
        file.write_bytes(damage)
    assert [cache.get(making.form, "a", making) for _ in range(2)] == ["made", "made"]
    assert making.times == 2


def test_what_would_run_code_is_not_read(tmp_path: Path) -> None:
    making, cache = Making(), Cache(tmp_path)
    np.savez(tmp_path / "text-a.npz", text=np.array([print], object))
    assert cache.get(making.form, "a", making) == "made"
    assert making.times == 1


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    making = Making()
    (tmp_path / "file").touch()
    assert Cache(tmp_path / "file").get(making.form, "a", making) == "made"


def test_old_files_go_and_those_of_another_name_stay(tmp_path: Path) -> None:
    making, cache = Making(), Cache(tmp_path)
    (tmp_path / "text-a.arrays").touch()  # as former versions named them
    other = Codec("other", making.form.to_arrays, making.form.from_arrays)
    cache.get(other, "a", making)
    for key in "abcd":
        cache.get(making.form, key, making)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other-a.npz", "text-c.npz", "text-d.npz"]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_only_equal_parts_have_equal_keys(one: list[str], other: list[str]) -> None:
    assert (key_of(*one) == key_of(*other)) is (one == other)


def test_another_file_or_package_is_another_way_of_working(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text("1", encoding="utf-8")
    first = fingerprint([file], ["numpy"])
    assert fingerprint([file], ["numpy"]) == first
    assert fingerprint([file], ["numpy", "a-package-that-nobody-has"]) != first
    file.write_text("2", encoding="utf-8")
    assert fingerprint([file], ["numpy"]) != first


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_file_gets_the_mode_that_new_files_get(compress: bool, mask: int, tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    before = os.umask(mask)
    try:
        write_arrays(path, {"one": np.zeros(3)}, compress=compress)
        write_arrays(path, {"one": np.ones(3)}, compress=compress)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_file_that_is_interrupted_while_it_is_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    write_arrays(path, {"one": np.zeros(3)}, compress=False)
    with pytest.raises(ValueError, match="Object arrays"):
        write_arrays(path, {"one": np.array([object()])}, compress=False)
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.npz"]
    assert read_arrays(path) is not None


@given(strings=st.lists(st.text(st.characters(), max_size=6), max_size=6))
def test_strings_are_unpacked_as_they_were_packed(strings: list[str]) -> None:
    assert unpack_strings(pack_strings(strings)) == tuple(strings)


def test_strings_that_dont_fit_their_lengths_are_refused() -> None:
    arrays = pack_strings(["ab", "c"])
    with pytest.raises(ValueError, match="don't fit"):
        unpack_strings(arrays | {"lengths": arrays["lengths"][:1]})
