"""`whence index`, `status`, `explain-file`, `clean` and `doctor`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import SHOP, Whence, git, write_tree
from whence import __version__
from whence.cli.stopping import stoppable


def test_index_tells_what_it_did(whence: Whence, shop: Path) -> None:
    ran = whence("index", "--root", shop)

    assert ran.code == 0
    assert f"{len(SHOP)} files" in ran.out
    assert f"{len(SHOP)} changed, 0 dropped, 0 unchanged" in ran.out


def test_second_index_embeds_nothing(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)

    assert "0 changed, 0 dropped" in whence("index", "--root", shop).out


def test_status_counts_files_chunks_and_vectors(whence: Whence, shop: Path, own_surroundings: Path) -> None:
    whence("index", "--root", shop)

    status = whence("status", "--root", shop, "--json").json

    assert status["root"] == str(shop.resolve())
    assert (status["state"], status["files"]) == ("usable", len(SHOP))
    assert status["chunks"] == status["embedded"] > len(SHOP)
    assert status["models"] and status["format"] >= 1 and status["changed_at"] > 0
    assert Path(status["index_dir"]).is_relative_to(own_surroundings)
    assert status["disk_bytes"] > 0


def test_status_of_a_new_folder_says_missing(whence: Whence, shop: Path) -> None:
    status = whence("status", "--root", shop, "--json").json

    assert (status["state"], status["files"], status["chunks"], status["embedded"]) == ("missing", 0, 0, 0)


def test_status_leaves_nothing_behind(whence: Whence, shop: Path, own_surroundings: Path) -> None:
    whence("status", "--root", shop)

    assert not any((own_surroundings / "whence").rglob("*.sqlite"))


def test_explain_file_lists_the_chunks_of_an_indexed_file(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)

    explained = whence("explain-file", "shop/session.py", "--root", shop, "--json").json

    assert explained["path"] == "shop/session.py"
    assert explained["chunks"] == len(explained["outline"])
    assert "validate_jwt_token" in [chunk["symbol"] for chunk in explained["outline"]]


def test_explain_file_takes_a_path_as_seen_from_the_current_folder(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whence("index", "--root", shop)
    monkeypatch.chdir(shop / "shop")

    assert whence("explain-file", "session.py", "--root", shop, "--json").json["path"] == "shop/session.py"


def test_file_outside_the_root_is_refused(whence: Whence, shop: Path, tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "elsewhere", {"a.py": "x = 1\n"}) / "a.py"

    ran = whence("explain-file", outside, "--root", shop)

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "outside" in ran.err


def test_empty_folder_is_indexed_and_finds_nothing(whence: Whence, tmp_path: Path) -> None:
    assert whence("index", "--root", tmp_path).code == 0
    assert whence("search", "anything", "--root", tmp_path).code == 1


def test_clean_removes_the_index_and_says_how_big_it_was(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)
    index_dir = Path(whence("status", "--root", shop, "--json").json["index_dir"])

    ran = whence("clean", "--root", shop)

    assert ran.code == 0
    assert str(index_dir) in ran.out
    assert not index_dir.exists()
    assert whence("clean", "--root", shop).code == 1


def test_clean_all_removes_every_index_and_the_shared_vectors(
    whence: Whence, shop: Path, own_surroundings: Path
) -> None:
    whence("index", "--root", shop)

    whence("clean", "--all")

    assert not any((own_surroundings / "whence").rglob("*.sqlite"))


def test_doctor_finds_this_installation_sound(whence: Whence) -> None:
    checks = whence("doctor", "--json").json

    assert [check for check in checks if not check["ok"]] == []
    assert {"python", "processor", "lancedb", "onnxruntime", "parsers", "model", "folder", "git"} <= {
        check["name"] for check in checks
    }


def test_doctor_names_a_damaged_model_and_what_to_do(
    whence: Whence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHENCE_MODEL", str(tmp_path / "no-model"))

    ran = whence("doctor", "--json")

    model = next(check for check in ran.json if check["name"] == "model")
    assert (ran.code, model["ok"]) == (2, False)
    assert str(tmp_path / "no-model") in model["detail"]


@pytest.mark.parametrize("command", ["index", "search", "similar", "status", "explain-file", "doctor", "eval", "clean"])
def test_every_command_has_help(whence: Whence, command: str) -> None:
    ran = whence(command, "--help")

    assert ran.code == 0
    assert f"whence {command}" in ran.out


def test_version_is_printed(whence: Whence) -> None:
    assert whence("--version").out == f"whence {__version__}\n"


def test_root_is_the_git_work_tree_around_the_current_folder(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(shop, "init", "-q")
    monkeypatch.chdir(shop / "shop")

    assert whence("status", "--json").json["root"] == str(shop.resolve())


def test_index_begun_by_another_model_is_set_aside_and_begun_anew(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whence("index", "--root", shop)
    monkeypatch.delenv("WHENCE_MODEL")

    assert whence("status", "--root", shop, "--json").json["state"] == "other-model"
    ran = whence("index", "--root", shop)

    assert ran.code == 0
    assert "Begun anew: its vectors came from another model" in ran.out
    assert whence("status", "--root", shop, "--json").json["state"] == "usable"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_keeps_what_is_done_and_says_so(whence: Whence, tmp_path: Path) -> None:
    files = {f"m{idx}.py": f"def function_{idx}():\n    return {idx}\n" for idx in range(3000)}
    root = write_tree(tmp_path / "big", files)
    process = subprocess.Popen(
        [sys.executable, "-m", "whence", "index", "--root", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # Wait for the first write by looking, not by the clock.
    while process.poll() is None and whence("status", "--root", root, "--json").json["files"] == 0:
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, (out, err)
    assert err.splitlines()[-1].startswith(b"whence: Stopped; ")
    assert b"Traceback" not in err
    assert whence("status", "--root", root, "--json").json["files"] > 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_a_run_that_waits_for_standard_input(shop: Path) -> None:
    command = [sys.executable, "-m", "whence", "search", "--queries", "-", "--root", str(shop)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b'{"id": 1, "query": "session"}\n')
    process.stdin.flush()
    first = process.stdout.readline()  # answered while stdin stays open: it now waits for the next question
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    err = process.communicate()[1]

    assert json.loads(first)["id"] == 1
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith(b"whence: Stopped")
    assert b"Traceback" not in err


def test_first_ctrl_c_turns_the_token_and_the_watcher_waits_for_the_job() -> None:
    with stoppable(grace_s=600.0) as token:
        signal.raise_signal(signal.SIGINT)

        assert token.is_cancelled()


def test_usage_error_in_a_folder_that_is_gone_names_root(
    whence: Whence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)

    ran = whence("status")

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--root" in ran.err


def test_folder_that_holds_no_code_by_its_nature_is_refused(whence: Whence, shop: Path, own_surroundings: Path) -> None:
    git(shop, "init", "-q")
    whence("index", "--root", shop)

    for root, word in ((shop / ".git", "version control"), (own_surroundings / "whence", "indexes")):
        ran = whence("index", "--root", root)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert word in ran.err


def test_index_inside_the_folder_does_not_index_itself(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(shop, "init", "-q")
    monkeypatch.setenv("WHENCE_HOME", str(shop / "indexes"))

    whence("index", "--root", shop)

    assert "0 changed" in whence("index", "--root", shop).out


def test_folder_of_which_nothing_is_indexed_says_so(whence: Whence, shop: Path) -> None:
    git(shop, "init", "-q")
    write_tree(shop, {".gitignore": "build/\n", "build/made.py": "def made():\n    pass\n"})

    for arguments in (["index"], ["search", "made"]):
        assert "no file of" in whence(*arguments, "--root", shop / "build").err


def test_doctor_tells_what_to_do_about_a_folder_that_cannot_be_written(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHENCE_HOME", str(shop / "README.md"))

    ran = whence("doctor")

    assert ran.code == 2
    assert f"make {shop / 'README.md'} a folder that can be written" in ran.out
