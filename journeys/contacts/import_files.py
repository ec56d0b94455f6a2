"""Uploads read from any byte on: their encoding brought to UTF-8, their records with the line each began on."""

import codecs
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from journeys.errors import InvalidInput

SEPARATORS = ",;\t|"
LONGEST_FIELD = 1_000_000
LONGEST_RECORD = 4_000_000
"""In bytes: what is longer is no contact, and would be held in memory whole."""
MOST_COLUMNS = 1_000
_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

csv.field_size_limit(LONGEST_FIELD)


class Record(NamedTuple):
    """A record: the line it began on, the byte and line after it, its cells or object; `fault` when it is unreadable."""

    line: int
    end: int
    next_line: int
    cells: list[str]
    values: dict[str, Any] | None = None
    fault: str | None = None


def to_utf8(source: Path, target: Path, encoding: str | None) -> None:
    """Write a copy in UTF-8 without a mark, of what is UTF-8, marked UTF-16, or in the encoding that the user named.

    Raises:
        InvalidInput: some byte is none of that, or no part of a text; the line is named.
    """
    with source.open("rb") as file:
        head = file.read(4)
        name = encoding or next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
        decoder = codecs.getincrementaldecoder(name)()
        file.seek(0)
        line = 1
        with target.open("wb") as copy:
            while block := file.read(_BLOCK):
                copy.write(_decode(decoder, block, name, line, final=False))
                line += block.count(b"\n")
            copy.write(_decode(decoder, b"", name, line, final=True))


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, name: str, line: int, *, final: bool) -> bytes:
    try:
        text = decoder.decode(block, final)
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            raise InvalidInput(
                f"The file holds a zero byte near line {line}: it is no text, or in UTF-16 without its mark."
                " Save it as CSV UTF-8, or name its encoding."
            )
        return text.encode()
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line += block[:at].count(b"\n")
        found = f" (byte 0x{block[at]:02x})" if at < len(block) else ""
        raise InvalidInput(
            f"The file is not {name.upper()} near line {line}{found}. Save it as CSV UTF-8, or name its encoding."
        ) from None


class CsvFile:
    """Records of a CSV file; the separator is told by the header."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        first = self._file.readline(LONGEST_FIELD).decode(errors="ignore")
        self._separator = max(SEPARATORS, key=first.count)
        self._file.seek(0)
        header = next(self._records(1), None)
        if header is None or not any(cell.strip() for cell in header.cells):
            raise InvalidInput("The file is empty: its first line should name the columns.")
        if len(header.cells) > MOST_COLUMNS:
            raise InvalidInput(f"The file has {len(header.cells):,} columns; {MOST_COLUMNS:,} are the most.")
        self.columns = [cell.strip() for cell in header.cells]
        self.start, self.start_line = header.end, header.next_line
        if len(set(self.columns)) < len(self.columns):
            twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
            raise InvalidInput(f"The file has the column {twice[0]!r} twice.")

    def read(self, offset: int, line: int) -> Iterator[Record]:
        """Yield the records from a byte on, which is the start of this line."""
        self._file.seek(offset)
        return self._records(line)

    def _records(self, line: int) -> Iterator[Record]:
        lines = _Lines(self._file, line)
        reader = csv.reader(lines, delimiter=self._separator)
        while True:
            began = line + reader.line_num
            lines.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Record(began, lines.end, line + reader.line_num, [], fault=f"This is not CSV: {error}.")
                continue
            if cells:
                yield Record(began, lines.end, line + reader.line_num, cells)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class NdjsonFile:
    """Records of a file with one JSON object a line."""

    columns: list[str] | None = None
    start, start_line = 0, 1

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def read(self, offset: int, line: int) -> Iterator[Record]:
        """Yield the records from a byte on, which is the start of this line."""
        self._file.seek(offset)
        lines = _Lines(self._file, line)
        for number, text in enumerate(lines, line):
            lines.begin_record()
            if text.strip():
                yield self._record(number, lines.end, text)

    def _record(self, line: int, end: int, text: str) -> Record:
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return Record(line, end, line + 1, [text.strip()], fault="This line is not JSON.")
        if not isinstance(values, dict):
            return Record(line, end, line + 1, [text.strip()], fault="This line is not a JSON object.")
        return Record(line, end, line + 1, [text.strip()], values)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Lines:
    """Lines of text, and the byte after the last one given: the CSV reader asks for a line only when it needs it."""

    def __init__(self, file: BinaryIO, line: int) -> None:
        self._file = file
        self._line = self._record_line = line
        self.end = self._record_start = file.tell()

    def begin_record(self) -> None:
        """Note that the next line begins a record."""
        self._record_line, self._record_start = self._line, self.end

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self.end += len(line)
        if self.end - self._record_start > LONGEST_RECORD:
            raise InvalidInput(
                f"The record at line {self._record_line} is over {LONGEST_RECORD // 1_000_000} MB. Is a quote never closed?"
            )
        self._line += 1
        return line.decode()
