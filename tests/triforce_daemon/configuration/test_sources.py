"""Settings from all their sources: who wins, and what an error says."""

import os
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.configuration import sources
from triforce_daemon.configuration.keys import all_keys, keys, named_sections
from triforce_daemon.configuration.validation import validate
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.settings import Alias, Provider, Settings


@dataclass
class Bench:
    """A configuration file, and the two other sources."""

    file: Path
    environ: dict[str, str] = field(default_factory=dict[str, str])
    flags: dict[str, str] = field(default_factory=dict[str, str])

    def load(self, text: str | None = None, environ: Mapping[str, str] = {}, **flags: str) -> sources.Configuration:
        if text is not None:
            self.file.write_bytes(text.encode())
        return sources.load(str(self.file), environ, {name.replace("__", "."): value for name, value in flags.items()})

    def refused(self, text: str | None = None, environ: Mapping[str, str] = {}, **flags: str) -> list[str]:
        """The lines of the error, and its hint last."""
        with pytest.raises(ConfigurationInvalid) as raised:
            self.load(text, environ, **flags)
        return [*raised.value.message.split("\n"), raised.value.hint or ""]

    def at(self, line: int, rest: str) -> str:
        return f"{self.file}, line {line}: {rest}"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "config.toml")


def test_without_any_source_the_defaults_hold(bench: Bench) -> None:
    loaded = bench.load()
    assert loaded.settings == Settings()
    assert loaded.file_exists is False
    assert set(loaded.origins) == set(keys())
    assert set(loaded.origins.values()) == {"default"}
    assert sources.load_what_is_right(str(bench.file), {}, {}) == loaded


def test_what_is_right_is_kept_where_the_rest_is_wrong(bench: Bench) -> None:
    text = '[log]\nlevel = "loud"\nformat = "text"\nx = 1\n[nope]\na = 1\n[builtin]\ncontext = 512\n'
    bench.file.write_text(text)
    environ = {"TRIFORCE_DATABASE_PATH": "/d", "TRIFORCE_BUILTIN_THREADS": "x", "TRIFORCE_NOPE": "1"}
    loaded = sources.load_what_is_right(str(bench.file), environ, {"builtin.context": "1", "no.such": "1"})
    assert loaded.settings == Settings.model_validate({"log": {"format": "text"}, "database": {"path": "/d"}})
    assert {name: origin for name, origin in loaded.origins.items() if origin != "default"} == {
        "log.format": "file",
        "database.path": "environment",
    }
    bench.file.write_text("[log\n")
    assert sources.load_what_is_right(str(bench.file), environ, {}).settings.database.path == "/d"


#: What two different values of a setting may look like, as flags and variables are written.
CANDIDATES = ["one", "two", "true", "false", "3000", "2000", "3", "2", "1", "0.5", "0.25", "127.0.0.1", "::1"]
CANDIDATES += ["redis://one", "redis://two", "postgresql://one/a", "postgresql://two/a"]
CANDIDATES += ["http://one", "http://two", "/one", "/two"]


def written(name: str) -> tuple[str, str]:
    """A value of that key that is not its default, and another one."""
    key = keys()[name]
    literal = typing.get_origin(key.info.annotation) is typing.Literal
    choices = [*map(str, typing.get_args(key.info.annotation) if literal else ()), *CANDIDATES]
    possible = [word for word in choices if isinstance(validate({key.section: {key.field: word}}), Settings)]
    winner = next(word for word in possible if word != str(key.default).lower())
    return winner, next(word for word in possible if word != winner)


@pytest.mark.parametrize("name", keys())
@pytest.mark.parametrize("given_by", ["file", "environment", "flag"])
def test_flags_win_over_environment_over_file_over_default(bench: Bench, name: str, given_by: str) -> None:
    winner, loser = written(name)
    key = keys()[name]
    ranks = ["file", "environment", "flag"]
    said = dict.fromkeys(ranks[: ranks.index(given_by)], loser) | {given_by: winner}
    if "file" in said:
        value = said["file"] if key.type_name in ("integer", "number", "true or false") else f'"{said["file"]}"'
        bench.file.write_text(f"{name} = {value}\n")
    environ = {key.environment: said["environment"]} if "environment" in said else {}
    flags = {name: said["flag"]} if "flag" in said else {}
    loaded = sources.load(str(bench.file), environ, flags)
    value = key.read(loaded.settings)
    words = ",".join(value) if isinstance(value, list) else str(value)
    assert words.removesuffix(".0").lower() == winner.removesuffix(".0")
    assert loaded.origins == {other: given_by if other == name else "default" for other in keys()}


