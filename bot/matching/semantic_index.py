"""The meaning of a catalogue's texts, as vectors, and what in it tells the catalogue's own topics apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.catalogue import Catalogue
from bot.matching.inverted_index import Floats, Ints

SHRINKAGE = 1.0
"""How far the spread within items is drawn to a sphere: 0 trusts the phrasings alone, more trusts them less."""
RIDGE = 1.0
"""Penalty on the classifier's weights, in units of a phrasing's squared length."""
_BIAS = 0.3
"""Constant coordinate next to the centred vector."""


@dataclass(frozen=True)
class Vectors:
    """Meaning of a catalogue's texts; rows are unit vectors."""

    phrasings: Floats
    """One row per phrasing."""
    passages: Floats
    """One row per passage."""
    mean: Floats
    """Mean of the phrasings."""
    contrast: Floats
    """Matrix after which directions in which one item's phrasings vary count less."""
    contrasted: Floats
    """One row per phrasing: centred, through `contrast`, of unit length."""
    classifier: Floats
    """One column per item: weights on the centred vector and a constant."""

    def contrast_of(self, vector: Floats) -> Floats:
        """Return a text's unit vector centred and through `contrast`, of unit length."""
        return _unit(np.asarray((vector - self.mean) @ self.contrast))

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
    classifier = _least_squares(np.vstack([phrasings, passages]) - mean, owner)
    return Vectors(phrasings, passages, mean, contrast, _unit((phrasings - mean) @ contrast), classifier)


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

    Every item has a row. Rows are weighted by roots, for the product of an array with itself takes half the time.
    """
    counts = np.bincount(owner)
    weight = 1 / np.sqrt(counts)
    weight = (weight * len(owner) / (weight * counts).sum()).astype(np.float32)
    order = np.argsort(owner, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    centred = np.hstack([centred, np.full((len(centred), 1), _BIAS, np.float32)])[order]
    targets = (np.add.reduceat(centred, starts) * weight[:, None]).T
    centred *= np.sqrt(weight)[owner[order], None]
    covariance = centred.T @ centred + RIDGE * np.eye(centred.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(covariance, targets), np.float32)


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), np.float32)
