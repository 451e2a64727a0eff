"""What never belongs into the repository: addresses of registries, paths of one machine, secrets, leftovers."""

import re
from collections.abc import Iterable

import pytest

from tests.architecture.source import ROOT, tracked

# Written in pieces, so that this file does not break its own rules.
REGISTRIES = (
    *("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "npm" + "js.com", "crates" + ".io"),
    *(
        "deb.debian" + ".org",
        "proxy.go" + "lang.org",
        "--index" + "-url",
        "--extra-index" + "-url",
        "--find" + "-links",
    ),
)
#: Folders that exist on one machine only. A text writes a home as `~`; invented ones belong to you, a or anna.
MACHINE = re.compile(
    r"(?<![\w./-])/(work|root|opt/wheels|tmp/(?=[a-z]))\b|(?<![\w./-])/(home|Users)/(?!(?:you|a|anna)\b)[a-z]+"
)
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "API key": re.compile(r"\b(sk|gsk|xai|csk)-[A-Za-z0-9_-]{24,}\b"),
    "token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|hf_[A-Za-z0-9]{30,})\b"),
    "JWT": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
}
LEFTOVERS = re.compile(r"\.(bak\w*|orig|rej|swp|tmp|log|db|gguf|whl|pyc)$|~$|(^|/)\.DS_Store$")
LARGEST = 600_000

#: The two options that `make lock` needs to keep addresses out of the locks.
NAMES_AN_OPTION = {"Makefile": ("--no-emit-index" + "-url", "--no-emit-find" + "-links")}


def texts() -> Iterable[tuple[str, str]]:
    for path in tracked():
        yield path, (ROOT / path).read_bytes().decode("utf-8", "replace")


def registries(path: str, text: str) -> list[str]:
    for option in NAMES_AN_OPTION.get(path, ()):
        text = text.replace(option, "")
    return [name for name in REGISTRIES if name in text]


def machine_paths(_path: str, text: str) -> list[str]:
    return [found.group() for found in MACHINE.finditer(text)]


def secrets(_path: str, text: str) -> list[str]:
    return [kind for kind, pattern in SECRETS.items() if pattern.search(text)]


def leftovers(path: str, text: str) -> list[str]:
    problems = [path] if LEFTOVERS.search(path) else []
    return problems + ([f"{len(text)} characters"] if len(text) > LARGEST else [])


RULES = [registries, machine_paths, secrets, leftovers]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_file_holds_any(rule: object) -> None:
    assert callable(rule)
    found = {path: problems for path, text in texts() if (problems := rule(path, text))}
    assert found == {}


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (registries, "README.md", "see https://" + REGISTRIES[0] + "/simple"),
        (registries, "Makefile", "pip install " + REGISTRIES[-1] + " wheels"),
        (machine_paths, "a.py", 'open("/ro' + 'ot/.config")'),
        (machine_paths, "a.py", "cd /wo" + "rk/main"),
        (machine_paths, "a.md", "`/ho" + "me/bob/.config`"),
        (secrets, "a.py", "-----BEGIN " + "OPENSSH PRIVATE KEY-----"),
        (secrets, "a.py", "key = 'sk-" + "a1B2" * 8 + "'"),
        (leftovers, "a.py.bak4", ""),
        (leftovers, "a.py", "x" * (LARGEST + 1)),
    ],
)
def test_a_violation_is_seen(rule: object, path: str, text: str) -> None:
    assert callable(rule)
    assert rule(path, text)


@pytest.mark.parametrize("text", ["~/.config/triforce", "/run/triforce/triforced.sock", "/home/you/notes", "a/root/b"])
def test_what_is_allowed_passes(text: str) -> None:
    assert machine_paths("README.md", text) == []
