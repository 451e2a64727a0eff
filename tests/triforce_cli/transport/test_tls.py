"""Fingerprints as people copy them."""

import pytest

from triforce_cli.transport.limit import Limit
from triforce_cli.transport.tls import LimitedContext, fingerprint_of
from triforce_cli.transport.trust import Trust

DIGITS = "ab" * 32
OURS = ":".join(["AB"] * 32)


@pytest.mark.parametrize("text", [DIGITS, OURS, OURS.lower(), f"SHA256:{DIGITS}", f"sha256 Fingerprint={OURS}\n"])
def test_a_fingerprint_is_taken_as_others_write_it(text: str) -> None:
    assert fingerprint_of(text) == OURS


@pytest.mark.parametrize("text", ["", "ab", DIGITS[:-1], DIGITS + "0", "x" * 64, "MD5:" + DIGITS])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="64"):
        fingerprint_of(text)


def test_a_name_counts_where_an_issuer_is_trusted() -> None:
    limit = Limit(None, None)
    assert LimitedContext.of(Trust(), limit).check_hostname
    assert not LimitedContext.of(Trust(fingerprint=OURS), limit).check_hostname
