"""The line that an error names is the line where the key stands, however the file is written."""

import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.triforce_daemon.configuration.documents import Document, documents
from triforce_daemon.configuration.lines import line_of, line_of_syntax_error


def valid(document: Document) -> str:
    text = "\n".join(document.text)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # pragma: no cover
        raise AssertionError(f"the test itself wrote invalid TOML: {error}\n{text}") from error
    return text


@given(documents())
def test_every_key_is_found_on_its_line(document: Document) -> None:
    text = valid(document)
    for name, line in document.lines.items():
        assert line_of(text, name) == line, name


@given(documents())
def test_every_table_is_found_on_its_line(document: Document) -> None:
    text = valid(document)
    for name, line in document.tables.items():
        assert line_of(text, name) == line, name
        assert line_of(text, f"{name}.no-such-key") == line


@given(documents(), st.sampled_from(["trap", "a.b", "x", "log.level", "no-such-section"]))
def test_nothing_is_found_where_nothing_is_set(document: Document, name: str) -> None:
    text = valid(document)
    section = name.partition(".")[0]
    assume(section not in tomllib.loads(text))
    assert line_of(text, name) is None


@given(documents())
def test_windows_line_ends_count_as_lines_do(document: Document) -> None:
    text = valid(document)
    for name, line in document.lines.items():
        assert line_of(text.replace("\n", "\r\n"), name) == line


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('[log]\nlevel = "x"\n', "log.level", 2),
        ('log.level = "x"', "log.level", 1),
        ('log = { level = "x", file = "y" }', "log.file", 1),
        ('\n["log"]\n"level" = "x"', "log.level", 3),
        ('[daemon]\nlevel = "x"\n[log]\nlevel = "x"', "log.level", 4),
        ('[log.deeper]\nx = 1\n[log]\nlevel = "x"', "log.level", 4),
        ("[[log]]\nlevel = 1", "log.level", 2),
        ("[logs]\nlevel = 1", "log.level", None),
        ("[log]\nlevels = 1", "log.level", 1),
        ('daemon.socket = """\n[log]\nlevel = 1\n"""\n[log]\n# level = 1\nlevel = 2', "log.level", 7),
        ("x = [\n  'a = b',\n]\na = 1", "a", 4),
        ("x = '\u2028\u2029\x1f'\na = 1".replace("\x1f", ""), "a", 2),
        ("", "log.level", None),
        ("[providers.groq]\nenabled = 1", "providers.groq.enabled", 2),
        ("[providers]\ngroq.enabled = 1", "providers.groq.enabled", 2),
        ("providers.groq.enabled = 1", "providers.groq.enabled", 1),
        ("providers.groq.a = 1\nproviders.groq.enabled = 1", "providers.groq.enabled", 2),
        ("[providers]\ngroq = { a = 1, enabled = 1 }", "providers.groq.enabled", 2),
        ("providers = { a = {}, groq = { enabled = 1 } }", "providers.groq.enabled", 1),
        ("\n[ 'providers' . \"groq\" ]\n'enabled' = 1", "providers.groq.enabled", 3),
        ("[providers.other]\nenabled = 1\n[providers.groq]\nenabled = 1", "providers.groq.enabled", 4),
        ("[providers]\n[providers.groq]\na = 1", "providers.groq.enabled", 2),
        ("[providers.groq]", "providers.groq", 1),
        ("[providers]\na.b = 1", "providers.groq", 1),
    ],
)
def test_cases_that_are_easy_to_get_wrong(text: str, key: str, line: int | None) -> None:
    assert line_of(text, key) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = ", 1),
        ("a = 1\nb = \n", 2),
        ("a = 1\n\n[log\nx = 1\n", 3),
        ("a = 1\na = 2\n", 2),
        ("a = 1\nb = '''\nnever closed\n", 3),
        ("a = [1,\n", 1),
        ("a = [1,\n\n\n", 1),
    ],
)
def test_a_syntax_error_names_its_line(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    assert line_of_syntax_error(text, str(raised.value)) == line
