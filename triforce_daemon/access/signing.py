"""Signs what a log-in holds, and takes back only what was signed here, in exactly this form."""

import json
import time
from base64 import urlsafe_b64decode
from typing import Any, Literal, TypedDict

import jwt

from triforce_daemon.errors import ConfigurationInvalid

Use = Literal["access", "refresh"]

#: Pinned: what a token says of itself is not asked.
_ALGORITHM = "HS256"
_ISSUER = "triforce"
#: What is longer was not signed here.
LONGEST = 1_024
#: RFC 7518 §3.2: as long as the hash, at least. PyJWT would only warn.
_KEY_BYTES = 32
#: Clocks of daemons that share their log-ins may differ by so much, and one may be set back.
SKEW_SECONDS = 30
_NEEDED = ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"]


class Claims(TypedDict):
    """Whom a token speaks for: `sub` the account, `sid` the log-in; `jti` names the token; `exp` is in seconds."""

    sub: str
    sid: str
    jti: str
    exp: int


class NotYet(Exception):
    """It was signed here, for a time that has not come: a clock goes wrong."""


class Signer:
    def __init__(self, key: bytes) -> None:
        """Raises ConfigurationInvalid for a key that is too short to protect anything."""
        if len(key) < _KEY_BYTES:
            raise ConfigurationInvalid(
                "The key that signs log-ins is too short.", "Remove its file; a new one is made."
            )
        self._key = key
        # It holds the algorithm and no name or address of a key: whatever else a header says, it is not ours.
        self._header = self._encode({}).partition(".")[0].encode() + b"."

    def looks_like_one(self, secret: bytes) -> bool:
        return secret.startswith(b"ey")

    def sign(self, use: Use, claims: Claims, now: int) -> str:
        return self._encode({"iss": _ISSUER, "aud": use, "iat": now, "nbf": now, **claims})

    def read(self, token: bytes, use: Use) -> Claims | None:
        """What it says; None where it was not signed here for this use, or its time is over.

        Raises NotYet where it was, and its time has not come.
        """
        if len(token) > LONGEST or not token.startswith(self._header):
            return None
        try:
            known = self._decode(token, use)
            _refuse_duplicates(token)
        except jwt.ImmatureSignatureError:
            raise NotYet from None
        except (jwt.PyJWTError, ValueError):
            return None
        # What is forgiven a clock is no prolongation.
        if known["exp"] <= time.time() or not all(isinstance(known[name], str) for name in ("sub", "sid", "jti")):
            return None
        return Claims(sub=known["sub"], sid=known["sid"], jti=known["jti"], exp=int(known["exp"]))

    def _decode(self, token: bytes, use: Use) -> dict[str, Any]:
        needed: Any = {"require": _NEEDED, "strict_aud": True}
        return jwt.decode(token, self._key, [_ALGORITHM], needed, audience=use, issuer=_ISSUER, leeway=SKEW_SECONDS)

    def _encode(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, _ALGORITHM)


def _refuse_duplicates(token: bytes) -> None:
    """Raises ValueError where a claim stands twice: two readers might each believe another one."""
    payload = token.split(b".")[1]
    json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)), object_pairs_hook=_once)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
