"""Names of models: ids, aliases, bare names, near names; and the default."""

import pytest

from tests.triforce_daemon.scripted_provider import ScriptedProvider
from triforce_daemon.errors import InvalidRequest, ModelNotFound
from triforce_daemon.services.model_registry import ModelRegistry


def registry(default: str = "", kept: list[str] | None = None) -> ModelRegistry:
    provider = ScriptedProvider("http://127.0.0.1:1/v1", ("small", "large"))
    return ModelRegistry([provider], default, (kept if kept is not None else []).append)


@pytest.mark.parametrize("name", ["scripted/large", "large"])
def test_an_id_and_a_bare_name_are_found(name: str) -> None:
    assert registry().resolve(name).id == "scripted/large"


@pytest.mark.parametrize("name", ["", "default"])
def test_nobody_named_means_the_default(name: str) -> None:
    assert registry().resolve(name).id == "scripted/small"
    assert registry(default="scripted/large").resolve(name).id == "scripted/large"


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(ModelNotFound) as raised:
        registry().resolve("scripted/lrage")
    assert (raised.value.near or [])[0] == "scripted/large"
    assert "scripted/large" in (raised.value.hint or "")


def test_a_default_that_is_gone_is_not_replaced_silently() -> None:
    with pytest.raises(ModelNotFound):
        registry(default="gone/model").resolve("default")


def test_a_bare_name_of_two_providers_is_no_name() -> None:
    first, second = ScriptedProvider("http://x/v1"), ScriptedProvider("http://y/v1")
    second.name = "other"
    second.models = lambda: [{**model, "id": model["id"].replace("scripted", "other")} for model in first.models()]
    with pytest.raises(ModelNotFound):
        ModelRegistry([first, second], "", print).resolve("small")


def test_a_new_default_is_kept_and_holds_at_once() -> None:
    kept: list[str] = []
    models = registry(kept=kept)
    assert models.set_default("large")["model"] == "scripted/large"
    assert kept == ["scripted/large"]
    assert models.resolve("default").id == "scripted/large"
    assert [model["id"] for model in models.models()["items"] if model["default"]] == ["scripted/large"]


def test_the_alias_cannot_be_its_own_default() -> None:
    with pytest.raises(InvalidRequest):
        registry().set_default("default")


def test_without_providers_the_error_says_so() -> None:
    with pytest.raises(ModelNotFound) as raised:
        ModelRegistry([], "", print).resolve("default")
    assert "provider" in (raised.value.hint or "")


def test_the_list_narrows_by_provider() -> None:
    assert len(registry().models("scripted")["items"]) == 2
    assert registry().models("other")["items"] == []


def test_a_provider_is_as_good_as_its_best_model() -> None:
    provider = ScriptedProvider("http://x/v1")
    listed = provider.models()
    listed[0]["state"], listed[0]["reason"] = "down", "broken"
    listed[1]["state"] = "absent"
    provider.models = lambda: listed
    (state,) = ModelRegistry([provider], "", print).states()
    assert state["state"] == "absent"
