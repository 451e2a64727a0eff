"""The flat list of settings is the declaration, in other words."""

import pytest

from triforce_daemon.configuration.keys import keys
from triforce_daemon.settings import Settings


def test_every_field_is_a_key_in_the_order_of_the_declaration() -> None:
    declared = [f"{section}.{field}" for section, values in Settings().model_dump().items() for field in values]
    assert list(keys()) == declared
    assert [key.name for key in keys().values()] == declared


def test_a_key_names_its_environment_variable() -> None:
    assert keys()["daemon.drain_seconds"].environment == "TRIFORCE_DAEMON_DRAIN_SECONDS"
    assert len({key.environment for key in keys().values()}) == len(keys())


def test_a_key_reads_its_value() -> None:
    settings = Settings.model_validate({"builtin": {"context": 512}})
    assert keys()["builtin.context"].read(settings) == 512
    assert keys()["log.level"].read(settings) == "info"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("builtin.enabled", "true or false"),
        ("builtin.context", "integer"),
        ("daemon.drain_seconds", "number"),
        ("database.busy_seconds", "number"),
        ("log.file", "text"),
        ("log.format", "one of json, text"),
        ("database.durability", "one of normal, full"),
    ],
)
def test_types_are_told_in_a_persons_words(name: str, words: str) -> None:
    assert keys()[name].type_name == words


def test_every_type_has_words_and_every_setting_a_meaning() -> None:
    known = {"true or false", "integer", "number", "text"}
    for key in keys().values():
        assert key.type_name in known or key.type_name.startswith("one of "), key.name
        assert key.description.endswith((".", ")")), key.name
