"""The few pages that readers of mails see: plain HTML with no script, readable by everyone, in light and dark."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse

from journeys.messaging.brand import ink_on
from journeys.messaging.liquid import parse_template

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; --ink: #17181c; --ink-2: #5a5f6b; --paper: #f6f6f7; --card: #fff; --line: #e2e3e8;
  --link: #00676c; --accent: #00676c; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f1f4; --ink-2: #a4a9b6; --paper: #121317; --card: #1b1d23;
  --line: #30333d; --link: #5ac8cc; --accent: #5ac8cc; --on-accent: #121317; } }
{% if workspace.color %}:root { --link: var(--ink); --accent: {{ workspace.color }}; --on-accent: {{ on_color }}; }{% endif %}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 440px; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 32px; }
.workspace { margin: 0 0 20px; color: var(--ink-2); font-size: 14px; }
.workspace img { display: block; max-width: 160px; max-height: 48px; }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3; letter-spacing: -0.01em; }
p { margin: 0 0 20px; color: var(--ink-2); }
p strong { display: block; color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
fieldset { margin: 0 0 20px; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: 8px; font-weight: 600; }
label { display: flex; gap: 12px; align-items: center; min-height: 44px; border-top: 1px solid var(--line); }
input { width: 20px; height: 20px; margin: 0; accent-color: var(--accent); }
button { width: 100%; min-height: 44px; border: 0; border-radius: 9px; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; cursor: pointer; }
button.quiet { background: none; color: var(--ink); border: 1px solid var(--line); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.more { margin: 16px 0 0; font-size: 14px; text-align: center; }
.sender { margin: 24px 0 0; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px; }
</style>
</head>
<body>
<main>
{% if workspace %}<p class="workspace">{% if workspace.logo_url %}<img src="{{ workspace.logo_url }}" alt="{{ workspace.name }}">
{%- else %}{{ workspace.name }}{% endif %}</p>{% endif %}
<h1>{{ title }}</h1>
<p>{{ says }}{% if address %} <strong>{{ address }}</strong>{% endif %}</p>
{% if action %}<form method="post" action="{{ action }}">
{% if topics %}<fieldset><legend>{{ legend }}</legend>
{% for topic in topics %}<label><input type="checkbox" name="topic" value="{{ topic.key }}"
{%- if topic.on %} checked{% endif %}> <span>{{ topic.name }}</span></label>
{% endfor %}</fieldset>{% endif %}
<button type="submit"{% if quiet %} class="quiet"{% endif %}>{{ button }}</button>
</form>{% endif %}
{% if more_url %}<p class="more"><a href="{{ more_url }}">{{ more }}</a></p>{% endif %}
{% if workspace.postal_address %}<p class="sender">{{ workspace.name }}, {{ workspace.postal_address }}</p>{% endif %}
</main>
</body>
</html>
"""


def page(
    title: str, says: str, *, status: int = 200, workspace: Mapping[str, Any] | None = None, **parts: Any
) -> HTMLResponse:
    """Return a page: a title, a sentence, and at most one form and one further link; every value is escaped.

    `workspace` is what mails may say of it too, see journeys/messaging/brand.py: the page looks like its mails.
    """
    color = workspace and workspace["color"]
    values = {"title": title, "says": says, "workspace": workspace, "on_color": color and ink_on(color), **parts}
    content = parse_template(_PAGE, html=True).render(values)
    return HTMLResponse(content, status, {"Content-Security-Policy": _POLICY})
