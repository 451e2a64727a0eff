"""A section of the settings: what its fields mean stands below them, and is read when somebody asks."""

import pytest
from pydantic import ValidationError

from triforce_daemon.setting_section import Section
from triforce_daemon.settings import Daemon, Settings


class Wheel(Section):
    spokes: int = 32
    """How many
    there are."""
    # A comment is for those who read the source.
    rim: str = ""
    cover: float = 1.0
    "In bars."


class BigWheel(Wheel):
    spokes: int = 48
    """More of them."""
    brakes: bool = False
    """Whether it stops."""


def test_the_meaning_of_a_field_stands_below_it() -> None:
    assert Wheel.meanings() == {"spokes": "How many\nthere are.", "cover": "In bars."}


def test_a_section_of_another_kind_has_the_words_of_both() -> None:
    assert BigWheel.meanings() == {"spokes": "More of them.", "cover": "In bars.", "brakes": "Whether it stops."}


def test_the_schema_says_what_fields_mean() -> None:
    fields = Wheel.model_json_schema()["properties"]
    assert {name: field.get("description") for name, field in fields.items()} == {
        "spokes": "How many\nthere are.", "rim": None, "cover": "In bars."
    }  # fmt: skip
    sections = Settings.model_json_schema()["$defs"]
    assert sections["Daemon"]["properties"]["socket"]["description"] == Daemon.meanings()["socket"]


def test_true_is_no_number() -> None:
    with pytest.raises(ValidationError, match="true and false are no numbers"):
        Wheel.model_validate({"spokes": True})
    assert BigWheel.model_validate({"brakes": True}).brakes
