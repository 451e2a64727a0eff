"""Settings as a whole: what goes together; how they are read stands in `configuration`."""

import pytest
from pydantic import ValidationError

from triforce_daemon.dialects.all import by_name
from triforce_daemon.setting_values import CATALOGUE
from triforce_daemon.settings import Provider, Settings, Workspace


def test_a_provider_may_speak_every_dialect() -> None:
    for dialect in by_name():
        assert Provider.model_validate({"dialect": dialect}).dialect == dialect


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"providers": {"mine": {}}}, "needs a base_url"),
        ({"aliases": {"groq": {"models": "a"}}}, "there is a provider of that name"),
        ({"aliases": {"a-b": {"models": "a"}, "a_b": {"models": "a"}}}, "in - and _ alone"),
        (
            {"providers": {"mine": {"base_url": "http://h"}}, "aliases": {"mine": {"models": "a"}}},
            "there is a provider of that name",
        ),
    ],
)
def test_tables_that_do_not_go_together(tables: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate(tables)


def test_the_catalogues_providers_need_no_address() -> None:
    assert Settings.model_validate({"providers": {name: {} for name in CATALOGUE}})


@pytest.mark.parametrize("path", ["/", "//", "relative", "~/docs", "/srv/../etc", "/srv/.."])
def test_what_is_no_folder_for_a_workspace(path: str) -> None:
    with pytest.raises(ValidationError, match="absolute path"):
        Workspace(folder=path)
    assert Workspace(folder="/srv/docs/").folder == "/srv/docs"
