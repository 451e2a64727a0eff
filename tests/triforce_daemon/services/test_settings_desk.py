"""Settings over the API: shown with their origin, changed in the file, checked."""

import os

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve


async def test_every_setting_is_listed_with_its_words(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/config")
    items = {item["key"]: item for item in listed["items"]}
    assert items["builtin.context"]["environment"] == "TRIFORCE_BUILTIN_CONTEXT"
    assert items["log.format"]["type"] == "one of json, text"
    assert all(item["description"].endswith(".") for item in items.values())


async def test_a_setting_is_written_and_taken_out_again(served: ServedDaemon) -> None:
    _, changed = await served.call("PUT", "/v1/config/builtin.context", json={"value": 512})
    assert (changed["value"], changed["origin"], changed["restart"]) == (512, "file", True)
    _, path = await served.get("/v1/config")
    with open(path["file"], encoding="utf-8") as file:
        assert "context = 512" in file.read()
    _, changed = await served.call("DELETE", "/v1/config/builtin.context")
    assert (changed["value"], changed["origin"]) == (4096, "default")


async def test_a_setting_of_a_named_table_is_shown_written_and_taken_out_again(served: ServedDaemon) -> None:
    _, shown = await served.get("/v1/config/providers.groq.max_tools")
    assert (shown["value"], shown["origin"], shown["type"]) == (0, "default", "integer")
    _, changed = await served.call("PUT", "/v1/config/providers.groq.max_tools", json={"value": "7"})
    assert (changed["value"], changed["origin"]) == (7, "file")
    _, changed = await served.call("PUT", "/v1/config/aliases.fast.models", json={"value": ["groq/a"]})
    assert (changed["value"], changed["default"]) == (["groq/a"], None)
    _, changed = await served.call("DELETE", "/v1/config/aliases.fast.models")
    assert (changed["value"], changed["origin"]) == (None, "default")
    _, changed = await served.call("DELETE", "/v1/config/providers.groq")
    assert (changed["key"], changed["value"], changed["type"]) == ("providers.groq", None, "table")
    status, refused = await served.call("DELETE", "/v1/config/nowhere.groq")
    assert (status, refused["error"]["code"]) == (404, "not_found")


async def test_what_is_set_in_named_tables_is_listed(folder: str) -> None:
    async with serve(folder, providers__groq__max_tools="7") as served:
        _, listed = await served.get("/v1/config")
    named = [item["key"] for item in listed["items"] if item["key"].startswith(("providers.", "aliases."))]
    assert named == ["providers.groq.max_tools"]


@pytest.mark.parametrize(
    ("key", "value", "status", "code"),
    [
        ("builtin.contxt", 1, 404, "not_found"),
        ("builtin.context", "many", 400, "invalid_request"),
        ("builtin.context", 1, 400, "invalid_request"),
        ("builtin.context", None, 400, "invalid_request"),
        ("log.level", "loud", 400, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_not_written(
    served: ServedDaemon, key: str, value: object, status: int, code: str
) -> None:
    answered, body = await served.call("PUT", f"/v1/config/{key}", json={"value": value})
    assert (answered, body["error"]["code"]) == (status, code)
    assert body["error"]["hint"]
    _, listed = await served.get("/v1/config")
    assert not os.path.exists(listed["file"])


async def test_what_the_file_may_hold_is_a_json_schema(served: ServedDaemon) -> None:
    _, told = await served.get("/v1/config/schema")
    assert (told["schema"], told["json_schema"]["type"]) == ("triforce.config.schema/1", "object")
    definitions = told["json_schema"]["$defs"]
    assert definitions["Provider"]["properties"]["base_url"]["description"].startswith("Where it is")
    assert definitions["Alias"]["required"] == ["models"]


async def test_a_broken_file_is_found_by_the_check(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/config")
    with open(listed["file"], "w", encoding="utf-8") as file:
        file.write("[builtin]\ncontext = 'x'\n")
    _, check = await served.get("/v1/config/check")
    assert check["ok"] is False
    assert (check["items"][0]["line"], check["items"][0]["key"]) == (2, "builtin.context")


async def test_a_new_default_model_survives_in_the_file(served: ServedDaemon) -> None:
    _, chosen = await served.call("PUT", "/v1/registry/default", json={"model": "large"})
    assert chosen["model"] == "scripted/large"
    done = (await served.turn())[-1]
    assert done["model"] == "scripted/large"
    _, listed = await served.get("/v1/config")
    with open(listed["file"], encoding="utf-8") as file:
        assert 'default_model = "scripted/large"' in file.read()


async def test_a_password_in_an_address_is_kept_and_not_shown(served: ServedDaemon) -> None:
    _, changed = await served.call("PUT", "/v1/config/redis.url", json={"value": "redis://me:sesame@localhost/1"})
    assert changed["value"] == "redis://…@localhost/1"
    _, path = await served.get("/v1/config")
    assert "sesame" not in str(path)
    with open(path["file"], encoding="utf-8") as file:
        assert "redis://me:sesame@localhost/1" in file.read()
