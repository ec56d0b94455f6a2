"""Keeps Liquid out of the way of parsers for other languages: each tag becomes a plain word and comes back later."""

import re

# The bodies of `raw` and `comment` are not Liquid, so that they hide as a whole.
_LIQUID = re.compile(
    r"{%-?\s*(raw|comment)\s*-?%}.*?{%-?\s*end\1\s*-?%}|{{.*?}}|{%.*?%}",
    re.DOTALL,
)


class HiddenLiquid:
    """The Liquid of one template. It must have been parsed before, so that every tag is known to be closed."""

    def __init__(self, source: str) -> None:
        marker = "zQ"
        while marker in source:
            marker += "q"
        self._tags: list[str] = []
        self._marker = marker
        self._word = re.compile(rf"{marker}(\d+)Qz")
        self.text = self.hide_all(source)

    def hide_all(self, text: str) -> str:
        """Return a text with a word in place of each of its Liquid tags."""
        return _LIQUID.sub(lambda tag: self.hide(tag[0]), text)

    def hide(self, liquid: str) -> str:
        """Return the word that stands for this Liquid."""
        self._tags.append(liquid)
        return f"{self._marker}{len(self._tags) - 1}Qz"

    def restore(self, text: str) -> str:
        """Return a text with all its Liquid in place."""
        return self._word.sub(lambda word: self._tags[int(word[1])], text)

    def is_in(self, text: str) -> bool:
        """Say whether a text holds any hidden Liquid."""
        return self._word.search(text) is not None

    def lost_from(self, text: str) -> list[str]:
        """Return the Liquid that a text no longer holds."""
        kept = {int(number) for number in self._word.findall(text)}
        return [tag for number, tag in enumerate(self._tags) if number not in kept]
