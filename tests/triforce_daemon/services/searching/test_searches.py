"""Several sources: which is asked, what is merged, and what is said of those that fail."""

from dataclasses import dataclass, field

import pytest

from tests.triforce_daemon.services.searching.sources import ANNA, query
from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, ToolUnavailable, TriforceError, UpstreamFailed
from triforce_daemon.services.searching.cache import SearchCache
from triforce_daemon.services.searching.searches import Searches, merged
from triforce_daemon.services.searching.source import Found, Query, Result, SourceName, result
from triforce_daemon.toolbox.requirement import Missing

NEAR = Caller("user", "user/ben", user="b", scopes=frozenset({"tools", "memory"}), boundary="machine")


def page(path: str, source: str = "x", snippet: str = "") -> Result:
    return result(path, f"https://{path}", snippet, source)


@dataclass
class Played:
    name: SourceName
    found: list[Result] = field(default_factory=list[Result])
    failure: TriforceError | None = None
    lack: Missing | None = None
    outside: bool = True
    asked: list[str] = field(default_factory=list[str])

    def missing(self) -> Missing | None:
        return self.lack

    async def find(self, query: Query) -> Found:
        self.asked.append(query.text)
        if self.failure:
            raise self.failure
        return Found(self.found)

    async def probe(self) -> None:
        self.asked.append("")
        if self.failure:
            raise self.failure


@dataclass
class House:
    clock: SimulatedClock
    searxng: Played
    wikipedia: Played
    local: Played
    searches: Searches


@pytest.fixture
def house() -> House:
    clock = SimulatedClock()
    three = (
        Played("searxng", [page("a.example/1"), page("a.example/2")]),
        Played("wikipedia", [page("b.example/1")]),
        Played("local", [page("mine/1")], outside=False),
    )
    return House(clock, *three, Searches(three, SearchCache(clock, 60), clock))


DOWN = UpstreamFailed("It is down.", None)


async def test_the_first_that_answers_is_enough(house: House) -> None:
    found = await house.searches.search(query(), "auto")
    assert (found["source"], found["cached"], found["remark"], len(found["results"])) == ("searxng", False, None, 2)
    again = await house.searches.search(query(), "auto")
    assert again == {**found, "cached": True}
    assert house.searxng.asked == ["sqlite"] and house.wikipedia.asked == house.local.asked == []


async def test_the_next_one_is_asked_where_it_fails_and_that_is_said(house: House) -> None:
    house.searxng.failure = DOWN
    found = await house.searches.search(query(), "auto")
    assert (found["source"], found["remark"]) == ("wikipedia", "searxng: It is down.")
    house.wikipedia.failure = UpstreamFailed("Gone.", None)
    with pytest.raises(UpstreamFailed, match=r"searxng: It is down\. wikipedia: Gone\."):
        await house.searches.search(query("other"), "auto")
    assert house.local.asked == []


async def test_a_source_that_is_named_is_asked_and_no_other(house: House) -> None:
    house.searxng.failure = DOWN
    with pytest.raises(UpstreamFailed):
        await house.searches.search(query(), "searxng")
    house.searxng.lack = Missing("There is none.", "Make one.")
    with pytest.raises(ToolUnavailable, match="There is none"):
        await house.searches.search(query(), "searxng")
    assert (await house.searches.search(query(), "auto"))["source"] == "wikipedia"
    house.wikipedia.lack = Missing("Off.")
    with pytest.raises(ToolUnavailable, match="No source of the web"):
        await house.searches.search(query(), "auto")


async def test_what_must_stay_here_stays_here(house: House) -> None:
    for source in ("auto", "searxng", "wikipedia"):
        with pytest.raises(Forbidden, match="no further than machine"):
            await house.searches.search(query(caller=NEAR), source)  # type: ignore[arg-type]
    assert (await house.searches.search(query(caller=NEAR), "local"))["source"] == "local"
    assert house.searches.usual(NEAR) == ["local"]
    assert house.searches.usual(ANNA) == ["searxng", "wikipedia"], "she may read neither sessions nor memory"
    assert (await house.searches.multi(query(caller=NEAR), None))["results"][0]["url"] == "https://mine/1"
    assert house.searxng.asked == house.wikipedia.asked == []


async def test_several_at_once(house: House) -> None:
    house.wikipedia.failure = DOWN
    told = await house.searches.multi(query(limit=1), None)
    assert [one["url"] for one in told["results"]] == ["https://a.example/1"]
    assert told["failed"]["wikipedia"]["code"] == "upstream_failed"
    with pytest.raises(UpstreamFailed):
        await house.searches.multi(query(), ["wikipedia"])
    house.searxng.lack = house.wikipedia.lack = Missing("Off.")
    with pytest.raises(ToolUnavailable, match="No source"):
        await house.searches.multi(query(), None)


async def test_how_they_are_is_found_out_seldom(house: House) -> None:
    house.searxng.lack = Missing("There is none.")
    house.wikipedia.failure = DOWN
    for _ in range(3):
        health = await house.searches.health()
    assert {name: (one["up"], one["error"]) for name, one in health.items()} == {
        "searxng": (False, "There is none."),
        "wikipedia": (False, "It is down."),
        "local": (True, None),
    }
    assert len(house.wikipedia.asked) == 1
    house.clock.moment += 31
    house.wikipedia.failure = None
    assert (await house.searches.health())["wikipedia"] == {"up": True, "latency_ms": 0, "error": None}


def test_what_several_found_comes_first() -> None:
    one = [page("a.example/x", "one", "short"), page("a.example/both", "one", "short")]
    other = [page("www.a.example/both/", "two", "much longer"), page("a.example/y", "two")]
    found = merged([one, other])
    assert [hit["url"] for hit in found] == [f"https://a.example/{path}" for path in ("both", "x", "y")]
    assert (found[0]["snippet"], found[0]["sources"]) == ("much longer", ["one", "two"])
    assert found[0]["score"] > found[1]["score"] >= found[2]["score"]
