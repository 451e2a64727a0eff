"""What can be told of a machine before the engine is tried."""

import os
import platform
from pathlib import Path

import pytest

from triforce_daemon.providers.builtin.machine import cores, engine_problem


def test_this_machine() -> None:
    assert 1 <= cores() <= len(os.sched_getaffinity(0))
    assert engine_problem() is None


def test_without_the_engine() -> None:
    problem = engine_problem(module="an_engine_that_is_not_installed")
    assert problem is not None
    assert "(an_engine_that_is_not_installed) is not installed" in problem.message
    assert "pip install an_engine_that_is_not_installed" in (problem.hint or "")


@pytest.mark.parametrize(
    ("machine", "flags", "missing"),
    [
        ("x86_64", "flags\t\t: fpu sse4_2 avx f16c", "avx2 and fma"),
        ("x86_64", "flags\t\t: fpu avx2 sse4_2", "fma"),
        ("x86_64", "flags\t\t: fpu avx2 fma", None),
        ("x86_64", "nothing of the kind", None),
        ("aarch64", "Features\t: fp asimd", None),
    ],
)
def test_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, flags: str, missing: str | None
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\n{flags}\n\nprocessor\t: 1\n{flags}\n")
    problem = engine_problem(cpuinfo=str(cpuinfo))
    assert (problem and problem.message) == (
        f"This processor lacks {missing}, which the engine for the embedded model needs." if missing else None
    )
    assert engine_problem(cpuinfo=str(tmp_path / "none")) is None
