"""Shows the settings and changes them in the file."""

import os
from collections.abc import Mapping

from triforce_daemon.configuration import edit, sources
from triforce_daemon.configuration.keys import Key, environment, is_table
from triforce_daemon.configuration.validation import without_password
from triforce_daemon.settings import Settings
from triforce_daemon.wire.config import (
    ChangedSetting,
    ConfigCheck,
    ConfigPath,
    ConfigSchema,
    Origin,
    Setting,
    SettingDetail,
    SettingList,
)


class SettingsDesk:
    def __init__(self, configuration: sources.Configuration, environ: Mapping[str, str]) -> None:
        #: With which the daemon runs.
        self.configuration = configuration
        self._environ = environ

    def everything(self) -> SettingList:
        """Each setting of a fixed name, and of the named tables what is set."""
        items = [self._setting(edit.find(name)) for name in self.configuration.origins]
        return SettingList(schema="triforce.config.list/1", file=self.configuration.file, items=items, next=None)

    def get(self, name: str) -> SettingDetail:
        """Raises NotFound with near names."""
        return SettingDetail(**self._setting(edit.find(name)), schema="triforce.config.get/1")

    def put(self, name: str, value: object) -> ChangedSetting:
        """Write to the file. Raises NotFound, InvalidRequest, StorageFailed, ConfigurationInvalid."""
        edit.put(self.configuration.file, name, value)
        return self._changed(name)

    def remove(self, name: str) -> ChangedSetting:
        """Take a setting out of the file, or a whole table of one's own: `providers.mine`.

        Raises NotFound, InvalidRequest, StorageFailed, ConfigurationInvalid.
        """
        edit.remove(self.configuration.file, name)
        if is_table(name):
            return ChangedSetting(**_gone(name), schema="triforce.config.set/1", restart=True)
        return self._changed(name)

    def origin(self, key: str) -> Origin:
        """Where the value of a key comes from with which this daemon runs."""
        return self.configuration.origins.get(key, "default")

    def path(self) -> ConfigPath:
        file = self.configuration.file
        return ConfigPath(schema="triforce.config.path/1", file=file, exists=os.path.exists(file))

    def schema(self) -> ConfigSchema:
        """What the file may hold, as JSON Schema."""
        return ConfigSchema(schema="triforce.config.schema/1", json_schema=Settings.model_json_schema())

    def check(self) -> ConfigCheck:
        """The file as it is now, together with the environment."""
        items = sources.problems(self.configuration.file, self._environ)
        return ConfigCheck(schema="triforce.config.validate/1", file=self.configuration.file, ok=not items, items=items)

    def _changed(self, name: str) -> ChangedSetting:
        """What a daemon that starts now would use: environment and flags still win over the file."""
        # What is wrong elsewhere does not undo what was written, nor hide it.
        loaded = sources.load_what_is_right(self.configuration.file, self._environ, {})
        fresh = SettingsDesk(loaded, self._environ)
        return ChangedSetting(**fresh._setting(edit.find(name)), schema="triforce.config.set/1", restart=True)

    def _setting(self, key: Key) -> Setting:
        return Setting(
            key=key.name,
            value=without_password(key.read(self.configuration.settings)),
            default=key.default,
            origin=self.origin(key.name),
            at_once=key.at_once,
            type=key.type_name,
            description=key.description,
            environment=key.environment,
        )


def _gone(table: str) -> Setting:
    return Setting(
        key=table,
        value=None,
        default=None,
        origin="default",
        at_once=True,
        type="table",
        description="A table of settings.",
        environment=environment(table),
    )
