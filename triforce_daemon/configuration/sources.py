"""Reads the settings: flags over environment over `config.toml` over defaults; says where each value came from."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from triforce_daemon.configuration.keys import (
    Key,
    all_keys,
    environment,
    find,
    find_variable,
    keys,
    named_keys,
    named_sections,
)
from triforce_daemon.configuration.lines import line_of, line_of_syntax_error
from triforce_daemon.configuration.validation import Path, Wrong, take_out, validate
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.near import near
from triforce_daemon.setting_values import CATALOGUE
from triforce_daemon.settings import Settings
from triforce_daemon.wire.config import ConfigProblem, Origin
from triforce_daemon.wire.constants import CLI_ENVIRONMENT

PREFIX = "TRIFORCE_"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force, and which source won for each key."""

    settings: Settings
    file: str
    file_exists: bool
    origins: Mapping[str, Origin]
    #: What the daemon was started with; it wins whenever the settings are read anew.
    flags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class _Draft:
    file: str
    flags: Mapping[str, str] = field(default_factory=dict[str, str])
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])
    problems: list[ConfigProblem] = field(default_factory=list[ConfigProblem])

    def put(self, key: Key, value: object, origin: Origin) -> None:
        self.table(key.table)[key.field] = value
        self.origins[key.name] = origin

    def table(self, path: Path) -> dict[str, Any]:
        """The values of that table, which is made where it is missing."""
        table = self.values
        for name in path:
            table = table.setdefault(name, {})
        return table

    def tables(self) -> list[tuple[str, str]]:
        """The tables that have a name of their own, as (section, name)."""
        return [(section, name) for section in named_sections() for name in self.table((section,))]

    def drop(self, path: Path) -> None:
        for name in self.said_below(take_out(self.values, path)):
            del self.origins[name]

    def said_below(self, path: Path) -> list[str]:
        """The names of the keys that were set at `path`, or in the table that it is."""
        whole = ".".join(path)
        return [name for name in self.origins if name == whole or name.startswith(whole + ".")]

    def configuration(self, settings: Settings) -> Configuration:
        origins: dict[str, Origin] = {**dict.fromkeys(keys(), "default"), **self.origins}
        return Configuration(settings, self.file, os.path.exists(self.file), origins, self.flags)

    def complain(self, key: str | None, line: int | None, message: str, hint: str | None) -> None:
        self.problems.append(ConfigProblem(key=key, line=line, message=message, hint=hint))


def load(file: str, environ: Mapping[str, str], flags: Mapping[str, str]) -> Configuration:
    """Read all sources. Raises ConfigurationInvalid that names every problem by file, line and key."""
    draft = _collect(file, environ, flags)
    settings = _validate(draft)
    if settings is None:
        lines = [_sentence(file, problem) for problem in draft.problems]
        hints = [problem["hint"] for problem in draft.problems if problem["hint"]]
        raise ConfigurationInvalid("\n".join(lines), hints[0] if hints else None)
    return draft.configuration(settings)


def load_what_is_right(file: str, environ: Mapping[str, str], flags: Mapping[str, str]) -> Configuration:
    """As `load`, but what is wrong has its default: for what must work with a broken file."""
    draft = _collect(file, environ, flags)
    # A table may come to lack what it needs when a wrong value is taken out of it; each round takes something out.
    while not isinstance(found := validate(draft.values), Settings):
        for wrong in found:
            draft.drop(wrong.path)
    return draft.configuration(found)


def problems(file: str, environ: Mapping[str, str]) -> list[ConfigProblem]:
    """What `load` would refuse, as a list."""
    draft = _collect(file, environ, {})
    _validate(draft)
    return draft.problems


def _collect(file: str, environ: Mapping[str, str], flags: Mapping[str, str]) -> _Draft:
    draft = _Draft(file, flags)
    _read_file(draft)
    _read_environment(draft, environ)
    for name, value in flags.items():
        key = find(name)
        if key is not None:
            draft.put(key, value, "flag")
        else:
            hint = _near(name, [known.name for known in all_keys()])
            draft.complain(name, None, f"--set {name}: there is no such setting", hint)
    return draft


