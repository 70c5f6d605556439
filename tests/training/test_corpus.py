import json
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.quality.suites import OWN, TRAINED_REPOS
from training.corpus import RESERVED, definitions_of, read_manifest, read_measured
from training.sheets import LEVELS, QUESTIONS, shared_with_name
from whence.domain import FileHash, Source

PERMISSIVE = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "ISC", "MIT-CMU"}


def source_of(path: str, text: str) -> Source:
    data = text.encode()
    return Source(path, data, FileHash(""), len(data), 0)


def test_the_manifest_has_many_permissively_licensed_repositories_in_many_languages() -> None:
    manifest = read_manifest()
    assert len(manifest) >= 80
    assert len({one.full_name for one in manifest}) == len(manifest)
    assert {one.licence for one in manifest} <= PERMISSIVE
    assert len({language for one in manifest for language in one.languages}) >= 12
    assert all(re.fullmatch(r"[0-9a-f]{40}", one.commit) for one in manifest)


def test_nothing_is_trained_on_that_our_own_tune_and_test_questions_ask() -> None:
    trained = {one.full_name for one in read_manifest()}
    asked = {json.loads(path.read_text(encoding="utf-8").split("\n", 1)[0])["repo"] for path in OWN.glob("*.jsonl")}
    assert asked
    assert trained & asked == TRAINED_REPOS


def test_a_manifest_with_a_reserved_repository_is_refused(tmp_path: Path) -> None:
    reserved = next(line for line in RESERVED.read_text(encoding="utf-8").splitlines() if "/" in line)
    manifest = tmp_path / "corpus.toml"
    entry = f'[[repository]]\nrepo = "{reserved}"\ncommit = "0"\nlicence = "MIT"\nlanguages = ["go"]\n'
    manifest.write_text(entry, encoding="utf-8")
    with pytest.raises(SystemExit, match="must not be trained on"):
        read_manifest(manifest)


def test_a_definition_has_its_code_without_its_doc_comment_and_the_names_it_calls() -> None:
    code = "    for one in pool:\n        release(one)\n        count_down(one, pool, by=1)\n"
    text = f'def close_all(pool):\n    """Give every connection back."""\n{code}'
    (one,) = definitions_of(source_of("pool.py", text))
    assert (one.name, one.doc, one.start_line, one.end_line) == ("close_all", "Give every connection back.", 1, 5)
    assert "release(one)" in one.passage
    assert "Give every" not in one.passage
    assert {"release", "count_down"} <= set(one.calls)


def test_definitions_of_a_line_or_two_are_not_asked_about() -> None:
    assert not list(definitions_of(source_of("a.py", "def size(self):\n    return self.length\n")))


def test_every_question_is_a_reference_of_the_manifest_in_its_level() -> None:
    commits = {one.full_name: one.commit for one in read_manifest()}
    levels: Counter[str] = Counter()
    measured = read_measured()
    assert measured
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            assert row.keys() == {"repo", "commit", "level", "query", "gold", "hard_negative"}
            assert commits[row["repo"]] == row["commit"]
            assert row["gold"][0] != row["hard_negative"]
            assert (row["repo"], row["gold"][0]["path"], row["gold"][0]["symbol"]) not in measured
            levels[row["level"]] += 1
    assert levels.keys() == set(LEVELS)
    assert levels.total() >= 5_000


def test_words_of_the_name_and_of_the_file_are_told_by_their_stems() -> None:
    code = "    found = split(raw)\n    checked = validate(found)\n    return checked or default(raw)\n"
    text = f"def parse_headers(raw):\n{code}"
    (one,) = definitions_of(source_of("http/reader.py", text))
    assert shared_with_name("where are header fields read from the wire", one) == {"header"}
    assert shared_with_name("how is a readers' line parsed", one) == {"pars", "reader"}
    assert not shared_with_name("take apart what stands before the body", one)
