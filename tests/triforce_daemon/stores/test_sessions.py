"""Sessions and turns: they come back as they were written, page by page, and whatever is searched for."""

import asyncio
import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.stores import rows
from tests.triforce_daemon.stores.databases import opened
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

START = 1_795_448_000_000


@pytest.fixture
def store(database: Database) -> SessionStore:
    return SessionStore(database)


async def add(database: Database, store: SessionStore, *sessions: Any, turns: Any = ()) -> None:
    writes = [store.insert_session(**row) for row in sessions] + [store.insert_turn(**row) for row in turns]
    await database.write(*writes)


async def test_a_session_comes_back_as_it_was_written(database: Database, store: SessionStore) -> None:
    row = rows.session("abc", system="Be brief.", cwd=None, origin="import", updated=START + 1)
    await add(database, store, row, turns=[rows.turn("abc", 1), rows.turn("abc", 2, tokens_in=None, tokens_out=None)])
    assert await store.get("abc") == {
        "id": "abc",
        "title": "about abc",
        "model": "builtin/small",
        "system": "Be brief.",
        "origin": "import",
        "cwd": None,
        "turns": 2,
        "tokens_in": 7,
        "tokens_out": 9,
        "cost": None,
        "created": rfc3339(START),
        "updated": rfc3339(START + 1),
    }
    assert await store.get("missing") is None


async def test_a_session_without_turns_counts_none(database: Database, store: SessionStore) -> None:
    await add(database, store, rows.session("abc"))
    session = await store.get("abc")
    assert session is not None
    assert (session["turns"], session["tokens_in"], session["tokens_out"]) == (0, 0, 0)


async def test_owners_are_those_who_have_a_conversation(database: Database, store: SessionStore) -> None:
    assert await store.owners() == []
    await add(
        database, store, *(rows.session(id, owner=owner) for id, owner in (("a", "zoe"), ("b", "anna"), ("c", "zoe")))
    )
    assert await store.owners() == ["anna", "zoe"]


async def test_turns_come_back_in_order(database: Database, store: SessionStore) -> None:
    failed = rows.turn(
        "abc", 10, state="failed", error='{"code":"x","message":"m","hint":null,"request_id":null}', finished=None
    )
    silent = rows.turn("abc", 9, tokens_in=None, provider=None, finish_reason=None, estimated=None)
    guessed = rows.turn("abc", 2, estimated=1, input="Größe\0\n", output="")
    await add(database, store, rows.session("abc"), rows.session("other"), turns=[failed, silent, guessed])
    await add(database, store, turns=[rows.turn("other", 1)])
    second, ninth, tenth = await store.turns("abc")
    assert [turn["id"] for turn in (second, ninth, tenth)] == ["abc.2", "abc.9", "abc.10"]
    assert second == {
        "id": "abc.2",
        "session": "abc",
        "number": 2,
        # PostgreSQL holds no zero byte.
        "input": "Größe\0\n" if isinstance(database, SqliteDatabase) else "Größe␀\n",
        "output": "",
        "state": "done",
        "model": "builtin/small",
        "provider": "builtin",
        "finish_reason": "stop",
        "usage": {"input_tokens": 7, "output_tokens": 9, "estimated": True},
        "error": None,
        "created": rfc3339(START),
        "finished": rfc3339(START + 1_500),
    }
    assert ninth["usage"] is None
    assert tenth["error"] == {"code": "x", "message": "m", "hint": None, "request_id": None}
    assert tenth["finished"] is None
    assert await store.turns("missing") == []


async def test_a_turn_needs_its_session_and_a_number_of_its_own(database: Database, store: SessionStore) -> None:
    await add(database, store, rows.session("abc"), turns=[rows.turn("abc", 1)])
    for row in (rows.turn("missing", 1), rows.turn("abc", 1)):
        with pytest.raises(RowRefused):
            await add(database, store, turns=[row])


