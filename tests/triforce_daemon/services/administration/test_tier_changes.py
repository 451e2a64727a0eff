"""Another tier for an account, in the audit as any other change of it."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.test_audit import audit
from tests.triforce_daemon.tools.admin.test_changing import agreed


async def test_a_tier_is_given_for_a_while(served: ServedDaemon) -> None:
    await served.user("anna")
    wanted = {"user": "anna", "tier": "pro", "expires": "2100-01-01"}
    assert (await run(served, "tier_set", **wanted))["error"]["code"] == "approval_needed"
    done = await agreed(served, "tier_set", **wanted)
    assert done["value"] == {"user": "anna", "old": "free", "new": "pro", "expires": "2100-01-01T00:00:00.000Z"}
    (item, *_) = await audit(served, kind="change")
    assert (item["subject"], item["request"]) == ("user/anna", done["receipt"])
    assert item["document"]["shows"] == {"tier": "pro", "tier_expires": "2100-01-01T00:00:00.000Z"}
    assert (await agreed(served, "tier_set", user="anna", tier="free"))["value"]["expires"] is None
    assert (await agreed(served, "tier_set", user="ann", tier="free"))["error"]["near"] == ["anna"]
    past = await agreed(served, "tier_set", user="anna", tier="pro", expires="2001-01-01")
    assert past["error"]["code"] == "invalid_request"
    assert (await run(served, "tier_set", user="anna", tier="guest"))["error"]["code"] == "invalid_arguments"
