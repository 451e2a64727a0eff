"""Keys from the environment and from systemd's credentials: in their order, and what cannot be used named."""

from pathlib import Path

from triforce_daemon.providers.key_sources import Source, from_credentials, from_environment


def names(source: Source) -> list[str]:
    return [credential.name for credential in source.credentials]


def secrets(source: Source) -> list[str]:
    return [credential.secret for credential in source.credentials]


def test_several_keys_come_in_their_order() -> None:
    environ = {"GROQ_API_KEY_10": "key-ten", "GROQ_API_KEY": "key-one", "GROQ_API_KEY_2": "key-two", "PATH": "/bin"}
    found = from_environment(["GROQ_API_KEY"], environ)
    assert names(found) == ["GROQ_API_KEY", "GROQ_API_KEY_2", "GROQ_API_KEY_10"]
    assert secrets(found) == ["key-one", "key-two", "key-ten"]
    assert {credential.origin for credential in found.credentials} == {"environment"}


def test_only_what_is_named_is_read() -> None:
    environ = {
        "GROQ_API_KEY_OLD": "key-old",
        "XGROQ_API_KEY": "key-x",
        "GROQ_API_KEY_1": "key-1",
        "GROQ_API_KEY_0": "k",
    }
    assert from_environment(["GROQ_API_KEY"], environ).credentials == ()
    assert from_environment([], environ).credentials == ()


def test_all_names_of_a_provider_count_and_the_same_key_counts_once() -> None:
    environ = {"GOOGLE_API_KEY": "AIza-one", "GEMINI_API_KEY": "AIza-one", "GEMINI_API_KEY_2": "AIza-two"}
    assert names(from_environment(["GEMINI_API_KEY", "GOOGLE_API_KEY"], environ)) == [
        "GEMINI_API_KEY",
        "GEMINI_API_KEY_2",
    ]


def test_a_comma_separates_nothing() -> None:
    assert secrets(from_environment(["A_KEY"], {"A_KEY": "key-one,key-two"})) == ["key-one,key-two"]


def test_what_cannot_be_a_key_is_said_to_be_none_and_not_repeated() -> None:
    found = from_environment(["A_KEY"], {"A_KEY": "", "A_KEY_2": "'canary-key'", "A_KEY_3": "key-three"})
    assert names(found) == ["A_KEY_3"]
    assert found.refused == (("A_KEY", "The key is empty."), ("A_KEY_2", "The key stands in quotes."))


def test_credentials_of_systemd(tmp_path: Path) -> None:
    (tmp_path / "groq-api-key").write_text("key-one\n")
    (tmp_path / "groq-api-key-2").write_text("key-two")
    (tmp_path / "groq-api-key-old").write_text("key-old")
    (tmp_path / "groq-api-key-3").write_bytes(b"\xff\xfe\xfd\xfc\xfb\xfa\xf9")
    found = from_credentials("groq", str(tmp_path))
    assert secrets(found) == ["key-one", "key-two"]
    assert [one.name for one in found.refused] == ["groq-api-key-3"]
    assert found.place == f"{tmp_path}/groq-api-key"
    assert from_credentials("mistral", str(tmp_path)).credentials == ()


def test_without_systemd_there_are_none() -> None:
    found = from_credentials("groq", None)
    assert (found.credentials, found.refused, found.place) == ((), (), "$CREDENTIALS_DIRECTORY/groq-api-key")


def test_a_folder_that_cannot_be_read_is_a_reason(tmp_path: Path) -> None:
    assert "No such file" in from_credentials("groq", str(tmp_path / "gone")).refused[0].reason
    (tmp_path / "groq-api-key").mkdir()
    assert "directory" in from_credentials("groq", str(tmp_path)).refused[0].reason
