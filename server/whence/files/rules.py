"""Which paths ignore files leave out: git's precedence, with `.whenceignore` above it. Lists nothing.

Rules are asked from the top down, one path component at a time, because a folder that is ignored hides everything below
it. From strongest to weakest: `.whenceignore`, deepest folder first; `.gitignore`, deepest first up to the repository's
top; `.git/info/exclude`; the user's own excludes file; outside of repositories, well-known folders of dependencies and
builds.

One thing is not as in git: a `!` pattern of a `.whenceignore` also reaches into an ignored folder if it names that
folder, as `!build/keep.py` does. One without a slash, or beginning with `**`, names none, so it never makes us walk
node_modules.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Mapping
from pathlib import Path

import attrs

from whence.files.patterns import Pattern, PatternList, parse_patterns
from whence.files.repository import IgnoreSettings, Repository, read_ignore_settings, repository_at
from whence.files.status import is_file

GIT_IGNORE = ".gitignore"
OWN_IGNORE = ".whenceignore"

RULE_FILES = frozenset({".git", GIT_IGNORE, OWN_IGNORE})
"""Names in a folder that can change the rules in it."""

VCS_FOLDERS = frozenset({".git", ".hg", ".svn"})
"""Never listed, whatever any rule says."""

_MAX_IGNORE_FILE_BYTES = 10_000_000
"""A larger ignore file is a mistake, and compiling it would take minutes."""

_WELL_KNOWN_FOLDERS: Mapping[str, str] = {
    "node_modules": "npm packages",
    "bower_components": "Bower packages",
    "__pycache__": "compiled Python",
    ".tox": "tox environments",
    ".nox": "nox environments",
    ".eggs": "setuptools packages",
    ".mypy_cache": "mypy cache",
    ".pytest_cache": "pytest cache",
    ".ruff_cache": "ruff cache",
    ".gradle": "Gradle cache",
    ".terraform": "Terraform providers",
    ".next": "Next.js build",
    ".nuxt": "Nuxt build",
    ".svelte-kit": "SvelteKit build",
    ".parcel-cache": "Parcel cache",
    ".dart_tool": "Dart cache",
}
_MARKED_FOLDERS: Mapping[str, str] = {"pyvenv.cfg": "Python environment", "CACHEDIR.TAG": "cache or build output"}
"""Folders known by a file in them: virtual environments, and what Cargo and others mark (bford.info/cachedir)."""

_CACHEDIR_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"


@attrs.frozen
class Verdict:
    """What the rules say about one path. `rule` names the deciding one; empty when none matched."""

    is_ignored: bool
    rule: str = ""
    is_brought_back: bool = False
    """True when the path, or a folder above it, is in because a `!` pattern of a `.whenceignore` says so."""


@attrs.frozen
class FolderRules:
    """The rules in force in one folder; `judge` decides about what lies directly in it."""

    folder: bytes
    """Relative to the top, with a trailing slash; empty at the top."""
    own: tuple[PatternList, ...]
    """Of `.whenceignore` files, deepest first."""
    git: tuple[PatternList, ...]
    """Of git's ignore files, strongest first."""
    is_in_repository: bool
    verdict: Verdict = Verdict(is_ignored=False)
    """About the folder itself."""

    def judge(self, name: str, is_dir: bool) -> Verdict:
        """Decide about the entry `name` of this folder. A symbolic link counts as a file."""
        path = self.folder + os.fsencode(name)
        if self.verdict.is_ignored:
            return self._judge_in_ignored(path, is_dir)
        for patterns in self.own:
            if pattern := patterns.last_match(path, is_dir):
                return _verdict(patterns, pattern, is_brought_back=pattern.is_negated)
        for patterns in self.git:
            if pattern := patterns.last_match(path, is_dir):
                return _verdict(patterns, pattern, self.verdict.is_brought_back and pattern.is_negated)
        return Verdict(is_ignored=False, is_brought_back=self.verdict.is_brought_back)

    def reaches_into(self, name: str) -> bool:
        """True when a pattern may bring something back from below the ignored folder `name`."""
        path = self.folder + os.fsencode(name)
        return any(
            pattern.can_match_below(path[len(patterns.base) :]) for patterns in self.own for pattern in patterns.negated
        )

    @property
    def brings_back(self) -> bool:
        """True when any `.whenceignore` in force has a `!` pattern."""
        return any(patterns.negated for patterns in self.own)

    def _judge_in_ignored(self, path: bytes, is_dir: bool) -> Verdict:
        for patterns in self.own:
            parent = self.folder[len(patterns.base) : -1]
            for pattern in patterns.matches(path, is_dir):
                if not pattern.is_negated or not parent or pattern.can_match_below(parent):
                    return _verdict(patterns, pattern, is_brought_back=pattern.is_negated)
        return self.verdict


