"""`-o name=value`: each option has its type, and what is wrong is told with what would be right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_cli.conversation.sampling import OPTIONS, sampling_options
from triforce_cli.errors import WrongUsage
from triforce_daemon.wire.sessions import Options


def test_the_options_are_those_of_the_daemon() -> None:
    assert set(OPTIONS) == set(Options.__annotations__)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_taken_as_it_is(number: float) -> None:
    assert sampling_options([f"temperature={number!r}"]) == {"temperature": number}


@given(st.text(max_size=20))
def test_any_words_are_an_option_or_an_error(text: str) -> None:
    for words in (text, f"seed={text}", f"top_p={text}", f"stop={text}"):
        try:
            options = sampling_options([words])
        except WrongUsage as error:
            assert error.hint
        else:
            assert not any(isinstance(value, float) and not math.isfinite(value) for value in options.values())


@pytest.mark.parametrize(
    ("given_words", "options"),
    [
        ([], {}),
        (["temperature=1", "temperature=0.5"], {"temperature": 0.5}),
        (["max-tokens=5"], {"max_tokens": 5}),
        ([" seed = 7 "], {"seed": 7}),
        (["stop=END", "stop=###"], {"stop": ["END", "###"]}),
        (['stop="\\n\\n"'], {"stop": ["\n\n"]}),
        (['stop=["a", "b"]', "stop=c=d"], {"stop": ["a", "b", "c=d"]}),
    ],
)
def test_how_options_are_written(given_words: list[str], options: Options) -> None:
    assert sampling_options(given_words) == options


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("top-k=1", "Did you mean top_p?"),
        ("xyz=1", "There are: temperature, top_p, max_tokens, seed, stop."),
        ("seed=1e3", "For example: -o seed=42"),
        ("top_p=inf", "For example: -o top_p=0.9"),
        ("stop=", "For example: -o stop=END"),
        ('stop=""', "For example: -o stop=END"),
        ('stop="', "For example: -o stop=END"),
        ("stop=[]", "For example: -o stop=END"),
    ],
)
def test_what_would_be_right(words: str, hint: str) -> None:
    with pytest.raises(WrongUsage) as told:
        sampling_options([words])
    assert told.value.hint == hint
