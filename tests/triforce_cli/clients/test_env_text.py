"""Lines of variables changed in place."""

import pytest

from triforce_cli.clients.env_text import value_at, with_value, without

TEXT = "# mine\nexport OTHER='a b'\nKEY = old # kept\n"


def test_a_variable_is_found_set_and_taken_out() -> None:
    assert value_at(TEXT, ("OTHER",)) == "a b"
    assert value_at(TEXT, ("NOPE",), 5) == 5
    assert with_value(TEXT, ("OTHER",), "new") == TEXT.replace("export OTHER='a b'", "OTHER=new")
    assert with_value(TEXT, ("NEW",), "1") == TEXT + "NEW=1\n"
    assert without(with_value(TEXT, ("NEW",), "1"), ("NEW",)) == TEXT


@pytest.mark.parametrize("text", ["", "A=1", "A=1\n"])
def test_the_file_ends_with_its_line(text: str) -> None:
    assert with_value(text, ("B",), "2") == f"{text.strip()}\nB=2\n".lstrip()


def test_a_name_within_another_is_not_meant() -> None:
    assert value_at("MY_KEY=1\n#KEY=2\n", ("KEY",)) is None


def test_of_two_of_one_name_the_last_counts() -> None:
    assert value_at("A=1\nA=2\n", ("A",)) == "2"
