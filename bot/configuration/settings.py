"""The settings: read once at the start from the environment, then `.env`, then `config/bot.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.configuration import validators
from bot.configuration.env_file import read_env_file
from bot.configuration.environment import clean_environment, from_files, is_placeholder
from bot.configuration.proxies import SHARED, Proxy, credentials, parse_proxy, shared_proxy
from bot.errors import SettingsError
from bot.log import without_secrets

PREFIX = "BOT_"
CONFIG = Path(__file__).resolve().parents[2] / "config"
"""The folder of texts, word lists, weights and defaults, which come with the code."""
DEFAULTS = CONFIG / "bot.toml"
SHARED_NAMES = frozenset((*SHARED, *map(str.upper, SHARED)))
"""Variables for proxies that programs share."""


@dataclass(frozen=True, slots=True)
class EnvironmentInfo:
    """What the environment says apart from the bot's own settings."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables for proxies that programs share; they may hold passwords."""
    variable_of: Mapping[str, str] = field(default_factory=dict)
    """The variable that each setting was read from, by the setting's name; without those that have their default."""
    injected: Sequence[str] = ()
    """Names of variables that an orchestrator injected for a service of the bot's name; they are ignored."""


class Settings(BaseSettings):
    """What an operator can set; each field is read from `BOT_` and its name."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    _environment_info: EnvironmentInfo = PrivateAttr(default_factory=EnvironmentInfo)

    token: Annotated[SecretStr, AfterValidator(validators.token)] | None = None
    """Telegram's token; without one the chat is in the terminal."""
    admin_ids: Annotated[frozenset[int], BeforeValidator(validators.ids), AfterValidator(validators.users)] = (
        frozenset()
    )
    """Telegram ids of those who may use the admin commands."""
    anonymous_admins: Annotated[frozenset[int], BeforeValidator(validators.ids), AfterValidator(validators.groups)] = (
        frozenset()
    )
    """Ids of the groups whose admins may use the admin commands without showing who they are."""
    proxy: Annotated[SecretStr, AfterValidator(validators.proxy)] | None = None
    """Proxy to reach Telegram through; may hold a password. None for that of `HTTPS_PROXY` or `ALL_PROXY`, if any."""
    api_url: Annotated[str, AfterValidator(validators.base_url)] | None = None
    """Base URL of the Bot API up to and with `/bot`; None for Telegram's own."""
    knowledge_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path("knowledge")
    """The knowledge folder."""
    watch: bool = False
    """Whether the knowledge is reloaded automatically when its files change."""
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path("data")
    """The folder of everything that the bot itself writes."""
    database_url: Annotated[SecretStr, AfterValidator(validators.database_url)] | None = Field(
        default=None, validation_alias=AliasChoices("BOT_DATABASE_URL", "DATABASE_URL")
    )
    """URL of the database; may hold a password. None for a SQLite file in the data folder."""
    retention_days: Annotated[int, Field(ge=1)] = 30
    """Days after which what was asked and answered is deleted."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    """Chats that are served at once."""
    webhook_url: Annotated[str, AfterValidator(validators.public_base)] | None = None
    """Public base URL that Telegram delivers to; None for long polling."""
    webhook_secret: Annotated[SecretStr, AfterValidator(validators.webhook_secret)] | None = None
    """The secret that Telegram sends with each delivery; None for one derived from the token."""
    # a server in a container has to be reachable from outside of it
    host: Annotated[str, AfterValidator(validators.host)] = "0.0.0.0"  # noqa: S104
    """Address that the HTTP server listens at."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, validation_alias=AliasChoices("BOT_PORT", "PORT")
    )
    """Port of the HTTP server; None for no server."""
    time_zone: str | None = Field(default=None, validation_alias=AliasChoices("BOT_TIME_ZONE", "TZ"))
    """Time zone whose days the statistics count; None for the system's."""
    embeddings_url: Annotated[str, AfterValidator(validators.endpoint)] | None = None
    """Full address of an OpenAI-compatible `/v1/embeddings`; None for the model that comes with the bot."""
    embeddings_model: str = "multilingual-e5-small"
    """Model that `embeddings_url` is asked for."""
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(validators.upper)
    ] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(validators.lower)] = "console"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature, here and below
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `read_settings` passes: it reads variables and files more leniently than the library."""
        return (init_settings,)

    @classmethod
    def with_environment_info(cls, info: EnvironmentInfo, given: Mapping[str, Any]) -> Settings:
        """Return settings with the `given` fields and what else the environment says; raises ValidationError."""
        settings = cls(**given)
        settings._environment_info = info  # a private attribute of this class
        return settings

    def telegram_proxy(self, address: str) -> Proxy | None:
        """Return the proxy for Telegram's `address`, None for none; raises SettingsError where it can't be used."""
        if self.proxy is not None:
            return parse_proxy(self.proxy.get_secret_value())
        return self.shared_proxy(address)

    def shared_proxy(self, address: str) -> Proxy | None:
        """Return the proxy for any other `address`, None for none; raises SettingsError where it can't be used."""
        return shared_proxy(address, self._environment_info.proxies)

    def variable_of(self, name: str) -> str:
        """Return the variable that a setting was read from, or is to be set by."""
        return self._environment_info.variable_of.get(name, PREFIX + name.upper())

    @property
    def injected(self) -> Sequence[str]:
        """Names of variables that an orchestrator injected, and that are ignored."""
        return self._environment_info.injected

    def secrets(self) -> frozenset[str]:
        """Return the values that no log may show; of proxies' addresses only user and password."""
        given = {name: secret.get_secret_value() for name in _SECRETS if (secret := getattr(self, name)) is not None}
        own = [given.pop("proxy")] if "proxy" in given else []
        proxies = (*own, *self._environment_info.proxies.values())
        return frozenset(given.values()).union(*map(credentials, proxies))


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_is_secret, get_args(annotation)))


