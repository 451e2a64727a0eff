"""The log: each record is one readable line, no secret is in it, and nobody else may read it."""

import json
import logging
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.triforce_daemon.disks import filled, read_only, small_disk
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime import logs
from triforce_daemon.runtime.clock import parse_rfc3339, rfc3339
from triforce_daemon.runtime.logs import JsonFormatter, LogFile, Record, TextFormatter, tell
from triforce_daemon.runtime.redaction import MASK, Redactor
from triforce_daemon.settings import Log

CHATTY = ("uvicorn", "alembic", "asyncio")
SECRET = 'correct "horse"\\battery\nstaple é'

texts = st.text(st.characters(), max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, given back as it was."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield logger
    for handler in logger.handlers:
        if handler not in handlers:
            handler.close()
    logger.handlers[:] = handlers
    logger.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def record(message: object, *args: object, **extra: object) -> logging.LogRecord:
    name = "triforce_daemon.test"
    return logging.getLogger(name).makeRecord(name, logging.INFO, "f", 1, message, args, None, extra=extra)


def formatted(one: logging.LogRecord, redactor: Redactor | None = None) -> dict[str, Any]:
    text = JsonFormatter(redactor or Redactor()).format(one)
    assert "\n" not in text
    # As the handlers write it.
    return json.loads(text.encode("utf-8", "backslashreplace"))


@given(texts)
@example("two\nlines\r\n")
@example("100 % of %s and %d")
@example("\ud800 alone")
@example('password=hunter22"')
@example('{"token": "abcdefgh\\"}')
def test_any_message_is_one_line_of_json(message: str) -> None:
    line = formatted(record(message))
    assert line["level"] == "info"
    assert line["unit"] == "test"
    if Redactor().clean(message) == message:
        assert line["msg"] == message


@given(st.dictionaries(st.sampled_from(["a", "token", "é", "n\nl"]), values, max_size=3))
@example({"token": 1234567})
@example({"token": {"secret": [123456, "x"]}})
@example({"a": float("nan")})
def test_any_value_beside_it_is_json_too(extra: dict[str, object]) -> None:
    line = formatted(record("said", **extra))
    assert set(extra) <= set(line)
    json.dumps(line, allow_nan=False)


def test_values_keep_their_types() -> None:
    line = formatted(record("said", number=7, share=0.5, yes=True, nothing=None, many=[1, "two"], path=Path("/x")))
    assert (line["number"], line["share"], line["yes"], line["nothing"]) == (7, 0.5, True, None)
    assert line["many"] == [1, "two"]
    assert line["path"] == "/x"
    assert formatted(record("said", body={"a": {"b": 1}, 2: None}))["body"] == {"a": {"b": 1}, "2": None}


@pytest.mark.parametrize("kind", [JsonFormatter, TextFormatter])
def test_arguments_that_do_not_fit_do_not_lose_the_message(kind: type[JsonFormatter]) -> None:
    for one in (record("%d apples", "no"), record("no place", 1, 2), record("%(name)s", {"other": 1})):
        text = kind(Redactor()).format(one)
        assert str(one.msg) in text


def test_a_line_is_readable_for_people_too() -> None:
    assert "«Größe»" in JsonFormatter(Redactor()).format(record("«Größe»"))


def test_a_line_tells_when_and_for_which_request() -> None:
    token = logs.current_request.set("018f3e1c")
    try:
        one = record("said")
        line = formatted(one)
    finally:
        logs.current_request.reset(token)
    assert line["request_id"] == "018f3e1c"
    assert abs(parse_rfc3339(line["ts"]) - one.created * 1_000) <= 1
    assert "request_id" not in formatted(one)
    assert list(line)[:4] == ["ts", "level", "unit", "msg"]


def raised(words: str) -> logging.LogRecord:
    try:
        raise ValueError(words)
    except ValueError as error:
        one = record("it failed")
        one.exc_info = (ValueError, error, error.__traceback__)
        return one


@pytest.mark.parametrize("kind", [JsonFormatter, TextFormatter])
def test_a_planted_secret_is_nowhere(kind: type[JsonFormatter]) -> None:
    redactor = Redactor()
    redactor.add(SECRET)
    planted = [
        record(f"sent {SECRET} away"),
        record("sent %s away", SECRET),
        record("sent", body={"inner": [SECRET]}, header=SECRET),
        record("sent", body={SECRET: 1}),
        record(json.dumps({"key": SECRET})),
        record("%d", SECRET),
        raised(f"could not send {SECRET}"),
        record("the words", api_key="opensesame"),
        record("the words", body={"password": "opensesame"}),
        raised("Authorization: Bearer opensesame"),
    ]
    for one in planted:
        text = kind(redactor).format(one)
        assert MASK in text
        assert "horse" not in text
        assert "opensesame" not in text


@given(st.dictionaries(st.sampled_from(["a", "token", "client"]), texts | st.integers(), max_size=3), texts)
@example({"a": 1 << 70}, "x")
@example({"a": "sk-1234567890abcdef"}, "x")
@example({"client": "token:laptop"}, "x")
@example({}, "\ud800")
def test_the_short_way_says_what_the_long_one_says(extra: dict[str, object], message: str) -> None:
    class Suspicious(Redactor):
        def suspects(self, text: str) -> bool:
            return True

    one = record(message, **extra)
    assert formatted(one) == formatted(one, Suspicious())


class Kept(logging.Handler):
    """Keeps records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        # As the handler of pytest does.
        record.message, record.asctime = record.getMessage(), "now"
        self.records.append(record)


def told(level: int, message: str, facts: Mapping[str, object], heard: int = logging.INFO) -> list[logging.LogRecord]:
    """What a handler gets that is told, by a logger that hears that level."""
    logger, kept = logging.Logger("triforce_daemon.test", heard), Kept()
    logger.addHandler(kept)
    tell(logger, level, message, facts)
    return kept.records


@given(st.dictionaries(st.sampled_from(["a", "token", "client", "é"]), values, max_size=3), texts)
@example({"client": "user/anna", "total_ms": 4}, "100 % of %s and %d")
@example({"client": SECRET}, "x")
@example({"token": "opensesame"}, "x")
def test_what_is_told_reads_as_what_is_logged(facts: dict[str, object], message: str) -> None:
    redactor = Redactor()
    redactor.add(SECRET)
    [short], long = told(logging.WARNING, message, facts), record(message, **facts)
    long.levelno, long.levelname, long.created = logging.WARNING, "WARNING", short.created
    assert formatted(short, redactor) == formatted(long, redactor)
    assert TextFormatter(redactor).format(short) == TextFormatter(redactor).format(long)
    assert set(facts) <= set(vars(short))


def test_what_no_level_wants_is_not_told() -> None:
    assert told(logging.INFO, "said", {}, heard=logging.WARNING) == []


def test_a_told_line_knows_its_request(root: logging.Logger, tmp_path: Path) -> None:
    logs.configure(Log(file=str(tmp_path / "log")), Redactor())
    token = logs.current_request.set("018f3e1c")
    try:
        tell(logging.getLogger("triforce_daemon.x"), logging.INFO, "answered", {"client": "user/anna"})
    finally:
        logs.current_request.reset(token)
    root.handlers[0].flush()
    line = json.loads((tmp_path / "log").read_text())
    assert (line["msg"], line["request_id"], line["client"]) == ("answered", "018f3e1c", "user/anna")
    assert logs.counts() == {"info": 1}


def test_of_lines_that_are_alike_each_is_looked_at() -> None:
    redactor = Redactor()
    shown = [formatted(one, redactor)["a"] for one in told(logging.INFO, "said", {"a": "opensesame", "b": 0.5})]
    redactor.add("opensesame")
    for facts in ({"a": "opensesame", "b": 0.5}, {"a": "harmless", "b": 0.5}, {"a": "harmless", "b": float("nan")}):
        [one] = told(logging.INFO, "said", facts)
        line = formatted(one, redactor)
        shown += [line["a"], line["b"]]
    assert shown == ["opensesame", MASK, 0.5, "harmless", 0.5, "harmless", "nan"]


def test_a_library_may_name_the_request_as_we_do(root: logging.Logger) -> None:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(Record)
    try:
        assert "request_id" not in formatted(record("said", request_id=None))
        assert formatted(record("said", request_id="7", b=1))["b"] == 1
    finally:
        logging.setLogRecordFactory(before)


def test_a_traceback_is_part_of_its_line() -> None:
    line = formatted(raised("the cause"))
    assert line["traceback"].startswith("Traceback")
    assert line["traceback"].endswith("ValueError: the cause")


@given(texts)
@example("\x1b[2J")
@example("x\n2026-01-01T00:00:00.000Z ERROR forged: line")
def test_text_is_one_line_that_does_nothing_to_a_terminal(message: str) -> None:
    text = TextFormatter(Redactor()).format(record(message, by=message))
    assert text.isprintable()


def test_text_reads_well() -> None:
    one = record("began «%s»", "Größe", streams=2)
    text = TextFormatter(Redactor()).format(one)
    assert text.split(" ", 1)[0] == rfc3339(one.created * 1_000)
    assert text.split(" ", 1)[1] == "INFO    test: began «Größe» streams=2"
    lines = TextFormatter(Redactor()).format(raised("the \x1b cause")).split("\n")
    assert lines[1].startswith("Traceback")
    assert lines[-1] == "ValueError: the \\x1b cause"


def test_a_file_is_private_from_the_start_and_after_each_rotation(tmp_path: Path) -> None:
    file = tmp_path / "log"
    before = os.umask(0)
    handler = LogFile(str(file), limit=200)
    try:
        for number in range(20):
            handler.write_all([handler.format(record("x" * 50 + str(number))) + "\n"])
    finally:
        os.umask(before)
        handler.close()
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["log", "log.1", "log.2", "log.3"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert all(path.stat().st_size <= 200 for path in files)
    assert file.read_text().endswith("19\n")
    together = LogFile(str(file), limit=200)
    together.write_all([together.format(record("y" * 50 + str(number))) + "\n" for number in range(20)])
    together.close()
    assert all(path.stat().st_size <= 200 for path in tmp_path.iterdir())
    assert file.read_text().endswith("19\n")
    ordinary = LogFile(str(file))
    ordinary.close()
    assert ordinary.maxBytes == 10 << 20


def test_settings_lead_to_a_file_of_json(tmp_path: Path, root: logging.Logger) -> None:
    file = tmp_path / "new" / "folder" / "log"
    logs.configure(Log(file=str(file), level="warning"), Redactor())
    logging.getLogger("triforce_daemon.x").warning("heard \ud800")
    logging.getLogger("triforce_daemon.x").info("not heard")
    root.handlers[0].flush()
    assert logs.counts() == {"warning": 1}
    [line] = file.read_text().splitlines()
    assert json.loads(line)["msg"] == "heard \ud800"
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_settings_lead_to_text_on_standard_error(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Log(format="text", level="debug"), Redactor())
    logging.getLogger("triforce_daemon.x").debug("heard")
    root.handlers[0].flush()
    assert capsys.readouterr().err.endswith("DEBUG   x: heard\n")


@pytest.mark.parametrize(
    ("level", "heard"), [("debug", ["warning", "error"]), ("warning", ["warning", "error"]), ("error", ["error"])]
)
def test_libraries_say_no_more_than_was_asked_for(
    root: logging.Logger, capsys: pytest.CaptureFixture[str], level: str, heard: list[str]
) -> None:
    logs.configure(Log(level=level), Redactor())  # pyright: ignore[reportArgumentType]
    for name in CHATTY:
        for word in ("debug", "info", "warning", "error"):
            logging.getLogger(name).log(logging.getLevelNamesMapping()[word.upper()], word)
        root.handlers[0].flush()
        lines = capsys.readouterr().err.splitlines()
        assert [json.loads(line)["level"] for line in lines] == heard


def test_configuring_anew_replaces_what_was(tmp_path: Path, root: logging.Logger) -> None:
    before = list(root.handlers)
    for name in ("one", "two"):
        logs.configure(Log(file=str(tmp_path / name)), Redactor())
        [handler] = root.handlers
        assert handler not in before
        logging.getLogger("triforce_daemon.x").info(name)
        handler.flush()
        before.append(handler)
    assert "two" not in (tmp_path / "one").read_text()
    before[-2].close()


def test_a_file_that_cannot_be_written_is_an_error_of_the_configuration(tmp_path: Path, root: logging.Logger) -> None:
    (tmp_path / "taken").write_text("")
    for file in (tmp_path, tmp_path / "taken" / "log"):
        with pytest.raises(ConfigurationInvalid, match=r"cannot be written") as raised:
            logs.configure(Log(file=str(file)), Redactor())
        assert str(file) in raised.value.message
        assert "log.file" in str(raised.value.hint)
    with read_only(str(tmp_path)), pytest.raises(ConfigurationInvalid):
        logs.configure(Log(file=str(tmp_path / "log")), Redactor())


def test_a_full_disk_is_told_without_the_record(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    with small_disk() as folder:
        logs.configure(Log(file=os.path.join(folder, "log")), Redactor())
        with filled(folder):
            logging.getLogger("triforce_daemon.x").info("password=opensesame %s", "x" * 10_000)
            root.handlers[0].flush()
        told = capsys.readouterr().err
        assert "No space left" in told
        assert "opensesame" not in told
        root.handlers[0].close()