def test_words_become_what_the_setting_is(bench: Bench) -> None:
    environ = {
        "TRIFORCE_BUILTIN_CONTEXT": "4096",
        "TRIFORCE_BUILTIN_ENABLED": "false",
        "TRIFORCE_DAEMON_DRAIN_SECONDS": "0.5",
    }
    loaded = bench.load(environ=environ, builtin__fetch="no", builtin__parallel="7").settings
    assert loaded.builtin.context == 4096
    assert loaded.builtin.enabled is False
    assert loaded.builtin.fetch is False
    assert loaded.builtin.parallel == 7
    assert loaded.daemon.drain_seconds == 0.5


def test_the_command_lines_own_variables_are_no_settings(bench: Bench) -> None:
    theirs = ("TRIFORCE_SOCKET", "TRIFORCE_CONFIG", "TRIFORCE_DEBUG", "TRIFORCE_MODEL", "TRIFORCED_ELSE", "HOME")
    assert bench.load(environ=dict.fromkeys(theirs, "x")).settings == Settings()


def test_an_unknown_section_is_named_with_its_line_and_near_names(bench: Bench) -> None:
    assert bench.refused("# hello\n\n[deamon]\nsocket = 'x'\n") == [
        bench.at(3, "deamon: there is no such section"),
        "Did you mean daemon or memory?",
    ]


def test_an_unknown_key_is_named_with_its_line_and_near_names(bench: Bench) -> None:
    [said, hint] = bench.refused('[log]\n\nlevle = "info"\n')
    assert said == bench.at(3, "log.levle: there is no such setting")
    assert hint.startswith("Did you mean log.level")


def test_a_key_outside_of_all_sections_is_named(bench: Bench) -> None:
    [said, hint] = bench.refused('\nsocket = "/x"\n')
    assert said == bench.at(2, "socket: there is no such section")
    assert hint


@pytest.mark.parametrize("text", ["log = 5", "log = []", '[[log]]\nlevel = "info"'])
def test_a_value_in_the_place_of_a_section_is_named(bench: Bench, text: str) -> None:
    assert bench.refused("\n" + text) == [bench.at(2, "log: is a section"), "Write it as a table: [log]"]


def test_an_unknown_variable_is_named_with_near_names(bench: Bench) -> None:
    [said, hint] = bench.refused(environ={"TRIFORCE_LOG_LEVLE": "info"})
    assert said == "environment variable TRIFORCE_LOG_LEVLE: there is no such setting"
    assert "TRIFORCE_LOG_LEVEL" in hint


