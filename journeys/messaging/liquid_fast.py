"""A short way through most templates: text, outputs, conditions and loops, run as plain closures.

The engine builds scopes, counters and buffers for every render, which costs more than most templates do. Expressions
and filters here are still the engine's own, so that both ways mean the same; only the walk around them is ours. A
template with any other tag (an assignment, a break) has no short way and is rendered by the engine.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from liquid import Environment
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, PositionalArgument, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.for_tag import ForLoop, ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.context import builtin
from liquid.exceptions import OutputStreamLimitError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string
from liquid.token import Token
from liquid.undefined import UNDEFINED
from liquid.utils import ReadOnlyChainMap

from journeys.messaging.liquid_limits import Deadline, TimedContext
from journeys.messaging.liquid_tags import LINKS, TrackedLinkNode

# Names that mean more than a key.
_RESERVED = frozenset(("now", "today", "size", "first", "last"))

Render = Callable[[Mapping[str, Any]], str]
Part = Callable[["_Reader"], str]


class _Unsupported(Exception):
    """The template needs the engine."""


class _Reader(TimedContext):
    """As much of a render context as expressions and loops use: one flat scope, nothing that can be assigned."""

    __slots__ = ("data",)

    def __init__(self, environment: Environment, data: Mapping[str, Any]) -> None:
        self.env = environment
        self.autoescape = environment.autoescape
        self.data = data
        self.deadline = Deadline()
        self.loops = []
        self.loop_iteration_carry = 1
        self.tag_namespace = {"stopindex": {}}

    def inside(self, loop: ForLoop, data: Mapping[str, Any]) -> "_Reader":
        """Return the reader of a loop's body."""
        self.raise_for_loop_limit(loop.length)
        inner = _Reader(self.env, data)
        inner.deadline, inner.tag_namespace = self.deadline, self.tag_namespace
        inner.loops = [*self.loops, loop]
        return inner

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Resolve a path by plain lookups, or as the engine does where these find nothing."""
        self.deadline.tick()
        value: Any = self.data
        try:
            for name in path:
                if type(name) is not str or name in _RESERVED:
                    break
                value = value[name]
            else:
                return value
        except (LookupError, TypeError):
            pass
        self.scope = ReadOnlyChainMap(self.data, builtin)
        return super().get(path, token=token, default=default)


def compile_nodes(nodes: Sequence[Node], environment: Environment) -> Render | None:
    """Return a function that renders these nodes, or None when they need the engine."""
    try:
        body = _sequence(nodes, environment)
    except _Unsupported:
        return None
    limit = environment.output_stream_limit or 0

    def render(data: Mapping[str, Any]) -> str:
        text = body(_Reader(environment, data))
        # Every character takes at most four bytes, so that only long texts are counted.
        if len(text) * 4 > limit and len(text.encode()) > limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return text

    return render


def _sequence(nodes: Sequence[Node], environment: Environment) -> Part:
    texts = [node.text if isinstance(node, ContentNode) else "" for node in nodes]
    moving = [
        (place, _part(node, environment))
        for place, node in enumerate(nodes)
        if not isinstance(node, ContentNode | CommentNode)
    ]
    if not moving:
        whole = "".join(texts)
        return lambda _: whole

    def render(reader: _Reader) -> str:
        pieces = texts.copy()
        for place, part in moving:
            pieces[place] = part(reader)
        return "".join(pieces)

    return render


def _part(node: Node, environment: Environment) -> Part:
    match node:
        case OutputNode():
            return _output(node.expression, environment.autoescape)
        case IfNode() | UnlessNode():
            return _condition(node, environment)
        case ForNode():
            return _loop(node, environment)
        case BlockNode():
            return _block(node, environment)
        case TrackedLinkNode():
            return _tracked_link(node, environment)
        case _:
            raise _Unsupported


def _block(node: BlockNode, environment: Environment) -> Part:
    render = _sequence(node.nodes, environment)
    if not (node.blank and environment.suppress_blank_control_flow_blocks):
        return render

    def render_nothing(reader: _Reader) -> str:
        render(reader)
        return ""

    return render_nothing


def _condition(node: IfNode | UnlessNode, environment: Environment) -> Part:
    wanted = isinstance(node, IfNode)
    first = _block(node.consequence, environment)
    condition = node.condition.evaluate
    others = [(other.expression.evaluate, _block(other.block, environment)) for other in node.alternatives]
    last = _block(node.default, environment) if node.default else None

    def render(reader: _Reader) -> str:
        if bool(condition(reader)) is wanted:
            return first(reader)
        for other, block in others:
            if other(reader):
                return block(reader)
        return last(reader) if last else ""

    return render


def _loop(node: ForNode, environment: Environment) -> Part:
    expression, body = node.expression, _block(node.block, environment)
    otherwise = _block(node.default, environment) if node.default else None
    label, limit = f"{expression.identifier}-{expression.iterable}", environment.output_stream_limit or 0

    def render(reader: _Reader) -> str:
        items, length = expression.evaluate(reader)
        if not length:
            return otherwise(reader) if otherwise else ""
        loop = ForLoop(name=label, it=items, length=length, parentloop=reader.parentloop())
        data = {**reader.data, "forloop": loop}
        inner = reader.inside(loop, data)
        pieces, size = [], 0
        for item in loop:
            data[expression.identifier] = item
            pieces.append(body(inner))
            size += len(pieces[-1])
            if size > limit:
                raise OutputStreamLimitError("output stream limit reached", token=None)
            inner.deadline.tick()
        return "".join(pieces)

    return render


def _tracked_link(node: TrackedLinkNode, environment: Environment) -> Part:
    url = _block(node.block, environment)
    return lambda reader: node.redirect(url(reader), reader.data.get(LINKS))


def _output(expression: Expression, autoescape: bool) -> Part:
    """Write a value; the two commonest forms, a path and a path with a default, skip the engine altogether."""
    if not isinstance(expression, FilteredExpression):
        raise _Unsupported
    path = _plain_path(expression.left)
    if path and not expression.filters:
        return _path_output(path, None, autoescape)
    default = _default_text(expression)
    if path and default is not None:
        return _path_output(path, default, autoescape)
    return lambda reader: to_liquid_string(expression.evaluate(reader), autoescape)


def _path_output(path: list[str], default: str | None, autoescape: bool) -> Part:
    root, names = path[0], path[1:]
    nothing = default or ""

    def render(reader: _Reader) -> str:
        try:
            value = reader.data[root]
            for name in names:
                value = value[name]
        except (LookupError, TypeError):
            return nothing
        if type(value) is str:
            return (_escape(value) if autoescape else value) if value else nothing
        if value is None or (default is not None and (value is False or value == [] or value == {})):
            return nothing
        return to_liquid_string(value, autoescape)

    return render


def _escape(text: str) -> str:
    """Escape as the engine does, without wrapping the result in its own kind of string."""
    if text.isalnum():
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


def _plain_path(expression: Expression) -> list[str] | None:
    """Return the names of a path that plain lookups resolve as the engine does."""
    if not isinstance(expression, Path):
        return None
    names = [name for name in expression.path if isinstance(name, str) and name not in _RESERVED]
    return names if len(names) == len(expression.path) else None


def _default_text(expression: FilteredExpression) -> str | None:
    """Return the text of `| default: 'text'` when that is the only filter."""
    if not expression.filters or len(expression.filters) != 1:
        return None
    (only,) = expression.filters
    if only.name != "default" or len(only.args) != 1:
        return None
    (argument,) = only.args
    if isinstance(argument, PositionalArgument) and isinstance(argument.value, StringLiteral):
        return argument.value.value
    return None
