"""YAML as we write it in files: plain JSON values, in the core schema of YAML 1.2, so that `on` and `09:30` are texts."""

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


class _Loader(yaml.SafeLoader):
    """Reads core-schema scalars; refuses aliases, which could grow without limit, and keys that are said twice."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise ConstructorError(None, None, "aliases are not allowed", self.get_mark())
        return super().compose_node(parent, index)

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
