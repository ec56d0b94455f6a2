"""Files that are no lists of contacts are refused at once and by name, whatever their size."""

import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from time import thread_time

import pytest

from journeys.contacts.import_files import CsvFile, NdjsonFile, to_utf8
from journeys.contacts.importing import next_chunk
from journeys.errors import InvalidInput

MB = 1_000_000
COLUMNS = ",".join(f"c{n}" for n in range(100_000)).encode()


def written(path: Path, parts: Iterable[bytes]) -> Path:
    """Write a file part by part."""
    with path.open("wb") as file:
        file.writelines(parts)
    return path


def read_all(path: Path, kind: type[CsvFile | NdjsonFile]) -> int:
    """Read a file as an import does; return how many records it has."""
    target = path.with_suffix(".utf8")
    to_utf8(path, target, None)
    file = kind(target)
    position, count = file.start, 0
    records = file.read(position, file.start_line)
    while chunk := next_chunk(records, position):
        position, count = chunk[-1].end, count + len(chunk)
    file.close()
    return count


@pytest.mark.parametrize(
    ("kind", "parts", "reason"),
    [
        (CsvFile, [b"x" * MB] * 50, "line 1 is over 4 MB"),
        (NdjsonFile, [b"{}\n", *[b"x" * MB] * 50], "line 2 is over 4 MB"),
        (CsvFile, [b"email\n", *[b"x" * MB] * 50], "line 2 is over 4 MB"),
        (CsvFile, [b"email,b,c,d,e,f\n", *[b'"' + b"x" * 900_000 + b'\n",'] * 50], "line 2 is over 4 MB"),
        (CsvFile, [b"email," + COLUMNS], "100,001 columns"),
        (CsvFile, [b"a," * 100_000], "100,001 columns"),
        (CsvFile, [b"email\nann@example.com\nb\0b@example.com\n"], "zero byte near line 3"),
        (CsvFile, ["email\nann@example.com\n".encode("utf-16-le")], "zero byte near line 1"),
        (CsvFile, [b"\x89PNG\r\n\x1a\n", bytes(MB)], "not UTF-8 near line 1"),
    ],
)
def test_a_file_that_is_no_list_is_refused_by_name_soon_and_in_little_memory(
    tmp_path: Path, kind: type[CsvFile | NdjsonFile], parts: list[bytes], reason: str
) -> None:
    path = written(tmp_path / "upload", parts)
    tracemalloc.start()
    started = thread_time()
    with pytest.raises(InvalidInput, match=reason):
        read_all(path, kind)
    assert thread_time() - started < 5
    assert tracemalloc.get_traced_memory()[1] < 40 * MB
    tracemalloc.stop()


def test_long_records_are_taken_a_few_at_a_time(tmp_path: Path) -> None:
    path = written(tmp_path / "upload", [b"email,note\n", *[b"ann@example.com," + b"x" * 900_000 + b"\n"] * 60])
    tracemalloc.start()
    assert read_all(path, CsvFile) == 60
    assert tracemalloc.get_traced_memory()[1] < 60 * MB
    tracemalloc.stop()
