"""Parsing YAML and JSON from anybody: limited nesting, no key twice, and every fault in words."""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml

# Far deeper than anything that people write. libyaml's composer recurses in C and ends the process with the stack.
DEPTH_LIMIT = 50
# The shipped entries have 20,000 tokens in half a megabyte. A megabyte of list signs has a million.
TOKENS_LIMIT = 200_000
# A number of more digits is text: Python takes quadratic time to read one, and YAML's 1:30:00 is one, too.
NUMBER_LIMIT = 40

# The C loader is eight times faster; it is missing only where libyaml was not there at build time.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
# YAML that no export writes, and what to do instead. An alias can stand for a text that is a thousand times longer.
_REFUSED = {
    yaml.AliasToken: "an alias (*name), which is not taken; write the text out",
    yaml.AnchorToken: "an anchor (&name), which is not taken; leave it out, or quote the text",
    yaml.TagToken: "a tag (!name), which is not taken; leave it out, or quote the text",
    yaml.DirectiveToken: "a directive (%NAME), which is not taken; leave it out",
}
# Half of a UTF-16 pair, as JSON may escape it; alone it is not a character, and no database accepts it.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# Strings, which may hold brackets, and brackets. A string that does not end takes all that is left.
_JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


class ParseError(ValueError):
    """A text cannot be parsed; the message says why, and begins in lower case."""


class _UniqueKeyLoader(_Loader):  # type: ignore[misc]
    """Safe YAML that refuses a key given twice: YAML itself would silently keep the last one."""


def _mapping(loader: Any, node: Any) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a list is used as a key", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        seen.add(key)
    result: dict[Hashable, Any] = yaml.SafeLoader.construct_mapping(loader, node)
    return result


def _number(loader: Any, node: Any) -> Any:
    if len(node.value) > NUMBER_LIMIT:
        return node.value
    whole = node.tag.endswith(":int")
    return loader.construct_yaml_int(node) if whole else loader.construct_yaml_float(node)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:int", _number)
_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:float", _number)


def parse_yaml(text: str) -> Any:
    """Parse one YAML document. Raises ParseError.

    The depth is counted while the text is cut into tokens, before anything recurses.
    """
    try:
        _check_tokens(text)
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 (a subclass of the safe loader)
    except yaml.YAMLError as error:
        raise ParseError(" ".join(str(error).split())) from error
    except (ValueError, ArithmeticError, LookupError) as error:
        # An impossible date, or a number too large to read.
        raise error if isinstance(error, ParseError) else ParseError(f"a value cannot be read ({error})") from error


def parse_json(text: str) -> Any:
    """Parse JSON. Raises ParseError."""
    if is_too_deep(text):
        raise ParseError(_too_deep())
    try:
        value = json.loads(text, object_pairs_hook=_unique)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ParseError("a text holds half a character (such as \\ud800); write that text again") from error
    except ValueError as error:
        raise error if isinstance(error, ParseError) else ParseError(str(error)) from error
    return value


def is_too_deep(text: str) -> bool:
    """Return whether JSON is nested more than DEPTH_LIMIT deep; stop looking where it is."""
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    depth = 0
    for token in _JSON_TOKEN.finditer(text):
        sign = token.group()
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if depth > DEPTH_LIMIT:
            return True
    return False


def _check_tokens(text: str) -> None:
    depth = 0
    for count, token in enumerate(yaml.scan(text, Loader=_UniqueKeyLoader)):
        if count > TOKENS_LIMIT:
            raise ParseError("it has far more parts than a list of entries; split it")
        if isinstance(token, _OPENING):
            depth += 1
        elif isinstance(token, _CLOSING):
            depth -= 1
        elif type(token) in _REFUSED:
            raise ParseError(f"line {token.start_mark.line + 1} has {_REFUSED[type(token)]}")
        if depth > DEPTH_LIMIT:
            raise ParseError(_too_deep())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("an object has one key twice")
    return found


def _too_deep() -> str:
    return f"it is nested more than {DEPTH_LIMIT} deep; make it a plain list"
