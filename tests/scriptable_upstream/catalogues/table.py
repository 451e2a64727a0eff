"""Reads the tables of models: a line for each group that shares its figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the tables know it; prices are dollars for a million tokens."""

    vendor: str
    name: str
    context: int
    output: int
    input_price: float
    output_price: float
    flags: frozenset[str]

    @property
    def id(self) -> str:
        return f"{self.vendor}/{self.name}" if self.vendor != "-" else self.name

    @property
    def free(self) -> bool:
        return not self.input_price and not self.output_price


@cache
def read_table(name: str) -> tuple[Model, ...]:
    """
    The lines `vendor context output input-price output-price flags: name name …` of a file beside this one.

    Sizes may end in k or m. Flags: t(ools) v(ision) r(easoning) j(son schema) a(udio) e(mbeddings) d(eprecated) and
    others that a provider's own file explains. A name that ends in `:free` costs nothing. `#` begins a comment.
    """
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(model for line in lines if line.strip() and not line.startswith("#") for model in _models(line))


def _models(line: str) -> Iterator[Model]:
    figures, _, names = line.partition(": ")
    vendor, context, output, input_price, output_price, flags = figures.split()
    for name in names.split():
        prices = (0.0, 0.0) if name.endswith(":free") else (float(input_price), float(output_price))
        yield Model(vendor, name, _size(context), _size(output), *prices, frozenset(flags.strip("-")))


def _size(text: str) -> int:
    """131072 as such; 128k is 128,000, 1m a million."""
    unit = {"k": 1000, "m": MILLION}.get(text[-1], 1)
    return int(text.rstrip("km")) * unit


def dollars_each(per_million: float) -> str:
    """The price of one token, as a decimal without an exponent and without needless zeros."""
    return f"{per_million / MILLION:.12f}".rstrip("0").rstrip(".")
