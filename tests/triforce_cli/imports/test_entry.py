"""What is told of an entry."""

from triforce_cli.imports.entry import Entry


def test_what_the_daemon_is_sent_is_not_told() -> None:
    entry = Entry("key", "GROQ_API_KEY", "groq/x", "new", None, {"secret": "gsk_secret"})
    assert "gsk_secret" not in str(entry.item())