def _read_file(draft: _Draft) -> None:
    try:
        with open(draft.file, "rb") as handle:
            draft.text = handle.read().decode()
        document = tomllib.loads(draft.text)
    except FileNotFoundError:
        return
    except OSError as error:
        draft.complain(None, None, f"cannot be read: {error.strerror}", "Check the file's owner and mode.")
        return
    except UnicodeDecodeError:
        draft.complain(None, None, "is not UTF-8 text", "Save the file as UTF-8.")
        return
    except tomllib.TOMLDecodeError as error:
        line = line_of_syntax_error(draft.text, str(error))
        draft.complain(None, line, f"not valid TOML: {error}", "See https://toml.io.")
        return
    except (ValueError, RecursionError) as error:
        # An integer of thousands of digits, or brackets within brackets without end.
        draft.complain(None, None, f"cannot be understood: {error}", "See https://toml.io.")
        return
    for section, content in document.items():
        _read_section(draft, section, cast(object, content))


def _read_section(draft: _Draft, section: str, content: object) -> None:
    if section not in Settings.model_fields:
        hint = _near(section, list(Settings.model_fields))
        draft.complain(section, line_of(draft.text, section), "there is no such section", hint)
        return
    if not isinstance(content, dict):
        draft.complain(section, line_of(draft.text, section), "is a section", f"Write it as a table: [{section}]")
    elif section in named_sections():
        for name, table in cast(dict[str, object], content).items():
            _read_named(draft, section, name, table)
    else:
        known = {key.field: key for key in keys().values() if key.table == (section,)}
        _read_table(draft, (section,), cast(dict[str, object], content), known)


def _read_named(draft: _Draft, section: str, name: str, content: object) -> None:
    if not isinstance(content, dict):
        place = f"{section}.{name}"
        hint = f"Write it as a table: [{section}.NAME]"
        draft.complain(place, line_of(draft.text, place), "is a section, or there is no such setting", hint)
        return
    # An empty table is one, too: it may lack what it needs.
    draft.table((section, name))
    known = {key.field: key for key in named_keys(section, name)}
    _read_table(draft, (section, name), cast(dict[str, object], content), known)


def _read_table(draft: _Draft, table: Path, content: Mapping[str, object], known: Mapping[str, Key]) -> None:
    for attribute, value in content.items():
        if attribute in known:
            draft.put(known[attribute], value, "file")
        else:
            name = ".".join((*table, attribute))
            names = [*keys(), *(key.name for key in known.values())]
            draft.complain(name, line_of(draft.text, name), "there is no such setting", _near(name, names))


def _read_environment(draft: _Draft, environ: Mapping[str, str]) -> None:
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in CLI_ENVIRONMENT:
            continue
        key = find_variable(variable, draft.tables())
        if key is not None:
            draft.put(key, environ[variable], "environment")
        else:
            hint = _near(variable, [known.environment for known in all_keys()])
            draft.complain(None, None, f"environment variable {variable}: there is no such setting", hint)


def _validate(draft: _Draft) -> Settings | None:
    """The settings, where nothing is wrong; else what is wrong is among the draft's problems."""
    found = validate(draft.values)
    if isinstance(found, Settings):
        return None if draft.problems else found
    for wrong in found:
        _complain_about(draft, wrong)
    return None


def _complain_about(draft: _Draft, wrong: Wrong) -> None:
    name = ".".join(wrong.path)
    said = draft.said_below(wrong.path) or draft.said_below(wrong.path[:-1])
    origins = {draft.origins[other] for other in said}
    source, line = "", None
    if origins == {"environment"}:
        source = f"environment variable {environment(said[0])}: "
    elif origins == {"flag"}:
        source = f"--set {said[0]}: "
    else:
        line = line_of(draft.text, name)
    key = find(name)
    known = CATALOGUE if wrong.path[0] == "providers" else ()
    hint = f"{name} is {key.type_name}: {key.description}" if key else _near(wrong.path[-1], known)
    draft.complain(name, line, source + wrong.words(), hint)


def _sentence(file: str, problem: ConfigProblem) -> str:
    if problem["message"].startswith(("environment variable", "--set")):
        return problem["message"]
    place = file if problem["line"] is None else f"{file}, line {problem['line']}"
    return f"{place}: {problem['key']}: {problem['message']}" if problem["key"] else f"{place}: {problem['message']}"


def _near(word: str, known: Sequence[str]) -> str:
    matches = near(word, known)
    return f"Did you mean {' or '.join(matches)}?" if matches else "See `triforce config list`."
