"""What settings can be: addresses, names, lists."""

import pytest
from pydantic import TypeAdapter, ValidationError

from triforce_daemon.addresses import web_address
from triforce_daemon.setting_values import AliasName, ProviderName, Texts, redis_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        ("https://api.example", "https://api.example"),
        ("https://api.example/v1/", "https://api.example/v1"),
        ("http://localhost:11434", "http://localhost:11434"),
        ("http://192.168.1.20:8000/v1", "http://192.168.1.20:8000/v1"),
        ("http://[::1]:1/v1", "http://[::1]:1/v1"),
        ("https://api.example/accounts/{account}/ai", "https://api.example/accounts/{account}/ai"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "api.example", "ftp://h", "file:///etc/passwd", "http://", "http:///v1", "//h",
        "http://me@h", "http://:pw@h", "http://h/?a=1", "http://h/?", "http://h#x",
        "http://h:99999", "http://h:x", "http://[::1", "http://a b", "http://h\\@evil", "http://h/\n", "http://é",
        "http://h/%2e%2e", "http://[fe80::1%25eth0]",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_provider(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        web_address(text)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
        "[::ffff:169.254.169.254]", "168.63.129.16", "100.100.100.200", "[fd00:ec2::254]", "[fe80::1]",
        "0.0.0.0", "0", "[::]", "224.0.0.1", "metadata.google.internal", "metadata.google.internal.",
    ],
)  # fmt: skip
def test_where_clouds_tell_their_machines_secrets_no_provider_is(host: str) -> None:
    with pytest.raises(ValueError, match="no provider is there"):
        web_address(f"http://{host}/latest")


@pytest.mark.parametrize("name", ["groq", "my-box", "my_box", "0", "a" * 32])
def test_names(name: str) -> None:
    for kind in (ProviderName, AliasName):
        assert TypeAdapter(kind).validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", "A", "-a", "_a", "a.b", "a b", "a/b", "é", "a" * 33, "a\n", "peer", "agent", "builtin", "default"]
)
def test_what_is_no_name(name: str) -> None:
    for kind in (ProviderName, AliasName):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(name)


def test_auto_may_be_an_alias_but_no_provider() -> None:
    assert TypeAdapter(AliasName).validate_python("auto") == "auto"
    with pytest.raises(ValidationError):
        TypeAdapter(ProviderName).validate_python("auto")


@pytest.mark.parametrize(
    ("given", "texts"),
    [("a", ["a"]), (" a , b,", ["a", "b"]), ('["a,b", "c"]', ["a,b", "c"]), (["a"], ["a"])],
)
def test_lists_of_text(given: object, texts: list[str]) -> None:
    assert TypeAdapter(Texts).validate_python(given) == texts


@pytest.mark.parametrize("given", ["", ",", [], [""], [7], "[7]", "[", 7, None, {"a": 1}, ["a\0b"]])
def test_what_is_no_list_of_text(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Texts).validate_python(given)


@pytest.mark.parametrize(
    "text",
    [
        *("", "redis://localhost/1", "rediss://:pw@redis.example:6380", "unix:///run/r.sock", "unix:///r.sock?db=2"),
        "rediss://redis.example?ssl_ca_certs=/etc/ca.pem&ssl_certfile=/etc/c.pem&ssl_keyfile=/etc/k.pem",
    ],
)
def test_an_address_of_redis_is_taken(text: str) -> None:
    assert redis_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("localhost:6379", "http://localhost", "unix://", "redis://h:port", "rediss://h?ssl_cert_reqs=none"),
        # What would be passed over in silence: a slip of the pen, TLS where there is none, a secret in the open.
        *("rediss://h?ssl_ca_cert=/etc/ca.pem", "redis://h?ssl_ca_certs=/etc/ca.pem", "redis://h?password=secret"),
        *("rediss://h?ssl_ca_certs=/etc/ca.pem&ssl_ca_path", "unix:///r.sock?protocol=3"),
    ],
)
def test_what_is_no_address_of_redis_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        redis_address(text)
