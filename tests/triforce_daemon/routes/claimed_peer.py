"""A request as another daemon would sign it, by RFC 9421, with a key that nobody has heard of.

There are no peers yet, and so it is worth nothing: whoever sends it is nobody. What makes it worth something belongs
into the matrix of `test_policy`, as a column of its own.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"nobody").digest())
_COVERED = ("content-digest", "triforce-node", "triforce-dst", "triforce-hops", "triforce-deadline")
_CREATED = 1_900_000_000


def claimed(method: str, path: str, authority: str, body: bytes = b"") -> list[tuple[bytes, bytes]]:
    """The headers of such a request."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    said = {
        "content-digest": f"sha-256=:{digest}:", "triforce-node": "anna", "triforce-dst": "here",
        "triforce-hops": "1;anna", "triforce-deadline": "30000",
    }  # fmt: skip
    lines = {"@method": method, "@authority": authority, "@path": path, "@query": "?", **said}
    names = " ".join(f'"{name}"' for name in ("@method", "@authority", "@path", "@query", *_COVERED))
    nonce = base64.b64encode(hashlib.sha256(f"{method} {path}".encode()).digest()[:16]).decode()
    params = f'({names});created={_CREATED};expires={_CREATED + 30};nonce="{nonce}";keyid="anna";alg="ed25519"'
    params += ';tag="triforce-mesh-v1"'
    base = "\n".join([*(f'"{name}": {value}' for name, value in lines.items()), f'"@signature-params": {params}'])
    signature = base64.b64encode(_KEY.sign(base.encode())).decode()
    told = {**said, "signature-input": f"sig1={params}", "signature": f"sig1=:{signature}:", "x-triforce-peer": "anna"}
    return [(name.encode(), value.encode()) for name, value in told.items()]