async def test_a_turn_is_closed(database: Database, store: SessionStore) -> None:
    opened = rows.turn("abc", 1, state="running", output="", tokens_in=None, finished=None)
    untouched = rows.turn("abc", 2)
    await add(database, store, rows.session("abc"), rows.session("other"), turns=[opened, untouched])
    closing = {**rows.turn("abc", 1, output="Yes.", state="done", tokens_in=3), "model": "who/answered"}
    await database.write(*store.finish_turn("abc", 1, closing, now=START + 5_000))
    first, second = await store.turns("abc")
    assert (first["output"], first["state"], first["model"]) == ("Yes.", "done", "who/answered")
    assert first["usage"] == {"input_tokens": 3, "output_tokens": 9, "estimated": False}
    assert second["output"] == untouched["output"]
    updated = {session["id"]: session["updated"] for session in await store.page("anna", limit=9)}
    assert updated == {"abc": rfc3339(START + 5_000), "other": rfc3339(START)}


async def test_a_session_is_changed(database: Database, store: SessionStore) -> None:
    await add(database, store, rows.session("abc", system="old"), rows.session("other"))
    session = await store.get("abc")
    assert session is not None
    changed = {**session, "title": "new", "system": None, "model": "m/2"}
    await database.write(store.change(changed))  # pyright: ignore[reportArgumentType]
    assert await store.get("abc") == changed
    other = await store.get("other")
    assert other is not None
    assert other["title"] == "about other"


async def test_what_is_deleted_is_gone_with_all_that_hangs_on_it(database: Database, store: SessionStore) -> None:
    await add(
        database,
        store,
        rows.session("abc"),
        rows.session("other"),
        turns=[rows.turn("abc", 1), rows.turn("abc", 2), rows.turn("other", 1)],
    )
    await database.write(store.delete_turn("abc", 2))
    assert [turn["number"] for turn in await store.turns("abc")] == [1]
    await database.write(store.delete("abc"))
    assert await store.get("abc") is None
    assert await store.turns("abc") == []
    assert [hit["session"] for hit in await store.search("anna", "rayleigh", 9)] == ["other"]


async def test_after_a_crash_open_turns_are_interrupted(database: Database, store: SessionStore) -> None:
    turns = [
        rows.turn("abc", 1),
        rows.turn("abc", 2, state="failed"),
        rows.turn("abc", 3, state="running", finished=None),
    ]
    await add(database, store, rows.session("abc"), turns=turns)
    await database.write(store.interrupt_running(START + 9))
    assert [(turn["state"], turn["finished"]) for turn in await store.turns("abc")] == [
        ("done", rfc3339(START + 1_500)),
        ("failed", rfc3339(START + 1_500)),
        ("interrupted", rfc3339(START + 9)),
    ]


async def test_ids_are_found_by_how_they_begin(database: Database, store: SessionStore) -> None:
    await add(database, store, *(rows.session(name) for name in ("abcd", "abce", "xabc", "ab_d")))
    await add(database, store, rows.session("abcz", owner="bert"))
    assert sorted(await store.ids("anna", "abc", most=9)) == ["abcd", "abce"]
    assert sorted(await store.ids("anna", "ab", most=9)) == ["ab_d", "abcd", "abce"]
    assert len(await store.ids("anna", "ab", most=2)) == 2
    for no_pattern in ("%", "_", "ab%", "a_c", "\\", "'"):
        assert await store.ids("anna", no_pattern, most=9) == []
    assert await store.ids("anna", "ab_", most=9) == ["ab_d"]


async def everything(store: SessionStore, limit: int, **query: Any) -> list[str]:
    """All pages, one after the other."""
    found: list[Any] = []
    while page := await store.page("anna", limit=limit, after=found[-1] if found else None, **query):
        assert len(page) <= limit
        found += page
    return [session["id"] for session in found]


