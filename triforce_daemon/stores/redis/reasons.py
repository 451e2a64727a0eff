"""Why there is no connection to Redis, with what to do about it."""

import ssl

from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.faults import RedisRefused, RedisUnreachable

#: OpenSSL's numbers for a chain that ends at nobody who is trusted.
_NOBODY_TRUSTED = {18, 19, 20, 21}
_SPEAKS_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING"}
_PASSWORD = {
    "WRONGPASS": "see what redis.url and redis.password_file hold",
    "NOAUTH": "it wants a password, which belongs into the file that redis.password_file names",
}


def reason(error: BaseException, address: Address) -> str:
    """In one sentence, without a full stop."""
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = "; name what issued it: ?ssl_ca_certs=FILE" if error.verify_code in _NOBODY_TRUSTED else ""
        return f"the certificate of {address} is not accepted: {error.verify_message.rstrip('.')}{advice}"
    if isinstance(error, ConnectionAbortedError):
        return f"{address} does not begin TLS: it hangs, or speaks none, and its address begins with redis://"
    if isinstance(error, ssl.SSLError) and error.reason in _SPEAKS_NO_TLS:
        return f"{address} does not speak TLS; its address begins with redis://"
    said = str(error) or "Redis did not answer in time"
    if isinstance(error, RedisRefused):
        advice = _PASSWORD.get(error.code, "")
    elif "CERTIFICATE_REQUIRED" in said:
        advice = "it wants a certificate of yours: ?ssl_certfile=FILE&ssl_keyfile=FILE"
    elif isinstance(error, RedisUnreachable) and address.tls is None and address.path is None:
        advice = "if it speaks TLS, its address begins with rediss://"
    else:
        advice = ""
    return f"{said.rstrip('.')}; {advice}" if advice else said
