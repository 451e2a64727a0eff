"""Prompts that are kept under a name: texts with gaps, each version of them."""

from typing import NotRequired

from typing_extensions import TypedDict


class Prompt(TypedDict):
    name: str
    version: int
    """Counted from 1; every change is a new one."""
    tags: list[str]
    size: int
    """Characters."""
    variables: list[str]
    """The names of its gaps, in the order in which they come."""
    updated: str


class PromptDetail(Prompt):
    schema: str
    content: str
    versions: list[int]
    """Those that are kept."""


class PromptList(TypedDict):
    schema: str
    items: list[Prompt]
    next: str | None


class NewPrompt(TypedDict):
    content: str
    tags: NotRequired[list[str]]
    """Absent: those of the version before."""


class PromptDeleted(TypedDict):
    schema: str
    name: str
    versions: int


class RenderRequest(TypedDict):
    variables: NotRequired[dict[str, object]]
    version: NotRequired[int]


class Rendered(TypedDict):
    schema: str
    name: str
    version: int
    text: str
    missing: list[str]
    """The gaps for which nothing was given; they stand in the text as they are."""
