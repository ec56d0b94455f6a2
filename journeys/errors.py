"""One tree of errors; each carries the HTTP status it means at the edge and the fields at fault."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input: a JSON pointer to the field and what to do about it."""

    pointer: str
    message: str


class SojournError(Exception):
    """Base of every error that a caller may cause or must know of."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, faults: list[Fault] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults or []


def first_line(error: Exception) -> str:
    """Return what an error says in one line, without the statement and the values that a database error quotes."""
    words = str(getattr(error, "orig", None) or error) or type(error).__name__
    return words.splitlines()[0][:300]


class InvalidInput(SojournError):
    """The request says something that cannot be done."""

    status, title = 422, "Invalid input"


class NotFound(SojournError):
    """There is no such thing in this workspace."""

    status, title = 404, "Not found"


class Conflict(SojournError):
    """The thing exists already, or its state does not allow this."""

    status, title = 409, "Conflict"


class PreconditionFailed(SojournError):
    """Someone else saved first."""

    status, title = 412, "Changed by someone else"


class Unauthorized(SojournError):
    """Nobody is signed in, or the key is unknown."""

    status, title = 401, "Not signed in"


class Forbidden(SojournError):
    """The role does not include this right."""

    status, title = 403, "Not allowed"


class TooLarge(SojournError):
    """The body is over the limit."""

    status, title = 413, "Too large"


class TooMany(SojournError):
    """The caller must slow down."""

    status, title = 429, "Too many requests"

    def __init__(self, detail: str, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(SojournError):
    """A part that is needed does not answer now; try again."""

    status, title = 503, "Temporarily unavailable"
