"""The changelog follows Keep a Changelog, and the version is written once."""

import re
import tomllib

import pytest

from tests.architecture.source import ROOT, tracked
from triforce_daemon.wire.constants import VERSION

KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
RELEASE = re.compile(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d{2}-\d{2}))?( \[YANKED\])?$")


def problems(text: str) -> list[str]:
    """What in a changelog does not follow the format."""
    lines = text.splitlines()
    found = [] if lines[:1] == ["# Changelog"] else ["the first line is `# Changelog`"]
    releases = [line for line in lines if line.startswith("## ")]
    found += [f"not a release: {line}" for line in releases if not RELEASE.match(line)]
    found += [
        f"no date: {line}" for line in releases if (m := RELEASE.match(line)) and m[1] != "Unreleased" and not m[2]
    ]
    found += [f"not a kind of change: {line}" for line in lines if line.startswith("### ") and line[4:] not in KINDS]
    if releases[:1] != ["## [Unreleased]"]:
        found.append("the first release is [Unreleased]")
    dates = [m[2] for line in releases if (m := RELEASE.match(line)) and m[2]]
    if dates != sorted(dates, reverse=True):
        found.append("the newest release comes first")
    return found


def test_the_changelog_follows_its_format() -> None:
    assert problems((ROOT / "CHANGELOG.md").read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "# Changes\n## [Unreleased]\n",
        "# Changelog\n## 1.0.0\n",
        "# Changelog\n## [Unreleased]\n## [1.0.0]\n",
        "# Changelog\n## [1.0.0] - 2026-01-01\n",
        "# Changelog\n## [Unreleased]\n### Things\n",
        "# Changelog\n## [Unreleased]\n## [1.0.0] - 2026-01-01\n## [1.1.0] - 2026-02-01\n",
    ],
)
def test_a_violation_is_seen(text: str) -> None:
    assert problems(text)


def test_the_version_is_written_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project and project["dynamic"] == ["version"]
    code = [path for path in tracked() if path.endswith(".py") and path.startswith("triforce_")]
    holders = [path for path in code if f'"{VERSION}"' in (ROOT / path).read_text("utf-8")]
    assert holders == ["triforce_daemon/wire/constants.py"]
