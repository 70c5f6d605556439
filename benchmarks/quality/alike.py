"""How many "alike" claims are noise: `python -m benchmarks.quality.alike [draw --repo OWNER/NAME …]`.

`draw` writes a hundred claims a lens would count, by a seeded choice, into inspected/. Somebody reads both places of
each and writes down `alike` and `why`. Without `draw`: the share of inspected claims that are right. References only,
nothing of the code is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import attrs

from benchmarks.corpora import Corpus
from benchmarks.measure import Row
from benchmarks.quality.scoring import figure
from benchmarks.quality.suites import OWN, Sources, json_lines
from whence.app import LocalServices
from whence.engine.workspace import Workspace
from whence.lsp.lenses import COUNTED
from whence.lsp.surfaces import definitions

INSPECTED = Path(__file__).parent / "inspected"

N_CLAIMS = 100

N_ASKED = 400
"""Definitions whose claims are drawn from: many more than claims, so that none weighs much."""

BANDS = (1.01, 0.9, 0.8, 0.7, 0.6)
"""Cosines between which precision is told apart."""


@attrs.frozen
class Claim:
    """Two definitions said to be alike, and what a person says to it."""

    one: str
    """`path:line`, as `other`."""
    other: str
    similarity: float
    alike: bool | None = None
    why: str = ""


def main() -> None:
    """Draw claims, or say what the inspected ones say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    draw = commands.add_parser("draw", help="write claims for inspection")
    draw.add_argument("--repo", default="celery/celery", help="one of those in queries/")
    draw.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    draw.add_argument("--work", type=Path, help="where the work tree and the index go")
    arguments = parser.parse_args()
    if arguments.command == "draw":
        _draw(arguments.repo, arguments.corpora, arguments.work)
    else:
        for row in precision():
            print(f"{row.what}: {row.measured}")


def precision(folder: Path = INSPECTED) -> Iterator[Row]:
    """The share of inspected claims that are right, in all and by how alike the two are said to be."""
    for path in sorted(folder.glob("*.jsonl")):
        claims = [claim for claim in read_claims(path) if claim.alike is not None]
        repo = path.stem.replace("+", "/", 1)
        yield Row(f"alike claims, {repo}, precision", _share(claims))
        for high, low in pairwise(BANDS):
            band = [claim for claim in claims if low <= claim.similarity < high]
            if band:
                yield Row(f"alike claims, {repo}, cosine {low} to {min(high, 1.0)}", _share(band))


def read_claims(path: Path) -> list[Claim]:
    """The claims of a list, in order."""
    return [
        Claim(one["one"], one["other"], one["similarity"], one.get("alike"), one.get("why", ""))
        for one in json_lines(path.read_bytes())
    ]


def claims_of(workspace: Workspace) -> list[list[Claim]]:
    """Of each of N_ASKED definitions by a seeded choice, what a lens above it would count."""
    places = [(path, chunk) for path in sorted(workspace.paths()) for chunk in definitions(workspace.chunks(path))]
    chance = random.Random(0)
    claims = []
    for path, chunk in chance.sample(places, min(N_ASKED, len(places))):
        result = workspace.similar_if_known(path, chunk, COUNTED)
        hits = [*result.copies, *result.hits][:COUNTED] if result else []
        claims.append(
            [
                Claim(f"{path}:{chunk.span.start_line}", f"{hit.path}:{hit.span.start_line}", round(hit.score, 4))
                for hit in hits
            ]
        )
    return claims


def _draw(repo: str, corpora: Path | None, work: Path | None) -> None:
    owner, name = repo.split("/")
    path = INSPECTED / f"{owner}+{name}.jsonl"
    if path.exists():
        sys.exit(f"{path} is there; remove it to draw anew")
    first = next(json_lines((OWN / path.name).read_bytes()))
    work = (work or Path(tempfile.mkdtemp(prefix="whence-quality-"))).resolve()
    os.environ["WHENCE_HOME"] = str(work / "home")
    workspace = LocalServices().open(Sources(None, corpora, work).tree(Corpus(owner, name, first["commit"])))
    workspace.refresh()
    by_definition = claims_of(workspace)
    workspace.close()
    claims = [claim for claims in by_definition for claim in claims]
    chosen = random.Random(0).sample(claims, min(N_CLAIMS, len(claims)))
    n_full = sum(len(claims) == COUNTED for claims in by_definition)
    print(f"{len(by_definition)} definitions, {len(claims)} claims; {n_full} have {COUNTED} or more", file=sys.stderr)
    INSPECTED.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for claim in sorted(chosen, key=lambda claim: (claim.one, claim.other)):
            told = {"repo": repo, "commit": first["commit"], **attrs.asdict(claim)}
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _share(claims: Sequence[Claim]) -> str:
    return f"n {len(claims)}: {figure([float(claim.alike is True) for claim in claims])}"


if __name__ == "__main__":
    main()
