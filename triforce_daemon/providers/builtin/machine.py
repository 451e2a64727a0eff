"""What this machine can do for an embedded model."""

import importlib.util
import os
import platform
import re
from contextlib import suppress

from triforce_daemon.errors import ProviderUnavailable

_X86 = ("x86_64", "AMD64")
_NEEDED = {"avx2", "fma"}


def cores() -> int:
    """The cores that we may use, a container's limit included."""
    allowed = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError), open("/sys/fs/cgroup/cpu.max", encoding="ascii") as limit:
        quota, period = map(int, limit.read().split())
        return max(1, min(allowed, quota // period))
    return allowed


def engine_problem(module: str = "xllamacpp", cpuinfo: str = "/proc/cpuinfo") -> ProviderUnavailable | None:
    """Why no model can run here at all, as far as can be told without trying."""
    if importlib.util.find_spec(module) is None:
        return ProviderUnavailable(
            f"The engine for the embedded model ({module}) is not installed.",
            f"`pip install {module}` in triforce's own environment, then `triforce daemon restart`.",
        )
    missing = _NEEDED - _cpu_flags(cpuinfo) if platform.machine() in _X86 else set[str]()
    if missing:
        return ProviderUnavailable(
            f"This processor lacks {' and '.join(sorted(missing))}, which the engine for the embedded model needs.",
            "Use a provider on another machine; `builtin.enabled = false` hides the embedded model.",
        )
    return None


def _cpu_flags(cpuinfo: str) -> set[str]:
    """What the processor can do; where it cannot be told, the benefit of the doubt."""
    try:
        with open(cpuinfo, encoding="ascii", errors="replace") as file:
            flags = re.search(r"^flags\s*:(.*)$", file.read(), re.MULTILINE)
    except OSError:
        return _NEEDED
    return set(flags[1].split()) if flags else _NEEDED
