"""A configuration file as it may be kept elsewhere."""

import tomllib

import pytest

from triforce_daemon.configuration.without_secrets import without_secrets

FILE = """\
# The old one: postgresql://anna:hunter22@old/db
[database]
url = "postgresql://anna:s3cret@host/db"  # ours

[redis]
url = "rediss://:t0psecret@host:6380/1"

[providers.mine]
base_url = "https://example.org/v1"
[[things]]
url = "https://user:pa55word@host/"
"""


def test_passwords_are_gone_and_all_else_stays() -> None:
    text = without_secrets(FILE)
    for secret in ("s3cret", "t0psecret", "hunter22", "pa55word"):
        assert secret not in text
    values = tomllib.loads(text)
    assert values["database"]["url"].endswith("@host/db") and "# ours" in text
    assert values["providers"]["mine"]["base_url"] == "https://example.org/v1"


def test_what_is_no_toml_is_not_taken_for_one() -> None:
    with pytest.raises(ValueError, match=r"."):
        without_secrets("url = postgresql://anna:s3cret@host/db")
