"""Makes the HTML of a mail tell us of opens and clicks: once per template, not once per mail."""

import html
import re
from collections.abc import Callable

from journeys.messaging.hiding import HiddenLiquid

OWN_LINKS = ("unsubscribe_url", "preferences_url", "view_in_browser_url")
"""Merge tags of links that lead to us already."""

CLICK = "_click"
OPEN = "_open"

# The bound keeps a document of nothing but `<a` from being read over and over.
_LINK = re.compile(
    r"""(<(?:a|area)\s(?:[^>]{0,4000}?\s)?href\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_END_OF_BODY = re.compile(r"</body\s*>", re.IGNORECASE)


def track_clicks(text: str, hidden: HiddenLiquid) -> tuple[str, list[str | None]]:
    """Lead every web link through the redirect; return the HTML and the destinations by number.

    A destination with Liquid in it is only known when a mail is rendered: it is None here and signed into its link.
    """
    destinations: list[str | None] = []

    def replace(link: re.Match[str]) -> str:
        url = link[2].strip("\"'")
        tracked = _tracked(url, hidden, destinations)
        return f'{link[1]}"{tracked}"' if tracked else link[0]

    return _LINK.sub(replace, text), destinations


def track_opens(text: str, hidden: HiddenLiquid) -> str:
    """Put the invisible picture at the end of the body."""
    source = hidden.hide(f"{{{{ {OPEN} }}}}")
    picture = f'<img src="{source}" width="1" height="1" alt="" style="display:block;border:0">'
    return _insert(text, picture, _END_OF_BODY, lambda found: found.start(), len(text))


def add_preheader(text: str, preheader: str) -> str:
    """Put the line that inboxes show after the subject, unseen, at the start of the body."""
    hidden_style = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden"
    line = f'<div style="{hidden_style}">{preheader}</div>'
    return _insert(text, line, _BODY, lambda found: found.end(), 0)


def _tracked(url: str, hidden: HiddenLiquid, destinations: list[str | None]) -> str | None:
    liquid = hidden.restore(url)
    if any(name in liquid for name in OWN_LINKS):
        return None
    number = len(destinations)
    if hidden.is_in(url):
        destinations.append(None)
        return hidden.hide(f"{{% tracked_link {number} %}}{liquid}{{% endtracked_link %}}")
    if not _WEB.match(url.strip()):
        return None
    destinations.append(html.unescape(url).strip())
    return hidden.hide(f"{{{{ {CLICK} }}}}/{number}")


def _insert(
    text: str, addition: str, where: re.Pattern[str], place: Callable[[re.Match[str]], int], otherwise: int
) -> str:
    places = [place(found) for found in where.finditer(text)]
    at = places[-1] if places else otherwise
    return text[:at] + addition + text[at:]
