"""What is listed, on a repository with every kind of ignore rule and on the same tree without git."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from whence.domain import LeftOut, LeftOutReason, Listing, Masked
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles

RunGit = Callable[..., bytes]
Workspace = Callable[..., WorkspaceFiles]

IGNORE_FILES = {
    ".gitignore": "# comment\n\n*.log\n!keep.log\n/anchored.txt\nonly-folder/\n**/deep/x\nfoo/**/bar.py\nab[c-e].py\n"
    "\\#literal\n\\!bang\ntrailing\\ \nspaces   \nquestion?.c\nlogs/**\n!logs/kept/\nCRLF.txt\r\n/sub/*.tmp\n",
    "sub/.gitignore": "!again.log\nlocal.py\n/rooted.py\n",
    "sub/inner/.gitignore": "*\n!.gitignore\n!wanted.py\n",
}
FILES = [
    *("main.py", "a.log", "keep.log", "anchored.txt", "sub/anchored.txt", "only-folder/in.py", "sub/only-folder"),
    *(
        "x/deep/x",
        "deep/x",
        "deep/y",
        "foo/bar.py",
        "foo/a/b/bar.py",
        "abc.py",
        "abf.py",
        "#literal",
        "!bang",
        "trailing ",
    ),
    *("spaces", "question1.c", "question.c", "logs/a.txt", "logs/kept/b.txt", "CRLF.txt", "sub/a.tmp", "sub/d/a.tmp"),
    *("sub/again.log", "sub/other.log", "sub/local.py", "sub/d/local.py", "sub/rooted.py", "sub/d/rooted.py"),
    *(
        "sub/inner/wanted.py",
        "sub/inner/unwanted.py",
        "über/naïve.py",
        "with space/a b.py",
        "new\nline.py",
        "tab\there.py",
    ),
    *("excluded-here.py", "some.globally-ignored", "anchored-globally", "sub/anchored-globally", "'quote\".py"),
]
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="such names or links cannot be made there")


def write_tree(root: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode())


def paths(listing: Listing) -> list[str]:
    return sorted([entry.path for entry in listing.entries] + [item.path for item in listing.left_out])


def reasons(listing: Listing) -> dict[str, LeftOutReason]:
    return {item.path: item.reason for item in listing.left_out}


def git_paths(git: RunGit, folder: Path) -> list[str]:
    output = git(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return sorted(set(os.fsdecode(output).split("\0")[:-1]))


@pytest.fixture
def repository(tmp_path: Path, git: RunGit) -> Path:
    """A work tree with untracked files only, some of them ignored by every means git has."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    write_tree(root, dict.fromkeys(FILES, "x\n") | IGNORE_FILES)
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("excluded-*.py\n")
    return root


@NOT_ON_WINDOWS
def test_list_is_gits_own(repository: Path, git: RunGit, workspace: Workspace) -> None:
    listing = workspace(repository).listing()

    assert paths(listing) == git_paths(git, repository)
    assert listing.source == "git"


