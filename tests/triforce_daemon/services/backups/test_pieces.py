"""What goes into a backup, each kind by itself."""

import os
import stat
from pathlib import Path

import pytest

from tests.postgresql import Postgresql
from tests.triforce_daemon.children.test_pg_dump import of, programs
from triforce_daemon.children.pg_dump import PgDump
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.redaction import MASK, Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.backups.pieces import ConfigurationFile, PostgresqlDump, write_lines


async def test_a_configuration_is_kept_without_what_is_known_to_be_a_secret(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.add("canary-canary")
    (tmp_path / "config.toml").write_text("[log]\nfile = 'canary-canary'\n")
    (tmp_path / "kept").mkdir()
    await ConfigurationFile(str(tmp_path / "config.toml"), redactor).write(str(tmp_path / "kept"))
    kept = tmp_path / "kept" / "config.toml"
    assert kept.read_text() == f"[log]\nfile = '{MASK}'\n" and stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_without_a_file_it_is_empty_and_one_that_cannot_be_read_fails(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    await ConfigurationFile(str(tmp_path / "none"), Redactor()).write(str(tmp_path / "kept"))
    assert (tmp_path / "kept" / "config.toml").read_text() == ""
    (tmp_path / "broken").write_text("[")
    with pytest.raises(StorageFailed, match="cannot be read"):
        await ConfigurationFile(str(tmp_path / "broken"), Redactor()).write(str(tmp_path / "kept"))


async def test_a_postgresql_is_copied_by_its_own_program_or_it_is_said_that_it_is_not_there(
    server: Postgresql, template: str, tmp_path: Path
) -> None:
    there = PostgresqlDump(PgDump(Tasks(), *of(server, template), programs(server)))
    assert there.missing() is None
    await there.write(str(tmp_path))
    assert (tmp_path / "triforce.dump").read_bytes().startswith(b"PGDMP")
    lack = PostgresqlDump(PgDump(Tasks(), *of(server, template), str(tmp_path))).missing()
    assert lack is not None and "pg_dump" in lack.reason and lack.fix


async def test_lines_are_written_in_parts(tmp_path: Path) -> None:
    async def numbers() -> object:
        for number in range(1_201):
            yield {"n": number}

    await write_lines(str(tmp_path), "lines", numbers())  # type: ignore[arg-type]
    assert (tmp_path / "lines").read_text().splitlines()[-1] == '{"n":1200}'
    with pytest.raises(StorageFailed):
        await write_lines(str(tmp_path), "lines", numbers())  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == ["lines"]
