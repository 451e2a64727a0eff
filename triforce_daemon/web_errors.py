"""What keeps a page of the web from being read; the other errors stand in `errors`, which names these as well."""

from triforce_daemon.readable_error import TriforceError


class RobotsRefused(TriforceError):
    """The site's robots.txt asks programs to leave this page alone."""

    code, status = "robots_refused", 403


class PageUnreadable(TriforceError):
    """What is at the URL is no page of text, or none that can be read within bounds."""

    code, status = "page_unreadable", 502
