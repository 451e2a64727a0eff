"""Reports of real frameworks, read; and what is none."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triforce_daemon.errors import ToolFailed
from triforce_daemon.services.project_tests.reports import read_junit

PYTEST = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
failures="1" skipped="1" tests="4" time="0.1"><testcase classname="test_a" name="test_adds" file="test_a.py"
line="3" time="0.001" /><testcase classname="test_a" name="test_fails" file="test_a.py" line="6" time="0.001"><failure
message="assert 1 == 2">test_a.py:8: in test_fails
    assert 1 == 2
E   assert 1 == 2</failure></testcase><testcase classname="test_a" name="test_both" file="test_a.py" line="9"><failure
message="first">one</failure><error message="second">two</error></testcase><testcase classname="test_a" name="test_c"
file="test_a.py" line="12" time="0"><skipped type="pytest.skip" message="no">test_a.py:12: no</skipped></testcase>
</testsuite></testsuites>"""
NODE = """<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testcase name="adds" time="0.001190" classname="test"/>
	<testcase name="fails here" time="0.000874" classname="test" failure="1 == 2">
		<failure type="testCodeFailure" message="1 == 2">
[Error [ERR_TEST_FAILURE]: 1 == 2] { at TestContext.&lt;anonymous> (a.test.js:3:31) }
		</failure>
	</testcase>
	<testcase name="skipped" time="0.008301" classname="test"><skipped type="skipped" message="true"/></testcase>
	<!-- tests 3 -->
</testsuites>"""
MOCHA = """<testsuite name="Mocha Tests" tests="3" failures="0" errors="1" skipped="1" time="0.003">
<testcase classname="sums" name="adds" file="/nt/test/m.js" time="0"/>
<testcase classname="sums" name="fails &#x22;here&#x22; &#x26; there" file="/nt/test/m.js" time="0.001"><failure>1 == 2

      + expected - actual
AssertionError [ERR_ASSERTION]: 1 == 2</failure></testcase>
<testcase classname="sums" name="later" file="/nt/test/m.js" time="0"><skipped/></testcase>
</testsuite>"""
VITEST = """<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="2" failures="1" errors="0" time="0.007">
    <testsuite name="spec/v.test.mjs" tests="2" failures="1" errors="0" skipped="0" time="0.007">
        <testcase classname="spec/v.test.mjs" name="sums &gt; adds" time="0.0013"></testcase>
        <testcase classname="spec/v.test.mjs" name="sums &gt; fails" time="0.0049">
            <failure message="expected 1 to be 2" type="AssertionError">AssertionError: expected 1 to be 2</failure>
        </testcase>
    </testsuite>
</testsuites>"""


@pytest.mark.parametrize(
    ("text", "counts", "name", "message"),
    [
        (PYTEST, (1, 2, 1), "test_a::test_fails", "assert 1 == 2"),
        (NODE, (1, 1, 1), "test::fails here", "1 == 2"),
        (MOCHA, (1, 1, 1), 'sums::fails "here" & there', "1 == 2"),
        (VITEST, (1, 1, 0), "spec/v.test.mjs::sums > fails", "expected 1 to be 2"),
    ],
)
def test_reports(text: str, counts: tuple[int, int, int], name: str, message: str) -> None:
    report = read_junit(text.encode())
    assert (report.passed, report.failed, report.skipped) == counts
    assert (report.failures[0].name, report.failures[0].message) == (name, message)


def test_where_a_test_stands_and_what_failed_twice() -> None:
    first, both = read_junit(PYTEST.encode()).failures
    assert (first.file, first.line) == ("test_a.py", 7) and first.text.endswith("E   assert 1 == 2")
    assert (both.message, both.text) == ("first", "onetwo")
    (mocha,) = read_junit(MOCHA.encode()).failures
    assert (mocha.file, mocha.line) == ("/nt/test/m.js", None)


def test_too_much_is_cut() -> None:
    case = f'<testcase name="{"n" * 900}" line="{"9" * 5_000}"><failure>{"x" * 9_000}</failure></testcase>'
    report = read_junit(f"<testsuite>{case * 60}</testsuite>".encode())
    assert (report.failed, len(report.failures)) == (60, 50)
    assert (len(report.failures[0].name), len(report.failures[0].text), report.failures[0].line) == (500, 4_000, None)


@pytest.mark.parametrize("text", ["", "<a>", "nonsense", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_report(text: str) -> None:
    with pytest.raises(ToolFailed):
        read_junit(text.encode())


@settings(max_examples=50)
@given(st.text())
def test_anything_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ToolFailed):
        read_junit(f'<testsuite><testcase name="a"/>{text}</testsuite>'.encode(errors="replace"))
