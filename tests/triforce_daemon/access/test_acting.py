"""What a model may do that acts for somebody, and what it has used."""

from dataclasses import replace

from triforce_daemon.access.acting import Acting
from triforce_daemon.access.caller import Caller
from triforce_daemon.wire.usage import Usage

OWNER = Caller(kind="owner", name="owner", uid=1000)
USED = Usage(input_tokens=3, output_tokens=2, estimated=False)


def test_a_model_has_its_own_rights_and_the_persons_account() -> None:
    acting = replace(OWNER, acting=Acting("chat/abc", frozenset({"tools"})))
    assert (acting.is_owner, acting.is_admin, acting.may("tools"), acting.may("admin")) == (False, False, True, False)
    assert acting.account == OWNER.account
    admin = Caller(kind="user", name="user/anna", user="anna", admin=True, scopes=frozenset({"tools"}))
    assert not replace(admin, acting=Acting("chat/abc", frozenset())).is_admin


def test_what_it_uses_adds_up_and_an_unknown_price_makes_the_sum_unknown() -> None:
    acting = Acting("chat/abc", frozenset())
    assert acting.spent == "0"
    acting.used(USED, "0.10")
    acting.used(Usage(input_tokens=1, output_tokens=1, estimated=True), "0.20")
    assert (acting.usage, acting.spent) == (Usage(input_tokens=4, output_tokens=3, estimated=True), "0.3")
    other = acting.copy()
    other.used(USED, None)
    assert (other.spent, acting.spent) == (None, "0.3")
