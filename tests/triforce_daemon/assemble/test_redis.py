import pytest

from tests.valkey import valkey
from triforce_daemon.assemble.redis import connection_to, redis_probe
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.settings import Redis


async def test_a_password_file_that_is_not_there_is_named(folder: str) -> None:
    settings = Redis(url="redis://127.0.0.1:1", password_file=f"{folder}/none")
    with pytest.raises(ConfigurationInvalid, match=r"redis.password_file: .*none"):
        connection_to(settings, Tasks(), lambda _: None)
    probe = redis_probe(settings, Tasks())
    assert probe is not None
    assert "password_file" in str(await probe())


def test_a_password_is_kept_from_the_log() -> None:
    kept = list[str]()
    connection_to(Redis(url="redis://:open-sesame@127.0.0.1"), Tasks(), kept.append)
    assert kept == ["open-sesame"]


def test_a_file_of_certificates_that_is_not_there_is_said(folder: str) -> None:
    settings = Redis(url=f"rediss://redis.example?ssl_ca_certs={folder}/none.pem")
    with pytest.raises(ConfigurationInvalid, match="No such file"):
        connection_to(settings, Tasks(), lambda _: None)


async def test_the_probe_says_whether_it_answers(folder: str) -> None:
    assert redis_probe(Redis(), Tasks()) is None
    with valkey(folder) as server:
        probe = redis_probe(Redis(url=server.url), Tasks())
        assert probe is not None
        assert await probe() is None
        server.stop()
        assert await probe() is not None