@attrs.frozen
class RuleReader:
    """Reads ignore files from disk as folders are entered. Users are told paths relative to `root` where inside it."""

    root: str
    top: str
    """Absolute path of the folder where the rules begin: the repository's top, else `root`."""
    repository: Repository | None
    """The repository that `root` is in."""
    settings: IgnoreSettings
    """In force at the top; nested repositories have their own."""
    environ: Mapping[str, str]
    reads_git: bool = True
    """False to know `.whenceignore` files only."""

    def at(self, folder: str) -> FolderRules:
        """The rules in force in `folder`, given relative to the root with '/' separators (empty is the root)."""
        from_top = os.path.relpath(f"{self.root}/{folder}", self.top).replace(os.sep, "/")
        git = self._repository_patterns(self.repository, self.settings, b"")
        rules = self._with_files(FolderRules(b"", (), git, is_in_repository=self.repository is not None))
        for name in from_top.split("/") if from_top != "." else ():
            rules = self.below(rules, name, self.judge(rules, name, is_dir=True))
        return rules

    def judge(self, rules: FolderRules, name: str, is_dir: bool) -> Verdict:
        """Decide about an entry, outside of repositories with regard to well-known folders, too."""
        verdict = rules.judge(name, is_dir)
        if not is_dir or not self.reads_git or verdict.is_ignored or verdict.rule or rules.is_in_repository:
            return verdict
        known = _well_known(f"{self._absolute(rules.folder)}/{name}", name)
        return Verdict(is_ignored=True, rule=f"built-in rule: {known}") if known else verdict

    def below(
        self, rules: FolderRules, name: str, verdict: Verdict, present: Container[str] = RULE_FILES
    ) -> FolderRules:
        """The rules in force in the sub-folder `name`, about which `verdict` was given.

        `present` has the names in the sub-folder, where the caller knows them: it saves looking for what is not there.
        """
        folder = rules.folder + os.fsencode(name) + b"/"
        git, is_in_repository = rules.git, rules.is_in_repository
        if self.reads_git and ".git" in present and (nested := repository_at(self._absolute(folder))):
            git = self._repository_patterns(nested, read_ignore_settings(nested, self.environ), folder)
            is_in_repository = True
        return self._with_files(FolderRules(folder, rules.own, git, is_in_repository, verdict), present)

    def _with_files(self, rules: FolderRules, present: Container[str] = RULE_FILES) -> FolderRules:
        """Add the ignore files that lie in the folder itself."""
        own = self._read(rules.folder, OWN_IGNORE) if OWN_IGNORE in present else ()
        git = self._read(rules.folder, GIT_IGNORE) if self.reads_git and GIT_IGNORE in present else ()
        if not own and not git:
            return rules
        return attrs.evolve(rules, own=own + rules.own, git=git + rules.git)

    def _repository_patterns(
        self, repository: Repository | None, settings: IgnoreSettings, base: bytes
    ) -> tuple[PatternList, ...]:
        if not self.reads_git:
            return ()
        files = (repository.exclude_file if repository else None, settings.excludes_file)
        lists = (self._parse(file, base, settings.ignores_case) for file in files if file is not None)
        return tuple(patterns for patterns in lists if patterns is not None)

    def _read(self, folder: bytes, name: str) -> tuple[PatternList, ...]:
        path = f"{self._absolute(folder)}/{name}"
        try:
            # Like git, ignore files inside the tree are not read through symbolic links.
            is_file = stat.S_ISREG(os.lstat(path).st_mode)
        except OSError:
            return ()
        if not is_file:
            return ()
        patterns = self._parse(path, folder, self.settings.ignores_case)
        return () if patterns is None else (patterns,)

    def _parse(self, path: str | Path, base: bytes, ignores_case: bool) -> PatternList | None:
        try:
            with Path(path).open("rb") as file:
                content = file.read(_MAX_IGNORE_FILE_BYTES)
        except OSError:
            return None
        patterns = parse_patterns(content, _display(str(path), self.root), base, ignores_case)
        return patterns if patterns.patterns else None

    def _absolute(self, folder: bytes) -> str:
        return f"{self.top}/{os.fsdecode(folder[:-1])}" if folder else self.top


def _verdict(patterns: PatternList, pattern: Pattern, is_brought_back: bool) -> Verdict:
    return Verdict(not pattern.is_negated, f"{patterns.source}:{pattern.line}: {pattern.text}", is_brought_back)


def _well_known(path: str, name: str) -> str:
    if name in _WELL_KNOWN_FOLDERS:
        return f"{name} ({_WELL_KNOWN_FOLDERS[name]})"
    for marker, meaning in _MARKED_FOLDERS.items():
        if is_file(f"{path}/{marker}") and (marker != "CACHEDIR.TAG" or _is_cache(path)):
            return f"folder with {marker} ({meaning})"
    return ""


def _is_cache(path: str) -> bool:
    try:
        with Path(path, "CACHEDIR.TAG").open("rb") as file:
            return file.read(len(_CACHEDIR_SIGNATURE)) == _CACHEDIR_SIGNATURE
    except OSError:
        return False


def _display(path: str, root: str) -> str:
    prefix = root.rstrip("/" + os.sep)
    is_below = path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("/", os.sep)
    return path[len(prefix) + 1 :].replace(os.sep, "/") if is_below else path
