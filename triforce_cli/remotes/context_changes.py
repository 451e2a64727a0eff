"""Changes of `cli.toml`; remarks in it stay."""

from collections.abc import Mapping

from triforce_cli.files import toml_text, whole
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.context_file import FIELDS, path_of, read


def keep(context: Context, environ: Mapping[str, str]) -> None:
    """Add a context, or put it in the place of the one with its name. Raises OutputFailed, ContextsInvalid."""
    text = _text(environ)
    fields = context._asdict()
    for field in FIELDS:
        at = ("contexts", context.name, field)
        if fields[field] is not None:
            text = toml_text.with_value(text, at, fields[field])
        elif toml_text.value_at(text, at) is not None:
            text = toml_text.without(text, at)
    _write(text, environ)


def use(name: str, environ: Mapping[str, str]) -> None:
    """Make it the current one. Raises ContextNotFound, OutputFailed, ContextsInvalid."""
    read(environ).named(name)
    _write(toml_text.with_value(_text(environ), ("current",), name), environ)


def remove(name: str, environ: Mapping[str, str]) -> None:
    """Take it out; where it was the current one, `local` is. Raises ContextNotFound, OutputFailed, ContextsInvalid."""
    contexts = read(environ)
    contexts.named(name)
    text = toml_text.without(_text(environ), ("contexts", name))
    if contexts.current == name:
        text = toml_text.without(text, ("current",))
    _write(text, environ)


def _text(environ: Mapping[str, str]) -> str:
    # What cannot be read is found out before it is written over.
    path = read(environ).path
    return (whole.read(path) or b"").decode()


def _write(text: str, environ: Mapping[str, str]) -> None:
    whole.write(path_of(environ), text.encode(), 0o600)
