"""Commits and contents as git remembers them."""

from __future__ import annotations

from pathlib import Path

from tests.support import git, write_tree
from whence.files.history import GitHistory


def commit(root: Path, subject: str, files: dict[str, str]) -> None:
    write_tree(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", subject)


def repository(root: Path) -> Path:
    root.mkdir()
    git(root, "init", "-q")
    commit(root, "Begin", {"a.py": "one\n", "sub/b.py": "b\n"})
    return root


def test_commit_names_its_files_with_what_they_held(tmp_path: Path) -> None:
    root = repository(tmp_path / "r")
    commit(root, "Count säcke\n\nBody.", {"a.py": "two\n", "sub/naïve file.py": "new\n"})

    history = GitHistory(str(root))
    [found] = history.commits(10)

    assert found.subject == "Count säcke"
    assert [(change.path, change.before is None) for change in found.changes] == [
        ("a.py", False),
        ("sub/naïve file.py", True),
    ]
    changed = found.changes[0]
    assert changed.before and changed.after
    contents = history.contents([changed.before, changed.after, "0" * 39 + "1"])
    assert contents == {changed.before: b"one\n", changed.after: b"two\n"}


def test_folder_in_a_work_tree_sees_its_own_commits_with_its_own_paths(tmp_path: Path) -> None:
    root = repository(tmp_path / "r")
    commit(root, "Outside", {"a.py": "two\n"})
    commit(root, "Inside", {"sub/b.py": "c\n"})

    [found] = GitHistory(str(root / "sub")).commits(10)

    assert (found.subject, [change.path for change in found.changes]) == ("Inside", ["b.py"])


def test_newest_come_first_and_merges_are_left_out(tmp_path: Path) -> None:
    root = repository(tmp_path / "r")
    git(root, "checkout", "-q", "-b", "side")
    commit(root, "Side", {"sub/b.py": "c\n"})
    git(root, "checkout", "-q", "-")
    commit(root, "Main", {"a.py": "two\n"})
    git(root, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    commit(root, "Last", {"a.py": "three\n"})

    history = GitHistory(str(root))

    assert {one.subject for one in history.commits(10)} == {"Last", "Main", "Side"}
    assert [one.subject for one in history.commits(1)] == ["Last"]


def test_folder_without_history_has_no_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    (tmp_path / "plain").mkdir()

    for root in (tmp_path / "empty", tmp_path / "plain"):
        assert list(GitHistory(str(root)).commits(10)) == []
        assert GitHistory(str(root)).contents(["0" * 40]) == {}


def test_reading_history_starts_no_program_of_the_repository(tmp_path: Path) -> None:
    root = repository(tmp_path / "r")
    commit(root, "Second", {"a.py": "two\n", ".gitattributes": "*.py diff=evil\n"})
    ran = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{ran}'\n", encoding="utf-8")
    script.chmod(0o755)
    for name in ("diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor", "gpg.program"):
        git(root, "config", name, str(script))
    git(root, "config", "log.showSignature", "true")

    assert len(GitHistory(str(root)).commits(10)) == 1
    assert not ran.exists()
