"""Rows as the daemon writes them, each value replaceable."""

from typing import Any, cast

from triforce_daemon.stores.ledger import Entry
from triforce_daemon.stores.sessions import SessionRow, TurnRow


def session(id: str, **other: Any) -> SessionRow:
    row = SessionRow(
        id=id,
        owner="anna",
        title=f"about {id}",
        model="builtin/small",
        system=None,
        origin="chat",
        cwd="/home/anna",
        created=1_795_448_000_000,
        updated=1_795_448_000_000,
    )
    return cast(SessionRow, {**row, **other})


def turn(session: str, number: int = 1, **other: Any) -> TurnRow:
    row = TurnRow(
        session=session,
        number=number,
        input="Why is the sky blue?",
        output="Because of Rayleigh scattering.",
        state="done",
        model="builtin/small",
        provider="builtin",
        finish_reason="stop",
        tokens_in=7,
        tokens_out=9,
        estimated=0,
        cost=None,
        error=None,
        request=f"{session}-{number}",
        created=1_795_448_000_000,
        finished=1_795_448_001_500,
        daemon=None,
        steps=None,
    )
    return cast(TurnRow, {**row, **other})


def entry(request: str, **other: Any) -> Entry:
    made = Entry(
        request=request,
        ts=1_795_448_000_000,
        client="anna",
        session=None,
        provider="builtin",
        model="builtin/small",
        tokens_in=10,
        tokens_out=20,
        estimated=0,
        cost=None,
        currency=None,
        state="done",
        error=None,
        first_token_ms=12,
        token=None,
        local=1,
        total_ms=80,
    )
    return cast(Entry, {**made, **other})
