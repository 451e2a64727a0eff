"""Packed bodies: unpacked however they are cut, and never more of them than makes sense."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.outbound.decoding import PIECE, decoder_for
from triforce_daemon.outbound.faults import Lost

TEXT = b'{"choices": [{"message": {"content": "G\xc3\xbc\xc3\x9fe"}}]}' * 50


def unpacked(encoding: str, pieces: list[bytes]) -> bytes:
    decoder = decoder_for(encoding)
    assert decoder is not None
    body = b"".join(part for piece in pieces for part in decoder.feed(piece))
    decoder.end()
    return body


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        (" X-GZip", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:])),
    ],
)
def test_cut_at_every_byte(encoding: str, packed: bytes) -> None:
    for cut in range(len(packed) + 1):
        assert unpacked(encoding, [packed[:cut], packed[cut:]]) == TEXT
    assert unpacked(encoding, [packed[place : place + 1] for place in range(len(packed))]) == TEXT


@given(st.binary(max_size=300_000))
def test_any_bytes_come_back(data: bytes) -> None:
    assert unpacked("gzip", [gzip.compress(data, 1, mtime=0)]) == data


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_is_not_packed(encoding: str) -> None:
    assert decoder_for(encoding) is None


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_a_way_that_nobody_asked_for(encoding: str) -> None:
    with pytest.raises(Lost, match="nobody had asked for"):
        decoder_for(encoding)


def test_damage_and_a_missing_end() -> None:
    with pytest.raises(Lost, match="cannot be unpacked"):
        unpacked("gzip", [b"not packed"])
    with pytest.raises(Lost, match="in the middle of a packed answer"):
        unpacked("gzip", [gzip.compress(TEXT, mtime=0)[:-3]])


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(200 << 20), 9)
    decoder = decoder_for("gzip")
    assert decoder is not None
    size = 0
    with pytest.raises(Lost, match="more than 100 times"):
        for place in range(0, len(bomb), 16_384):
            for piece in decoder.feed(bomb[place : place + 16_384]):
                assert len(piece) <= PIECE
                size += len(piece)
    assert size <= 100 * 16_384 + PIECE
