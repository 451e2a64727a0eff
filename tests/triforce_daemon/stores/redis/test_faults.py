from triforce_daemon.stores.redis.faults import RedisRefused


def test_the_first_word_says_what_kind_of_refusal_it_is() -> None:
    assert RedisRefused("OOM command not allowed when used memory > 'maxmemory'.").code == "OOM"
