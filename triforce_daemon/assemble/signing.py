"""The key that signs log-ins, which daemons that share a database must share."""

import hmac

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.stores.agreements import AgreementStore
from triforce_daemon.stores.signing_key import signing_key

_NAME = "key that signs log-ins"


async def agreed_key(ground: Ground) -> bytes:
    """Raises ConfigurationInvalid where it is none, or another one than that of a daemon that runs; StorageFailed."""
    credentials = ground.environ.get("CREDENTIALS_DIRECTORY")
    key = await signing_key(ground.places.logins, ground.settings.users.signing_key, credentials)
    fleet = ground.database.fleet
    if fleet is None:
        return key
    # Says whether two keys are the same, and nothing of what they are.
    mark = hmac.digest(key, _NAME.encode(), "sha256").hex()
    agreements = AgreementStore(ground.database)
    if await agreements.reach(_NAME, mark) == mark:
        return key
    async with ground.database.read() as connection:
        others = (await connection.execute(fleet.others())).all()
    if others:
        raise ConfigurationInvalid(
            f"Another daemon that uses {ground.database.name} signs log-ins with another key.",
            "Give all of them the same one: a file that users.signing_key names, or systemd's credential.",
        )
    # Nobody else runs: it was changed, and everybody logs in again.
    await agreements.reach(_NAME, mark, anew=True)
    return key
