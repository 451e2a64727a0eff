"""The end of a log that goes to standard error."""

import io

from triforce_daemon.runtime.logs import LogStream
from triforce_daemon.runtime.recent_lines import RecentLines


def test_the_newest_come_first_and_the_oldest_make_room() -> None:
    recent = RecentLines(most=12)
    recent.add(["one\n", "two\n"])
    assert list(recent.newest()) == ["two", "one"]
    recent.add(["three\n"])
    assert list(recent.newest()) == ["three", "two"]
    recent.add(["far too long a line\n"])
    assert list(recent.newest()) == []


def test_a_record_of_several_lines_is_several_lines() -> None:
    recent = RecentLines()
    recent.add(["first\nits traceback\n", "second\n"])
    assert list(recent.newest()) == ["second", "its traceback", "first"]


def test_what_goes_to_standard_error_is_kept_as_it_was_written() -> None:
    recent, stream = RecentLines(), io.StringIO()
    sink = LogStream(stream, recent)
    sink.write_all(["hello\n", "again\n"])
    assert stream.getvalue() == "hello\nagain\n"
    assert list(recent.newest()) == ["again", "hello"]
