import pytest

from tests.valkey import Valkey
from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisRefused
from triforce_daemon.stores.redis.script import Script

ADD = "return redis.call('INCRBY', KEYS[1], ARGV[1])"


async def test_a_script_runs_also_where_it_is_not_known_yet_or_any_more(
    server: Valkey, connection: RedisConnection
) -> None:
    add = Script(connection, ADD)
    assert await add(["n"], [2]) == 2
    server.say("SCRIPT", "FLUSH")
    assert await add(["n"], [3]) == 5


async def test_what_redis_forbids_is_refused_by_its_name(server: Valkey, connection: RedisConnection) -> None:
    server.say("ACL", "SETUSER", "default", "-@scripting")
    with pytest.raises(RedisRefused) as refused:
        await Script(connection, ADD)(["n"], [1])
    assert refused.value.code == "NOPERM"