async def test_pages_hold_each_session_once_newest_first(database: Database, store: SessionStore) -> None:
    """Also where many were changed in the same millisecond."""
    times = {f"s{number:02}": START + number // 7 for number in range(40)}
    shuffled = random.Random(5).sample(list(times.items()), len(times))
    await add(database, store, *(rows.session(name, updated=moment) for name, moment in shuffled))
    await add(database, store, rows.session("foreign", owner="bert"))
    expected = sorted(times, key=lambda name: (times[name], name), reverse=True)
    for limit in (1, 3, 7, 40, 100):
        assert await everything(store, limit) == expected


async def test_pages_may_be_narrowed(database: Database, store: SessionStore) -> None:
    await add(
        database,
        store,
        *(rows.session(f"s{number}", updated=START + number, model="ab"[number % 2]) for number in range(10)),
        turns=[rows.turn("s3", 1), rows.turn("s3", 2)],
    )
    assert await everything(store, 2, since=START + 7) == ["s9", "s8", "s7"]
    assert await everything(store, 2, before=START + 3) == ["s2", "s1", "s0"]
    assert await everything(store, 2, model="b") == ["s9", "s7", "s5", "s3", "s1"]
    assert await everything(store, 2, since=START + 2, before=START + 6, model="b") == ["s5", "s3"]
    [session] = await store.page("anna", limit=1, since=START + 3, before=START + 4)
    assert (session["turns"], session["tokens_in"]) == (2, 14)


async def test_a_search_finds_what_holds_all_words(database: Database, store: SessionStore) -> None:
    said = {1: "Wie groß ist der Café-Tisch?", 2: "naïve Bayes explained", 3: "Bayes theorem", 4: "C++ and c# code"}
    await add(database, store, rows.session("abc"), rows.session("theirs", owner="bert"))
    await add(database, store, turns=[rows.turn("abc", number, input=text) for number, text in said.items()])
    await add(database, store, turns=[rows.turn("theirs", 1, input="Bayes is mine")])

    async def found(words: str) -> list[int]:
        return sorted(hit["turn"] for hit in await store.search("anna", words, 9))

    assert await found("bayes") == [2, 3]
    assert await found("NAIVE bayes") == [2]
    assert await found("bayes naive") == [2]
    assert await found("cafe") == [1]
    assert await found("CAFÉ") == [1]
    assert await found("theor") == [3], "the last word may be unfinished"
    assert await found("theor bayes") == [], "any other word is whole"
    assert await found("rayleigh") == [1, 2, 3, 4], "what was answered is searched as well"
    assert await found("bayes NOT naive") == []
    assert await found("bayes OR table") == []
    assert await found("input:bayes") == []
    assert await found("c++ code") == [4]
    assert await found("nothing") == await found("") == await found("   ") == []
    assert len(await store.search("anna", "rayleigh", 3)) == 3


async def test_a_hit_shows_its_surroundings(database: Database, store: SessionStore) -> None:
    await add(database, store, rows.session("abc", title="The sky"), turns=[rows.turn("abc", 4)])
    [hit] = await store.search("anna", "rayleigh", 9)
    assert hit == {
        "session": "abc",
        "title": "The sky",
        "turn": 4,
        "snippet": "Because of «Rayleigh» scattering.",
    }


async def test_the_best_hit_comes_first(database: Database, store: SessionStore) -> None:
    long = "filler " * 200
    texts = [f"{long} zebra {long}", "zebra zebra zebra", f"{long} zebra"]
    await add(database, store, rows.session("abc"), turns=[rows.turn("abc", n, input=t) for n, t in enumerate(texts)])
    assert (await store.search("anna", "zebra", 1))[0]["turn"] == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_any_text_may_be_searched_for(request: pytest.FixtureRequest, kind: str) -> None:
    """Nothing that a person types is query syntax, and a word that was said is found."""
    loop = asyncio.new_event_loop()
    database = loop.run_until_complete(opened(request, kind))
    store = SessionStore(database)
    loop.run_until_complete(add(database, store, rows.session("abc"), turns=[rows.turn("abc", 1, input="zebra")]))

    @given(st.text(st.characters(), max_size=30) | st.text("\"*^():{}+-\0'\\ aANDORNOT", max_size=20))
    @settings(max_examples=200)
    @example("a\0b")
    @example('"')
    @example("NEAR(a b, 5)")
    @example("\ud800")
    @example("word " * 3_000)
    def searches(words: str) -> None:
        loop.run_until_complete(store.search("anna", words, 5))
        without_letters = "".join(one for one in words if not one.isalnum() and not one.isspace())
        hits = loop.run_until_complete(
            store.search("anna", f'"zebra" {without_letters.encode("ascii", "ignore").decode()}', 5)
        )
        assert [hit["turn"] for hit in hits] == [1]

    try:
        searches()
    finally:
        loop.run_until_complete(database.close())
        loop.close()
