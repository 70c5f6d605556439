"""Outline a source by its grammar and query: syntax tree in, marks out. Knows no language.

captures.py reads what the query's matches say; here definitions, and the comments and docs that belong to them, are put
together. Nothing walks to a parent (tree-sitter searches it from the root each time), and nothing recurses.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs

from whence.chunking.captures import MAX_DOC_CHARS, Found, Lead, collect, text_of
from whence.chunking.grammar import find_matches, parse
from whence.chunking.language import Language
from whence.chunking.outline import Lines, Mark, Outline, one_line, plain_name
from whence.domain import Kind

if TYPE_CHECKING:
    import tree_sitter

CUT_NODE_BYTES = 1_600
"""Only nodes above this are looked into for places to cut: smaller ones never need one."""

_SPACE = b" \t\r\n\x0b\x0c"

_COMMENT_START = re.compile(
    r"^\s*(?:/\*+!?|\*+/|\*(?!\*)|//[/!]*|#+(?:\||['!:](?=\s|$))?|--\[=*\[|-{2,}(?:\s?[|^])?|;+|%+|\(\*+|\{-\s*\||\{-|<!--|"
    r"=(?:head\d|item|over|back|cut|pod|for)\b|\.(?:SYNOPSIS|DESCRIPTION|NOTES|EXAMPLE|INPUTS|OUTPUTS|LINK)\b|"
    r"<\#|=begin|[rRuUbBfF]{0,2}(?:\"\"\"|'''|\"(?=\w)))?[ \t]?"
)
_COMMENT_END = re.compile(r"\s*(?:\*+/|\*+\)|-\}|-->|\#>|\]=*\]|=end|\"\"\"|''')\s*$")
_XML_TAG = re.compile(r"</?(?:summary|remarks|returns|value|para|inheritdoc|see|c)\b[^<>]*>")
_PRAGMA = re.compile(r"\{-#.*?#-\}", re.DOTALL)
_OF_A_FILE = re.compile(
    rb"copyright|licen[cs]e|[@\\](?:file|package|author|(?:def|addto|in)group|name\b|[{}])", re.IGNORECASE
)
"""In a block comment that documents a file or a part of one, not the definition below it."""

_SYMBOL_COLON = re.compile(r"^:(?=\w)")


@attrs.frozen
class Injection:
    """Bytes of a source that are written in another language."""

    start: int
    end: int
    language: str


@attrs.frozen
class Structure:
    """What a grammar says about a source: its own outline, and what other grammars have to outline."""

    outline: Outline
    injections: tuple[Injection, ...] = ()


def outline_structure(data: bytes, language: Language, lines: Lines) -> Structure | None:
    """Outline a source by its grammar; None where the grammar is missing or a limit is reached."""
    tree = parse(data, language.grammar)
    if tree is None:
        return None
    captures = collect(find_matches(tree, language), data)
    anchors, lead_lines = _anchor(captures.leads, data, lines)
    found = _one_per_span(captures.found.values())
    _widen(found, captures.wrappers)
    for definition in found:
        _attach_leads(definition, anchors)
    _extend_to_next(found, len(data))
    if language.has_clauses:
        found = _join_clauses(found, captures.leads, data)
    _attach_docs(found, captures.docs)
    comments = sorted((lead.start, lead.end) for lead in captures.leads.values() if lead.is_comment)
    outline = Outline(
        marks=[_mark(definition, captures.leads, comments, data) for definition in found],
        cuts=_find_cuts(tree, len(data), lines, lead_lines),
        lead_lines=lead_lines,
    )
    return Structure(outline, tuple(Injection(*injection) for injection in captures.injections))


def plain_doc(comment: str) -> str:
    """The text of a doc comment or docstring without comment marks and quotes."""
    rows = []
    for row in _PRAGMA.sub("", comment[: MAX_DOC_CHARS * 2]).split("\n"):
        text = _COMMENT_END.sub("", row.rstrip())
        rows.append(_XML_TAG.sub("", _COMMENT_START.sub("", text, count=1)).strip())
    return "\n".join(rows).strip().removesuffix('"')[:MAX_DOC_CHARS].rstrip()


def _one_per_span(found: Iterable[Found]) -> list[Found]:
    """Of definitions with one span keep that of the earliest pattern, then the first name: `const a = 1, b = 2`."""
    by_span: dict[tuple[int, int], Found] = {}
    for definition in sorted(found, key=lambda item: (item.pattern_idx, item.name_start)):
        by_span.setdefault((definition.start, definition.end), definition)
    return sorted(by_span.values(), key=lambda item: (item.start, -item.end))


def _widen(found: list[Found], wrappers: list[tuple[int, int]]) -> None:
    """Let `export`, `template <…>` and the like belong to what they wrap: the first definition in it, same end."""
    starts = [definition.start for definition in found]
    for start, end in sorted(wrappers, reverse=True):
        idx = bisect_left(starts, start)
        if idx < len(found) and found[idx].end in (end, end - 1) and found[idx].start < end:
            found[idx].start, found[idx].end = start, end
            starts[idx] = start


def _anchor(leads: dict[int, Lead], data: bytes, lines: Lines) -> tuple[dict[int, Lead], frozenset[int]]:
    """Leads by the offset of what they stand before, and the lines on which nothing but leads stand."""
    anchors: dict[int, Lead] = {}
    lead_lines: set[int] = set()
    previous_end = -1
    top = _skip_space(data, 0)
    for lead in sorted(leads.values(), key=lambda item: item.start):
        line = lines.line_at(lead.start)
        line_start = lines.start_of(line)
        stands_alone = not data[max(line_start, previous_end) : lead.start].strip()
        if previous_end < line_start and not stands_alone:
            continue
        end = lead.start + len(data[lead.start : lead.end].rstrip())
        previous_end = end
        next_offset = _skip_space(data, end)
        if data.count(b"\n", end, next_offset) <= _max_line_ends(data, lead, end, top):
            anchors[next_offset] = lead
        if stands_alone:
            lead_lines.update(range(line, lines.line_at(max(lead.start, end - 1)) + 1))
    return anchors, frozenset(lead_lines)


def _max_line_ends(data: bytes, lead: Lead, end: int, top: int) -> int:
    """Line ends between a lead and what it belongs to: 1, and a blank line more after what is marked as documentation.

    Perl wants one after a POD, and older JavaScript has one after `/** … */`; one that opens a file is about the file.
    """
    if end - lead.start > CUT_NODE_BYTES:
        return 1
    comment = data[lead.start : end]
    is_pod = comment.startswith(b"=") and comment.endswith(b"=cut")
    is_block = comment.startswith(b"/**") and lead.start > top and not _OF_A_FILE.search(comment)
    return 2 if is_pod or is_block else 1


def _skip_space(data: bytes, offset: int) -> int:
    end = len(data)
    while offset < end and data[offset] in _SPACE:
        offset += 1
    return offset


def _attach_leads(definition: Found, anchors: dict[int, Lead]) -> None:
    start = definition.start
    comments: list[Lead] = []
    while (lead := anchors.get(start)) is not None and lead.start < start:
        start = lead.start
        if lead.doc_start >= 0:
            comments.append(lead)
    if start != definition.start:
        definition.lead_start = start
    definition.doc_ranges.extend((lead.doc_start, lead.doc_end) for lead in reversed(comments))


def _extend_to_next(found: list[Found], n_bytes: int) -> None:
    """Let each definition that takes the rest of the file end where the next such one starts, its comment included."""
    end = n_bytes
    for definition in reversed(found):
        if definition.takes_rest:
            definition.end = end
        if definition.ends_rest:
            end = definition.lead_start if definition.lead_start >= 0 else definition.start


def _join_clauses(found: list[Found], leads: dict[int, Lead], data: bytes) -> list[Found]:
    """Make one definition of those with one name that stand next to each other: equations, a type signature before."""
    kept: list[Found] = []
    stack: list[Found] = []
    for definition in found:
        previous: Found | None = None
        while stack and stack[-1].end <= definition.start:
            previous = stack.pop()
        if previous is not None and _is_next_clause(previous, definition, leads, data):
            if previous.body_start < 0:
                previous.head_end = previous.end
                previous.body_start = definition.body_start
            previous.end = definition.end
            stack.append(previous)
        else:
            kept.append(definition)
            stack.append(definition)
    return kept


def _is_next_clause(previous: Found, following: Found, leads: dict[int, Lead], data: bytes) -> bool:
    """True when the two have one name and nothing but comments between them: an attribute begins something new."""
    is_signed = previous.body_start < 0 and previous.kind is Kind.FUNCTION
    if previous.scope != following.scope or (previous.kind is not following.kind and not is_signed):
        return False
    names = {data[item.name_start : item.name_end] for item in (previous, following)}
    offset = _skip_space(data, previous.end)
    while (lead := leads.get(offset)) is not None and lead.is_comment and lead.start < following.start:
        offset = _skip_space(data, lead.end)
    return len(names) == 1 and offset == following.start


def _attach_docs(found: list[Found], docs: list[tuple[int, int]]) -> None:
    """Give each docstring to the innermost definition around it; both lists are walked once, in order of start."""
    stack: list[Found] = []
    position = 0
    for start, end in sorted(docs):
        while position < len(found) and found[position].start <= start:
            stack.append(found[position])
            position += 1
        while stack and stack[-1].end < end:
            stack.pop()
        if stack:
            stack[-1].doc_ranges.append((start, end))


def _mark(found: Found, leads: dict[int, Lead], comments: Sequence[tuple[int, int]], data: bytes) -> Mark:
    name = plain_name(found.joined_name or text_of(data, found.name_start, found.name_end))
    head_start = found.start
    while (lead := leads.get(head_start)) is not None and lead.end < found.name_start:
        head_start = _skip_space(data, lead.end)
    return Mark(
        kind=found.kind,
        name=_SYMBOL_COLON.sub("", name.strip("\"'`")),
        start=found.lead_start if found.lead_start >= 0 else found.start,
        end=found.end,
        name_start=found.name_start,
        name_end=found.name_end,
        head_start=head_start,
        signature=_signature(found, head_start, comments, data),
        doc=plain_doc("\n".join(text_of(data, *piece) for piece in found.doc_ranges)) if found.doc_ranges else "",
        scope=found.scope,
        has_body=found.body_start >= 0,
        doc_ranges=tuple(found.doc_ranges),
    )


def _signature(found: Found, head_start: int, comments: Sequence[tuple[int, int]], data: bytes) -> str:
    """The header up to the body, without comments; the first line where there is no body."""
    head_end = found.head_end if found.head_end >= 0 else found.body_start
    if head_end > head_start:
        text = _without(comments, data, head_start, head_end)
    else:
        text = text_of(data, head_start, found.end)
        text = text if found.kind in (Kind.FUNCTION, Kind.METHOD, Kind.CONSTRUCTOR) else text.split("\n", 1)[0]
    return one_line(text).rstrip("{;, ").removesuffix(" =")


def _without(comments: Sequence[tuple[int, int]], data: bytes, start: int, end: int) -> str:
    """The text of start..end without the comments in it."""
    parts: list[str] = []
    for comment_start, comment_end in comments[bisect_left(comments, (start, 0)) : bisect_left(comments, (end, 0))]:
        parts.append(text_of(data, start, comment_start))
        start = max(start, comment_end)
    return "".join((*parts, text_of(data, start, end)))


def _find_cuts(tree: tree_sitter.Tree, n_bytes: int, lines: Lines, lead_lines: frozenset[int]) -> dict[int, int]:
    """Lines where a statement starts, with its depth, in nodes too large for one chunk; bounded in nodes visited."""
    cuts: dict[int, int] = {}
    if n_bytes <= CUT_NODE_BYTES:
        return cuts
    cursor = tree.walk()
    n_left = 4 * lines.n_lines + 1_000
    depth = 0
    while n_left > 0:
        n_left -= 1
        node = cursor.node
        if node is None:
            break
        start = node.start_byte
        if node.is_named and depth:
            line = lines.line_at(start)
            is_first_on_line = not lines.data[lines.start_of(line) : start].strip()
            if is_first_on_line and line - 1 not in lead_lines and line not in cuts:
                cuts[line] = depth
        if node.end_byte - start > CUT_NODE_BYTES and cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return cuts
            depth -= 1
    return cuts
