"""How good answers are: public suites, queries of our own, and the programs that score and check them."""