@NOT_ON_WINDOWS
def test_same_tree_without_the_git_program_gives_the_same_list(
    repository: Path, git: RunGit, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = git_paths(git, repository)
    monkeypatch.setenv("PATH", "")

    listing = workspace(repository).listing()

    assert paths(listing) == expected
    assert listing.source == "rules"


@NOT_ON_WINDOWS
def test_sub_folder_of_a_work_tree_obeys_the_rules_above_it(
    repository: Path, git: RunGit, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = git_paths(git, repository / "sub")

    by_git = workspace(repository / "sub").listing()
    monkeypatch.setenv("PATH", "")
    by_rules = workspace(repository / "sub").listing()

    assert paths(by_git) == paths(by_rules) == expected


@NOT_ON_WINDOWS
def test_ignored_folder_opened_as_root_lists_what_git_lists(
    repository: Path, git: RunGit, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = git_paths(git, repository / "only-folder")

    by_git = workspace(repository / "only-folder").listing()
    monkeypatch.setenv("PATH", "")
    by_rules = workspace(repository / "only-folder").listing()

    assert paths(by_git) == paths(by_rules) == expected


@NOT_ON_WINDOWS
def test_explain_agrees_with_the_listing_on_every_path(
    repository: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = workspace(repository)
    listed = files.listing()

    by_git = {path: files.explain(path) for path in FILES}
    monkeypatch.setenv("PATH", "")
    by_rules = {path: files.explain(path) for path in FILES}

    entries = {entry.path: entry for entry in listed.entries}
    assert {path: answer for path, answer in by_git.items() if path in entries} == {
        path: entry for path, entry in entries.items() if path in FILES
    }
    assert by_git == by_rules


def test_tracked_file_is_listed_although_ignored_and_a_deleted_one_is_not(
    tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"tracked.log": "x", "gone.py": "x", ".gitignore": "*.log\n"})
    git(tmp_path, "add", "-f", ".")
    (tmp_path / "gone.py").unlink()

    assert paths(workspace(tmp_path).listing()) == [".gitignore", "tracked.log"]


def test_submodule_nested_repository_and_work_tree_are_listed_by_their_own_rules(
    tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    library, root = tmp_path / "library", tmp_path / "root"
    for folder in (library, root):
        folder.mkdir()
        git(folder, "init", "-q")
        write_tree(folder, {"code.py": "x", ".gitignore": "*.out\n"})
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "first")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "module")
    write_tree(root, {"module/new.py": "x", "module/no.out": "x", "nested/in.py": "x", "nested/no.tmp": "x"})
    git(root / "nested", "init", "-q")
    write_tree(root, {"nested/.gitignore": "*.tmp\n"})
    git(root, "worktree", "add", "-q", str(tmp_path / "second"))

    assert paths(workspace(root).listing()) == [
        *(".gitignore", ".gitmodules", "code.py", "module/.gitignore", "module/code.py", "module/new.py"),
        *("nested/.gitignore", "nested/in.py"),
    ]
    assert paths(workspace(tmp_path / "second").listing()) == [".gitignore", "code.py"]


def test_nested_repositories_below_a_plain_folder_are_listed_by_git(
    tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    write_tree(tmp_path, {"one/forced.log": "x", "one/a.log": "x", "one/.gitignore": "*.log\n", "top.py": "x"})
    git(tmp_path / "one", "init", "-q")
    git(tmp_path / "one", "add", "-f", "forced.log")

    assert paths(workspace(tmp_path).listing()) == ["one/.gitignore", "one/forced.log", "top.py"]


def test_git_that_refuses_is_replaced_by_our_rules(
    tmp_path: Path, git: RunGit, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"a.py": "x", "a.log": "x", ".gitignore": "*.log\n"})
    with (tmp_path / ".git" / "config").open("a") as config:
        config.write("[core]\n\trepositoryformatversion = 99\n")

    listing = workspace(tmp_path).listing()

    assert (paths(listing), listing.source) == ([".gitignore", "a.py"], "rules")
    assert "our own rules do" in caplog.text


def test_repository_cannot_make_git_start_its_programs(tmp_path: Path, git: RunGit, workspace: Workspace) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"a.py": "x"})
    git(tmp_path, "config", "core.fsmonitor", f"touch {tmp_path.as_posix()}/started")

    assert paths(workspace(tmp_path).listing()) == ["a.py"]


