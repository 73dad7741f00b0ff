"""Which characters count as Chinese."""

from __future__ import annotations

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Chinese characters as ranges for a regular expression's brackets: extension A, the main block (CJK unified
ideographs), and compatibility ideographs. Rarer extensions beyond U+FFFF aren't among them."""
