"""A certificate for trials: for the names that were asked for, in files that nobody else reads."""

import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from triforce_daemon.errors import CertificateExists, InvalidRequest, StorageFailed
from triforce_daemon.listeners.self_signed import make


@pytest.fixture
def pair(folder: str) -> tuple[str, str]:
    return os.path.join(folder, "tls", "certificate.pem"), os.path.join(folder, "tls", "key.pem")


def read(path: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(path).read_bytes())


def test_it_is_for_the_names_and_for_a_year(pair: tuple[str, str]) -> None:
    made = make(["nas.example", "192.0.2.7", "2001:db8::7", "bücher.example"], *pair)
    certificate = read(pair[0])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["nas.example", "xn--bcher-kva.example"]
    assert [str(found) for found in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "2001:db8::7"]
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=364) < left <= timedelta(days=365)
    assert certificate.not_valid_before_utc < datetime.now(UTC)
    assert made["ends"].endswith("Z")


def test_the_fingerprint_is_the_one_that_openssl_shows(pair: tuple[str, str]) -> None:
    made = make(["x.example"], *pair)
    words = ["openssl", "x509", "-in", pair[0], "-noout", "-fingerprint", "-sha256"]
    try:
        shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("openssl is not here")
    assert shown.strip().rpartition("=")[2] == made["fingerprint"]


def test_the_key_is_its_owners_alone(pair: tuple[str, str]) -> None:
    before = os.umask(0)
    try:
        make(["x.example"], *pair)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (pair[1], os.path.dirname(pair[1]))]
    assert modes == [0o600, 0o700]
    assert sorted(os.listdir(os.path.dirname(pair[1]))) == ["certificate.pem", "key.pem"]


def test_nothing_is_overwritten_unasked(pair: tuple[str, str]) -> None:
    first = make(["x.example"], *pair)
    before = [Path(path).read_bytes() for path in pair]
    with pytest.raises(CertificateExists) as raised:
        make(["x.example"], *pair)
    assert "-y" in str(raised.value.hint)
    os.unlink(pair[0])
    with pytest.raises(CertificateExists, match=r"key\.pem"):
        make(["x.example"], *pair)
    assert Path(pair[1]).read_bytes() == before[1]
    second = make(["x.example"], *pair, replace=True)
    assert second["fingerprint"] != first["fingerprint"]


@pytest.mark.parametrize(
    "name", ["", "a" * 64 + ".example", "x..example", "bad host", "x.example:443", "*", "https://x"]
)
def test_what_is_no_name_is_refused(pair: tuple[str, str], name: str) -> None:
    with pytest.raises(InvalidRequest):
        make([name], *pair)
    assert not os.path.exists(pair[1])


def test_a_place_that_cannot_be_written_is_told(folder: str) -> None:
    Path(folder, "file").touch()
    with pytest.raises(StorageFailed, match="cannot be written"):
        make(["x"], os.path.join(folder, "file", "c"), os.path.join(folder, "file", "k"))