def test_variables_of_a_git_hook_do_not_lead_elsewhere(
    tmp_path: Path, git: RunGit, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "elsewhere"):
        write_tree(tmp_path, {f"{name}/{name}.py": "x"})
        git(tmp_path / name, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere" / ".git" / "index"))

    assert paths(workspace(tmp_path / "here").listing()) == ["here.py"]


@pytest.mark.parametrize("has_git", [True, False])
def test_own_ignore_file_leaves_out_and_brings_back(
    has_git: bool, tmp_path: Path, git: RunGit, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q")
    files = ["a.py", "a.sql", "b/a.sql", "b/keep.sql", "build/keep.py", "build/other.py", "out/gen/x.py", "out/y.py"]
    write_tree(tmp_path, dict.fromkeys([*files, "packages/p/index.js", "packages/q/keep.py", "note.txt"], "x"))
    write_tree(tmp_path, {".gitignore": "build/\nout/\npackages/\nnote.txt\n", "b/.whenceignore": "!keep.sql\n"})
    write_tree(tmp_path, {".whenceignore": "*.sql\n!build/keep.py\n!/out/gen/\n!/packages/p/\n!note.txt\n!keep.py\n"})
    if not has_git:
        monkeypatch.setenv("PATH", "")

    listing = workspace(tmp_path).listing()

    assert paths(listing) == [
        *(".gitignore", ".whenceignore", "a.py", "b/.whenceignore", "b/keep.sql", "build/keep.py", "note.txt"),
        *("out/gen/x.py", "packages/p/index.js"),
    ]
    assert {path: workspace(tmp_path).explain(path) for path in paths(listing)} == {
        entry.path: entry for entry in listing.entries
    }


def test_folder_that_no_pattern_names_is_not_entered(tmp_path: Path, workspace: Workspace) -> None:
    write_tree(tmp_path, {"node_modules/a/keep.py": "x", "b.py": "x", ".whenceignore": "!keep.py\n!**/keep.py\n"})

    assert paths(workspace(tmp_path).listing()) == [".whenceignore", "b.py"]


def test_folder_without_git_leaves_out_dependencies_and_caches(tmp_path: Path, workspace: Workspace) -> None:
    signature = "Signature: 8a477f597d28d172789f06886806bc55"
    write_tree(tmp_path, {"a.py": "x", "node_modules/m.js": "x", "env/pyvenv.cfg": "x", "env/lib.py": "x"})
    write_tree(tmp_path, {"target/CACHEDIR.TAG": signature, "target/x.rs": "x", "build/kept.py": "x", ".hg/store": "x"})

    files = workspace(tmp_path)

    assert paths(files.listing()) == ["a.py", "build/kept.py"]
    assert getattr(files.explain("target/x.rs"), "detail", "") == (
        "built-in rule: folder with CACHEDIR.TAG (cache or build output)"
    )


def test_well_known_folder_can_be_brought_back(tmp_path: Path, workspace: Workspace) -> None:
    write_tree(tmp_path, {"node_modules/m.js": "x", ".whenceignore": "!node_modules/\n"})

    assert paths(workspace(tmp_path).listing()) == [".whenceignore", "node_modules/m.js"]


@NOT_ON_WINDOWS
@pytest.mark.parametrize("is_repository", [True, False])
def test_links_are_named_and_never_followed(
    is_repository: bool, tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    root = tmp_path / "root"
    write_tree(tmp_path, {"root/a.py": "x", "root/d/b.py": "x", "secret.py": "x"})
    (root / "alias.py").symlink_to("a.py")
    (root / "out.py").symlink_to("../secret.py")
    (root / "loop").symlink_to(".")
    (root / "self").symlink_to("self")
    if is_repository:
        git(root, "init", "-q")

    listing = workspace(root).listing()

    assert [entry.path for entry in listing.entries] == ["a.py", "d/b.py"]
    assert reasons(listing) == {
        "alias.py": LeftOutReason.NOT_A_FILE,
        "out.py": LeftOutReason.OUTSIDE,
        "loop": LeftOutReason.NOT_A_FILE,
        "self": LeftOutReason.NOT_A_FILE,
    }


@NOT_ON_WINDOWS
def test_tracked_file_behind_what_became_a_link_is_not_listed(
    tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    root = tmp_path / "root"
    write_tree(tmp_path, {"root/d/b.py": "x", "elsewhere/b.py": "x"})
    git(root, "init", "-q")
    git(root, "add", ".")
    shutil.rmtree(root / "d")
    (root / "d").symlink_to("../elsewhere")

    listing = workspace(root).listing()

    assert (listing.entries, reasons(listing)) == ([], {"d": LeftOutReason.OUTSIDE})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this platform")
def test_pipe_is_neither_listed_nor_opened(tmp_path: Path, workspace: Workspace) -> None:
    os.mkfifo(tmp_path / "pipe")

    files = workspace(tmp_path)

    assert paths(files.listing()) == []
    assert getattr(files.explain("pipe"), "detail", "") == "a named pipe"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_name_that_is_not_utf8_is_left_out_under_a_name_that_can_be_printed(
    tmp_path: Path, git: RunGit, workspace: Workspace
) -> None:
    git(tmp_path, "init", "-q")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py")).write_text("x")

    assert reasons(workspace(tmp_path).listing()) == {"caf\\xe9.py": LeftOutReason.UNDECODABLE}


def test_folder_that_must_not_be_entered_is_told(unprivileged_folder: Path, workspace: Workspace) -> None:
    write_tree(unprivileged_folder, {"closed/a.py": "x", "open.py": "x"})
    (unprivileged_folder / "closed").chmod(0)

    files = workspace(unprivileged_folder)

    assert [entry.path for entry in files.listing().entries] == ["open.py"]
    assert reasons(files.listing()) == {"closed": LeftOutReason.UNREADABLE}
    assert getattr(files.explain("closed/a.py"), "reason", None) is LeftOutReason.UNREADABLE


def test_folder_of_indexes_below_the_root_is_not_listed(tmp_path: Path, git: RunGit) -> None:
    git(tmp_path, "init", "-q")
    for path in ("a.py", "cache/whence/workspaces/x/index.json", "cache/whence-not/b.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1\n", encoding="utf-8")
    options = FileOptions(index_folder=str(tmp_path / "cache" / "whence"))
    files = WorkspaceFiles(tmp_path, options, lambda data: Masked(data, 0))

    explained = files.explain("cache/whence/workspaces/x/index.json")

    assert [entry.path for entry in files.listing().entries] == ["a.py", "cache/whence-not/b.py"]
    assert isinstance(explained, LeftOut)
    assert "indexes" in explained.detail
