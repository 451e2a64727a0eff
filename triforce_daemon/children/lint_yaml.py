"""What is wrong with YAML: what cannot be read, and what is read in another way than it looks."""

from collections.abc import Iterator
from typing import Any

import yaml

from triforce_daemon.children.lint_issue import DUPLICATE_KEY, Issue, syntax_error

_TRUTHY = "truthy"
RULES = (DUPLICATE_KEY, _TRUTHY)

#: Its types are half known.
_YAML: Any = yaml
#: libyaml's where it is there: a hundred times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Words that YAML 1.1 takes for a yes or a no, and 1.2 for words.
_NO_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
_BOOLEAN = "tag:yaml.org,2002:bool"


def issues(code: str) -> Iterator[Issue]:
    try:
        documents: Iterator[Any] = _YAML.compose_all(code, Loader=_LOADER)
        for document in documents:
            yield from _nodes(document)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        words = ", ".join(part for part in (error.context, error.problem) if part)
        yield syntax_error(mark and mark.line + 1, mark and mark.column + 1, words)
    except (yaml.YAMLError, RecursionError) as error:
        yield syntax_error(1, 1, str(error))


def _nodes(document: Any) -> Iterator[Issue]:
    """What stands in it, each once, however many names lead to it."""
    seen: set[int] = set()
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            pairs: list[tuple[Any, Any]] = node.value
            yield from _keys([key for key, _ in pairs])
            # A key may look like a yes: whoever looks for it finds it under that.
            waiting += [value for _, value in pairs]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif node.tag == _BOOLEAN and not node.style and node.value.lower() in _NO_WORDS:
            yield _of_node(node, _TRUTHY, f"{node.value} is read as a yes or no; quote it, or write true or false")


def _keys(keys: list[Any]) -> Iterator[Issue]:
    seen: set[tuple[str, str]] = set()
    for key in keys:
        if isinstance(key, yaml.ScalarNode):
            name = (str(key.tag), str(key.value))
            if name in seen:
                yield _of_node(key, DUPLICATE_KEY, f"the key {key.value!r} stands there twice; the last one counts")
            seen.add(name)


def _of_node(node: Any, rule: str, text: str) -> Issue:
    mark = node.start_mark
    return Issue(line=mark.line + 1, col=mark.column + 1, rule=rule, severity="warning", text=text)
