from collections import Counter

import pytest

from whence.ranking.likeness import Likeness, shared_words
from whence.text.words import words_of


def bag_of(text: str) -> Counter[str]:
    return Counter(words_of(text).split())


def test_copies_share_all_their_words_and_strangers_none() -> None:
    one = bag_of("def close_all(pool): release(pool)")
    assert shared_words(one, one) == 1
    assert shared_words(one, bag_of("let window = open()")) == 0
    assert shared_words(bag_of(""), bag_of("")) == 0


def test_words_count_as_often_as_they_stand_in_both() -> None:
    assert shared_words(bag_of("retry retry retry"), bag_of("retry")) == pytest.approx(1 / 3)


def test_case_and_joining_of_names_make_no_difference() -> None:
    assert shared_words(bag_of("parse_config"), bag_of("parseConfig")) == 1


def test_the_reasons_add_up_to_the_score_and_say_it_in_words() -> None:
    likeness = Likeness(similarity=0.9, shared=0.7)
    assert sum(reason.score for reason in likeness.reasons) == pytest.approx(likeness.score) == pytest.approx(0.82)
    assert [reason.text for reason in likeness.reasons] == ["nearly the same (0.82)", "shares 70% of the words"]
    assert Likeness(0.7, 0.5).reasons[0].text == "much alike (0.62)"
    assert Likeness(0.7, 0.3).reasons[0].text == "alike (0.54)"
