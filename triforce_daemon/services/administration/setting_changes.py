"""Settings as a tool may change them: never one that holds a secret, gives rights or has code run."""

from dataclasses import dataclass
from typing import Any

import orjson

from triforce_daemon.configuration import edit
from triforce_daemon.configuration.validation import without_password
from triforce_daemon.errors import Forbidden, InvalidRequest
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.administration.change_records import ChangeRecords
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.toolbox.call import ToolCall

#: What is longer is no setting.
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class SettingChanged:
    key: str
    old: Any
    new: Any
    needs_restart: bool


@dataclass(frozen=True, slots=True)
class SettingChanges:
    desk: SettingsDesk
    reload: Reload
    records: ChangeRecords

    async def set(self, call: ToolCall, name: str, value: object) -> SettingChanged:
        """Write a setting to the file; it holds at once, or from the next start.

        Raises NotFound, Forbidden, InvalidRequest, ConfigurationInvalid, StorageFailed.
        """
        _check_may(name, value)
        before = self.desk.get(name)
        changed = await self.reload.put(name, value)
        undo = {"in_file": before["origin"] == "file", "value": before["value"]}
        call.changed("setting", name, f"set {name}", orjson.dumps(undo).decode())
        await self.records.record(call, "config.set", {"value": changed["value"]}, on=name)
        return SettingChanged(name, before["value"], changed["value"], changed["restart"])

    async def tried(self, name: str, value: object) -> SettingChanged:
        """The same without writing it. Raises the same."""
        _check_may(name, value)
        before = self.desk.get(name)
        new = without_password(await in_thread(edit.tried, self.desk.configuration.file, name, value))
        return SettingChanged(name, before["value"], new, not before["at_once"] and new != before["value"])


def _check_may(name: str, value: object) -> None:
    if edit.find(name).by_hand:
        raise Forbidden(
            f"No tool sets {name}: it may hold a secret, gives rights, or has code run.",
            f"At a terminal: `triforce config set {name} VALUE`",
        )
    if len(orjson.dumps(value)) > _LONGEST:
        raise InvalidRequest("That is too long for a setting.", None)
