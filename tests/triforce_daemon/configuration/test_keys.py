"""The flat list of settings is the declaration, in other words."""

import pytest

from triforce_daemon.author_settings import Author
from triforce_daemon.configuration.keys import (
    ANY,
    all_keys,
    file_only,
    find,
    find_variable,
    keys,
    named_keys,
    named_sections,
)
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.settings import Alias, LocalUser, Provider, Settings, Tier, Toolset, Workspace
from triforce_daemon.workflow_settings import Workflow


def test_every_field_is_a_key_in_the_order_of_the_declaration() -> None:
    values = Settings().model_dump(exclude=set(named_sections()))
    declared = [f"{section}.{field}" for section, fields in values.items() for field in fields]
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
    known = {"true or false", "integer", "number", "text", "list of text"}
    for key in all_keys():
        assert key.type_name in known or key.type_name.startswith("one of "), key.name
        assert key.description.endswith((".", ")")), key.name


def test_sections_of_named_tables_have_a_key_for_each_field_of_each_name() -> None:
    assert named_sections() == {
        "providers": Provider,
        "aliases": Alias,
        "tiers": Tier,
        "toolsets": Toolset,
        "mcp_servers": McpServer,
        "workspaces": Workspace,
        "authors": Author,
        "workflows": Workflow,
        "local_users": LocalUser,
    }
    assert [key.name for key in named_keys("aliases", "fast")] == [
        f"aliases.fast.{field}" for field in Alias.model_fields
    ]
    found = find("providers.groq.base_url")
    assert found is not None
    assert (found.table, found.field) == (("providers", "groq"), "base_url")
    assert found.environment == "TRIFORCE_PROVIDERS_GROQ_BASE_URL"
    assert {key.table[-1] for key in all_keys() if len(key.table) > 1} == {ANY}


def test_which_servers_are_started_is_written_in_the_file_alone() -> None:
    assert file_only("mcp_servers.x.command") and file_only("mcp_servers.x") and file_only("mcp_servers")
    assert not file_only("log.level") and not file_only("nothing.at.all")


@pytest.mark.parametrize("name", ["providers", "providers.groq", "providers.groq.url", "providers..base_url", "a.b.c"])
def test_what_is_no_key_is_not_found(name: str) -> None:
    assert find(name) is None


def test_a_named_key_reads_its_value_or_the_default() -> None:
    settings = Settings.model_validate(
        {"providers": {"groq": {"max_tools": 7}}, "aliases": {"fast": {"models": ["a"]}}}
    )
    values = {name: key.read(settings) for name in ALL if (key := find(name))}
    assert values == {
        "providers.groq.max_tools": 7,
        "providers.groq.enabled": True,
        "providers.mistral.enabled": True,
        "aliases.fast.models": ["a"],
        "aliases.fast.order": "priority",
        "aliases.other.models": None,
    }


ALL = [
    "providers.groq.max_tools",
    "providers.groq.enabled",
    "providers.mistral.enabled",
    "aliases.fast.models",
    "aliases.fast.order",
    "aliases.other.models",
]


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("TRIFORCE_LOG_LEVEL", "log.level"),
        ("TRIFORCE_PROVIDERS_GROQ_BASE_URL", "providers.groq.base_url"),
        ("TRIFORCE_PROVIDERS_MY_BOX_BASE_URL", "providers.my-box.base_url"),
        ("TRIFORCE_PROVIDERS_MY_CAR_BASE_URL", "providers.my_car.base_url"),
        ("TRIFORCE_ALIASES_MY_BOX_MODELS", "aliases.my_box.models"),
        ("TRIFORCE_PROVIDERS_BASE_URL", None),
        ("TRIFORCE_PROVIDERS__BASE_URL", None),
        ("TRIFORCE_PROVIDERS_Groq_BASE_URL", None),
        ("TRIFORCE_PROVIDERS_GROQ_API_KEY", None),
        ("PROVIDERS_GROQ_BASE_URL", None),
    ],
)
def test_a_variable_means_the_table_that_is_there(variable: str, name: str | None) -> None:
    key = find_variable(variable, [("providers", "other"), ("providers", "my-box")])
    assert (key and key.name) == name


def test_no_variable_can_mean_two_keys() -> None:
    for section in named_sections():
        endings = [f"_{key.field}" for key in named_keys(section)]
        assert not [one for one in endings for other in endings if one != other and other.endswith(one)]
