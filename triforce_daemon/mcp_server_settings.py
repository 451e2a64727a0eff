"""The settings of servers of MCP whose tools are offered beside our own: who they are, and what they may."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from triforce_daemon.addresses import web_address
from triforce_daemon.setting_section import ALL, Section
from triforce_daemon.setting_values import RESERVED, Folder, Names, Seconds, Text, distinct, named, split
from triforce_daemon.wire.tiers import TierName


def _no_separator(name: str) -> str:
    if "__" in name or name.endswith("_"):
        raise ValueError("two underscores stand between a server's name and its tool's")
    return name


def _assignment(text: str) -> str:
    name, equals, _ = text.partition("=")
    if not equals or not name.isidentifier() or not name.isascii():
        raise ValueError("a variable is written NAME=VALUE")
    return text


def _header(text: str) -> str:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip() or not text.isprintable():
        raise ValueError("a header is written Name: value")
    return text


def _endpoint(text: str) -> str:
    """An address as it is written: a slash at its end, and what is asked for behind it, mean something to servers."""
    address, _, query = text.partition("?")
    web_address(address)
    if not query.isascii() or not query.isprintable() or set(query) & set(' #"<>'):
        raise ValueError("it holds what no address holds")
    return text


def _below_a_folder(path: str) -> str:
    if not path:
        raise ValueError("it has to be an absolute path")
    return path


#: Of `triforce` are the daemon's own tools; the others are names of toolsets.
McpServerName = Annotated[str, named((*RESERVED, "all", "search", "triforce")), AfterValidator(_no_separator)]
_Endpoint = Annotated[str, AfterValidator(_endpoint)]
_Words = Annotated[list[Text], BeforeValidator(split)]
_Variables = Annotated[list[Annotated[Text, AfterValidator(_assignment)]], BeforeValidator(split)]
_Headers = Annotated[list[Annotated[str, AfterValidator(_header)]], BeforeValidator(split)]
_Folders = Annotated[list[Annotated[Folder, AfterValidator(_below_a_folder)]], BeforeValidator(split)]


class McpServer(Section):
    at_once = frozenset({ALL})
    by_hand = frozenset({ALL})
    #: It says which programs are started: what stands here is written in the file, and by nobody who asks the daemon.
    file_only = True

    enabled: bool = True
    """Whether its tools are offered."""
    command: Text = ""
    """The program to start and speak to through its pipes, by its path or by a name of the system's."""
    args: _Words = []
    """Its arguments."""
    env: _Variables = []
    """Its environment, each as NAME=VALUE, beside PATH, HOME and the language; `{key}` is the secret of `key`."""
    url: _Endpoint = ""
    """Where it is, for one that runs already and speaks Streamable HTTP."""
    headers: _Headers = []
    """What is sent to it with each request, each as `Name: value`; `{key}` is the secret of `key`."""
    key: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_-]{0,31})?$")] = ""
    """The name under which `triforce keys set` keeps the secret that env or headers need."""
    read: _Folders = []
    """Folders and files that the program may read, beside the system's programs."""
    write: _Folders = []
    """Folders that the program may change."""
    network: bool = False
    """Whether the program may use the network."""
    confine: Literal["auto", "always", "never"] = "auto"
    """Whether the program is shut in by bubblewrap: auto, where that works; always, or it is not started; never."""
    memory_mb: Annotated[int, Field(ge=16, le=1 << 20)] = 1_024
    """How much memory the program and all that it starts may hold together."""
    start_seconds: Seconds = 30
    """How long it may take until it has said what its tools are."""
    call_seconds: Seconds = 120
    """How long a call of one of its tools may take."""
    answer_seconds: Seconds = 300
    """How long whoever has called may take to answer what it asks on the way."""
    protocol: Literal["newest", "2025-11-25"] = "newest"
    """The revision that is spoken with it: the newest that it knows, or 2025-11-25 and before."""
    tools: Names = []
    """The tools that are offered, as it calls them, with * as a wildcard; empty: all."""
    tier: TierName = "free"
    """The lowest tier that may call them."""
    approval: Literal["changes", "always", "never"] = "changes"
    """Which calls have to be agreed to: those of tools that do not say that they only read, all, or none."""

    @model_validator(mode="after")
    def _one_way_to_it(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("a server has either a command or a url")
        if "{key}" in "".join((*self.env, *self.headers)) and not self.key:
            raise ValueError("{key} is the secret of a key: say of which")
        return self


McpServers = Annotated[dict[McpServerName, McpServer], AfterValidator(distinct)]
