"""The promises to the user that the engine and the command line keep; each test bears the promise's name."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import SHOP, Whence, git, write_tree
from whence.app import LocalServices
from whence.domain import Query
from whence.engine.jobs import CancelToken, Phase, Progress
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace

STATIC_MODEL = Path(__file__).parents[2] / "models" / "whence-static"


def refresh(root: Path) -> RefreshReport:
    with closing(LocalServices().open(root)) as workspace:
        return workspace.refresh()


def index_words_only(workspace: Workspace) -> RefreshReport:
    """Refresh, and stop when words are in and vectors would begin."""
    token = CancelToken()

    def stop_after_words(progress: Progress) -> None:
        if progress.phase is Phase.SETTLING:
            token.cancel()

    return workspace.refresh(stop_after_words, token)


def stand_of(root: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(root)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if ".git" not in path.parts
    }


def test_nothing_is_written_into_the_users_folder(whence: Whence, shop: Path) -> None:
    before = stand_of(shop)

    whence("search", "session", "--root", shop)
    whence("similar", f"{shop}/shop/session.py:14", "--root", shop)

    assert stand_of(shop) == before


def test_nothing_leaves_the_machine(whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        pytest.fail("opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert whence("search", "session", "--root", shop).code == 0


def test_works_straight_after_installing_with_the_model_that_ships(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHENCE_MODEL")

    ran = whence("search", "where do we make sure that a token was really signed by us", "--root", shop, "--json")

    assert ran.json["hits"][0]["symbol"] == "validate_jwt_token"


def test_a_job_stopped_where_another_had_stopped_is_not_taken_for_complete(shop: Path) -> None:
    with closing(LocalServices().open(shop)) as workspace:
        index_words_only(workspace)
        token = CancelToken()
        token.cancel()

        assert not workspace.refresh(token=token).is_complete
        assert workspace.refresh().is_complete
        assert workspace.status().counts.is_complete


def test_fresh_workspace_answers_by_words_before_the_vectors_are_in_and_says_so(shop: Path) -> None:
    with closing(LocalServices().open(shop)) as workspace:
        report = index_words_only(workspace)
        result = workspace.search(Query("validate token signature"))

    assert not report.is_complete
    assert result.hits[0].symbol == "validate_jwt_token"
    assert (result.counts.n_embedded, result.counts.is_complete) == (0, False)


def test_answer_without_a_hit_names_words_of_this_code_in_full(shop: Path) -> None:
    write_tree(shop, {"shop/basket.py": "def initialize_database():\n    pass\n"})
    with closing(LocalServices().open(shop)) as workspace:
        index_words_only(workspace)

        result = workspace.search(Query("databse"))

    assert (result.hits, result.nearest_words) == ((), ("database",))


def test_known_workspace_answers_before_any_scan(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)
    write_tree(shop, {"shop/unseen.py": "def unseen_function():\n    pass\n"})

    ran = whence("search", "validate_jwt_token", "--root", shop, "--json", "--no-refresh")

    assert ran.paths[0] == "shop/session.py"
    assert (
        whence("search", "unseen_function", "--root", shop, "--json", "--no-refresh").paths.count("shop/unseen.py") == 0
    )


def test_answer_is_never_stale_text_that_moved_is_shown_where_it_is_now(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)
    path = shop / "shop/session.py"
    path.write_text("# one\n# two\n# three\n" + path.read_text(encoding="utf-8"), encoding="utf-8")

    ran = whence("search", "validate_jwt_token", "--root", shop, "--json", "--no-refresh")

    assert ran.places[0] == "shop/session.py:16"


def test_answer_is_never_stale_text_that_is_gone_is_not_shown(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)
    path = shop / "shop/session.py"
    path.write_text(path.read_text(encoding="utf-8").replace("signature", "seal"), encoding="utf-8")

    hits = whence("search", "validate_jwt_token", "--root", shop, "--json", "--no-refresh").json["hits"]

    assert "validate_jwt_token" not in [hit["symbol"] for hit in hits]


def test_answer_is_never_stale_deleted_file_is_not_shown(whence: Whence, shop: Path) -> None:
    whence("index", "--root", shop)
    (shop / "shop/prices.js").unlink()

    assert "shop/prices.js" not in whence("search", "basketTotal", "--root", shop, "--json", "--no-refresh").paths
    assert "shop/prices.js" not in whence("search", "basketTotal", "--root", shop, "--json").paths


def test_every_span_holds_the_snippet_it_shows(whence: Whence, shop: Path) -> None:
    for hit in whence("search", "session", "--root", shop, "--json").json["hits"]:
        lines = (shop / hit["path"]).read_text(encoding="utf-8").splitlines()
        shown = {line.strip() for line in lines[hit["start_line"] - 1 : hit["end_line"]]}
        assert {line.strip() for line in hit["snippet"].splitlines()} - {"…", ""} <= shown


def test_embedded_once_is_not_embedded_again_on_restart(shop: Path) -> None:
    assert refresh(shop).n_encoded > 0

    assert refresh(shop).n_encoded == 0


def test_embedded_once_is_not_embedded_again_when_a_file_moves(shop: Path) -> None:
    refresh(shop)
    (shop / "shop/session.py").rename(shop / "visits.py")

    report = refresh(shop)

    assert (report.n_encoded, report.n_files_dropped) == (0, 1)
    assert report.n_reused > 0


def test_embedded_once_is_not_embedded_again_after_a_branch_switch_and_back(shop: Path) -> None:
    git(shop, "init", "-q")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "one")
    refresh(shop)
    git(shop, "switch", "-qc", "other")
    (shop / "shop/session.py").write_text("def renewed():\n    return 'other branch'\n", encoding="utf-8")
    git(shop, "commit", "-qam", "two")
    assert refresh(shop).n_encoded == 1

    git(shop, "switch", "-q", "main")
    assert refresh(shop).n_encoded == 0
    git(shop, "switch", "-q", "other")
    assert refresh(shop).n_encoded == 0


def test_embedded_once_is_not_embedded_again_in_a_second_worktree(shop: Path, tmp_path: Path) -> None:
    git(shop, "init", "-q")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "one")
    refresh(shop)
    git(shop, "worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))

    report = refresh(tmp_path / "second")

    assert (report.n_encoded, report.n_files_changed) == (0, len(SHOP))


def test_stopped_run_is_picked_up_where_it_stopped(shop: Path) -> None:
    with closing(LocalServices().open(shop)) as workspace:
        index_words_only(workspace)

        report = workspace.refresh()
        status = workspace.status()

    assert (report.n_files_changed, report.is_complete) == (0, True)
    assert report.n_encoded > 0
    assert status.counts.is_complete


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("shop/session.py", "python"),
        (".env", "secret"),
        ("ignored.log", ".gitignore:1"),
        ("logo.bin", "binary"),
        ("poetry.lock", "lock-file"),
        ("no-such-file.py", "missing"),
    ],
)
def test_every_file_can_be_asked_why(whence: Whence, shop: Path, path: str, reason: str) -> None:
    write_tree(shop, {".gitignore": "*.log\n", ".env": "KEY=1\n", "ignored.log": "x\n", "poetry.lock": "x\n"})
    (shop / "logo.bin").write_bytes(bytes(range(256)))
    git(shop, "init", "-q")
    whence("index", "--root", shop)

    explained = whence("explain-file", path, "--root", shop, "--json").json

    assert explained["indexed"] == (path == "shop/session.py")
    assert reason in explained["reason"]


def test_every_result_can_be_asked_why_it_matched(whence: Whence, shop: Path) -> None:
    hits = whence("search", "validate token", "--root", shop, "--json").json["hits"]

    assert all(hit["reasons"] and all(reason["text"] for reason in hit["reasons"]) for hit in hits)


def test_secret_in_an_indexed_file_is_neither_stored_nor_shown(
    whence: Whence, shop: Path, own_surroundings: Path
) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    write_tree(shop, {"shop/remote.py": f'def fetch_orders():\n    token = "{secret}"\n    return call(token)\n'})

    ran = whence("search", "fetch_orders token", "--root", shop, "--json")

    assert ran.paths[0] == "shop/remote.py"
    assert secret not in ran.out
    for stored in (own_surroundings / "whence").rglob("*"):
        assert not (stored.is_file() and secret.encode() in stored.read_bytes())
        assert not (stored.is_file() and secret.lower().encode() in stored.read_bytes())


@pytest.mark.slow
def test_index_survives_being_killed_at_any_moment(
    tmp_path: Path, whence: Whence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 twenty times in the middle of indexing; then one run finishes it, and nothing is missing or double."""
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(STATIC_MODEL))
    n_functions = 1200
    root = write_tree(
        tmp_path / "big",
        {
            f"pkg{idx % 20}/module_{idx}.py": "".join(
                f"def handler_{idx}_{part}(request):\n    '''Handle request {idx} {part}.'''\n"
                f"    return respond(request, {idx}, {part})\n\n\n"
                for part in range(4)
            )
            for idx in range(n_functions // 4)
        },
    )
    command = [sys.executable, "-m", "whence", "index", "--root", str(root)]
    first = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert first.returncode == 0
    for attempt in range(20):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            # Moments spread over start-up, words and vectors: the later attempts begin further along.
            process.wait(timeout=1.2 + 0.11 * attempt)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    ran = whence("index", "--root", root)
    status = whence("status", "--root", root, "--json").json

    assert ran.code == 0, ran.err
    assert (status["state"], status["files"]) == ("usable", n_functions // 4)
    assert status["chunks"] == status["embedded"] == n_functions
    assert (status["models"], len(list(Path(status["index_dir"]).glob("tables/vectors-*")))) == (["tiny"], 1)
    for idx in (0, 137, n_functions // 4 - 1):
        places = whence("search", f"handler_{idx}_2", "--root", root, "--json", "--no-refresh").places
        assert places[0] == f"pkg{idx % 20}/module_{idx}.py:11"
        assert len(places) == len(set(places))
