"""The locks hold every dependency, each pinned and with its hashes, and no address."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

ENTRY = re.compile(
    r"^(?P<requirement>[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==[^\\\n]*?) \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(lock: str) -> dict[str, str]:
    """Name → version of every entry that is pinned and has a hash."""
    found = [Requirement(entry["requirement"]) for entry in ENTRY.finditer(lock)]
    return {canonicalize_name(one.name): next(iter(one.specifier)).version for one in found}


def problems(lock: str, wanted: list[str]) -> list[str]:
    """Lines that are no pinned entry, addresses, and requirements that the lock does not meet."""
    pinned = pins(lock)
    rest = [line for line in ENTRY.sub("", lock).splitlines() if line and not line.lstrip().startswith("#")]
    rest += re.findall(r"\S*://\S*", lock)
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version):
            rest.append(f"{requirement} is not met by {version}")
    return rest


def read(name: str) -> str:
    return (ROOT / "requirements" / name).read_text("utf-8")


def test_the_locks_meet_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    assert problems(read("runtime.txt"), runtime) == []
    assert problems(read("dev.txt"), [*runtime, *project["dependency-groups"]["dev"]]) == []
    assert project["dependency-groups"]["build"] == project["build-system"]["requires"]


def test_what_is_tested_is_what_is_shipped() -> None:
    assert pins(read("runtime.txt")).items() <= pins(read("dev.txt")).items()


def without_extras(lock: str, wanted: Iterable[str]) -> list[str]:
    """Requirements whose extras the lock's entry does not name.

    An older pip then looks at the newest release for the extra, finds it unpinned, and refuses the whole lock.
    """
    entries = [Requirement(entry["requirement"]) for entry in ENTRY.finditer(lock)]
    extras = {canonicalize_name(one.name): one.extras for one in entries}
    asked = [(text, Requirement(text)) for text in wanted]
    return [text for text, one in asked if not one.extras <= extras.get(canonicalize_name(one.name), one.extras)]


def test_the_locks_name_the_extras_that_somebody_wants() -> None:
    lock = read("dev.txt")
    locked = pins(lock)
    wanted = [
        text
        for package in distributions()
        if canonicalize_name(package.metadata["Name"]) in {*locked, "triforce"}
        for text in package.requires or []
        if (marker := Requirement(text).marker) is None or marker.evaluate({"extra": ""})
    ]
    assert any(Requirement(text).extras for text in wanted)
    assert without_extras(lock, wanted) == []


def test_a_missing_extra_is_seen() -> None:
    assert without_extras(f"a[x]==1 \\\n{HASH}b==1 \\\n{HASH}", ["a[x]>=1", "b[y]", "c[z]"]) == ["b[y]"]


HASH = "    --hash=sha256:" + "0" * 64 + "\n"


@pytest.mark.parametrize(
    "lock",
    [
        "a==1\n",
        "a>=1 \\\n",
        f"a==1 \\\n{HASH}",
        f"b==1 \\\n{HASH}",
        f"a==2 \\\n{HASH}    # from https" + "://example.com\n",
        f"a==2 \\\n{HASH}-e .\n",
    ],
)
def test_a_violation_is_seen(lock: str) -> None:
    assert problems(lock, ["a>=2"])


def test_a_good_lock_passes() -> None:
    assert problems(f"a==2 ; sys_platform != 'win32' \\\n{HASH}    # via b\n", ["a>=2"]) == []