def test_an_unknown_flag_is_named_with_near_names(bench: Bench) -> None:
    [said, hint] = bench.refused(bultin__context="1")
    assert said == "--set bultin.context: there is no such setting"
    assert "builtin.context" in hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("builtin.context", '"many"'),
        ("builtin.context", "255"),
        ("builtin.context", "4096.5"),
        ("builtin.context", "99999999999999999999999"),
        ("builtin.threads", "true"),
        ("builtin.threads", "-1"),
        ("builtin.threads", "nan"),
        ("builtin.enabled", "7"),
        ("builtin.temperature", "inf"),
        ("daemon.drain_seconds", "true"),
        ("daemon.drain_seconds", "3601"),
        ("database.busy_seconds", "0"),
        ("daemon.socket", "7"),
        ("daemon.socket", '"a\\u0000b"'),
        ("daemon.socket", "{ path = 'x' }"),
        ("log.level", '"loud"'),
        ("log.level", "2026-11-23"),
        ("log.file", "['x']"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_meaning(bench: Bench, name: str, value: str) -> None:
    section, _, attribute = name.partition(".")
    [said, hint] = bench.refused(f"# one\n[{section}]\n# three\n{attribute} = {value}\n")
    assert said.startswith(bench.at(4, f"{name}: "))
    assert hint == f"{name} is {keys()[name].type_name}: {keys()[name].description}"


def test_a_wrong_variable_or_flag_is_named_as_such(bench: Bench) -> None:
    environ = {"TRIFORCE_BUILTIN_CONTEXT": "many"}
    [said, hint] = bench.refused("[builtin]\ncontext = 4096", environ)
    assert said.startswith("environment variable TRIFORCE_BUILTIN_CONTEXT: 'many': ")
    assert hint.startswith("builtin.context is integer")
    [said, hint] = bench.refused(environ=environ, builtin__context="1")
    assert said.startswith("--set builtin.context: '1': ")
    assert hint.startswith("builtin.context is integer")


def test_a_wrong_value_that_another_source_replaces_does_no_harm(bench: Bench) -> None:
    assert bench.load("[builtin]\ncontext = 1", builtin__context="512").settings.builtin.context == 512


def test_all_problems_are_named_at_once(bench: Bench) -> None:
    text = '[log]\nlevel = "loud"\nx = 1\n[nope]\n[builtin]\ncontext = 1\n'
    environ = {"TRIFORCE_NOPE": "1", "TRIFORCE_BUILTIN_THREADS": "x"}
    *said, hint = bench.refused(text, environ, nope__nope="1", builtin__parallel="0")
    assert [line.removeprefix(f"{bench.file}, ").rpartition(": ")[0] for line in said] == [
        "line 3: log.x",
        "line 4: nope",
        "environment variable TRIFORCE_NOPE",
        "--set nope.nope",
        "line 2: log.level: 'loud'",
        "line 6: builtin.context: 1",
        "environment variable TRIFORCE_BUILTIN_THREADS: 'x'",
        "--set builtin.parallel: '0'",
    ] or said
    assert len(said) == 8
    assert hint


@pytest.mark.parametrize(
    ("text", "line"),
    [("[log]\nlevel = \n", 2), ("[log\n", 1), ("[log]\n[log]\n", 2), ("[log]\nfile = '''\n\n", 2), ("a b", 1)],
)
def test_a_syntax_error_names_its_line(bench: Bench, text: str, line: int) -> None:
    [said, hint] = bench.refused(text)
    assert said.startswith(bench.at(line, "not valid TOML: "))
    assert "toml.io" in hint


@pytest.mark.parametrize("text", ["x = " + "[" * 5_000, "x = " + "9" * 5_000])
def test_what_breaks_the_parser_is_an_error_too(bench: Bench, text: str) -> None:
    [said, _] = bench.refused(text)
    assert said.startswith(f"{bench.file}: cannot be understood: ")


def test_a_file_that_is_no_text_is_an_error(bench: Bench) -> None:
    bench.file.write_bytes(b'[log]\nlevel = "\xff"\n')
    assert bench.refused() == [f"{bench.file}: is not UTF-8 text", "Save the file as UTF-8."]


def test_a_folder_in_the_files_place_is_an_error(bench: Bench) -> None:
    bench.file.mkdir()
    [said, hint] = bench.refused()
    assert said == f"{bench.file}: cannot be read: Is a directory"
    assert hint


def test_a_file_that_may_not_be_read_is_an_error(bench: Bench) -> None:
    loop = bench.file.with_name("loop")
    os.symlink(loop, loop)
    bench.file.symlink_to(loop)
    [said, hint] = bench.refused()
    assert said.startswith(f"{bench.file}: cannot be read: ")
    assert hint == "Check the file's owner and mode."


def test_problems_are_what_load_would_refuse(bench: Bench) -> None:
    bench.file.write_text('[log]\nlevel = "loud"\n')
    environ = {"TRIFORCE_NOPE": "1"}
    assert [(problem["key"], problem["line"]) for problem in sources.problems(str(bench.file), environ)] == [
        (None, None),
        ("log.level", 2),
    ]
    bench.file.write_text('[log]\nlevel = "info"\n')
    assert sources.problems(str(bench.file), {}) == []


scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(), st.text('ab,[]"é', max_size=8), st.just(["a"]))
NAMES = ["groq", "mine", "MINE", "models", "order", "base_url", "a-b", "a_b", "a.b", "[key]", "é"]


VARIABLES = [key.environment.replace("NAME", name) for key in all_keys() for name in ("GROQ", "MY_BOX", "PEER")]


@given(environ=st.dictionaries(st.sampled_from(VARIABLES), st.text(st.characters())))
def test_any_environment_is_taken_or_refused_in_words(bench: Bench, environ: dict[str, str]) -> None:
    try:
        sources.load(str(bench.file), environ, {})
    except ConfigurationInvalid as error:
        assert all(line.startswith("environment variable TRIFORCE_") for line in error.message.split("\n"))
    assert sources.load_what_is_right(str(bench.file), environ, {})


@given(content=st.binary(max_size=60))
def test_any_file_is_taken_or_refused_in_words(bench: Bench, content: bytes) -> None:
    bench.file.write_bytes(content)
    try:
        sources.load(str(bench.file), {}, {})
    except ConfigurationInvalid as error:
        assert error.message.startswith(str(bench.file))
        assert error.hint


@given(content=st.recursive(scalars, lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)))
def test_whatever_is_wrong_in_named_tables_the_rest_holds(bench: Bench, content: object) -> None:
    text = tomlkit.dumps({"providers": content, "aliases": content, "log": {"level": "debug"}})
    bench.file.write_text(text, encoding="utf-8", newline="")
    loaded = sources.load_what_is_right(str(bench.file), {}, {})
    assert loaded.settings.log.level == "debug"
    known = {f"{section}.{name}" for section in named_sections() for name in getattr(loaded.settings, section)}
    assert {name.rpartition(".")[0] for name, origin in loaded.origins.items() if origin == "file"} - {"log"} <= known
    problems = sources.problems(str(bench.file), {})
    assert all(problem["line"] for problem in problems)


