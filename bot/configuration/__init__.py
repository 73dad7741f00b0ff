"""What an operator sets: environment variables, `.env` and `config/bot.toml`, read once into typed `Settings`.

Everything a person or a host may get wrong is either understood (quotes, comments, full-width signs, encodings) or
refused with one line that names the variable, never with a secret.
"""

from __future__ import annotations

from bot.configuration.proxies import Proxy, is_loopback
from bot.configuration.settings import CONFIG, PREFIX, SHARED_NAMES, Settings, read_settings, variable_names

__all__ = [
    "CONFIG",
    "PREFIX",
    "SHARED_NAMES",
    "Proxy",
    "Settings",
    "is_loopback",
    "read_settings",
    "variable_names",
]
