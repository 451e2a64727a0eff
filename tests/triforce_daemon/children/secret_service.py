"""A Secret Service on a real D-Bus, small: one collection, in memory. A locked one asks nobody, and waits for ever.

python -m … [locked]     with DBUS_SESSION_BUS_ADDRESS; prints a line when it is there.
https://specifications.freedesktop.org/secret-service-spec/latest/
"""

import sys
from typing import Any

from jeepney import Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.low_level import HeaderFields

NAME = "org.freedesktop.secrets"
SESSION, ITEMS = "/org/freedesktop/secrets/session/1", "/org/freedesktop/secrets/collection/login/"
NOT_SUPPORTED = "org.freedesktop.DBus.Error.NotSupported"


class SecretService:
    def __init__(self, locked: bool) -> None:
        self._locked = locked
        self._items: dict[str, tuple[dict[str, str], bytes]] = {}

    def answer(self, call: Message) -> Message:
        fields = call.header.fields
        path, method = fields[HeaderFields.path], fields[HeaderFields.member]
        match method, call.body:
            case "Get", (_, property):
                return new_method_return(call, "v", (self._property(path, property),))
            case "OpenSession", ("plain", _):
                return new_method_return(call, "vo", (("s", ""), SESSION))
            case "OpenSession", _:
                return new_error(call, NOT_SUPPORTED)
            case "Unlock", (paths,):
                prompted = ([], "/org/freedesktop/secrets/prompt/1")
                return new_method_return(call, "aoo", prompted if self._locked else (paths, "/"))
            case "Prompt", _:
                return new_method_return(call)
            case "SearchItems", (wanted,):
                found = [item for item, (has, _) in self._items.items() if wanted.items() <= has.items()]
                return new_method_return(call, "ao", (found,))
            case "CreateItem", (properties, secret, _):
                item = f"{ITEMS}{len(self._items)}"
                self._items[item] = (dict(properties["org.freedesktop.Secret.Item.Attributes"][1]), bytes(secret[2]))
                return new_method_return(call, "oo", (item, "/"))
            case "GetSecret", _:
                return new_method_return(call, "(oayays)", ((SESSION, b"", self._items[path][1], "text/plain"),))
            case _:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")

    def _property(self, path: str, name: str) -> tuple[str, Any]:
        known: dict[str, tuple[str, Any]] = {"Label": ("s", path), "Locked": ("b", self._locked)}
        return known[name]


def main() -> None:
    service = SecretService(sys.argv[1:] == ["locked"])
    with open_dbus_connection() as connection:
        connection.send_and_get_reply(message_bus.RequestName(NAME))
        print("ready", flush=True)
        while True:
            call = connection.receive()
            if call.header.message_type is MessageType.method_call:
                connection.send(service.answer(call))


if __name__ == "__main__":
    main()
