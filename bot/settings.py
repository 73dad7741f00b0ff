"""The settings: read once at the start from the environment, then `.env`, then `config/bot.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsError
from bot.log import without_secrets

PREFIX = "BOT_"
CONFIG = Path(__file__).resolve().parent.parent / "config"
"""The folder of texts, word lists, weights and defaults, which come with the code."""
DEFAULTS = CONFIG / "bot.toml"


def _token(secret: SecretStr) -> SecretStr:
    token = secret.get_secret_value().strip()
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise ValueError("doesn't look like a Telegram token (digits, a colon, letters); copy it from @BotFather again")
    return SecretStr(token)


def _ids(value: object) -> object:
    """Split "1, 2" into its items; a list of the TOML file stays as it is."""
    return [item for item in re.split(r"[,，\s]+", value) if item] if isinstance(value, str) else value


def _groups(ids: frozenset[int]) -> frozenset[int]:
    if any(number >= 0 for number in ids):
        raise ValueError("must hold ids of groups, which are negative numbers")
    return ids


def _positive(ids: frozenset[int]) -> frozenset[int]:
    if any(number <= 0 for number in ids):
        raise ValueError("must hold user ids, which are positive numbers; @userinfobot tells yours")
    return ids


def _base_url(value: str) -> str:
    url = value.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not parts.path.endswith("/bot"):
        raise ValueError("must be a URL up to and with /bot, like http://localhost:8081/bot")
    return url


def _endpoint(value: str) -> str:
    url = value.strip()
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be the full address of the endpoint, like http://localhost:8080/v1/embeddings")
    return url


def _database(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value().strip()
    if not re.match(r"(sqlite\+aiosqlite:///.|postgresql\+asyncpg://.)", url):
        raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return SecretStr(url)


def _public_base(value: str) -> str:
    url = value.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be the public address of the bot, like https://bot.example.org")
    return url


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        raise ValueError("must be 16 to 256 letters, digits, _ and -")
    return secret


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator can set; each field is read from `BOT_` and its name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    """Telegram's token; without one the chat is in the terminal."""
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_ids), AfterValidator(_positive)] = frozenset()
    """Telegram ids of those who may use the admin commands."""
    anonymous_admins: Annotated[frozenset[int], NoDecode, BeforeValidator(_ids), AfterValidator(_groups)] = frozenset()
    """Ids of the groups whose admins may use the admin commands without showing who they are."""
    api_url: Annotated[str, AfterValidator(_base_url)] | None = None
    """Base URL of the Bot API up to and with `/bot`; None for Telegram's own."""
    knowledge_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path("knowledge")
    """The knowledge folder."""
    watch: bool = False
    """Whether the knowledge is reloaded by itself when its files change."""
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path("data")
    """Where the bot keeps what it writes itself."""
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = None
    """Where what is asked is kept; may hold a password. None for a file in the data folder."""
    retention_days: Annotated[int, Field(ge=1)] = 30
    """Days after which what was asked and answered is forgotten."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    """Chats that are served at once."""
    webhook_url: Annotated[str, AfterValidator(_public_base)] | None = None
    """Public base URL that Telegram delivers to; None for long polling."""
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    """What Telegram proves itself with; None for one derived from the token."""
    host: str = "0.0.0.0"  # noqa: S104  # a server in a container has to be reachable from outside of it
    """Address that the HTTP server listens at."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, validation_alias=AliasChoices("BOT_PORT", "PORT")
    )
    """Port of the HTTP server; None for no server."""
    time_zone: str | None = Field(default=None, validation_alias=AliasChoices("BOT_TIME_ZONE", "TZ"))
    """Time zone whose days the statistics count; None for the system's."""
    embeddings_url: Annotated[str, AfterValidator(_endpoint)] | None = None
    """Full address of an OpenAI-compatible `/v1/embeddings`; None for the model that comes with the bot."""
    embeddings_model: str = "multilingual-e5-small"
    """Model that `embeddings_url` is asked for."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature, here and below
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; what the caller hands over is the defaults' file, so it comes last."""
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                names = (name.upper() for name in source.env_vars)
                _refuse_unknown(name for name in names if name.startswith(PREFIX))
        return env_settings, dotenv_settings, init_settings


_SECRETS = frozenset({"token", "database_url", "webhook_secret"})
"""What no message may show, not even where it is malformed."""


def variables() -> tuple[str, ...]:
    """Return the names of all the variables, in the order of their definition."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def read_settings(env_file: Path = Path(".env"), defaults: Path = DEFAULTS) -> Settings:
    """Read the settings; raise SettingsError, which names the variable and never holds a secret."""
    values = _read_defaults(defaults)
    try:
        return Settings(**{"_env_file": env_file, **values})  # a keyword that type checkers don't see
    except ValidationError as error:
        raise SettingsError("; ".join(map(_explain, error.errors()))) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{env_file} can't be read; save it as UTF-8 and check its permissions") from None


def _read_defaults(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: can't be read ({error}); restore it from the repository") from None
    _refuse_unknown(PREFIX + name.upper() for name in values)
    return values


def _refuse_unknown(names: Iterable[str]) -> None:
    known = variables()
    for name in sorted(names):
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the settings are {', '.join(known)}"
            raise SettingsError(f"unknown setting {name}; {hint}")


def _explain(detail: ErrorDetails) -> str:
    field = str(detail["loc"][0]).removeprefix(PREFIX).lower()
    context = detail.get("ctx", {})
    match detail["type"]:
        case "literal_error":
            reason = f"must be one of {context['expected']}"
        case "value_error":
            reason = str(context["error"])
        case _:
            reason = f"is malformed: {detail['msg']}"
    value = "" if field in _SECRETS else f" ({without_secrets(repr(detail['input']))})"
    return f"{PREFIX}{field.upper()}{value} {reason}"
