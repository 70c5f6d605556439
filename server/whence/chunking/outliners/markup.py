"""Outline markup by its elements: HTML, XML, Vue and Svelte. Knows no parser, never raises.

A forgiving scanner of tags: what is never closed ends with the element around it. Scripts and styles are outlined in
their own language; in HTML, headings make sections of what follows them in the same element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

import attrs

from whence.chunking.headings import indent_cuts, is_first_on_line, stands_alone
from whence.chunking.outline import MAX_NAME_CHARS, Lines, Mark, Outline, Zone, join, one_line
from whence.chunking.structure import Injection
from whence.domain import Kind

MAX_XML_DEPTH = 5
"""Elements of XML are named down to here: `project.build.plugins.plugin` of a pom.xml."""

MIN_INNER_BYTES = 600
"""The elements inside a smaller one never get a chunk of their own, so they are dropped."""

MAX_OPEN = 2_000
"""Elements open at a time; deeper ones belong to those around them."""

MAX_ATTRIBUTE_BYTES = 4_000
"""A quoted value that does not end within this is no quoted value: apostrophes stand in text, too."""

_LANDMARKS = frozenset(
    ("main", "nav", "header", "footer", "section", "article", "aside", "form", "dialog", "template", "table", "details")
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_XML_NAMES = ("name", "id", "key", "Include", "Name", "Id", "x:Key")
_XML_NAME_CHILDREN = ("artifactId", "name", "id", "key", "title", "groupId")
_SCRIPT_LANGUAGES = {
    "": "javascript",
    "js": "javascript",
    "ts": "typescript",
    "tsx": "tsx",
    "jsx": "jsx",
    "typescript": "typescript",
    "module": "javascript",
    "text/javascript": "javascript",
    "application/javascript": "javascript",
    "text/babel": "jsx",
    "text/typescript": "typescript",
    "application/json": "json",
    "application/ld+json": "json",
    "importmap": "json",
    "text/x-python": "python",
    "py": "python",
}
_STYLE_LANGUAGES = {"": "css", "text/css": "css", "css": "css", "scss": "scss", "less": "less", "postcss": "css"}

_OUTSIDE = re.compile(rb"<!--[\s\S]*?(?:-->|\Z)|<!\[CDATA\[[\s\S]*?(?:\]\]>|\Z)|<[?!]|<(/?)([A-Za-z_][\w:.-]{0,199})")
_INSIDE = re.compile(rb"=[ \t\r\n]*(?:\"[^\"]{0,4000}\"|'[^']{0,4000}')|[<>{}]")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+)))?")
_RAW_END = {"script": re.compile(rb"</script", re.IGNORECASE), "style": re.compile(rb"</style", re.IGNORECASE)}
_HEADING = re.compile(r"h([1-6])$")
_TAGS = re.compile(r"<[^<>]*>")
_ENTITY = re.compile(r"&(?:nbsp|#160|para|#182);")


@attrs.define
class Element:
    """An element, or the section below a heading. Offsets are half-open."""

    tag: str
    start: int
    open_end: int
    end: int
    depth: int
    name: str = ""
    attributes: dict[str, str] = attrs.field(factory=dict)
    level: int = 0
    """Of a section: the level of its heading; 0 for elements."""
    is_marked: bool = False


def outline_html(data: bytes) -> Outline:
    """Landmarks, elements with an id and sections below headings; scripts and styles in their own language."""
    return _Page(data, "html").outline()


def outline_component(data: bytes) -> Outline:
    """The blocks of a Vue or Svelte component, elements with an id in its template, its script and style."""
    return _Page(data, "component").outline()


def outline_xml(data: bytes) -> Outline:
    """Elements by their path, with the name that an attribute or a child gives them."""
    return _Page(data, "xml").outline()


class _Page:
    """One pass over the tags of a source. Open elements are its state."""

    def __init__(self, data: bytes, dialect: str) -> None:
        self._data = data
        self._dialect = dialect
        self._lines = Lines(data)
        self._open: list[Element] = []
        self._n_open_by_tag: dict[str, int] = {}
        self._n_elements_open = 0
        self._marked: list[Element] = []
        self._injections: list[Injection] = []
        self._zones: list[Zone] = []
        self._lead_lines: set[int] = set()

    def outline(self) -> Outline:
        """Scan the source and give its outline."""
        from whence.chunking.chunker import outline_embedded  # chunker loads outliners, so it cannot be imported above

        position = 0
        while (match := _OUTSIDE.search(self._data, position)) is not None:
            position = match.end()
            if match[2] is not None:
                position = self._take_tag(match)
                continue
            if position - match.start() == 2:
                position = self._skip_tag(position)[0]
            self._note_lead(match.start(), position)
        while self._open:
            self._pop(len(self._data.rstrip()))
        marks = [self._mark(element) for element in _without_inner_of_small(self._marked)]
        cuts, leads = indent_cuts(self._lines), frozenset(self._lead_lines)
        own = Outline(marks=marks, cuts=cuts, lead_lines=leads, zones=self._zones)
        return join(own, outline_embedded(self._data, self._injections, self._lines, 1))

    def _take_tag(self, match: re.Match[bytes]) -> int:
        """Take the tag that starts at a match; give the offset to go on from."""
        tag = match[2].decode("ascii", "replace")
        tag = tag if self._dialect == "xml" else tag.lower()
        end, is_closed = self._skip_tag(match.end())
        if not is_closed:
            return end
        if match[1]:
            self._close(tag, match.start(), end)
            return end
        element = Element(tag, match.start(), end, end, self._n_elements_open + 1)
        is_alone = self._data[end - 2 : end - 1] == b"/" or (self._dialect != "xml" and tag in _VOID)
        if self._is_of_interest(element):
            inner = self._data[match.end() : min(end - 1, match.end() + MAX_ATTRIBUTE_BYTES)].decode("utf-8", "replace")
            element.attributes = {m[1]: m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(inner)}
        self._name(element)
        if is_alone:
            element.end = end
            self._keep(element)
            return end
        return self._enter(element)

    def _note_lead(self, start: int, end: int) -> None:
        """A comment or declaration that stands alone goes with what follows it."""
        if stands_alone(self._lines, start, end):
            self._lead_lines.update(range(self._lines.line_at(start), self._lines.line_at(end - 1) + 1))

    def _is_of_interest(self, element: Element) -> bool:
        return self._dialect != "xml" or element.depth <= MAX_XML_DEPTH

    def _skip_tag(self, position: int) -> tuple[int, bool]:
        """The offset after a tag's '>', or that of the '<' that starts another tag before it ends."""
        depth = 0
        while (match := _INSIDE.search(self._data, position)) is not None:
            token = match[0]
            position = match.end()
            if token == b"{" or token == b"}":
                depth = max(0, depth + (1 if token == b"{" else -1)) if self._dialect == "component" else 0
            elif token == b">" and not depth:
                return position, True
            elif token == b"<" and not depth:
                return match.start(), False
        return len(self._data), False

    def _enter(self, element: Element) -> int:
        """Open an element; the content of a script or style is passed over."""
        raw_end = _RAW_END.get(element.tag) if self._dialect != "xml" else None
        if raw_end is not None:
            match = raw_end.search(self._data, element.open_end)
            content_end = match.start() if match else len(self._data)
            self._inject(element, content_end)
            close = self._data.find(b">", content_end)
            element.end = close + 1 if close >= 0 else len(self._data)
            self._keep(element)
            self._add_zone(element)
            return element.end
        heading = _HEADING.match(element.tag) if self._dialect == "html" else None
        if heading:
            self._begin_section(element, int(heading[1]))
        if len(self._open) < MAX_OPEN:
            self._open.append(element)
            self._n_elements_open += 1
            self._n_open_by_tag[element.tag] = self._n_open_by_tag.get(element.tag, 0) + 1
        return element.open_end

    def _begin_section(self, heading: Element, level: int) -> None:
        while self._open and self._open[-1].level >= level:
            self._pop(heading.start)
        close = self._data.find(b"</", heading.open_end, heading.open_end + MAX_ATTRIBUTE_BYTES)
        while close >= 0 and self._data[close : close + 4].lower() != b"</h" + str(level).encode():
            close = self._data.find(b"</", close + 2, heading.open_end + MAX_ATTRIBUTE_BYTES)
        text = self._data[heading.open_end : max(close, heading.open_end)].decode("utf-8", "replace")
        name = one_line(unescape(_ENTITY.sub("", _TAGS.sub("", text))), MAX_NAME_CHARS)
        if name and len(self._open) < MAX_OPEN:
            section = Element(f"h{level}", heading.start, heading.open_end, heading.open_end, 0, name, level=level)
            section.is_marked = True
            self._open.append(section)

    def _inject(self, element: Element, end: int) -> None:
        languages = _SCRIPT_LANGUAGES if element.tag == "script" else _STYLE_LANGUAGES
        wanted = element.attributes.get("lang") or element.attributes.get("type") or ""
        language = languages.get(wanted.lower())
        if language and self._data[element.open_end : end].strip():
            self._injections.append(Injection(element.open_end, end, language))

    def _add_zone(self, element: Element) -> None:
        """Let the tags of a script or style go with its lines where nothing else stands beside them."""
        if not self._injections or self._injections[-1].start != element.open_end:
            return
        first, last = self._lines.line_at(element.start), self._lines.line_at(element.end - 1)
        if stands_alone(self._lines, element.start, element.end):
            self._zones.append(Zone(first, last, self._injections[-1].language))

    def _close(self, tag: str, start: int, end: int) -> None:
        """Close the innermost element of a tag and all in it; a closing tag of nothing open is passed over."""
        if not self._n_open_by_tag.get(tag):
            return
        while self._open:
            closed = self._open[-1]
            self._pop(start if closed.level or closed.tag != tag else end)
            if closed.tag == tag and not closed.level:
                return

    def _pop(self, end: int) -> None:
        element = self._open.pop()
        element.end = end
        if not element.level:
            self._n_elements_open -= 1
            self._n_open_by_tag[element.tag] -= 1
        self._keep(element)

    def _keep(self, element: Element) -> None:
        if element.is_marked and is_first_on_line(self._lines, element.start):
            self._marked.append(element)

    def _name(self, element: Element) -> None:
        """Decide whether an element gets a mark, and what it is called."""
        found = element.attributes
        if self._dialect == "xml":
            self._name_parent(element)
            element.name = next((found[key] for key in _XML_NAMES if found.get(key)), "")
            element.is_marked = element.depth <= MAX_XML_DEPTH
            return
        element.name = found.get("id") or found.get("aria-label") or ""
        is_block = self._dialect == "component" and element.depth == 1 and element.tag in ("template", "style")
        is_raw = element.tag in _RAW_END
        is_landmark = element.tag in _LANDMARKS or bool(found.get("id"))
        element.is_marked = is_block or (is_landmark and not is_raw and not _HEADING.match(element.tag))

    def _name_parent(self, element: Element) -> None:
        """Let `<artifactId>junit</artifactId>` name the element around it."""
        parent = self._open[-1] if self._open else None
        if parent is None or parent.name or element.tag not in _XML_NAME_CHILDREN:
            return
        if element.tag == "groupId" or element.depth <= 2:
            return
        text_end = self._data.find(b"<", element.open_end, element.open_end + 2 * MAX_NAME_CHARS)
        text = self._data[element.open_end : max(text_end, element.open_end)].decode("utf-8", "replace")
        parent.name = one_line(text, MAX_NAME_CHARS)

    def _mark(self, element: Element) -> Mark:
        signature = self._data[element.start : min(element.open_end, element.start + MAX_ATTRIBUTE_BYTES)]
        text = one_line(signature.decode("utf-8", "replace"))
        is_path = self._dialect == "xml" and element.name
        return Mark(
            kind=Kind.SECTION if element.level else Kind.ELEMENT,
            name=one_line(element.name or element.tag, MAX_NAME_CHARS),
            scope=element.tag if is_path else "",
            start=element.start,
            end=element.end,
            name_start=element.start,
            name_end=min(element.open_end, element.start + MAX_NAME_CHARS),
            signature=f"<{element.tag}>{element.name}" if element.level else text,
        )


def _without_inner_of_small(elements: Sequence[Element]) -> list[Element]:
    """Elements in order of start, those inside a small one left out."""
    kept: list[Element] = []
    small_end = 0
    for element in sorted(elements, key=lambda item: (item.start, -item.end)):
        if element.start < small_end:
            continue
        kept.append(element)
        if element.end - element.start < MIN_INNER_BYTES:
            small_end = element.end
    return kept
