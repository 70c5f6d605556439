"""Secrets are covered, ordinary source is not. The secrets here are put together at run time: the file holds none."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.text.secrets import mask_secrets

REPOSITORY = Path(__file__).parents[2]
ALPHANUMERIC = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW2xY4z"
HEX = hashlib.sha256(b"nothing").hexdigest()
BASE64 = base64.b64encode(hashlib.sha512(b"nothing").digest()).decode()
UPPER = "ABCDEF234567GHIJKLMN"

TOKENS = {
    "aws": "AKIA" + UPPER[:16],
    "github": "ghp" + "_" + ALPHANUMERIC[:36],
    "github fine-grained": "github" + "_pat_" + ALPHANUMERIC[:22] + "_" + ALPHANUMERIC[:59],
    "gitlab": "glpat" + "-" + ALPHANUMERIC[:20],
    "slack": "xoxb" + "-123456789012-" + ALPHANUMERIC[:24],
    "stripe": "sk" + "_live_" + ALPHANUMERIC[:24],
    "openai": "sk-" + "proj-" + ALPHANUMERIC[:48],
    "openai old": "sk-" + ALPHANUMERIC[:48],
    "anthropic": "sk-" + "ant-api03-" + ALPHANUMERIC[:60],
    "npm": "npm" + "_" + ALPHANUMERIC[:36],
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + ALPHANUMERIC[:60],
    "sendgrid": "SG" + "." + ALPHANUMERIC[:22] + "." + ALPHANUMERIC[:43],
    "twilio": "SK" + HEX[:32],
    "google": "AIza" + ALPHANUMERIC[:35],
    "hugging face": "hf" + "_" + ALPHANUMERIC[:34],
    "digitalocean": "dop" + "_v1_" + HEX,
    "jwt": "eyJ" + ALPHANUMERIC[:20] + ".eyJ" + ALPHANUMERIC[:30] + "." + ALPHANUMERIC[:43],
}

ASSIGNMENTS = {
    "python": 'password = "{}"',
    "json": '"api_key": "{}",',
    "yaml": "  client_secret: {}",
    "environment": "export AUTH_TOKEN={}",
    "typescript": "const accessKey: string = '{}';",
    "go": 'dbPassword := "{}"',
    "ruby": ":secret => '{}'",
    "ini": "aws_secret_access_key = {}",
    "header": '"Authorization: Bearer {}"',
    "annotated": 'api_token: str = "{}"',
}

HARMLESS = [
    'password = os.environ["DATABASE_PASSWORD_2"]',
    'password = get_password("main-db-01")',
    'password = "password"',
    'password = "correct horse battery staple"',
    'password_hash = "5f4dcc3b5aa765d61d8327deb882cf99"',
    'token_url = "https://auth2.example.org/oauth2/token"',
    'token = "identifier_or_keyword"',
    'API_KEY = "your-api-key-here-123"',
    'api_key: "<YOUR_API_KEY_1>"',
    'api_key = "${API_KEY_1234}"',
    "token = tokenize.TokenInfo2(first, second)",
    "secret: { type: 'string', minLength: 12 }",
    'tokenizer = "8f2a9b3c4d5e6f708192a3b4c5d6e7f8"',
    "postgres://user:password@localhost/db",
    "https://${USER}:${PASSWORD}@host/",
    'access_token = "xxxxxxxxxxxxxxxxxxxx1"',
    'key = "a1b2c3d4e5f6a7b8c9d0"',
    'private_key_path = "/etc/ssl/private/server1.key"',
    'header = "-----BEGIN PRIVATE KEY-----"',
    "sha256 = '" + HEX + "'",
    "integrity: sha512-" + BASE64,
    "Token.Prompt: '#ansi21brightblue'",
    'token = "hf_jwt_1a2b3c4d…"',
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:MyDatabaseSecret-a1b2c3",
    '"AWS::IAM::AccessKey": "62d91b17309e76c8"',
]


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
def test_token_of_a_known_format_is_covered(token: str) -> None:
    masked = mask_secrets(f"x = call('{token}')\n".encode())

    assert masked.data == b"x = call('" + b"*" * len(token) + b"')\n"
    assert masked.n_secrets == 1


@pytest.mark.parametrize("template", ASSIGNMENTS.values(), ids=ASSIGNMENTS.keys())
def test_value_that_looks_like_a_secret_is_covered(template: str) -> None:
    masked = mask_secrets(template.format(ALPHANUMERIC[:30]).encode())

    assert masked.data == template.format("*" * 30).encode()


def test_short_password_of_mixed_characters_is_covered() -> None:
    password = "Tr0ub4" + "dor&3x"

    masked = mask_secrets(f'password = "{password}"'.encode())

    assert masked.data == b'password = "************"'


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_source_stays(line: str) -> None:
    masked = mask_secrets(line.encode())

    assert masked.data == line.encode()


def test_private_key_is_covered_line_by_line() -> None:
    kind = "RSA PRIVATE" + " KEY"
    lines = [BASE64[:64], BASE64[:64], BASE64[:20]]
    text = "\r\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", "after"])

    masked = mask_secrets(text.encode())

    stars = ["*" * len(line) for line in lines]
    expected = "\r\n".join([f"-----BEGIN {kind}-----", *stars, f"-----END {kind}-----", "after"])
    assert masked.data == expected.encode()
    assert masked.n_secrets == 1


def test_private_key_in_a_string_literal_is_covered() -> None:
    kind = "PRIVATE" + " KEY"
    text = f'key = "-----BEGIN {kind}-----\\n{BASE64[:60]}\\n-----END {kind}-----\\n"'

    masked = mask_secrets(text.encode())

    assert BASE64[:16].encode() not in masked.data
    assert masked.data.endswith(f'-----END {kind}-----\\n"'.encode())


def test_private_key_without_its_end_is_covered() -> None:
    text = "-----BEGIN PRIVATE" + f" KEY-----\n{BASE64[:64]}\n{BASE64[:64]}\n"

    masked = mask_secrets(text.encode())

    assert BASE64[:16].encode() not in masked.data


def test_only_the_password_of_an_address_is_covered() -> None:
    address = "postgres://admin:" + "hunter2" + "@db.internal:5432/app"

    masked = mask_secrets(address.encode())

    assert masked.data == b"postgres://admin:*******@db.internal:5432/app"


def test_secret_found_in_two_ways_counts_once() -> None:
    masked = mask_secrets(f'token = "{TOKENS["github"]}"'.encode())

    assert masked.n_secrets == 1


@given(st.binary(max_size=300))
def test_any_bytes_keep_their_length_and_line_ends(data: bytes) -> None:
    masked = mask_secrets(data)

    assert len(masked.data) == len(data)
    assert masked.data.count(b"\n") == data.count(b"\n")


def test_own_sources_hold_no_secret() -> None:
    sources = sorted((REPOSITORY / "server" / "whence").rglob("*.py"))

    covered = [path.name for path in sources if mask_secrets(path.read_bytes()).n_secrets]

    assert covered == []
