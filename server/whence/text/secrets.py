"""Finds secrets in text and covers them with '*' of the same length. Pure; knows nothing of files or languages.

Three kinds are found: keys and tokens whose format tells their issuer, blocks and addresses that carry a key or
password by their syntax, and values given to something called a password, secret, token or key when they look like one.
The last kind is the one that can be wrong, so it asks for much: what may be a word, a name, a path, a placeholder or a
piece of code stays.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import attrs

from whence.domain import Masked

SECRETS_VERSION = 1
"""Part of an index's format: files read with other patterns are read again. Raised with new patterns. 1: first."""


@attrs.frozen
class _Format:
    """A format of secret. `trigger` is in every one of them: looking for it is a hundred times faster than matching.

    Group 1 is the secret where the expression has one, else all of it.
    """

    trigger: bytes
    regex: re.Pattern[bytes]


def _token(trigger: bytes, rest: bytes) -> _Format:
    """A token that begins with `trigger`, standing free of other word characters."""
    return _Format(trigger, re.compile(rb"(?<![A-Za-z0-9_])" + re.escape(trigger) + rest + rb"(?![A-Za-z0-9_])"))


_FORMATS = (
    # As the issuers document them, or as their secret scanning partners do.
    _token(b"AKIA", rb"[A-Z2-7]{12}[A-Z0-9]{4}"),  # AWS access keys; their secret halves are found as assignments
    _token(b"ASIA", rb"[A-Z2-7]{12}[A-Z0-9]{4}"),
    *(_token(b"gh%c_" % kind, rb"[A-Za-z0-9]{36,255}") for kind in b"pousr"),  # GitHub
    _token(b"github_pat_", rb"[A-Za-z0-9_]{22,255}"),
    *(
        _token(kind, rb"[\w-]{20,64}(?:\.[\w.-]{2,64})?")
        for kind in (b"glpat-", b"gldt-", b"glrt-", b"glptt-", b"glft-")
    ),
    *(_token(b"xox%c-" % kind, rb"(?=[\w-]*\d)[\w-]{20,255}") for kind in b"abeprs"),  # Slack
    _token(b"xapp-", rb"\d-[\w-]{20,255}"),
    _Format(b"hooks.slack.com", re.compile(rb"hooks\.slack\.com/services/(T\w{6,}/B\w{6,}/\w{16,})")),
    *(_token(kind, rb"[A-Za-z0-9]{16,255}") for kind in (b"sk_live_", b"sk_test_", b"rk_live_", b"rk_test_")),  # Stripe
    _token(b"whsec_", rb"[A-Za-z0-9+/]{24,}={0,2}"),
    _token(b"sk-ant-", rb"[\w-]{20,255}"),  # Anthropic
    *(_token(kind, rb"[\w-]{20,255}") for kind in (b"sk-proj-", b"sk-svcacct-", b"sk-admin-", b"sk-or-v1-")),  # OpenAI
    _token(b"sk-", rb"(?=[A-Za-z]*\d)[A-Za-z0-9]{32,64}"),
    _token(b"npm_", rb"[A-Za-z0-9]{36}"),
    _token(b"pypi-AgE", rb"[\w-]{50,}"),
    _token(b"SG.", rb"[\w-]{16,32}\.[\w-]{32,64}"),  # SendGrid
    _Format(b"SK", re.compile(rb"(?<![A-Za-z0-9_])SK[0-9a-f]{32}(?![A-Za-z0-9_])")),  # Twilio
    _token(b"AIza", rb"[\w-]{35}"),  # Google
    _token(b"ya29.", rb"[\w-]{30,}"),
    _token(b"GOCSPX-", rb"[\w-]{24,}"),
    _Format(b"AccountKey=", re.compile(rb"AccountKey=([A-Za-z0-9+/]{40,88}={0,2})")),  # Azure
    _Format(b"SharedAccessKey=", re.compile(rb"SharedAccessKey=([A-Za-z0-9+/]{40,88}={0,2})")),
    _Format(b"sig=", re.compile(rb"[?&]sig=([A-Za-z0-9%+/]{40,80}={0,2})")),
    _Format(b"8Q~", re.compile(rb"(?<![\w.~-])[\w.~-]{3}8Q~[\w.~-]{31,34}(?![\w.~-])")),  # Entra client secret
    _token(b"hf_", rb"[A-Za-z0-9]{30,40}"),  # Hugging Face
    *(_token(kind, rb"[0-9a-f]{64}") for kind in (b"dop_v1_", b"doo_v1_", b"dor_v1_")),  # DigitalOcean
    _token(b"dapi", rb"[0-9a-f]{32}(?:-\d)?"),  # Databricks
    *(_token(kind, rb"[0-9a-fA-F]{32}") for kind in (b"shpat_", b"shpca_", b"shppa_", b"shpss_")),  # Shopify
    _Format(b":AA", re.compile(rb"(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])")),  # Telegram
    _Format(b"/webhooks/", re.compile(rb"discord(?:app)?\.com/api/webhooks/\d{17,20}/([\w-]{60,80})")),
    _Format(b"key-", re.compile(rb"(?<![\w-])key-[0-9a-f]{32}(?![\w-])")),  # Mailgun
    _Format(b"-us", re.compile(rb"(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)")),  # Mailchimp
    *(_token(kind, rb"[\w-]{24,255}") for kind in (b"hvs.", b"hvb.")),  # HashiCorp Vault
    _Format(b".atlasv1.", re.compile(rb"(?<!\w)[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}")),
    _token(b"AGE-SECRET-KEY-1", rb"[0-9A-Z]{58}"),
    _token(b"PMAK-", rb"[0-9a-f]{24}-[0-9a-f]{34}"),
    _token(b"NRAK-", rb"[A-Z0-9]{27}"),
    _token(b"glsa_", rb"[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    _token(b"sntrys_", rb"[\w+/=-]{40,}"),
    _token(b"ATATT3", rb"[\w=-]{100,}"),
    *(
        _token(kind, rb"[A-Za-z0-9]{32,64}")
        for kind in (b"lin_api_", b"gsk_", b"r8_", b"xai-", b"pscale_tkn_", b"dckr_pat_")
    ),
    _token(b"eyJ", rb"[\w-]{13,}\.eyJ[\w-]{10,}\.[\w-]{16,}"),  # JSON web token
)

_RUN_BYTES = 16
"""Every format has this many letters, digits and `_-~+` in a row; nearly all sources have few such runs that could be
one, so formats are looked for around those only."""

_IN_RUN = bytes(65 if bytes([byte]).isalnum() or byte in b"_-~+" else 32 for byte in range(256))
_RUN = b"A" * _RUN_BYTES
_LONG_RUN_BYTES = 30
"""Shorter runs must hold a digit or be all upper case, which identifiers seldom are."""

_DIGIT = re.compile(rb"\d")
_AROUND_BYTES = 80
"""How far from its run the trigger of a format stands at most."""

_BEFORE_BYTES = 32

_PEM_TRIGGER = b"PRIVATE KEY"
_PEM = re.compile(
    rb"-----BEGIN (?P<kind>[A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?)-----"
    rb"(?:(?P<body>[^-]{40,20000}?(?:-[^-]{1,200}){0,9}?)-----END (?P=kind)-----"
    rb"|(?P<torn>(?:\s*[A-Za-z0-9+/=]{16,}){1,400}))"
)
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]{16}")

