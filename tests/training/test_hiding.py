import random

from training.hiding import blurred, hide_name, hide_shared, stems

PASSAGE = "method session expire old tokens\ndef expire_old_tokens(self):\nself.tokens = keep(self.tokens, expireAfter)"


def test_words_that_the_query_says_too_are_left_out_of_identifiers() -> None:
    hidden = hide_shared("drop tokens that have expired", PASSAGE, random.Random(0), share=1.0)
    assert not stems(hidden) & stems("tokens expired")
    assert "session" in hidden
    assert "After" in hidden or "after" in hidden


def test_a_passage_that_shares_no_word_stays_as_it_is() -> None:
    assert hide_shared("nothing in common", PASSAGE, random.Random(0), share=1.0) == PASSAGE


def test_words_that_say_nothing_are_no_shared_words() -> None:
    assert stems("where is the loop that it does") == stems("loop")


def test_the_name_is_hidden_in_the_title_and_wherever_it_stands() -> None:
    hidden = hide_name("function retry call\ndef retry_call(f):\nreturn retry_call(f) or retry_calls", "net.retry_call")
    assert hidden == "function\ndef it(f):\nreturn it(f) or retry_calls"


def test_blurring_leaves_some_passages_whole_and_hides_in_most() -> None:
    chance = random.Random(1)
    seen = [blurred("expire tokens", PASSAGE, "Session.expire_old_tokens", chance) for _ in range(200)]
    assert 20 < seen.count(PASSAGE) < 90
