"""YAML as we write it in files: plain JSON values, in the core schema of YAML 1.2, so that `on` and `09:30` are texts."""

import math
import re
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode
from yaml.constructor import ConstructorError

_CORE = (
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", "~nN"),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
)


_MOST_NODES = 50_000
_MOST_LEVELS = 100
_MOST_DIGITS = 400


class _Loader(yaml.SafeLoader):
    """Reads core-schema scalars, up to a size and depth; refuses aliases, tags, and keys that are said twice."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._nodes = self._levels = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        self._nodes += 1
        self._levels += 1
        if fault := self._fault():
            raise ConstructorError(None, None, fault, self.get_mark())
        node: Node | None = super().compose_node(parent, index)
        self._levels -= 1
        return node

    def _fault(self) -> str | None:
        """Return why what comes next is not read."""
        if self.check_event(yaml.AliasEvent):
            return "aliases are not allowed"
        if getattr(self.peek_event(), "tag", None):  # type: ignore[no-untyped-call]  # PyYAML is typed in part
            return "tags are not allowed"
        if self._nodes > _MOST_NODES or self._levels > _MOST_LEVELS:
            return f"there are more than {_MOST_NODES} values, or more than {_MOST_LEVELS} within each other"
        return None

    def construct_number(self, node: ScalarNode) -> int | float:
        """Return a number; the types of YAML 1.1 read some digits otherwise, and any count of them."""
        is_whole = node.tag == "tag:yaml.org,2002:int"
        number = int(node.value) if is_whole and len(node.value) <= _MOST_DIGITS else float(node.value)
        if not math.isfinite(number):
            raise ConstructorError(None, None, "a number is too large", node.start_mark)
        return number

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for at, _ in node.value:
            key = self.construct_object(at, deep=True)
            if not isinstance(key, str):
                raise ConstructorError(None, None, f"put the key {key!r} in quotes", at.start_mark)
            if key in seen:
                raise ConstructorError(None, None, f"the key {key!r} is said twice", at.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and quotes what any reader of YAML might misread."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Inline(dict[str, Any]):
    """A mapping that is written on one line."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    style = "|" if _is_plain_block(text) else None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _is_plain_block(text: str) -> bool:
    """Say whether a text keeps its every character in a block: printable lines, none empty or indented at the start."""
    lines = text.split("\n")
    return len(lines) > 1 and lines[0][:1].strip() != "" and all(line.isprintable() for line in lines)


def _represent_inline(dumper: yaml.SafeDumper, mapping: Inline) -> MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping, flow_style=True)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_number)
for _tag, _pattern, _first in _CORE:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(_pattern), list(_first) + ([""] if "null" in _tag else []))
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Inline, _represent_inline)


def read_yaml(source: str) -> Any:
    """Return what a YAML document says.

    Raises:
        yaml.YAMLError: it is not YAML, or more than plain values.
    """
    return yaml.load(source, _Loader)


def write_yaml(document: Any) -> str:
    """Return a document as YAML, keys in the order given."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
