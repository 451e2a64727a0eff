"""What is taken over of a configuration that was read anew: exactly what may be, and nothing is lost on the way."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.configuration.keys import at_once_sections, find
from triforce_daemon.configuration.sources import Configuration, load
from triforce_daemon.configuration.takeover import below, takeover


def read(text: str, tmp_path: Path, **flags: str) -> Configuration:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load(str(file), {}, {name.replace("__", "."): value for name, value in flags.items()})


def test_what_may_be_is_taken_and_the_rest_waits(tmp_path: Path) -> None:
    running = read("[routing]\nretries = 1\n[builtin]\ncontext = 512", tmp_path)
    fresh = read('[routing]\nretries = 2\n[builtin]\ncontext = 1024\n[log]\nlevel = "debug"\nformat = "text"', tmp_path)
    done = takeover(running, fresh)
    assert (done.taken, done.waiting) == (["log.level", "routing.retries"], ["log.format", "builtin.context"])
    assert done.sections == ["log", "routing"]
    settings = done.configuration.settings
    assert (settings.routing.retries, settings.builtin.context) == (2, 512)
    assert (settings.log.level, settings.log.format) == ("debug", "json")
    assert done.configuration.origins["log.level"] == "file"
    assert done.configuration.origins["log.format"] == "default"


def test_what_waits_is_told_every_time(tmp_path: Path) -> None:
    running, fresh = read("", tmp_path), read("[builtin]\ncontext = 1024\n[routing]\nretries = 0", tmp_path)
    once = takeover(running, fresh)
    again = takeover(once.configuration, fresh)
    assert (again.taken, again.waiting) == ([], once.waiting)


def test_tables_come_change_and_go(tmp_path: Path) -> None:
    running = read(
        '[aliases.a]\nmodels = ["x"]\n[aliases.b]\nmodels = ["x"]\n[providers.mine]\nbase_url = "http://h"', tmp_path
    )
    fresh = read('[aliases.b]\nmodels = ["y"]\n[aliases.c]\nmodels = ["x"]\n[providers.groq]\nmax_tools = 3', tmp_path)
    done = takeover(running, fresh)
    assert done.configuration.settings.aliases == fresh.settings.aliases
    assert done.configuration.settings.providers == fresh.settings.providers
    assert done.configuration.origins == fresh.origins
    assert set(done.taken) == {
        *("aliases.a.models", "aliases.b.models", "aliases.c.models"),
        *("providers.mine.base_url", "providers.groq.max_tools"),
    }


@pytest.mark.parametrize("place", ["aliases.b", "aliases.b.models"])
def test_only_what_is_wanted(tmp_path: Path, place: str) -> None:
    running = read('[aliases.b]\nmodels = ["x"]', tmp_path)
    fresh = read('[aliases.b]\nmodels = ["y"]\n[aliases.bc]\nmodels = ["x"]\n[routing]\nretries = 0', tmp_path)
    done = takeover(running, fresh, below(place))
    assert done.taken == ["aliases.b.models"]
    assert set(done.configuration.settings.aliases) == {"b"}
    assert done.configuration.settings.routing.retries == 2


def test_a_value_that_only_comes_from_elsewhere_is_no_news(tmp_path: Path) -> None:
    done = takeover(read("", tmp_path), read("[routing]\nretries = 2", tmp_path))
    assert (done.taken, done.waiting) == ([], [])
    assert done.configuration.origins["routing.retries"] == "file"


def test_a_flag_wins_over_what_the_file_says_now(tmp_path: Path) -> None:
    running = read("", tmp_path, routing__retries="5")
    assert running.flags == {"routing.retries": "5"}
    fresh = read("[routing]\nretries = 1", tmp_path, **running.flags)
    assert takeover(running, fresh).taken == []


CHOICES = {
    "log.level": ['"debug"', '"error"'],
    "log.format": ['"text"', '"json"'],
    "routing.retries": ["0", "7"],
    "routing.hedge": ["true", "false"],
    "builtin.context": ["512", "1024"],
    "upstream.idle_seconds": ["1", "2"],
    "aliases.a.models": ['["x"]', '["y"]'],
    "aliases.b.models": ['["x"]'],
    "providers.groq.enabled": ["false", "true"],
    "providers.groq.account": ['"a"'],
}
texts = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()})


@given(texts, texts)
def test_taking_over_is_as_good_as_a_start_but_for_what_waits(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("c")
    running, fresh = (
        read("".join(f"{name} = {value}\n" for name, value in one.items()), folder) for one in (before, after)
    )
    done = takeover(running, fresh)
    for name in CHOICES:
        key = find(name)
        assert key
        expected = fresh if key.at_once else running
        assert key.read(done.configuration.settings) == key.read(expected.settings)
    assert takeover(done.configuration, fresh).taken == []
    for section in at_once_sections() - {"log"}:
        assert getattr(done.configuration.settings, section) == getattr(fresh.settings, section)
