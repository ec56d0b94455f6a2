"""The template language: Liquid, parsed strictly and rendered within limits on time and size."""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, Mode
from liquid.exceptions import LiquidError
from liquid.static_analysis import Variable
from liquid.token import Token

from journeys.errors import InvalidInput, SojournError
from journeys.messaging.liquid_fast import compile_nodes
from journeys.messaging.liquid_limits import MAX_OUTPUT_BYTES, MAX_SOURCE_CHARACTERS, BoundedTemplate, bound
from journeys.messaging.liquid_tags import TrackedLinkTag, money
from journeys.messaging.unclosed import find_unclosed_liquid


class TemplateError(InvalidInput):
    """A template cannot be parsed; `line` counts from 1."""

    title = "Invalid template"

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message, self.line = message, line


class RenderError(SojournError):
    """A template could not be rendered for one contact."""

    status, title = 422, "The template could not be rendered"


class Template:
    """A parsed template. Outputs are escaped when it is HTML."""

    def __init__(self, source: str, parsed: BoundTemplate) -> None:
        self.source = source
        self._parsed = parsed
        self._fast = compile_nodes(parsed.nodes, parsed.env)

    @property
    def is_fast(self) -> bool:
        """Say whether the whole template runs without the engine's machinery for scopes and loops."""
        return self._fast is not None

    @cached_property
    def referenced_paths(self) -> frozenset[str]:
        """Every value the template reads from its context, such as `contact.first_name`."""
        found = self._parsed.analyze(include_partials=False).globals
        return frozenset(_dotted(variable) for variables in found.values() for variable in variables)

    def render(self, context: Mapping[str, object]) -> str:
        """Render for one context; what is missing renders as nothing.

        Raises:
            RenderError: a filter or comparison does not take its value, or a limit is reached.
        """
        try:
            return self._fast(context) if self._fast else self._parsed.render(context)
        except (LiquidError, ArithmeticError, ValueError, TypeError, LookupError, RecursionError) as error:
            raise RenderError(_message(error)) from error

    def render_slowly(self, context: Mapping[str, object]) -> str:
        """Render by the engine itself: what `render` must agree with."""
        return self._parsed.render(context)


def parse_template(source: str, *, html: bool) -> Template:
    """Parse Liquid; with `html`, everything merged in is escaped unless the template says `| safe`.

    Raises:
        TemplateError: the source is too long, is not Liquid, or uses an unknown filter or tag.
    """
    if len(source) > MAX_SOURCE_CHARACTERS:
        raise TemplateError(f"the template is over {MAX_SOURCE_CHARACTERS:,} characters")
    if (unclosed := find_unclosed_liquid(source)) is not None:
        raise TemplateError("these tags are never closed, or empty", _line_at(source, unclosed))
    try:
        parsed = _environment(html).from_string(source)
    except LiquidError as error:
        raise TemplateError(str(error.message), _line(error, source)) from error
    except (ValueError, RecursionError) as error:
        raise TemplateError(_message(error)) from error
    _refuse_unknown_filters(parsed, source)
    return Template(source, parsed)


def referenced_paths(source: str) -> set[str]:
    """Return every value that a template reads, such as `contact.first_name` or `event.cart_id`."""
    return set(parse_template(source, html=False).referenced_paths)


@lru_cache(maxsize=2)
def _environment(html: bool) -> Environment:
    environment = _Environment(autoescape=html, tolerance=Mode.STRICT, strict_filters=True)
    # There is nothing to include, and a partial could hide merge tags from the checks.
    for tag in ("include", "render"):
        environment.tags.pop(tag, None)
    environment.add_filter("money", money)
    environment.add_tag(TrackedLinkTag)
    environment.filters = {name: bound(name, function) for name, function in environment.filters.items()}
    return environment


class _Environment(Environment):
    template_class = BoundedTemplate
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = MAX_OUTPUT_BYTES

    def error(self, exc: Any, msg: str | None = None, token: Token | None = None) -> None:
        """Raise, with the place of the tag where the engine only knows the end of an expression."""
        if isinstance(exc, LiquidError) and exc.token and exc.token.start_index < 0:
            exc.token = token
        super().error(exc, msg, token)


def _refuse_unknown_filters(parsed: BoundTemplate, source: str) -> None:
    for name, uses in parsed.analyze(include_partials=False).filters.items():
        if name not in parsed.env.filters:
            raise TemplateError(f"unknown filter '{name}'", _line_at(source, uses[0].index))


def _dotted(variable: Variable) -> str:
    names: list[str] = []
    for segment in variable.segments:
        if not isinstance(segment, str):
            break
        names.append(segment)
    return ".".join(names)


def _line(error: LiquidError, source: str) -> int | None:
    """Return the line of a fault; a block that is never closed is where it was opened."""
    if error.token and error.token.start_index >= 0:
        return _line_at(source, error.token.start_index)
    unclosed = re.search(r"expected tag end(\w+)", str(error.message))
    openings = list(re.finditer(rf"{{%-?\s*{unclosed[1]}\b", source)) if unclosed else []
    return _line_at(source, openings[-1].start()) if openings else None


def _line_at(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1


def _message(error: Exception) -> str:
    if isinstance(error, LiquidError):
        return str(error.message)
    return str(error) or type(error).__name__
