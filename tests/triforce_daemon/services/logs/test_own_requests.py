"""Whose a request was."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.test_receipts import asked
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.logs.own_requests import OwnRequests, sees_all
from triforce_daemon.services.request_book import RequestBook
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.audit.trail import Trail


async def test_by_the_book_and_by_the_audit_of_any_number(served: ServedDaemon) -> None:
    anna, token = await served.user("anna"), await served.token("inference")
    hers, another = await asked(served, anna["access_token"]), await asked(served, token)
    caller = Caller("user", "user/anna", user=anna["user"]["id"])
    store, names = AuditStore(served.database), served.parts.get(Trail).names
    many = {hers, another, *(f"0197a000-{number}" for number in range(1_200))}
    for book in (served.parts.get(RequestBook), RequestBook()):
        assert await OwnRequests(book, store, names).among(caller, many) == {hers}
        assert await OwnRequests(book, store, names).among(Caller("token", "token/new"), many) == set()


def test_who_sees_all() -> None:
    assert sees_all(Caller("owner", "me")) and sees_all(Caller("user", "user/a", user="1", admin=True))
    assert sees_all(Caller("token", "token/ops", scopes=frozenset({"admin"})))
    assert not sees_all(Caller("user", "user/a", user="1", scopes=frozenset({"tools", "read"})))
