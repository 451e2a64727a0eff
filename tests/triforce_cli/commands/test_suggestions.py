"""What Tab offers where a daemon runs."""

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL, MODELS, SESSION_ID


def offered(triforce: Triforce, words: str) -> list[str]:
    """The suggestions for the last of these words, as bash gets them."""
    environ = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
        "_TRIFORCE_COMPLETE": "complete_bash",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environ.items():
            patched.setenv(name, value)
        done = triforce(**environ)
    assert (done.status, done.err) == (0, "")
    return done.out.split()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("triforce sessions show k", [SESSION_ID]),
        ("triforce sessions delete p0p0p0p0p0p0 ", [SESSION_ID, "p0p0p0p0p0p0"]),
        ("triforce sessions show zz", []),
        ("triforce models pull builtin/o", ["builtin/other"]),
        ("triforce sessions list --model builtin/s", [MODEL["id"]]),
        ("triforce chat -m builtin/s", [MODEL["id"]]),
        ("triforce chat -m q", ["quick"]),
        ("triforce chat --resume p", ["p0p0p0p0p0p0"]),
    ],
)
def test_names(fake_daemon: FakeDaemon, triforce: Triforce, words: str, names: list[str]) -> None:
    assert offered(triforce, words) == names


def test_nothing_where_no_daemon_runs(triforce: Triforce) -> None:
    assert offered(triforce, "triforce sessions show ") == []
    assert offered(triforce, "triforce models show ") == []


def test_what_a_shell_would_obey_is_not_offered(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    names = ["a/$(id)", "a/`id`", "a/\\`id`", 'a/"', "a/b c", "a/good-1.5_x"]
    fake_daemon.answers("GET", "/v1/registry/models", {**MODELS, "items": [{**MODEL, "id": name} for name in names]})
    assert offered(triforce, "triforce models show a/") == ["a/good-1.5_x"]
