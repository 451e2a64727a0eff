"""What a setting can be: addresses, names, lists, each with what is wrong with one that cannot be."""

import json
import re
from ipaddress import ip_address
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from triforce_daemon.addresses import web_address
from triforce_daemon.wire.spend import spend_cap

Seconds = Annotated[float, Field(gt=0, le=86_400)]
#: No zero byte, which no path and no file can hold, and no half characters.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]

#: The providers of `providers/catalog.toml`: a table of settings for another name is a provider of the user's own.
CATALOGUE = ("gemini", "anthropic", "groq", "cerebras", "mistral", "openrouter", "github", "cloudflare", "ollama")
#: First parts of model ids, and names of models, that mean something else already.
RESERVED = ("peer", "agent", "builtin", "default")


def split(value: object) -> object:
    """A list as one text, from a variable or a flag: separated by commas, or JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def named(reserved: tuple[str, ...]) -> AfterValidator:
    """What a user may call a provider or an alias: it becomes part of a model's id, of a key and of a variable."""

    def checked(name: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", name):
            raise ValueError("a name has up to 32 of a-z, 0-9, - and _, and begins with neither - nor _")
        if name in reserved:
            raise ValueError("that name has a meaning of its own; take another one")
        return name

    return AfterValidator(checked)


def _address(text: str) -> str:
    ip_address(text)
    return text


def redis_address(text: str) -> str:
    """The address of a Redis, checked. Raises ValueError."""
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("it has to begin with redis://, rediss:// or unix://")
    if parts.scheme == "unix" and not parts.path:
        raise ValueError("unix:// is followed by the path of a socket")
    if "ssl_cert_reqs" in parts.query or "ssl_check_hostname" in parts.query:
        raise ValueError("who answers by rediss:// is always checked; name what issued his certificate: ssl_ca_certs")
    known = {"db", *(("ssl_ca_certs", "ssl_certfile", "ssl_keyfile") if parts.scheme == "rediss" else ())}
    if stray := [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if name not in known]:
        raise ValueError(f"{parts.scheme}:// has no `{stray[0]}`; it has {', '.join(sorted(known))}")
    # Raises ValueError itself where the port is no number or too large.
    _ = parts.port
    return text


def database_address(text: str) -> str:
    """The address of a PostgreSQL, checked. Raises ValueError."""
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("it has to begin with postgresql://")
    if len(parts.path) < 2:
        raise ValueError("it ends with the name of a database: postgresql://USER@HOST/NAME")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("its port is none; in a password / is written as %2F, @ as %40, and : as %3A") from None
    return text


def _folder(path: str) -> str:
    if path and (not path.startswith("/") or not path.strip("/") or ".." in path.split("/")):
        raise ValueError("it has to be an absolute path of a folder below /, without `..`")
    return path.rstrip("/")


def _spend(text: str) -> str:
    if text:
        spend_cap(text)
    return text


WebAddress = Annotated[str, AfterValidator(web_address)]
DatabaseAddress = Annotated[str, AfterValidator(database_address)]
SpendCap = Annotated[str, AfterValidator(_spend)]
RedisAddress = Annotated[str, AfterValidator(redis_address)]
Texts = Annotated[list[Annotated[Text, Field(min_length=1)]], BeforeValidator(split), Field(min_length=1)]
IpAddress = Annotated[str, AfterValidator(_address)]
Names = Annotated[list[Annotated[str, Field(pattern=r"^[!-~]+$")]], BeforeValidator(split)]
ProviderName = Annotated[str, named((*RESERVED, "auto"))]
Folder = Annotated[Text, AfterValidator(_folder)]
WorkspaceName = Annotated[str, named(())]
AliasName = Annotated[str, named(RESERVED)]
#: What a machine calls its users (useradd(8)); or their number.
LocalName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,31}$")]
ToolsetName = Annotated[str, named((*RESERVED, "all", "search"))]


Named = TypeVar("Named", bound=BaseModel)


def distinct(tables: dict[str, Named]) -> dict[str, Named]:
    """Names that differ in - and _ alone would share their environment variables."""
    seen: dict[str, str] = {}
    for name in tables:
        other = seen.setdefault(name.replace("-", "_"), name)
        if other != name:
            raise wrong(name, f"it differs from {other} in - and _ alone, as no environment variable does")
    return tables


def wrong(name: str, message: str) -> ValidationError:
    """What a validator of tables raises to say which of them is wrong."""
    kind = PydanticCustomError("value_error", "{words}", {"words": message})
    return ValidationError.from_exception_data("Settings", [InitErrorDetails(type=kind, loc=(name,), input=name)])
