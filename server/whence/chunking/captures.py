"""What the matches of a grammar's query say about a source, as byte offsets: definitions, comments, docs, injections.

What a query file may capture is written down in registry.py. Nodes are turned into byte offsets at once; structure.py
puts what is found here together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from whence.chunking.outline import plain_name
from whence.domain import Kind

if TYPE_CHECKING:
    import tree_sitter

    from whence.chunking.grammar import Matches

MAX_DOC_CHARS = 2_000
"""A doc comment beyond this says nothing more about what the definition is; the text of the chunk still has it all."""

_DEFINITION = "definition."
_INJECTION = "injection."


@attrs.define
class Found:
    """A definition being put together from the captures of one match and from what stands before it."""

    kind: Kind
    pattern_idx: int
    start: int
    end: int
    name_start: int
    name_end: int
    body_start: int
    scope: str
    joined_name: str = ""
    """The name when it is written in pieces: a selector."""
    takes_rest: bool = False
    """True for what lasts to the next of its sort or to the end of the file: `package Foo;`."""
    ends_rest: bool = False
    """True for what ends such a one before it."""
    head_end: int = -1
    """Where the signature ends; -1 when that is where the body starts."""
    lead_start: int = -1
    doc_ranges: list[tuple[int, int]] = attrs.field(factory=list)
    """Where the doc comment or docstring stands, piece by piece."""


@attrs.frozen
class Lead:
    """A comment or attribute that stands on lines of its own and may belong to the definition after it."""

    start: int
    end: int
    is_comment: bool
    doc_start: int = -1
    doc_end: int = -1
    """The documentation in it; -1 where there is none."""


@attrs.define
class Captures:
    """What the matches of a query say, as byte offsets."""

    found: dict[int, Found] = attrs.field(factory=dict)
    """By start of the name: one name, one definition."""
    leads: dict[int, Lead] = attrs.field(factory=dict)
    wrappers: list[tuple[int, int]] = attrs.field(factory=list)
    docs: list[tuple[int, int]] = attrs.field(factory=list)
    injections: list[tuple[int, int, str]] = attrs.field(factory=list)


def collect(matches: Matches, data: bytes) -> Captures:
    """Read the matches of a query on a source, in whatever order they come."""
    captures = Captures()
    for pattern_idx, nodes in matches:
        for name, captured in nodes.items():
            node = captured[0]
            if name == "comment" or name == "attribute":
                _add_lead(captures.leads, nodes, node, name == "comment", data)
            elif name.startswith(_DEFINITION):
                _add(captures.found, _find(Kind(name[len(_DEFINITION) :]), pattern_idx, nodes, captured, data))
            elif name == "wrapper":
                captures.wrappers.append((node.start_byte, node.end_byte))
            elif name == "doc" and "attribute" not in nodes:
                captures.docs.append((node.start_byte, node.end_byte))
            elif name.startswith(_INJECTION):
                captures.injections.append((node.start_byte, node.end_byte, name[len(_INJECTION) :]))
    return captures


def text_of(data: bytes, start: int, end: int) -> str:
    """What stands between two offsets, cut where a doc comment would be."""
    return data[start : min(end, start + MAX_DOC_CHARS * 4)].decode("utf-8", "replace")


def _add_lead(
    leads: dict[int, Lead],
    nodes: dict[str, list[tree_sitter.Node]],
    node: tree_sitter.Node,
    is_comment: bool,
    data: bytes,
) -> None:
    """Keep one lead a place: one that documents, if a pattern says so."""
    doc = nodes["doc"][0] if "doc" in nodes else node
    has_doc = "doc" in nodes or (is_comment and not (node.start_byte == 0 and data[:2] == b"#!"))
    if has_doc:
        leads[node.start_byte] = Lead(node.start_byte, node.end_byte, is_comment, doc.start_byte, doc.end_byte)
    else:
        leads.setdefault(node.start_byte, Lead(node.start_byte, node.end_byte, is_comment))


def _find(
    kind: Kind,
    pattern_idx: int,
    nodes: dict[str, list[tree_sitter.Node]],
    whole: list[tree_sitter.Node],
    data: bytes,
) -> Found:
    start, end = min(node.start_byte for node in whole), max(node.end_byte for node in whole)
    name = nodes["name"][0] if "name" in nodes else whole[0]
    body = nodes["body"][0] if "body" in nodes else None
    body_start = body.start_byte if body is not None else -1
    takes_rest = "rest" in nodes and body is None
    is_all_header = takes_rest or (body is not None and (body.start_byte, body.end_byte) == (start, end))
    scopes = [data[scope.start_byte : scope.end_byte] for scope in nodes.get("scope", ())]
    return Found(
        kind=kind,
        pattern_idx=pattern_idx,
        start=start,
        end=end,
        name_start=name.start_byte,
        name_end=name.end_byte if "name" in nodes else name.start_byte,
        body_start=end if is_all_header else body_start,
        joined_name=_join_name(nodes.get("name", []), data),
        takes_rest=takes_rest,
        ends_rest="rest" in nodes,
        scope=plain_name(b".".join(scopes).decode("utf-8", "replace")) if scopes else "",
    )


def _join_name(pieces: list[tree_sitter.Node], data: bytes) -> str:
    """The name made of several nodes, empty for one or none."""
    return "".join(text_of(data, piece.start_byte, piece.end_byte) for piece in pieces) if len(pieces) > 1 else ""


def _add(found: dict[int, Found], new: Found) -> None:
    """Keep one definition a name: the kind of the earlier pattern, the span of the wider one."""
    old = found.get(new.name_start)
    if old is None:
        found[new.name_start] = new
        return
    first, second = (old, new) if old.pattern_idx <= new.pattern_idx else (new, old)
    if second.end - second.start > first.end - first.start:
        first.start, first.end = second.start, second.end
    first.body_start = first.body_start if first.body_start >= 0 else second.body_start
    first.scope = first.scope or second.scope
    found[new.name_start] = first