_ADDRESS = re.compile(rb"""://[^\s:/?#@"'<>\\`]{0,64}:([^\s/@"'<>\\`]{3,128})@(?=[\w\[.-])""")

_BEARER_TRIGGERS = (b"bearer ", b"basic ")
_BEARER = re.compile(rb"(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{20,}={0,2})", re.IGNORECASE)

_KEYWORDS = (
    b"password",
    b"passwd",
    b"passphrase",
    b"dbpass",
    b"db_pass",
    b"pwd",
    b"secret",
    b"token",
    b"credential",
    b"key",
)
"""In lower case. What is called by one of these and given a value that looks like a secret has it covered."""

_KEY_OWNERS = re.compile(rb"(?:api|access|auth|private|encryption|signing|account|master)[_-]?$")
"""What stands before `key` when it is not that of a dictionary."""

_NOT_SECRET_BEFORE = re.compile(
    rb"(?:::\w*|\w:|public(?:[_-]?key)?|csrf|xsrf|next|page|pagination|continuation|change|request|sync)[_-]?$",
    re.IGNORECASE,
)
"""A type (`AWS::IAM::AccessKey`), something public, a page (`nextToken`), a name (`arn:…:secret:x`)."""

_ASSIGNMENT = re.compile(
    rb"""
    (?P<rest>[\w.-]{0,30}) ["'`]? \]? \s{0,3}
    (?::\s{0,3}(?:\&?'?static\s+)?\&?(?:str|string|String|Final|Optional\[str\]|Final\[str\])\??\s{0,3})?   # a type
    (?: := | => | = | : ) \s{0,3}
    (?: [rbuRBU@$]{0,2} (?P<quote>["'`]) (?P<quoted>[^"'`\\\s]{8,200}) (?P=quote)
      | (?P<bare>[A-Za-z0-9+/_=.~!@\#%^*-]{16,200}) (?=$|[\s,;"'\\&<}\]]) )
    """,
    re.VERBOSE | re.MULTILINE,
)

