"""What of a doc comment or of a commit's subject line can be asked as a question; empty where nothing can."""

from __future__ import annotations

import re

MIN_DOC_WORDS = 4
MIN_SUBJECT_WORDS = 3
"""Fewer words say "constructor" or "fix tests": nobody could find the one place that is meant."""

MAX_CHARS = 300
"""A question longer than this is a page of documentation."""

MAX_CODE_SHARE = 0.4
"""Of its words; above it is code that was commented out, not a sentence."""

_TAG = re.compile(
    r"[@\\:](?!brief|short)\w|\.\. |>>>|```|~~~|#{1,6} |[-*+] |\|"
    r"|(?:args?|arguments|parameters|params|returns?|raises|throws|yields|examples?|usage|notes?|see also)\s*:?$",
    re.IGNORECASE,
)
"""What follows a description, in the manners of many languages: parameters, examples, headings, lists, tables."""

_BRIEF = re.compile(r"^[@\\](?:brief|short)\s+")
_LINK = re.compile(
    r"\{@\w+\s+([^{}]*)\}|\[([^\]]+)\]\([^)]*\)|\[`?([^\]`]+)`?\](?:\[[^\]]*\])?|:\w+(?::\w+)?:`~?([^`]*)`"
)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|[`*]+|\{\{|\}\}")
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)[.!?](?=\s+[^a-z\s])|[。！？]")  # noqa: RUF001 - Chinese ends
_CODE = re.compile(r"\w[_(){}=;<>\\$@|&/]|[a-z][A-Z]|^[(){}\[\]=;<>\\$@|&+*/!-]+$|::|->|=>")
_WORD = re.compile(r"[^\W\d_]{2,}")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts in which a word is two of these and no space stands between."""

_NOT_ABOUT_CODE = re.compile(
    r"copyright|licen[cs]ed?\b|spdx|todo\b|fixme|xxx\b|hack\b|deprecated|no ?lint|noqa|eslint|pylint|type:|go:|coverage"
    r"|(?:auto-?|code )?generated|see\b|\{?@?inherit|(?:end)?region\b|same as\b|like \S+[,.]|overrid"
    r"|(?:\S+ )?implements?\b.{0,60}\binterface\b",
    re.IGNORECASE,
)

_TICKET = re.compile(r"^(?:\[[^\]]{1,40}\]|:[a-z0-9_+-]+:|[^\w\s\"'`(]+|[A-Z][A-Z0-9]+-\d+:?|#\d+:?)\s*")
_CONVENTIONAL = re.compile(r"^(?P<type>[A-Za-z]+)(?:\([^)]*\))?!?:\s+")
"""https://www.conventionalcommits.org: `fix(router): …`."""

_REFERENCE = re.compile(
    r"\s*[(\[]?(?:(?:fix(?:es|ed)?|clos(?:es|ed|e)|resolv(?:es|ed|e)|refs?|see)\s*:?\s*)?(?:#|gh-|!)\d+[)\]]?[.,]?",
    re.IGNORECASE,
)
_NOT_ABOUT_A_PLACE = frozenset(
    {
        *("build", "changelog", "chore", "ci", "dep", "deps", "doc", "docs", "documentation", "format", "formatting"),
        *("i18n", "lint", "release", "style", "test", "tests", "translations", "typo", "version", "wip"),
    }
)
"""Types of conventional commits, and first words, of changes that answer no question about code."""

_ROUTINE = re.compile(
    r"(?:merge[ds]?|revert(?:s|ed)?|bump(?:s|ed)?|releas\w*|prepare\b.*\brelease|version|v?\d+\.\d+|upgrade[ds]?\b"
    r"|update[ds]? .*\bv?\d+\.\d+"
    r"|update[ds]? (?:\S+ )?(?:dep|version|changelog|readme|licen|copyright|submodule|lock|doc|authors|translation)"
    r"|(?:re-?)?format\w*|(?:re-?)?indent|lint\w*|prettier|gofmt|rustfmt|clang-format|black|isort|white ?space|typos?"
    r"|fix\w* (?:\S+ ){0,2}(?:typos?|lint\w*|formatting|white ?space|indentation|spelling|tests?|build|ci|docs?)\b"
    r"|(?:fixup|squash|amend)!|wip|initial (?:commit|import)|clean ?up|address\b.*\b(?:review|comment|feedback)"
    r"|add\w* (?:\S+ ){0,3}(?:tests?|docs?|documentation|comments?|changelog)\b|minor\b|misc\b|polish|tweak|nit\b)",
    re.IGNORECASE,
)


def doc_question(doc: str, name: str) -> str:
    """The first sentence of a doc comment as plain text, without the definition's own name before it."""
    paragraph = _first_paragraph(doc)
    if _NOT_ABOUT_CODE.match(paragraph):
        return ""
    text = _LINK.sub(lambda match: next(filter(None, match.groups()), ""), paragraph)
    text = _first_sentence(" ".join(_MARKUP.sub("", text).split()))
    without_name = re.sub(rf"^(?:(?i:an?|the)\s+)?{re.escape(name)}(?:\(\))?(?!\w)[\s:,-]*", "", text) if name else text
    return _if_it_says_enough(without_name, MIN_DOC_WORDS)


def commit_question(subject: str) -> str:
    """A commit's subject line without its type, tickets and numbers; empty for routine and for what is not code."""
    text = subject.strip()
    while ticket := _TICKET.match(text):
        text = text[ticket.end() :]
    conventional = _CONVENTIONAL.match(text)
    if conventional:
        text = text[conventional.end() :]
        if conventional["type"].lower() in _NOT_ABOUT_A_PLACE:
            return ""
    text = " ".join(_REFERENCE.sub("", text).split())
    first = text.split(" ", 1)[0].rstrip(":,").lower()
    if first in _NOT_ABOUT_A_PLACE or _ROUTINE.match(text):
        return ""
    return _if_it_says_enough(text, MIN_SUBJECT_WORDS)


def _first_paragraph(doc: str) -> str:
    lines: list[str] = []
    for line in doc.splitlines():
        text = _BRIEF.sub("", line.strip())
        is_blank = not any(map(str.isalnum, text))
        if (is_blank and lines) or _TAG.match(text):
            break
        if not is_blank:
            lines.append(text)
    return " ".join(lines)


def _first_sentence(text: str) -> str:
    end = _SENTENCE_END.search(text)
    return text[: end.end()] if end else text


def _if_it_says_enough(text: str, min_words: int) -> str:
    text = text.rstrip(' .:;,。"').strip()
    n_words = len(_WORD.findall(text)) + len(_WIDE.findall(text)) // 2
    tokens = text.split()
    is_code = sum(map(bool, map(_CODE.search, tokens))) > MAX_CODE_SHARE * len(tokens)
    return "" if n_words < min_words or is_code or len(text) > MAX_CHARS else text