_SECRETS = frozenset(name for name, field_info in Settings.model_fields.items() if _is_secret(field_info.annotation))
"""Fields whose value no message may show, not even where it is malformed."""


def variable_names() -> tuple[str, ...]:
    """Return the names of all the variables, in the order of their definition."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def read_settings(env_file: Path = Path(".env"), defaults: Path = DEFAULTS) -> Settings:
    """Read the settings; raise SettingsError, which names the variable and never holds a secret."""
    given = _read_defaults(defaults)
    environment, injected = clean_environment(os.environ)
    secret = [PREFIX + name.upper() for name in sorted(_SECRETS)]
    in_file = read_env_file(env_file, (*variable_names(), *SHARED_NAMES))
    sources = (from_files(environment, secret), from_files(in_file, secret))
    for source in sources:
        _refuse_unknown(name for name in map(str.upper, source) if name.startswith(PREFIX))
    proxies = {name: value for source in reversed(sources) for name, value in source.items() if name in SHARED_NAMES}
    variable_of = {}
    for name, variable, value in _given(sources):
        given[name], variable_of[name] = value, variable
    try:
        return Settings.with_environment_info(EnvironmentInfo(proxies, variable_of, injected), given)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(each, variable_of) for each in error.errors())) from None


def _given(sources: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that are set, each with the variable and its value in the first source that has it."""
    in_upper_case = [{name.upper(): value for name, value in source.items()} for source in sources]
    for field_name, info in Settings.model_fields.items():
        alias = info.validation_alias
        names = map(str, alias.choices) if isinstance(alias, AliasChoices) else (PREFIX + field_name.upper(),)
        choices = tuple(names)
        # The bot's own name goes before a host's, wherever it is set.
        found = next(((name, source[name]) for name in choices for source in in_upper_case if name in source), None)
        if found is not None:
            if is_placeholder(found[1]):
                raise SettingsError(
                    f"{found[0]} holds another variable's name, which nothing replaces here; write the value itself"
                )
            yield field_name, *found


def _read_defaults(path: Path) -> dict[str, Any]:
    try:
        defaults: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: can't be read ({error}); restore it from the repository") from None
    _refuse_unknown(PREFIX + name.upper() for name in defaults)
    return defaults


def _refuse_unknown(names: Iterable[str]) -> None:
    known = variable_names()
    for name in sorted(names):
        if name not in known:
            raise SettingsError(f"unknown setting {_hint(name, known)}")


def _hint(name: str, known: Sequence[str]) -> str:
    """Return an unknown name and what to do; of a name with a full-width sign in it, what follows that isn't shown."""
    shown, *rest = re.split(r"[^A-Z0-9_]", name, maxsplit=1)
    if rest:
        return f"whose name begins with {shown}; what follows must be a plain =, not a full-width ＝ or another sign"
    close = get_close_matches(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], n=1)
    return f"{name}; " + (f"did you mean {PREFIX}{close[0]}?" if close else f"the settings are {', '.join(known)}")


def _explain(detail: ErrorDetails, variable_of: Mapping[str, str]) -> str:
    name = str(detail["loc"][0]).removeprefix(PREFIX).lower()
    context = detail.get("ctx", {})
    match detail["type"]:
        case "literal_error":
            reason = f"must be one of {context['expected']}"
        case "value_error":
            reason = without_secrets(str(context["error"]))
        case _:
            reason = f"is malformed: {detail['msg']}"
    value = "" if name in _SECRETS else f" ({without_secrets(repr(detail['input']))})"
    return f"{variable_of.get(name, PREFIX + name.upper())}{value} {reason}"