_HARMLESS_REST = re.compile(
    rb".*(?:hash|hashed|digest|checksum|ids?|names?|ur[il]s?|endpoint|host|file|path|dir|folder|type|kind|field|label|title|text"
    rb"|prefix|suffix|regex|re|pattern|len|length|size|count|limit|header|param|env|var|format|class|version|index|expiry|ttl"
    rb"|placeholder|hint|message|error|help|description|policy|algorithm|alg|scope|scopes|at|ref|arn|selector|test)",
    re.IGNORECASE,
)
"""`password_hash`, `token_url`, `secret_name`: about a secret, not one."""

_PLACEHOLDER = re.compile(
    rb"(?:.*(?:example|placeholder|change[-_]?me|your[-_]|[-_]here$|dummy|fake|sample|redacted|xxxx|\.\.\.|\*\*\*|12345|abcde"
    rb"|test[-_]|[-_]test|insecure|todo|foobar|secret[-_]?key|p[a4@]ssw[o0]rd\d?$|my[-_]|some[-_]))",
    re.IGNORECASE,
)
_MAX_PLACEHOLDER_BYTES = 32
"""A longer value with `example` in it by chance is a secret all the same."""

_CODE = re.compile(
    rb"aws4_request|^_?[A-Za-z]\w*(?:\.[A-Za-z_]\w*)+$|[(){}<>\[\]|]|\$\w|%[sd(]|::|->|://"
    rb"|^#\w+$|\.\.\.|\xe2\x80\xa6|^\W*[$%@&]\w+\W*$"
)
"""Calls, templates, lookups, addresses, colours, and what is cut short by dots."""

_WORDS = re.compile(
    rb"(?:[A-Za-z]+\d{0,2}|\d{1,4}|[A-Za-z]\d[A-Za-z]+)(?:[-_./:,@+=~ #!%^*]+(?:[A-Za-z]+\d{0,2}|\d{1,4}|\b))*"
)
"""Names, paths, versions and dates: words and short numbers."""

_COMMON_PASSWORDS = frozenset(
    {
        b"password",
        b"passwd",
        b"pass",
        b"pwd",
        b"secret",
        b"user",
        b"username",
        b"token",
        b"admin",
        b"root",
        b"test",
        b"foo",
    }
    | {
        b"bar",
        b"xxx",
        b"xxxx",
        b"changeme",
        b"example",
        b"guest",
        b"postgres",
        b"mysql",
        b"pw",
        b"pswd",
        b"passw0rd",
        b"key",
    }
)
"""Found in addresses of examples and of databases on a developer's own machine: hiding them would hide nothing."""

_MIN_BITS_PER_BYTE = 2.9
"""Shannon entropy of a quoted value: eight different characters have 3.0, English words about 2.8."""

_MIN_BARE_BITS_PER_BYTE = 3.3
_MIN_BARE_DIGITS = 2


def mask_secrets(data: bytes) -> Masked:
    """Replace each secret in UTF-8 text by '*' of the same byte length; line ends inside one stay."""
    spans = _merge(sorted(_find(data)))
    if not spans:
        return Masked(data, 0)
    masked = bytearray(data)
    for start, end in spans:
        masked[start:end] = re.sub(rb"[^\r\n]", b"*", data[start:end])
    return Masked(bytes(masked), len(spans))


def _find(data: bytes) -> Iterator[tuple[int, int]]:
    lowered = data.lower()
    yield from _find_formats(data)
    yield from _find_private_keys(data)
    yield from _find_addresses(data)
    yield from _find_bearers(data, lowered)
    for keyword in _KEYWORDS:
        yield from _find_assignments(data, lowered, keyword)


def _find_formats(data: bytes) -> Iterator[tuple[int, int]]:
    suspects = _around_runs(data)
    for known in _FORMATS:
        if known.trigger in suspects:
            for match in known.regex.finditer(data):
                yield match.span(1 if known.regex.groups else 0)


