"""What the routes need of the daemon, and from where a request comes."""

from typing import Any

import pytest

from triforce_daemon.routes.parts import Parts, address_of
from triforce_daemon.runtime.clock import Clock


def test_a_part_is_found_by_its_type() -> None:
    clock = Clock()
    parts = Parts(clock, max_body_bytes=1)
    assert parts.get(Clock) is clock
    assert Clock in parts and int not in parts


@pytest.mark.parametrize(
    ("client", "address"), [(("192.0.2.1", 5), "192.0.2.1"), (("", 0), None), (None, None), ("missing", None)]
)
def test_over_the_unix_socket_there_is_no_address(client: Any, address: str | None) -> None:
    scope = {} if client == "missing" else {"client": client}
    assert address_of(scope) == address
