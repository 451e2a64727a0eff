"""What the tools need by which the daemon is administered."""

import os
from collections.abc import Sequence

from triforce_daemon.access.tokens import Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.tool_services import Provided
from triforce_daemon.dialects.all import by_name
from triforce_daemon.services.administration.buckets import Buckets
from triforce_daemon.services.administration.change_records import ChangeRecords
from triforce_daemon.services.administration.compatibility import Compatibility
from triforce_daemon.services.administration.resources import Resources
from triforce_daemon.services.administration.restarts import Restarts
from triforce_daemon.services.administration.setting_changes import SettingChanges
from triforce_daemon.services.administration.tier_changes import TierChanges
from triforce_daemon.services.administration.user_lines import UserLines
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.limits import LimitDesk
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.services.status import StatusPage
from triforce_daemon.services.users import UserDesk
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.toolbox.catalog import Catalog


def administration(ground: Ground, part: Provided) -> Sequence[object]:
    """What is built of that for these tools alone."""
    records = ChangeRecords(part(Trail))
    return (
        Resources(os.path.dirname(ground.places.database), part(Jobs), part(Approvals), ground.lifecycle),
        UserLines(part(UserDesk), part(Audit), part(Ledger)),
        Buckets(part(LimitDesk), part(Users), part(Tokens), ground.clock),
        SettingChanges(part(SettingsDesk), part(Reload), records),
        TierChanges(part(UserDesk), records),
        Restarts(
            part(StatusPage),
            ground.lifecycle,
            part(ModelRegistry),
            ground.world.embedder,
            records,
            ground.tasks,
            ground.clock,
        ),
        Compatibility(part(Catalog), part(ModelRegistry), by_name()),
    )
