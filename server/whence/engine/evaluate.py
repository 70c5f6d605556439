"""Measure search on a root without labels: its own doc comments and commit messages are the questions.

Two indexes are made apart from the user's and thrown away by whoever gave their homes: one of files whose doc comments
are blanked out, for questions that are doc comments; one of the files as they are, for commit messages, which stand in
no file. Both go the way of every index, and take from the shared cache what vectors are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import attrs

from whence.chunking.chunker import Definition, outline
from whence.domain import Commit, FileEntry, FileHash, FileStamp, Hit, LeftOut, Listing, Query, Source
from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress
from whence.engine.ports import Files, History, Model, StoreHome, VectorCache
from whence.engine.workspace import Workspace
from whence.evaluation.hiding import hide_docs
from whence.evaluation.measures import DEPTH, Measures, measure
from whence.evaluation.questions import Place, Question, ask_docs, by_chance, changed, join_same, place_of, sought
from whence.evaluation.wording import commit_question

MAX_COMMITS = 3_000
"""Commits looked at: git lists so many in about a second."""

MAX_COMMIT_FILES = 8
MAX_COMMIT_PLACES = 8
"""A commit that changed more is about no one place."""

MIN_QUESTIONS = 10
"""Below this an interval spans nearly everything, and the figures would only mislead."""

COMMITS_AT_ONCE = 32
"""Commits whose contents are asked of git in one call."""


@attrs.frozen
class EvaluationOptions:
    """How much is asked, and of how many files."""

    n_questions: int
    """At most so many doc comments, and so many commit messages."""
    n_files: int


@attrs.frozen
class Homes:
    """Where the two indexes of an evaluation lie."""

    without_docs: StoreHome
    as_is: StoreHome


@attrs.frozen
class Answered:
    """How one question was answered."""

    question: Question
    rank: int | None
    """1-based, of the first right hit; None for not among the first DEPTH."""
    first: Hit | None
    """What came first."""


@attrs.frozen
class Asked:
    """The questions of one sort and how they were answered."""

    answered: tuple[Answered, ...] = ()
    n_available: int = 0
    """Questions there were to choose from; for commits, those that were looked for."""
    n_chunks: int = 0
    """Of the index that was asked."""

    @property
    def measures(self) -> Measures:
        """The figures of these questions."""
        return measure([one.rank for one in self.answered])

    @property
    def worst(self) -> list[Answered]:
        """Questions whose right answer did not come first, those without any at the start."""
        missed = [one for one in self.answered if one.rank != 1]
        return sorted(missed, key=lambda one: -(one.rank or DEPTH + 1))


@attrs.frozen
class Evaluated:
    """What an evaluation found."""

    root: str
    model: str
    dimension: int
    n_files: int
    """Files that were indexed for it."""
    n_files_listed: int
    docs: Asked
    commits: Asked

    @property
    def is_empty(self) -> bool:
        """True when there was too little to ask."""
        return not (self.docs.answered or self.commits.answered)


class Evaluator:
    """Makes the questions of one root and asks them."""

    def __init__(
        self, root: Path, files: Files, history: History, homes: Homes, cache: VectorCache, model: Model
    ) -> None:
        self._root = root
        self._files = files
        self._history = history
        self._homes = homes
        self._cache = cache
        self._model = model

    def run(self, options: EvaluationOptions, on_progress: OnProgress, token: CancelToken) -> Evaluated:
        """Evaluate search on this root.

        Raises:
            Cancelled: `token` turned.
            StoreError, ModelError: as their names say.
        """
        on_progress(Progress(Phase.LISTING))
        listing = self._files.listing()
        entries = sorted(
            by_chance(listing.entries, lambda entry: entry.path)[: options.n_files], key=lambda entry: entry.path
        )
        sample = attrs.evolve(listing, entries=entries, left_out=())
        documented, places = self._read(entries, on_progress, token)
        about_docs = by_chance(documented, lambda question: question.origin)[: options.n_questions]
        about_commits = self._ask_commits(places, options.n_questions, token)
        enough = min(MIN_QUESTIONS, options.n_questions)
        docs = Asked(n_available=len(documented))
        if len(about_docs) >= enough:
            files: Files = SampledFiles(self._files, sample, hides_docs=True)
            docs = self._ask(files, self._homes.without_docs, about_docs, docs, on_progress, token)
        commits = Asked(n_available=len(about_commits))
        if len(about_commits) >= enough:
            files = SampledFiles(self._files, sample, hides_docs=False)
            commits = self._ask(files, self._homes.as_is, about_commits, commits, on_progress, token)
        return Evaluated(
            root=str(self._root),
            model=self._model.name,
            dimension=self._model.dimension,
            n_files=len(entries),
            n_files_listed=len(listing.entries),
            docs=docs,
            commits=commits,
        )

    def _read(
        self, entries: Sequence[FileEntry], on_progress: OnProgress, token: CancelToken
    ) -> tuple[list[Question], Mapping[tuple[str, str], Place]]:
        """Questions about doc comments, and where each definition stands, by path and symbol."""
        questions: list[Question] = []
        places: dict[tuple[str, str], Place] = {}
        for idx, entry in enumerate(entries):
            token.check()
            on_progress(Progress(Phase.READING, n_files_done=idx, n_files=len(entries)))
            source = self._files.read(entry)
            if isinstance(source, LeftOut):
                continue
            definitions = outline(source)
            for one in sought(entry.path, definitions):
                places.setdefault((entry.path, one.symbol), place_of(entry.path, one))
            questions += _still_there(ask_docs(entry.path, definitions), source, definitions)
        return join_same(questions), places

    def _ask_commits(self, places: Mapping[tuple[str, str], Place], limit: int, token: CancelToken) -> list[Question]:
        """Questions about commits that changed some of these places, at most `limit`."""
        paths = {path for path, _symbol in places}
        telling = [one for one in self._history.commits(MAX_COMMITS) if _may_tell(one, paths)]
        questions: list[Question] = []
        chosen = by_chance(telling, lambda commit: commit.commit_id)
        for start in range(0, len(chosen), COMMITS_AT_ONCE):
            part = chosen[start : start + COMMITS_AT_ONCE]
            ids = {name for one in part for change in one.changes for name in (change.before, change.after) if name}
            contents = self._history.contents(sorted(ids))
            for commit in part:
                token.check()
                questions += self._ask_commit(commit, contents, places)
            if len(joined := join_same(questions)) >= limit:
                return joined[:limit]
        return join_same(questions)

    def _ask_commit(
        self, commit: Commit, contents: Mapping[str, bytes], places: Mapping[tuple[str, str], Place]
    ) -> Iterator[Question]:
        right: list[Place] = []
        for change in commit.changes:
            after = self._outlined(change.path, contents.get(change.after or ""))
            before = self._outlined(change.path, contents.get(change.before or ""))
            if after is None or (before is None and change.before is not None):
                continue
            symbols = changed(before, after)
            right += [places[change.path, symbol] for symbol in symbols if (change.path, symbol) in places]
        if 0 < len(right) <= MAX_COMMIT_PLACES:
            yield Question(commit_question(commit.subject), tuple(right), commit.commit_id)

    def _outlined(self, path: str, data: bytes | None) -> tuple[Source, list[Definition]] | None:
        source = self._files.parse(path, data) if data is not None else None
        return (source, outline(source)) if isinstance(source, Source) else None

    def _ask(
        self,
        files: Files,
        home: StoreHome,
        questions: Sequence[Question],
        asked: Asked,
        on_progress: OnProgress,
        token: CancelToken,
    ) -> Asked:
        with closing(Workspace(self._root, files, home, self._cache, self._model)) as workspace:
            workspace.refresh(on_progress, token)
            answered: list[Answered] = []
            for question in questions:
                token.check()
                on_progress(Progress(Phase.ASKING, n_asked=len(answered), n_to_ask=len(questions)))
                answered.append(_answer(workspace, question))
            token.check()
            return attrs.evolve(asked, answered=tuple(answered), n_chunks=workspace.status().counts.n_chunks)


class SampledFiles:
    """Some of a root's files, with their doc comments hidden if so asked: what an evaluation indexes. A `Files`."""

    def __init__(self, files: Files, sample: Listing, *, hides_docs: bool) -> None:
        self._files = files
        self._sample = sample
        self._hides_docs = hides_docs

    def listing(self) -> Listing:
        """The sample."""
        return self._sample

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """As the root's files are read, then without doc comments."""
        return self._hidden(self._files.read(entry, without_secrets))

    def stamp(self, path: str) -> FileStamp | None:
        """As for the root's files."""
        return self._files.stamp(path)

    def parse(self, path: str, data: bytes) -> Source | LeftOut:
        """As the root's files are parsed, then without doc comments."""
        return self._hidden(self._files.parse(path, data))

    def passes(self, path: str, globs: Sequence[str]) -> bool:
        """As for the root's files."""
        return self._files.passes(path, globs)

    def explain(self, path: str) -> FileEntry | LeftOut:
        """As for the root's files."""
        return self._files.explain(path)

    def _hidden(self, source: Source | LeftOut) -> Source | LeftOut:
        return hide_docs(source) if self._hides_docs and isinstance(source, Source) else source


def _still_there(
    questions: Sequence[Question], source: Source, definitions: Sequence[Definition]
) -> Iterable[Question]:
    """The questions whose places are found in the source without doc comments, too."""
    if not questions:
        return ()
    hidden = outline(hide_docs(source, definitions))
    found = {(one.symbol, one.name_span.start_line) for one in hidden}
    return [one for one in questions if all((place.symbol, place.line) in found for place in one.places)]


def _may_tell(commit: Commit, paths: set[str]) -> bool:
    """True for a commit with a telling subject that changed some of these files, and moved none."""
    touched = {change.path for change in commit.changes}
    is_small = len(commit.changes) <= MAX_COMMIT_FILES and all(change.after for change in commit.changes)
    return is_small and not touched.isdisjoint(paths) and bool(commit_question(commit.subject))


def _answer(workspace: Workspace, question: Question) -> Answered:
    hits = workspace.search(Query(question.text, DEPTH)).hits
    right = (any(place.is_shown_by(hit) for place in question.places) for hit in hits)
    rank = next((rank for rank, is_right in enumerate(right, start=1) if is_right), None)
    return Answered(question, rank, hits[0] if hits else None)