TABLES = """\
[providers.groq]
base_url = "http://localhost:1/v1/"

[providers]
mine = { base_url = "https://h", dialect = "ollama" }

[aliases]
fast.models = ["groq/a", "mine/b"]
fast."boundary" = "machine"
"""


def test_named_tables_come_from_all_sources(bench: Bench) -> None:
    environ = {
        "TRIFORCE_PROVIDERS_GROQ_MAX_TOOLS": "7",
        "TRIFORCE_PROVIDERS_MINE_BASE_URL": "http://elsewhere",
        "TRIFORCE_ALIASES_CODE_MODELS": "a, b",
        "TRIFORCE_ALIASES_LONG_MODELS": '["x,y"]',
    }
    bench.file.write_text(TABLES)
    loaded = sources.load(str(bench.file), environ, {"aliases.code.order": "scored", "providers.groq.enabled": "false"})
    assert loaded.settings.providers == {
        "groq": Provider(base_url="http://localhost:1/v1", max_tools=7, enabled=False),
        "mine": Provider(base_url="http://elsewhere", dialect="ollama"),
    }
    assert loaded.settings.aliases == {
        "fast": Alias(models=["groq/a", "mine/b"], boundary="machine"),
        "code": Alias(models=["a", "b"], order="scored"),
        "long": Alias(models=["x,y"]),
    }
    assert {name: origin for name, origin in loaded.origins.items() if origin != "default"} == {
        "providers.groq.base_url": "file",
        "providers.groq.max_tools": "environment",
        "providers.groq.enabled": "flag",
        "providers.mine.base_url": "environment",
        "providers.mine.dialect": "file",
        "aliases.fast.models": "file",
        "aliases.fast.boundary": "file",
        "aliases.code.models": "environment",
        "aliases.code.order": "flag",
        "aliases.long.models": "environment",
    }


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (
            "[providers.groq]\nurl = 1",
            "line 2: providers.groq.url: there is no such setting",
            "providers.groq.base_url",
        ),
        ("[providers.grog]\nenabled = true", "line 1: providers.grog: 'grog': a provider of your own needs", "groq"),
        ("[providers]\n\nx.enabled = true", "line 3: providers.x: 'x': a provider of your own needs", "config list"),
        ("[providers.peer]", "line 1: providers.peer: 'peer': that name has a meaning", ""),
        ("[providers.auto]", "line 1: providers.auto: 'auto': that name has a meaning", ""),
        ("[providers.'A.b']", "line 1: providers.A.b: 'A.b': a name has up to 32", "config list"),
        ("[providers]\ngroq = 7", "line 2: providers.groq: is a section, or there is", "[providers.NAME]"),
        ("providers = 7", "line 1: providers: is a section", "[providers]"),
        ("[aliases.fast]", "line 1: aliases.fast.models: Field required", "list of text"),
        ("[aliases.fast]\nmodels = []", "line 2: aliases.fast.models: []: Value should have", "list of text"),
        ("[aliases.fast]\nmodels = ['a', 7]", "line 2: aliases.fast.models: 7: Input should be", "list of text"),
        ("[aliases]\ngroq.models = ['a']", "line 2: aliases.groq: 'groq': there is a provider of", "config list"),
        ("[aliases]\na-b.models = ['a']\na_b.models = ['a']", "line 3: aliases.a_b: 'a_b': it differs from a-b", ""),
        (
            "[providers.groq]\nbase_url = 'http://me:secret@h'",
            "line 2: providers.groq.base_url: 'http://…@h': it holds a user",
            "providers.groq.base_url is text",
        ),
    ],
)
def test_what_is_wrong_in_a_named_table_has_its_line(bench: Bench, text: str, said: str, hint: str) -> None:
    [*lines, hinted] = bench.refused(text)
    assert len(lines) == 1
    assert lines[0].startswith(f"{bench.file}, {said}")
    assert hint in hinted


def test_what_other_sources_say_of_named_tables_names_them(bench: Bench) -> None:
    assert bench.refused(environ={"TRIFORCE_PROVIDERS_GROG_ENABLED": "1"})[0].startswith(
        "environment variable TRIFORCE_PROVIDERS_GROG_ENABLED: 'grog': a provider of your own needs"
    )
    assert bench.refused(providers__x__enabled="1")[0].startswith("--set providers.x.enabled: 'x': a provider of your")
    assert bench.refused("[aliases.fast]\nmodels = ['a']", aliases__fast__order="7")[0].startswith(
        "--set aliases.fast.order: '7': Input should be 'scored'"
    )
