"""What is said of a picture or a document that cannot be read; the other errors stand in `errors`, which names it."""

from triforce_daemon.readable_error import TriforceError


class SourceUnreadable(TriforceError):
    """What was named as a picture or a document is none, is damaged, or needs more than reading it may cost."""

    code, status = "source_unreadable", 422
