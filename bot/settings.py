"""The settings: read once at the start from the environment, then `.env`, then `config/bot.toml`."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails

from bot.env_file import read_env_file
from bot.errors import SettingsError
from bot.log import without_secrets
from bot.proxies import SHARED, Proxy, credentials, parse_proxy, shared_proxy
from bot.variables import INVISIBLE, QUOTES, is_placeholder, of_environment

PREFIX = "BOT_"
CONFIG = Path(__file__).resolve().parent.parent / "config"
"""The folder of texts, word lists, weights and defaults, which come with the code."""
DEFAULTS = CONFIG / "bot.toml"
SHARED_NAMES = frozenset((*SHARED, *map(str.upper, SHARED)))
"""Variables for proxies that programs share."""


_BREAK = re.compile(r"\s*[\r\n]+\s*|\s*:\s*")
"""What pasting adds in the middle of a token."""
_COPIED = re.compile(r"(?:https?://api\.telegram\.org/)?bot(?=\d)", re.IGNORECASE)
"""What stands before a token in the addresses of the Bot API."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")


def _token(secret: SecretStr) -> SecretStr:
    text = unicodedata.normalize("NFKC", secret.get_secret_value())
    text = text.translate(dict.fromkeys(map(ord, INVISIBLE + QUOTES))).strip()
    token = _COPIED.sub("", _BREAK.sub(lambda found: ":" if ":" in found[0] else "", text), count=1)
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise ValueError("doesn't look like a Telegram token (digits, a colon, letters); copy it from @BotFather again")
    return SecretStr(token)


def _ids(value: object) -> object:
    """Split "1, 2" into its items; a list of the TOML file stays as it is."""
    if not isinstance(value, str):
        return value
    items = [item.strip("[](){}" + QUOTES) for item in re.split(r"[,，、;；\s]+", value)]
    for item in filter(None, items):
        if not re.fullmatch(r"[-+−－]?\d+", item):
            raise ValueError(
                f"must hold numeric ids, and {item!r} is none; @userinfobot tells the id of whoever writes to it"
            )
    return [unicodedata.normalize("NFKC", item).replace("−", "-") for item in items if item]


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


def _proxy(secret: SecretStr) -> SecretStr:
    parse_proxy(secret.get_secret_value())
    return secret


def _host(value: str) -> str:
    """Check an address to listen at; one of IPv6 may stand in brackets."""
    host = value.strip().removeprefix("[").removesuffix("]")
    try:
        ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host):
            raise ValueError(
                "must be an address of this machine alone, without http:// and port (that is BOT_PORT): "
                "0.0.0.0 for all of IPv4, :: for all of IPv6 and IPv4, 127.0.0.1 for this machine alone"
            ) from None
    return host


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside the bot's own settings."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables for proxies that programs share; they may hold passwords."""
    injected: Sequence[str] = ()
    """Names of variables that an orchestrator set for a service that is called like the bot; they count for nothing."""


class Settings(BaseModel):
    """What an operator can set; each field is read from `BOT_` and its name."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    _surroundings: Surroundings = PrivateAttr(default_factory=Surroundings)

    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    """Telegram's token; without one the chat is in the terminal."""
    admin_ids: Annotated[frozenset[int], BeforeValidator(_ids), AfterValidator(_positive)] = frozenset()
    """Telegram ids of those who may use the admin commands."""
    anonymous_admins: Annotated[frozenset[int], BeforeValidator(_ids), AfterValidator(_groups)] = frozenset()
    """Ids of the groups whose admins may use the admin commands without showing who they are."""
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    """Proxy to reach Telegram through; may hold a password. None for that of `HTTPS_PROXY` or `ALL_PROXY`, if any."""
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
    # a server in a container has to be reachable from outside of it
    host: Annotated[str, AfterValidator(_host)] = "0.0.0.0"  # noqa: S104
    """Address that the HTTP server listens at."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, validation_alias=AliasChoices("BOT_PORT", "PORT")
    )
    """Port of the HTTP server; None for no server."""
    embeddings_url: Annotated[str, AfterValidator(_endpoint)] | None = None
    """Full address of an OpenAI-compatible `/v1/embeddings`; None for the model that comes with the bot."""
    embeddings_model: str = "multilingual-e5-small"
    """Model that `embeddings_url` is asked for."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"

    def model_post_init(self, context: object, /) -> None:
        """Keep what stands beside the settings, where they were read."""
        if isinstance(context, Surroundings):
            self._surroundings = context

    def telegram_proxy(self, address: str) -> Proxy | None:
        """Return the proxy to reach Telegram through, at an address; raises SettingsError where it can't be used."""
        if self.proxy is not None:
            return parse_proxy(self.proxy.get_secret_value())
        return self.shared_proxy(address)

    def shared_proxy(self, address: str) -> Proxy | None:
        """Return the proxy for any other address; raises SettingsError where it can't be used."""
        return shared_proxy(address, self._surroundings.proxies)

    @property
    def injected(self) -> Sequence[str]:
        """Names of variables that an orchestrator set, and that count for nothing."""
        return self._surroundings.injected

    def secrets(self) -> frozenset[str]:
        """Return what no log may show; of proxies' addresses, user and password alone."""
        held = (self.token, self.database_url, self.webhook_secret)
        whole = {secret.get_secret_value() for secret in held if secret is not None}
        own = (self.proxy.get_secret_value(),) if self.proxy is not None else ()
        return frozenset(whole).union(*map(credentials, (*own, *self._surroundings.proxies.values())))


_SECRETS = frozenset({"token", "database_url", "webhook_secret", "proxy"})
"""What no message may show, not even where it is malformed."""


def variables() -> tuple[str, ...]:
    """Return the names of all the variables, in the order of their definition."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def read_settings(env_file: Path = Path(".env"), defaults: Path = DEFAULTS) -> Settings:
    """Read the settings; raise SettingsError, which names the variable and never holds a secret."""
    values = _read_defaults(defaults)
    environment, injected = of_environment(os.environ)
    sources = (environment, read_env_file(env_file, (*variables(), *SHARED_NAMES)))
    for source in sources:
        _refuse_unknown(name for name in map(str.upper, source) if name.startswith(PREFIX))
    proxies = {name: value for source in reversed(sources) for name, value in source.items() if name in SHARED_NAMES}
    variable_of = {}
    for name, variable, value in _given(sources):
        values[name], variable_of[name] = value, variable
    try:
        return Settings.model_validate(values, context=Surroundings(proxies, injected))
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(each, variable_of) for each in error.errors())) from None


def _given(sources: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that are set, each with the variable and its value in the first source that has it."""
    in_upper_case = [{name.upper(): value for name, value in source.items()} for source in sources]
    for field_name, info in Settings.model_fields.items():
        alias = info.validation_alias
        names = map(str, alias.choices) if isinstance(alias, AliasChoices) else (PREFIX + field_name.upper(),)
        choices = tuple(names)
        found = next(((name, source[name]) for source in in_upper_case for name in choices if name in source), None)
        if found is not None:
            if is_placeholder(found[1]):
                raise SettingsError(
                    f"{found[0]} holds another variable's name, which nothing replaces here; write the value itself"
                )
            yield field_name, *found


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
            raise SettingsError(f"unknown setting {_hint(name, known)}")


def _hint(name: str, known: Sequence[str]) -> str:
    """Return an unknown name and what to do; behind a full-width sign in it, the value follows, which isn't shown."""
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
