import attrs
import numpy as np

from training.corpus import Definition
from training.negatives import hardest, is_wrong, shown, some

DEFINITION = Definition(
    "store/pack.py",
    "Pack.write",
    "method",
    "python",
    10,
    20,
    "",
    "method pack write\ndef write(self, rows):\nself.file.append(rows)\nself.count += len(rows)",
    ("append", "len"),
    is_test=False,
)


def other(symbol: str, path: str = "store/other.py", calls: tuple[str, ...] = (), passage: str = "") -> Definition:
    words = passage or f"function {symbol}\n" + " ".join(f"{symbol}_{number} = {number}" for number in range(12))
    return attrs.evolve(DEFINITION, symbol=symbol, path=path, calls=calls, passage=words)


def test_what_bears_its_name_calls_it_or_is_called_by_it_is_no_wrong_answer() -> None:
    assert not is_wrong(DEFINITION, other("Shelf.write"))
    assert not is_wrong(DEFINITION, other("flush", calls=("write",)))
    assert not is_wrong(DEFINITION, other("append"))
    assert is_wrong(DEFINITION, other("close"))


def test_the_same_code_or_the_same_lines_are_no_wrong_answer() -> None:
    assert not is_wrong(DEFINITION, other("store", passage=DEFINITION.passage))
    assert not is_wrong(DEFINITION, other("close", path=DEFINITION.path))
    assert is_wrong(DEFINITION, attrs.evolve(other("close", path=DEFINITION.path), start_line=30, end_line=40))


def test_wrong_answers_come_hardest_first_without_what_may_be_right() -> None:
    query = np.array([1.0, 0.0, 0.0], np.float32)
    answer = np.array([0.6, 0.8, 0.0], np.float32)
    rivals = {
        3: np.array([0.5, 0.0, 0.866], np.float32),
        5: np.array([0.7, 0.0, 0.714], np.float32),
        7: np.array([0.9, 0.0, 0.436], np.float32),  # far nearer than the answer: an answer too
        9: np.array([0.6, 0.79, 0.1], np.float32),  # the answer over again
    }
    assert hardest(query, answer, rivals) == [5, 3]


def test_some_definitions_are_always_the_same_ones() -> None:
    definitions = [other(f"f{number}", path=f"{number}.py") for number in range(30)]
    assert some(definitions, 8) == some(definitions, 8)
    assert some(definitions, 8) == sorted(some(definitions, 8))
    assert set(some(definitions, 8)) < set(some(definitions, 12))
    assert some(definitions, 99) == list(range(30))


def test_every_other_passage_has_its_doc_comment_after_its_title() -> None:
    told = [
        shown(attrs.evolve(DEFINITION, symbol=f"Pack.write{number}", doc="Rows   are kept\nin order."))
        for number in range(20)
    ]
    title, code = DEFINITION.passage.split("\n", 1)
    assert set(told) == {DEFINITION.passage, f"{title}\nRows are kept in order.\n{code}"}
