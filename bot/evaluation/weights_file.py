"""Writing `config/matching/weights.toml`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.matching.weights import LogisticModel, Model, Weights

_HEAD = """\
# Made by: python -m bot eval --calibrate {files}
# Logistic regression over the features of bot/matching/ (features, context_features, message_topics), as probabilities.
# Costs behind the bands: wrong answer 4, needless "did you mean" 1, missed answer 1.5.
# Don't edit by hand; run the command again.
"""


def render(weights: Weights, files: str) -> str:
    """Return the file's text; `files` names the question files behind it."""
    lines = [_HEAD.format(files=files), f"skip_semantic_from = {weights.skip_semantic_from}", ""]
    lines += _model("with_meaning", weights.with_meaning)
    lines += _model("without_meaning", weights.without_meaning)
    lines += _model("in_conversation", weights.in_conversation)
    lines += [
        "[several]",
        f"least = {weights.several.least}",
        "",
        *_logistic("several.logistic", weights.several.logistic),
    ]
    return "\n".join(lines)


def _model(name: str, model: Model) -> Iterator[str]:
    yield f"[{name}.bands]"
    yield from (f"{band} = {value}" for band, value in model.bands.model_dump().items())
    yield ""
    yield from _logistic(f"{name}.logistic", model.logistic)


def _logistic(name: str, model: LogisticModel) -> Iterator[str]:
    yield f"[{name}]"
    yield f"intercept = {model.intercept}"
    yield ""
    yield f"[{name}.features]"
    for feature, weights in model.features.items():
        bends = ", ".join(f'"{bend}" = {slope}' for bend, slope in weights.bends.items())
        line = f"mean = {weights.mean}, scale = {weights.scale}, weight = {weights.weight}"
        yield f"{feature} = {{ {line}, bends = {{ {bends} }} }}" if bends else f"{feature} = {{ {line} }}"
    yield ""
    yield f"[{name}.products]"
    yield from (f'"{pair}" = {weight}' for pair, weight in model.products.items())
    yield ""
