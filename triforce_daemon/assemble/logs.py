"""What reads the daemon's log."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.services.logs.own_requests import OwnRequests
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.logs.source import LogFiles
from triforce_daemon.services.logs.statistics import LogCounts
from triforce_daemon.services.logs.traces import LogTraces
from triforce_daemon.services.request_book import RequestBook
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore


def logs(ground: Ground, names: Names) -> Sequence[object]:
    """The book of requests among it, which the door fills, and the log's end, which is kept where it has no file."""
    file, store, book = ground.settings.log.file, AuditStore(ground.database), RequestBook(ground.clock.now_ms())
    source = LogFiles(file) if file else ground.recent
    own = OwnRequests(book, store, names)
    reader = LogReader(source, book, own, ground.redactor)
    return ground.recent, book, reader, LogCounts(reader, book, ground.clock), LogTraces(reader, own, store)
