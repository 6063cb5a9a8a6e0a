import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.phones import mask_phone, normalise_phone, same_phone


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("13912340000", "13912340000"),
        ("139 1234 0000", "13912340000"),
        ("139-1234-0000", "13912340000"),
        ("139—1234–0000", "13912340000"),
        (" １３９１２３４００００ ", "13912340000"),
        ("139　1234　0000", "13912340000"),
        ("+8613912340000", "13912340000"),
        ("+86 139 1234 0000", "13912340000"),
        ("＋８６　１３９１２３４００００", "13912340000"),
        ("8613912340000", "13912340000"),
        ("008613912340000", "13912340000"),
        ("(+86)13912340000", "13912340000"),
        ("013912340000", "13912340000"),
        ("13912340000.0", "13912340000"),
        ("0816-1234567", "08161234567"),
        ("（0816）1234567", "08161234567"),
        ("028 8612 3456", "02886123456"),
        ("010-12345678", "01012345678"),
        ("+86 816 1234567", "08161234567"),
        ("+86 0816 1234567", "08161234567"),
        ("400-123-4567", "4001234567"),
        ("+852 9123 4567", "+85291234567"),
        ("0085291234567", "+85291234567"),
        ("+1 415 555 0100", "+14155550100"),
        ("", None),
        ("   ", None),
        ("+", None),
        ("12345", None),
        ("1391234000", None),  # a digit short
        ("139123400001", None),  # a digit more
        ("23912340000", None),
        ("+86 12345", None),
        ("+8612912340000", None),
        ("13912340000/13812340000", None),
        ("无", None),
        ("١٣٩١٢٣٤٠٠٠٠", None),
    ],
)
def test_a_number_has_one_form_however_it_is_written(raw: str, number: str | None) -> None:
    assert normalise_phone(raw) == number


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("+8613800000000", "138 0000 0000", True),
        ("8613800000000", "13800000000", True),
        ("+852 9123 4567", "85291234567", True),  # a contact without the plus
        ("85291234567", "+852 9123 4567", True),
        ("13800000000", "13800000001", False),
        ("+13912340000", "13912340000", False),  # another country
        ("", "", False),
        ("无", "无", False),
        ("", "13800000000", False),
    ],
)
def test_the_same_telephone_is_recognised(a: str, b: str, same: bool) -> None:
    assert same_phone(a, b) is same


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13912340000", "139****0000"),
        ("+86 139 1234 0000", "139****0000"),
        ("08161234567", "****67"),
        ("+85291234567", "****67"),
        ("1234567", "****67"),
        ("123456", "****"),
        ("12345", "****"),
        ("", "****"),
    ],
)
def test_a_masked_phone_can_be_recognised_but_not_dialled(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(middle=st.from_regex(re.compile(r"[0-9]{4}", re.ASCII), fullmatch=True), last=st.integers(0, 9999))
def test_a_mask_is_the_same_whatever_it_hides(middle: str, last: int) -> None:
    assert mask_phone(f"139{middle}{last:04}") == mask_phone(f"1390000{last:04}")


@given(st.text(max_size=30) | st.from_regex(re.compile(r"\+?[0-9 \-]{0,20}", re.ASCII), fullmatch=True))
def test_a_mask_never_reveals_but_at_most_seven_digits_and_hides_at_least_four(raw: str) -> None:
    written = sum(letter.isdecimal() for letter in raw)
    shown = sum(letter.isdecimal() for letter in mask_phone(raw))
    assert shown <= 7
    assert shown == 0 or written - shown >= 4


@given(st.text(alphabet="0123456789+- 　－０８６", max_size=20))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    number = normalise_phone(raw)
    assert number is None or normalise_phone(number) == number
