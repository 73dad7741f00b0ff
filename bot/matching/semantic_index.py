"""The meaning of a catalogue's texts, as vectors, and what in it tells the catalogue's own topics apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.catalogue import Catalogue
from bot.matching.inverted_index import Floats, Ints
from bot.matching.unit_rows import UnitRows, as_unit_rows

SHRINKAGE = 1.0
"""How far the spread within items is drawn to a sphere: 0 trusts the phrasings alone, more trusts them less."""
RIDGE = 1.0
"""Penalty on the classifier's weights, in units of a phrasing's squared length."""
_BIAS = 0.3
"""Constant coordinate next to the centred vector."""


@dataclass(frozen=True)
class Vectors:
    """Meaning of a catalogue's texts in one vector space."""

    phrasings: UnitRows
    """One row per phrasing."""
    passages: UnitRows
    """One row per passage."""
    mean: Floats
    """Mean of the phrasings."""
    contrast: Floats
    """Matrix after which directions in which one item's phrasings vary count less."""
    contrasted: UnitRows
    """One row per phrasing: centred, through `contrast`."""
    classifier: Floats
    """One column per item: weights on the centred vector and a constant."""

    def contrast_of(self, vector: Floats) -> Floats:
        """Return a text's unit vector centred and through `contrast`, of unit length."""
        return unit(np.asarray((vector - self.mean) @ self.contrast))

    def class_scores(self, vector: Floats) -> Floats:
        """Return for each item how much a text's unit vector looks like its texts: about 1 like, about 0 unlike."""
        return np.asarray(np.append(vector - self.mean, np.float32(_BIAS)) @ self.classifier)


def make_vectors(catalogue: Catalogue, phrasings: Floats, passages: Floats) -> Vectors:
    """Learn from unit vectors of the catalogue's texts what sets its items apart.

    `contrast` is within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006) with shrinkage;
    `classifier` is regularised least squares, one item against the rest (Rifkin and Klautau 2004). Both are
    closed forms: the same knowledge gives the same matrices.
    """
    mean = phrasings.mean(axis=0)
    contrast = _within_class_normalisation(phrasings, catalogue.owner)
    owner = np.concatenate([catalogue.owner, catalogue.passage_owner])
    order = np.argsort(owner, kind="stable")
    classifier = _least_squares((np.vstack([phrasings, passages]) - mean)[order], owner[order])
    return Vectors(
        phrasings=as_unit_rows(phrasings),
        passages=as_unit_rows(passages),
        mean=mean,
        contrast=contrast,
        contrasted=as_unit_rows(unit((phrasings - mean) @ contrast)),
        classifier=classifier,
    )


def _within_class_normalisation(rows: Floats, owner: Ints) -> Floats:
    counts = np.bincount(owner)
    starts = np.searchsorted(owner, np.arange(len(counts)))
    centres = np.add.reduceat(rows, starts) / counts[:, None]
    spread = rows - centres[owner]
    values, directions = np.linalg.eigh(spread.T @ spread / len(rows))
    scale = 1 / np.sqrt(np.maximum(values, 0) + SHRINKAGE * max(float(values.mean()), 1e-6))
    return np.asarray((directions * scale) @ directions.T, np.float32)


def _least_squares(centred: Floats, owner: Ints) -> Floats:
    """Return weights per item; large items count a little more than small ones, by the root of their size.

    `owner` ascends; every item has a row.
    """
    weight = 1 / np.sqrt(np.bincount(owner)[owner])
    weight /= weight.mean()
    rows = np.hstack([centred, np.full((len(centred), 1), _BIAS, np.float32)])
    weighted = rows * weight[:, None].astype(np.float32)
    targets = np.add.reduceat(weighted, np.flatnonzero(np.diff(owner, prepend=-1))).T
    covariance = weighted.T @ rows + RIDGE * np.eye(rows.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(covariance, targets), np.float32)


def unit(rows: Floats) -> Floats:
    """Return vectors of length 1 in the same directions; zero stays zero."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), np.float32)
