import subprocess
from pathlib import Path

import attrs

from training.corpus import Definition, Repository
from training.mine import mine, sketch

LONG = " ".join(f"word{chr(97 + idx % 26)}{chr(97 + idx // 26)}" for idx in range(120))


def define(
    symbol: str, *, doc: str = "", path: str = "pool.py", calls: tuple[str, ...] = (), is_test: bool = False
) -> Definition:
    passage = f"function {symbol}\ndef {symbol}(pool):\nfor one in pool:\nrelease(one)"
    return Definition(path, symbol, "function", "python", 1, 4, doc, passage, calls, is_test)


def commit(root: Path, message: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, "add", "."], check=True)
    subprocess.run(["git", "-C", root, *identity, "commit", "-qm", message], check=True)
    return subprocess.run(
        ["git", "-C", root, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


def mined(root: Path, head: str, definitions: list[Definition]) -> dict[str, list[tuple[str, str]]]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    for pair in mine(Repository("o", "n", head, "MIT", ("python",)), definitions, root / ".git"):
        pairs.setdefault(pair.origin, []).append((pair.query, pair.symbol))
    return pairs


def test_pairs_come_from_docs_names_tests_prose_and_commits(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "README.md").write_text("Call `release_all` to give every connection of a pool back at once.\n")
    body = "\n".join(f"    step_{idx}(pool)" for idx in range(12))
    (tmp_path / "pool.py").write_text(f"def release_all(pool):\n{body}\n    return 1\n")
    commit(tmp_path, "first")
    (tmp_path / "pool.py").write_text(f"def release_all(pool):\n{body}\n    return 2\n")
    head = commit(tmp_path, "Do not lose connections that are still borrowed")
    definitions = [
        define("release_all", doc="Give every connection back to where it came from."),
        define("test_release_all_twice", path="test_pool.py", calls=("release_all",), is_test=True),
    ]
    assert mined(tmp_path, head, definitions) == {
        "doc": [("Give every connection back to where it came from", "release_all")],
        "test": [("release all twice", "release_all")],
        "commit": [("Do not lose connections that are still borrowed", "release_all")],
        "prose": [("Call it to give every connection of a pool back at once", "release_all")],
        "name": [("release all", "release_all")],
    }


def test_near_duplicates_share_a_band_and_other_texts_do_not() -> None:
    changed = LONG.replace("wordba", "other")
    other = " ".join(reversed(LONG.split()))
    assert set(enumerate(sketch(LONG))) & set(enumerate(sketch(changed)))
    assert not set(enumerate(sketch(LONG))) & set(enumerate(sketch(other)))


def test_a_test_that_calls_several_things_it_names_tells_of_none(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.py").write_text("x = 1\n")
    head = commit(tmp_path, "first")
    definitions = [
        define("open_pool"),
        attrs.evolve(define("open_pool_again"), start_line=9),
        define("test_open_pool_again_later", calls=("open_pool", "open_pool_again"), is_test=True),
    ]
    assert "test" not in mined(tmp_path, head, definitions)
