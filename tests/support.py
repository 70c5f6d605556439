"""Small things the suites share: a workspace to search, git, and what a command printed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as one JSON value."""
        return json.loads(self.out)

    @property
    def places(self) -> list[str]:
        """The hits of a JSON answer as path:line."""
        return [f"{hit['path']}:{hit['start_line']}" for hit in self.json["hits"]]

    @property
    def paths(self) -> list[str]:
        """The paths of a JSON answer's hits, in order."""
        return [hit["path"] for hit in self.json["hits"]]


Whence = Callable[..., Ran]
"""Runs a `whence` command in this process."""


STATIC = Path(__file__).parents[1] / "models" / "whence-static"
"""Stands in for the tiny model, whose own vectors are random."""

SHOP = {
    "shop/session.py": '''\
"""Sessions of signed-in customers."""


class Session:
    """One customer's visit."""

    def expire(self, now):
        """Forget the customer when the time is over."""
        if now > self.deadline:
            self.customer = None


def validate_jwt_token(token, key):
    """Check a token's signature and give its claims."""
    header, body, signature = token.split(".")
    if sign(header + body, key) != signature:
        raise PermissionError("bad signature")
    return decode(body)
''',
    "shop/prices.js": """\
// Sum of the basket, with the discount taken off.
export function basketTotal(items, discount) {
  const sum = items.reduce((total, item) => total + item.price * item.count, 0);
  return sum * (1 - discount);
}
""",
    "tests/test_session.py": """\
from shop.session import Session


def test_session_expires():
    session = Session()
    session.expire(now=10)
    assert session.customer is None
""",
    "README.md": "# Shop\n\nA small shop.\n\n## Payment\n\nCards are charged when the parcel leaves the house.\n",
}


def write_tree(root: Path, files: dict[str, str]) -> Path:
    """Write text files under a root; give the root."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder with an own identity."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout
