"""Tools for the toolbox's tests, and the parts around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.errors import NotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.approvals import ApprovalStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.toolbox.entry import Entry, bind
from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.toolbox.runner import Request, Runner


class Shelf:
    """A part of the daemon that tools work on."""

    def __init__(self) -> None:
        self.books = {"emma", "ulysses"}


class Ladder:
    """A part that may not be there."""

    def __init__(self) -> None:
        self.lack: Missing | None = None

    def missing(self) -> Missing | None:
        return self.lack


class Books(TypedDict):
    books: list[str]


@tool(tier="free", effect="read", idempotent=True, formerly=("books_find",), keywords=("Buch", "library"))
async def books_search(
    query: Annotated[str, "words to look for"],
    limit: Annotated[int, "how many at most", Field(ge=1, le=9)] = 3,
    order: Annotated[Literal["up", "down"], "the order"] = "up",
    *,
    shelf: Shelf,
) -> Books:
    """Find books that have some words in their title.

    Whole words only.
    """
    return Books(books=sorted(book for book in shelf.books if query in book)[:limit])


class Burnt(TypedDict):
    burnt: bool


@tool(tier="guest", effect="destroy")
async def books_burn(title: str, dry_run: bool = False, *, shelf: Shelf, call: ToolCall) -> Burnt:
    """Burn a book."""
    if title not in shelf.books:
        raise NotFound(f"There is no book {title}.")
    if not dry_run:
        shelf.books.discard(title)
        call.changed("book", title, f"burnt {title}")
    return Burnt(burnt=not dry_run)


@tool(tier="admin", effect="write", requires=(Ladder,))
async def books_shelve(titles: list[str], tags: dict[str, int] | None = None, *, shelf: Shelf) -> Books:
    """Put books on the shelf."""
    shelf.books |= set(titles)
    return Books(books=sorted(shelf.books))


@tool(tier="pro", effect="exec")
async def books_break() -> Burnt:
    """Fall off the ladder."""
    raise RuntimeError("the ladder broke")


FUNCTIONS = (books_search, books_burn, books_shelve, books_break)


@dataclass
class Bench:
    catalog: Catalog
    shelf: Shelf
    ladder: Ladder
    approvals: Approvals
    runner: Runner
    written: list[tuple[Request, str, Outcome]] = field(default_factory=list)

    async def run(self, caller: Caller, name: str, **arguments: Any) -> Outcome:
        return await self.ask(caller, name, arguments)

    async def ask(self, caller: Caller, name: str, arguments: dict[str, Any], **more: Any) -> Outcome:
        return await self.runner.run(Request(caller, name, arguments, "r1", "api", **more))

    async def record(self, request: Request, digest: str, outcome: Outcome) -> None:
        self.written.append((request, digest, outcome))


class StillClock(Clock):
    """Stands still until it is told to go on."""

    seconds = 1_000_000.0

    def now_ms(self) -> int:
        return int((self.seconds) * 1_000)


def entries(*parts: object) -> list[Entry]:
    provided = {type(part): part for part in (Shelf(), Ladder(), *parts)}
    return [bind(function, provided.__getitem__) for function in FUNCTIONS]


@asynccontextmanager
async def bench(folder: str, clock: Clock | None = None) -> AsyncIterator[Bench]:
    database = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await database.open()
    shelf, ladder, clock = Shelf(), Ladder(), clock or Clock()
    catalog = Catalog(entries(shelf, ladder))
    approvals = Approvals(ApprovalStore(database), clock, minutes=10, each=lambda _: False)
    made = Bench(catalog, shelf, ladder, approvals, None)  # type: ignore[arg-type]
    made.runner = Runner(catalog, approvals, made, clock)
    yield made
    await database.close()


OWNER = Caller(kind="owner", name="owner")
TIERS = Tiers()


def user(name: str = "anna", tier: str = "pro", *scopes: str, admin: bool = False) -> Caller:
    granted = frozenset(scopes or ("tools", "tools:write", "tools:exec"))
    return Caller(
        kind="user",
        name=f"user/{name}",
        user=name,
        scopes=granted,
        tier=TIERS.get(tier),
        admin=admin,  # type: ignore[arg-type]
    )


def token(name: str = "t1", *scopes: str, of: str | None = None) -> Caller:
    granted = frozenset(scopes or ("tools", "tools:write"))
    return Caller(kind="token", name=f"token/{name}", token=name, scopes=granted, user=of)  # type: ignore[arg-type]
