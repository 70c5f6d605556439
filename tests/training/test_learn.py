from benchmarks.quality.learn import functions_of

CODE = b"""
class Shop:
    def price(self):
        def rounded(value):
            return round(value)

        return rounded(self.raw)


def close(shop):
    return shop.end()
"""


def test_functions_stand_alone_without_those_inside_them() -> None:
    found = dict(functions_of("shop.py", CODE))
    assert list(found) == [3, 10]
    assert found[3].startswith("def price(self):\n    def rounded(value):\n")
    assert found[10] == "def close(shop):\n    return shop.end()\n"


def test_no_test_is_a_function_to_be_found() -> None:
    assert not list(functions_of("tests/test_shop.py", CODE))
