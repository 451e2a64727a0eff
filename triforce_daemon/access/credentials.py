"""What a request brings to show who sends it: an API token, a log-in's access token, or a name with its password."""

from base64 import b64decode
from binascii import Error as NoBase64
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.elsewhere import Elsewhere, Unheard
from triforce_daemon.access.logins import Logins
from triforce_daemon.access.password_check import Basic, PasswordCheck, digest_of
from triforce_daemon.access.passwords import LONGEST
from triforce_daemon.access.tokens import PREFIX, Tokens
from triforce_daemon.access.users import Users

#: Where clients put their key: OpenAI's, Anthropic's, Gemini's, Azure's.
KEY_HEADERS = frozenset({b"authorization", b"x-api-key", b"x-goog-api-key", b"api-key"})

_TOKEN = PREFIX.encode()
_BEARER = b"bearer "
_BASIC = b"basic "
#: A name, a colon and a password in base64, at most, whatever the characters.
_LONGEST_BASIC = 2 * (4 * LONGEST + 256)

_SEND_ONE = "Send one: `Authorization: Bearer tf_…`. `triforce auth token create NAME` makes one."


@dataclass(frozen=True, slots=True)
class Credentials:
    tokens: Tokens
    users: Users
    logins: Logins
    passwords: PasswordCheck
    #: What other daemons do to them; None: there are none.
    elsewhere: Elsewhere | None = None
    #: Whether somebody without an account may come in.
    guests: bool = False

    def among(self, values: list[bytes]) -> bytes | None:
        """Of the values of `KEY_HEADERS` the first that is a credential of ours; clients put other things there too."""
        for value in values:
            bare = _bare(value)
            if self._is_ours(bare):
                return bare
        return None

    def caller_of(self, credential: bytes | None, query: bytes, now_ms: int) -> Caller | Stranger | Basic | Unheard:
        """Who shows this; `Basic` where a password has to be compared first, `Unheard` where the database has to be
        asked: both take their time."""
        if credential is None:
            return self._without_one(query)
        if credential.startswith(_TOKEN) or self.logins.looks_like_one(credential):
            caller = self._bearer(credential, now_ms)
            if isinstance(caller, Stranger) and self.elsewhere is not None and self.elsewhere.may_look():
                return Unheard(credential)
            return caller
        basic = _basic(credential)
        if basic is None:
            return Stranger("This is no name and password.", "Send base64 of NAME:PASSWORD, as RFC 7617 has it.")
        return self.passwords.known(basic, now_ms) or basic

    async def asked_elsewhere(self, unheard: Unheard, now_ms: int) -> Caller | Stranger:
        """Who shows this, once it was looked for. Raises StorageFailed."""
        if self.elsewhere is not None:
            await self.elsewhere.look_for(unheard.credential)
        return self._bearer(unheard.credential, now_ms)

    def _bearer(self, credential: bytes, now_ms: int) -> Caller | Stranger:
        if credential.startswith(_TOKEN):
            return self.tokens.caller_of(credential, now_ms)
        return self.logins.caller_of(credential, now_ms)

    def _is_ours(self, value: bytes) -> bool:
        return value.startswith(_TOKEN) or _is_basic(value) or self.logins.looks_like_one(value)

    def _without_one(self, query: bytes) -> Caller | Stranger:
        if query.startswith(b"key=") or b"&key=" in query:
            return Stranger(
                "A token in the address is not taken: addresses are kept in logs.", "Send it as header x-goog-api-key."
            )
        if self.guests:
            tier = self.users.tiers.get("guest")
            return Caller(kind="guest", name="guest", scopes=frozenset({"inference", "tools"}), tier=tier)
        return Stranger("There is no token of triforce in this request.", _SEND_ONE)


def _bare(value: bytes) -> bytes:
    return value[7:].strip() if value[:7].lower() == _BEARER else value


def _is_basic(value: bytes) -> bool:
    return value[:6].lower() == _BASIC


def _basic(value: bytes) -> Basic | None:
    if len(value) > _LONGEST_BASIC:
        return None
    try:
        name, colon, password = b64decode(value[6:].strip(), validate=True).decode().partition(":")
    except (NoBase64, UnicodeDecodeError):
        return None
    return Basic(name, password, digest_of(value)) if colon else None
