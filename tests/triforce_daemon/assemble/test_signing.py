"""The key that signs log-ins: the same at all daemons that share a database, or none of the others starts."""

import os

import pytest

from tests.postgresql import Postgresql
from tests.triforce_daemon.served_daemon import serve
from triforce_daemon.errors import ConfigurationInvalid


def home(folder: str, name: str) -> str:
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    return path


async def test_another_key_is_refused_while_somebody_runs_with_his(
    folder: str, server: Postgresql, template: str
) -> None:
    url = server.url(server.new_database(template))
    async with serve(home(folder, "one"), database__url=url):
        with pytest.raises(ConfigurationInvalid, match="with another key") as raised:
            async with serve(home(folder, "other"), database__url=url):
                pass
        assert "users.signing_key" in str(raised.value.hint)
    # The one with that key is gone: it was changed on purpose.
    async with serve(home(folder, "third"), database__url=url):
        pass


async def test_each_with_its_own_file_has_its_own(folder: str) -> None:
    for name in ("one", "other"):
        async with serve(home(folder, name)):
            pass
