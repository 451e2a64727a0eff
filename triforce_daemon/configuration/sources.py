"""Reads the settings: flags over environment over `config.toml` over defaults; says where each value came from."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import ValidationError

from triforce_daemon.configuration.keys import keys
from triforce_daemon.configuration.lines import line_of, line_of_syntax_error
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.near import near
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


@dataclass(slots=True)
class _Draft:
    file: str
    text: str = ""
    values: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])
    problems: list[ConfigProblem] = field(default_factory=list[ConfigProblem])

    def put(self, name: str, value: object, origin: Origin) -> None:
        section, _, attribute = name.partition(".")
        self.values.setdefault(section, {})[attribute] = value
        self.origins[name] = origin

    def drop(self, name: str) -> None:
        section, _, attribute = name.partition(".")
        self.values.get(section, {}).pop(attribute, None)
        self.origins.pop(name, None)

    def configuration(self, settings: Settings) -> Configuration:
        origins: dict[str, Origin] = {name: self.origins.get(name, "default") for name in keys()}
        return Configuration(settings, self.file, os.path.exists(self.file), origins)

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
    _validate(draft)
    for problem in draft.problems:
        draft.drop(problem["key"] or "")
    return draft.configuration(Settings.model_validate(draft.values))


def problems(file: str, environ: Mapping[str, str]) -> list[ConfigProblem]:
    """What `load` would refuse, as a list."""
    draft = _collect(file, environ, {})
    _validate(draft)
    return draft.problems


def _collect(file: str, environ: Mapping[str, str], flags: Mapping[str, str]) -> _Draft:
    draft = _Draft(file)
    _read_file(draft)
    _read_environment(draft, environ)
    for name, value in flags.items():
        if name in keys():
            draft.put(name, value, "flag")
        else:
            draft.complain(name, None, f"--set {name}: there is no such setting", _near(name, list(keys())))
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
        return
    for attribute, value in cast(dict[str, object], content).items():
        name = f"{section}.{attribute}"
        if name in keys():
            draft.put(name, value, "file")
        else:
            hint = _near(name, list(keys()))
            draft.complain(name, line_of(draft.text, name), "there is no such setting", hint)


def _read_environment(draft: _Draft, environ: Mapping[str, str]) -> None:
    by_variable = {key.environment: key.name for key in keys().values()}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in CLI_ENVIRONMENT:
            continue
        if variable in by_variable:
            draft.put(by_variable[variable], environ[variable], "environment")
        else:
            hint = _near(variable, list(by_variable))
            draft.complain(None, None, f"environment variable {variable}: there is no such setting", hint)


def _validate(draft: _Draft) -> Settings | None:
    try:
        settings = Settings.model_validate(draft.values)
    except ValidationError as error:
        for failure in error.errors():
            name = ".".join(str(part) for part in failure["loc"][:2])
            _complain_about_value(draft, name, failure["msg"], cast(object, failure["input"]))
        return None
    return None if draft.problems else settings


def _complain_about_value(draft: _Draft, name: str, message: str, value: object) -> None:
    origin = draft.origins.get(name)
    line = line_of(draft.text, name) if origin == "file" else None
    key = keys().get(name)
    source = {"environment": f"environment variable {key.environment if key else name}: ", "flag": f"--set {name}: "}
    words = f"{source.get(origin or '', '')}{value!r}: {message}"
    hint = f"{name} is {key.type_name}: {key.description}" if key else None
    draft.complain(name, line, words, hint)


def _sentence(file: str, problem: ConfigProblem) -> str:
    if problem["message"].startswith(("environment variable", "--set")):
        return problem["message"]
    place = file if problem["line"] is None else f"{file}, line {problem['line']}"
    return f"{place}: {problem['key']}: {problem['message']}" if problem["key"] else f"{place}: {problem['message']}"


def _near(word: str, known: list[str]) -> str:
    matches = near(word, known)
    return f"Did you mean {' or '.join(matches)}?" if matches else "See `triforce config list`."
