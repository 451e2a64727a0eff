"""What strangers say of their pages, as one result."""

from triforce_daemon.services.searching.source import result


def test_a_result_is_plain_and_bounded() -> None:
    made = result("T\x1b[2Jitle\n two", "https://a.example/\u202e", "x" * 10_000, "engine\x07")
    assert (made["title"], made["url"], made["source"]) == ("Title two", "https://a.example/", "engine")
    assert len(made["snippet"]) == 600
    assert result("", "https://a.example/", "", "s")["title"] == "https://a.example/"
