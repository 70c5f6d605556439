"""Trains the models that ship: corpus, pairs, questions, negatives, training. Never needed to run or test Whence.

Run from the repository's root, `python -m training.<step>` with models/ and server/ on the path; `make train` does all.
"""