def _around_runs(data: bytes) -> bytes:
    """The parts of `data` that may hold a token, in order; they overlap where runs stand close."""
    shape = data.translate(_IN_RUN)
    parts = []
    at = shape.find(_RUN)
    while at >= 0:
        end = shape.find(b" ", at)
        end = len(data) if end < 0 else end
        if end - at >= _LONG_RUN_BYTES or _DIGIT.search(data, at, end) or data[at:end].isupper():
            parts.append(data[max(0, at - _AROUND_BYTES) : end + _AROUND_BYTES])
        at = shape.find(_RUN, end)
    return b"\n".join(parts)


def _find_private_keys(data: bytes) -> Iterator[tuple[int, int]]:
    if _PEM_TRIGGER not in data:
        return
    for match in _PEM.finditer(data):
        group = "body" if match["body"] is not None else "torn"
        if _BASE64_RUN.search(match[group]):
            yield match.span(group)


def _find_addresses(data: bytes) -> Iterator[tuple[int, int]]:
    for match in _ADDRESS.finditer(data):
        if _is_password(match[1]):
            yield match.span(1)


def _find_bearers(data: bytes, lowered: bytes) -> Iterator[tuple[int, int]]:
    if not any(trigger in lowered for trigger in _BEARER_TRIGGERS):
        return
    for match in _BEARER.finditer(data):
        if _is_random(match[1], _MIN_BARE_BITS_PER_BYTE):
            yield match.span(1)


def _find_assignments(data: bytes, lowered: bytes, keyword: bytes) -> Iterator[tuple[int, int]]:
    at = lowered.find(keyword)
    while at >= 0:
        end = at + len(keyword)
        match = _ASSIGNMENT.match(data, end)
        is_named_so = match and _is_whole_word(data, end) and not _HARMLESS_REST.fullmatch(match["rest"])
        if match and is_named_so and _is_secret_name(data, lowered, at, keyword):
            group = "quoted" if match["quoted"] is not None else "bare"
            if _is_secret(match[group], is_quoted=group == "quoted"):
                yield match.span(group)
        at = lowered.find(keyword, end)


def _is_secret_name(data: bytes, lowered: bytes, at: int, keyword: bytes) -> bool:
    """Judge by what stands before the keyword at `at`."""
    before = slice(max(0, at - _BEFORE_BYTES), at)
    if keyword == b"key" and not _KEY_OWNERS.search(lowered[before]):
        return False
    return not _NOT_SECRET_BEFORE.search(data[before])


def _is_whole_word(data: bytes, end: int) -> bool:
    """False for `tokenizer`, `SECRETARY`: the keyword goes on in the same case. `tokens`, `tokenValue` are fine."""
    if data[end : end + 1] in (b"s", b"S"):
        end += 1
    last, following = data[end - 1 : end], data[end : end + 1]
    return not ((last.islower() and following.islower()) or (last.isupper() and following.isupper()))


def _is_secret(value: bytes, is_quoted: bool) -> bool:
    if len(value) <= _MAX_PLACEHOLDER_BYTES and _PLACEHOLDER.match(value):
        return False
    if is_quoted:
        return _is_random(value, _MIN_BITS_PER_BYTE)
    n_digits = sum(48 <= byte <= 57 for byte in value)
    return n_digits >= _MIN_BARE_DIGITS and _is_random(value, _MIN_BARE_BITS_PER_BYTE)


def _is_random(value: bytes, min_bits: float) -> bool:
    """True for what no person would write as a name, a path, a number or code."""
    has_letter = any(byte in value.lower() for byte in b"abcdefghijklmnopqrstuvwxyz")
    has_other = re.search(rb"[^A-Za-z_./ :-]", value) is not None
    if not (has_letter and has_other) or _CODE.search(value) or _WORDS.fullmatch(value):
        return False
    return _bits_per_byte(value) >= min_bits


def _is_password(value: bytes) -> bool:
    """True for a password in an address that is neither a placeholder nor filled in at run time."""
    is_filled_in = re.search(rb"[${}()\[\]|]|%[sd(]|\*\*|\.\.\.", value) is not None
    is_port_like = re.match(rb"\d{1,5}(?:,|$)", value) is not None
    return not (is_filled_in or is_port_like or value.lower() in _COMMON_PASSWORDS)


def _bits_per_byte(value: bytes) -> float:
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap; `spans` are sorted."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
