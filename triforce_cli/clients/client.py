"""What a program needs to be told so that it asks triforce: which of its own files, and what in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where triforce is, as the program has to know it."""

    url: str
    model: str
    #: The file that holds the token, for programs that can read one.
    token_file: str
    #: The token itself, for those that cannot.
    token: str
    #: How many tokens the model takes, where that is known.
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """One value of a file, by its place; None where there must be none."""

    path: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class FileEdits:
    file: str
    #: How the file is written: one of the `…_text` modules.
    form: ModuleType
    edits: tuple[Edit, ...]
    #: Whether the token itself is in it, so that nobody else may read it.
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A program that can be connected."""

    name: str
    title: str
    edits: Callable[[Mapping[str, str], Gateway], tuple[FileEdits, ...]]
    #: Environment variables that win over its files.
    overriding: tuple[str, ...]


def home(environ: Mapping[str, str], variable: str, below_home: str) -> str:
    """The folder of a program's settings: what its own variable says, else its usual place in HOME."""
    return environ.get(variable) or f"{environ['HOME']}/{below_home}"
