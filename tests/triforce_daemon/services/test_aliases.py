"""Aliases: ours, the user's, and what becomes of a change."""

import fnmatch

import pytest

from tests.scriptable_upstream.model_lists import models_of
from triforce_daemon.errors import NotFound, StorageFailed
from triforce_daemon.services.aliases import Alias, Aliases
from triforce_daemon.settings import Alias as Setting
from triforce_daemon.wire.models import AliasChange

MINE = Setting(models=["groq/*", "small"], boundary="own-nodes", order="scored")
Kept = list[tuple[str, AliasChange | None]]


def aliases(kept: Kept | None = None, **settings: Setting) -> Aliases:
    return Aliases(settings, lambda name, change: (kept if kept is not None else []).append((name, change)))


def test_ours_are_there_and_end_on_this_machine() -> None:
    ours = {alias.name: alias for alias in aliases().all()}
    assert set(ours) == {"auto", "fast", "code"}
    for alias in ours.values():
        assert (alias.origin, alias.boundary, alias.order) == ("built-in", "any", "priority")
        assert alias.models[-1] == "builtin/*"
        assert alias.description


def test_what_ours_name_is_what_providers_list() -> None:
    """At least a third of the names fit a recorded catalogue: a misspelt provider or pattern would fit none."""
    for alias in aliases().all():
        fitting = 0
        for entry in alias.models[:-1]:
            owner, _, pattern = entry.partition("/")
            fitting += any(fnmatch.fnmatchcase(model.id, pattern) for model in models_of(owner))
        assert fitting >= len(alias.models) / 3, (alias.name, fitting)


def test_the_users_own_takes_the_place_of_ours() -> None:
    mine = aliases(fast=MINE)
    assert mine.get("fast") == Alias("fast", ("groq/*", "small"), "own-nodes", "scored")
    assert [alias.name for alias in mine.all()] == ["fast", "auto", "code"]
    assert mine.get("other") is None


def test_a_change_is_kept_and_leaves_the_rest_as_it_is() -> None:
    kept: Kept = []
    mine = aliases(kept, quick=MINE)
    changed = mine.put("quick", {"boundary": "machine"})
    assert (changed.models, changed.boundary, changed.order) == (("groq/*", "small"), "machine", "scored")
    assert kept == [("quick", {"models": ["groq/*", "small"], "boundary": "machine", "order": "scored"})]
    made = mine.put("new", {"models": ["a"]})
    assert (made.boundary, made.order, mine.get("new")) == ("any", "priority", made)
    # Ours become the user's own when they are changed.
    assert mine.put("auto", {"order": "weighted"}).origin == "setting"


def test_what_cannot_be_kept_does_not_hold() -> None:
    def refuse(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    mine = Aliases({"quick": MINE}, refuse)
    with pytest.raises(StorageFailed):
        mine.put("quick", {"models": ["b"]})
    with pytest.raises(StorageFailed):
        mine.remove("quick")
    assert mine.get("quick") == Alias("quick", ("groq/*", "small"), "own-nodes", "scored")


def test_removing_brings_ours_back() -> None:
    kept: Kept = []
    mine = aliases(kept, fast=MINE)
    mine.remove("fast")
    assert kept == [("fast", None)]
    assert (mine.get("fast") or Alias("", ())).origin == "built-in"
    with pytest.raises(NotFound, match="comes with triforce"):
        mine.remove("fast")
    with pytest.raises(NotFound):
        mine.remove("nothing")
