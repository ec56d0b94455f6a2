"""What our Liquid has beyond the common language: tracked links and money."""

import html
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TextIO

from liquid import Markup
from liquid.ast import BlockNode, Node
from liquid.filter import liquid_filter
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.token import TOKEN_TAG, Token

from journeys.messaging.links import MessageLinks

if TYPE_CHECKING:
    from liquid import RenderContext
    from liquid.stream import TokenStream

LINKS = "_links"
"""The context's entry for the message's `MessageLinks`; without it no link is tracked."""


class TrackedLinkNode(Node):
    """The URL of a link, rendered, and turned into a redirect that only leads there."""

    __slots__ = ("block", "number")

    def __init__(self, token: Token, number: int, block: BlockNode) -> None:
        super().__init__(token)
        self.number = number
        self.block = block
        self.blank = False

    def render_to_output(self, context: "RenderContext", buffer: TextIO) -> int:
        """Write the redirect for the URL."""
        inner = context.get_buffer(buffer)
        self.block.render(context, inner)
        return buffer.write(self.redirect(inner.getvalue(), context.get([LINKS], token=None, default=None)))

    def redirect(self, attribute: str, links: object) -> str:
        """Return the attribute that leads to the URL through us; other than web links stay as they are."""
        url = html.unescape(attribute).strip()
        if not isinstance(links, MessageLinks) or not url.startswith(("http://", "https://")):
            return attribute
        return html.escape(links.click_through(self.number, url))

    def children(self, static_context: "RenderContext", *, include_partials: bool = True) -> Iterable[Node]:
        """Return the parts of the URL, for analysis."""
        return [self.block]


class TrackedLinkTag(Tag):
    """`{% tracked_link 3 %}https://…{{ contact.id }}{% endtracked_link %}`, written by the compiler of messages."""

    name = "tracked_link"
    end = "endtracked_link"

    def parse(self, stream: "TokenStream") -> TrackedLinkNode:
        """Parse the number of the link and the block that is its URL."""
        token = stream.eat(TOKEN_TAG)
        number = int(next(stream.into_inner(tag=token)).value)
        block = get_parser(self.env).parse_block(stream, (self.end,))
        stream.expect(TOKEN_TAG, value=self.end)
        return TrackedLinkNode(token, number, block)


_MOST_DIGITS = 30
"""Of an amount: what is larger is not written out."""


@liquid_filter
def money(value: object, symbol: object = "") -> str:
    """Return an amount with two decimals and thousands set apart, or the value itself when it is no number."""
    try:
        number = Decimal(str(value))
        amount = f"{number:,.2f}" if number.adjusted() < _MOST_DIGITS else str(value)
    except (InvalidOperation, ValueError):
        return "" if value is None else str(value)
    return Markup(symbol) + amount if isinstance(symbol, Markup) else f"{symbol}{amount}"
