"""Only what was signed here, for this use, at its time, counts; nothing that a token says of itself does."""

import base64
import hashlib
import hmac
import json
import socket
import time
import timeit
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from triforce_daemon.access.signing import LONGEST, SKEW_SECONDS, Claims, NotYet, Signer
from triforce_daemon.errors import ConfigurationInvalid

KEY = b"k" * 48
NOW = int(time.time())
OURS: dict[str, Any] = {
    "iss": "triforce", "aud": "access", "sub": "a1", "sid": "l1", "jti": "j1", "iat": NOW, "nbf": NOW, "exp": NOW + 900,
}  # fmt: skip


@pytest.fixture
def signer() -> Signer:
    return Signer(KEY)


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Whoever connects or looks a name up is noted."""
    asked: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: asked.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: asked.append(args) or [])
    yield asked
    assert asked == []


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def signed(claims: object, header: object | None = None, key: bytes = KEY) -> bytes:
    """A token with a right signature over whatever is wanted."""
    body = f"{part({'alg': 'HS256', 'typ': 'JWT'} if header is None else header)}.{part(claims)}"
    mac = hmac.new(key, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}".encode()


def changed(ours: dict[str, Any], **more: object) -> dict[str, Any]:
    return {name: value for name, value in {**ours, **more}.items() if value is not None}


def header(**more: object) -> dict[str, Any]:
    return {"alg": "HS256", "typ": "JWT", **more}


def _public_key() -> bytes:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_what_was_signed_here_is_read(signer: Signer) -> None:
    claims = Claims(sub="a1", sid="l1", jti="j1", exp=NOW + 900)
    assert signer.read(signer.sign("access", claims, NOW).encode(), "access") == claims
    assert signer.read(signed(OURS), "access") == claims


def forged(ours: dict[str, Any]) -> dict[str, bytes]:
    """Tokens that are none, from the claims of one that was signed with KEY."""
    return {
        "alg none": f"{part(header(alg='none'))}.{part(ours)}.".encode(),
        "alg none, in our header's place": signed(ours, header(alg="none")),
        "alg NoNe": f"{part(header(alg='NoNe'))}.{part(ours)}.".encode(),
        "no signature": b".".join(signed(ours).split(b".")[:2]) + b".",
        "signature of nothing": signed(ours, key=b""),
        "HS512": jwt.encode(ours, KEY * 2, "HS512").encode(),
        "public key as secret": signed(ours, header(alg="HS256"), _public_key()),
        "says to be RS256": signed(ours, header(alg="RS256")),
        "kid leads to a file": signed(ours, header(kid="../../../../dev/null"), b""),
        "kid leads to a file, our key": signed(ours, header(kid="../../../../dev/null")),
        "kid is SQL": signed(ours, header(kid="x' UNION SELECT 'k' --")),
        "jku": signed(ours, header(jku="http://evil.example/keys")),
        "x5u": signed(ours, header(x5u="http://evil.example/cert")),
        "jwk": signed(ours, header(jwk={"kty": "oct", "k": part("k" * 48)})),
        "crit": signed(ours, header(crit=["exp"])),
        "another order": signed(ours, '{"typ":"JWT","alg":"HS256","x":1}'),
        "header twice": signed(ours, '{"alg":"none","alg":"HS256","typ":"JWT"}'),
        "no exp": signed(changed(ours, exp=None)),
        "exp past": signed(changed(ours, exp=NOW - 1)),
        "exp is text": signed(changed(ours, exp="never")),
        "exp is endless": signed(json.dumps(ours).replace(str(ours["exp"]), "Infinity")),
        "no iat": signed(changed(ours, iat=None)),
        "no nbf": signed(changed(ours, nbf=None)),
        "no aud": signed(changed(ours, aud=None)),
        "another aud": signed(changed(ours, aud="refresh")),
        "many auds": signed(changed(ours, aud=["access", "refresh"])),
        "no iss": signed(changed(ours, iss=None)),
        "another iss": signed(changed(ours, iss="evil")),
        "no sub": signed(changed(ours, sub=None)),
        "sub is a number": signed(changed(ours, sub=7)),
        "sid is a list": signed(changed(ours, sid=["l1"])),
        "no jti": signed(changed(ours, jti=None)),
        "sub twice": signed('{"sub":"victim",' + json.dumps(ours)[1:]),
        "deep": signed('{"a":' * 150 + "1" + "}" * 150),
        "no object": signed([ours]),
        "a megabyte": signed(changed(ours, more="x" * (1 << 20))),
        "a little too long": signed(changed(ours, more="x" * LONGEST)),
        "another key": signed(ours, key=b"x" * 48),
        "four parts": signed(ours) + b".x",
        "a bit off": signed(ours)[:-2] + b"xx",
        "half": signed(ours)[:40],
        "nothing": b"",
        "dots": b"..",
        "no text": b"\xff\xfe.\xff.\xff",
        "line end": signed(ours) + b"\n",
    }


FORGED = forged(OURS)


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_nothing_else_is(signer: Signer, token: bytes) -> None:
    assert signer.read(token, "access") is None


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_what_is_for_a_time_to_come_is_not_read_either(signer: Signer, claim: str) -> None:
    # These tests may have been read long ago.
    now = int(time.time())
    with pytest.raises(NotYet):
        signer.read(signed(changed(OURS, **{claim: now + 600})), "access")
    # Only of what was signed here it is said why.
    assert signer.read(signed(changed(OURS, **{claim: now + 600}), key=b"x" * 48), "access") is None
    assert signer.read(signed(changed(OURS, **{claim: now + SKEW_SECONDS - 5})), "access") is not None


def test_what_is_good_for_one_use_is_not_for_the_other(signer: Signer) -> None:
    claims = Claims(sub="a1", sid="l1", jti="j1", exp=NOW + 900)
    assert signer.read(signer.sign("refresh", claims, NOW).encode(), "access") is None
    assert signer.read(signer.sign("access", claims, NOW).encode(), "refresh") is None


@pytest.mark.parametrize("key", [b"", b"secret", b"x" * 31])
def test_a_key_that_protects_nothing_is_refused(key: bytes) -> None:
    with pytest.raises(ConfigurationInvalid, match="too short"):
        Signer(key)


def test_a_megabyte_is_not_even_read(signer: Signer) -> None:
    seconds = min(timeit.repeat(lambda: signer.read(FORGED["a megabyte"], "access"), number=100, repeat=3)) / 100
    assert seconds < 0.000_1
