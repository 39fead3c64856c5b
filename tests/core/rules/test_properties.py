"""What holds for any condition and any call."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calls import Call
from notifier.core.rules.compiling import canonical, compile_condition
from notifier.core.rules.contradictions import contradictions as clashes
from notifier.core.rules.expressions import read_expression
from notifier.core.rules.faults import Fault
from notifier.core.rules.language import All, Condition, Either, Not
from notifier.core.rules.patterns import comparable
from notifier.core.rules.reading import Source, read_condition
from tests.builders import HANOI, a_call
from tests.core.rules.strategies import EQUAL, VOCABULARY, Pair, calls, pairs_of_one_meaning


def read(source: Source) -> tuple[Condition | None, list[Fault]]:
    return read_condition(source, VOCABULARY)


def judged(condition: Condition, call: Call) -> bool:
    return compile_condition(condition, VOCABULARY, HANOI)(call)


@given(pair=pairs_of_one_meaning, some=st.lists(calls, min_size=1, max_size=5))
def test_both_surfaces_judge_every_call_alike(pair: Pair, some: list[Call]) -> None:
    by_mapping, mapping_faults = read(pair.mapping)
    by_expression, expression_faults = read(pair.expression)

    assert bool(mapping_faults) is bool(expression_faults), (mapping_faults, expression_faults)
    if by_mapping is not None and by_expression is not None:
        assert canonical(by_mapping) == canonical(by_expression)
        verdicts = [judged(by_mapping, call) for call in some]
        assert verdicts == [judged(by_expression, call) for call in some]
        assert {type(verdict) for verdict in verdicts} == {bool}


@given(pair=pairs_of_one_meaning, call=calls)
def test_the_canonical_text_reads_back_with_the_same_meaning(pair: Pair, call: Call) -> None:
    condition, _ = read(pair.mapping)
    if condition is not None:
        again, faults = read(canonical(condition))

        assert again is not None, faults
        assert canonical(again) == canonical(condition)
        assert judged(again, call) is judged(condition, call)


@given(pair=pairs_of_one_meaning, call=calls)
def test_not_turns_every_verdict(pair: Pair, call: Call) -> None:
    condition, _ = read(pair.mapping)
    negated, _ = read({"not": pair.mapping})

    if condition is not None and negated is not None:
        assert judged(negated, call) is not judged(condition, call)


@given(pair=pairs_of_one_meaning, call=calls)
def test_what_is_refused_as_impossible_matches_no_call(pair: Pair, call: Call) -> None:
    condition, faults = read_expression(pair.expression, VOCABULARY)

    assert faults == []
    if condition is not None and flat(condition) and impossible(condition):
        assert not judged(condition, call)


def impossible(condition: Condition) -> bool:
    """Whether what is told does not come from the talk time, which these calls have at random."""
    return any(text.startswith("no call") for text in clashes(condition))


def flat(condition: Condition) -> bool:
    """Whether a contradiction is one of the whole."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    return not any(isinstance(part, Either | Not) for part in parts)


@given(pairs=st.lists(pairs_of_one_meaning, min_size=2, max_size=4), data=st.data())
def test_the_order_of_operands_does_not_matter(pairs: list[Pair], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(pairs))

    for key in ("any", "all"):
        one, _ = read({key: [pair.mapping for pair in pairs]})
        other, _ = read({key: [pair.mapping for pair in shuffled]})
        assert (one is None) is (other is None)
        if one is not None and other is not None:
            assert canonical(one) == canonical(other)


SIGNS = "()[]\"'\\,=<>!@.*?+-:_ \n\x00 andortlikeinm019sđ💥"
LETTERS = st.text(st.sampled_from(SIGNS), max_size=60)
WORDS = st.lists(
    st.sampled_from(
        "and or not in like == != < <= > ( ) [ ] , missed duration note direction target 10m 5 "
        '"in" "09*" @vip vip open( "gio_lam" len( lower( startswith( hour() true ]'.split()
    ),
    max_size=14,
).map(" ".join)
ANY_TEXT = st.one_of(st.text(max_size=40), LETTERS, WORDS)
FIELDS = st.sampled_from(("any", "all", "not", *EQUAL, "x"))
sources: st.SearchStrategy[Source] = st.recursive(
    ANY_TEXT,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(source=sources, call=calls)
def test_any_source_is_a_condition_or_faults(source: Source, call: Call) -> None:
    condition, faults = read(source)

    assert (condition is None) is bool(faults)
    if condition is not None:
        assert judged(condition, call) in {True, False}


@given(text=WORDS)
def test_any_words_are_a_condition_or_faults_within_the_text(text: str) -> None:
    condition, faults = read(text)

    assert (condition is None) is bool(faults)
    assert all(0 <= (fault.column or 0) <= len(text) for fault in faults)


@given(number=st.text(st.sampled_from("0123456789+ .-ab"), max_size=14))
def test_the_comparable_form_of_a_number_is_its_own(number: str) -> None:
    assert comparable(comparable(number)) == comparable(number)


def nested(key: str, depth: int) -> Source:
    source: Source = "missed"
    for _ in range(depth):
        source = {key: source} if key == "not" else {key: [source]}
    return source


@pytest.mark.parametrize(
    "source",
    [
        "(" * 2_000,
        "(" * 900 + "missed" + ")" * 900,
        "not " * 499 + "missed",
        "not(" * 400 + "missed" + ")" * 400,
        "[" * 1_000 + "]" * 1_000,
        "len(" * 400 + "note" + ")" * 400,
        "missed and " * 1_000 + "missed",
        "not (missed or " * 19 + "inbound" + ")" * 19,
        "a" * 1_000_000,
        '"' * 1_999,
        "\\" * 1_999,
        "9" * 1_999,
        "duration > " + "9" * 1_900 + "d",
        "duration > " + "1d" * 900,
        "hour == " + "1" * 1_900,
        nested("not", 5_000),
        nested("any", 5_000),
        nested("all", 5_000),
        {"x" * 100_000: "1"},
        {"duration": "9" * 100_000},
        {"note": "*a" * 100_000},
        {"hotline": "x" * 100_000 + "*"},
    ],
    ids=[f"bomb {number}" for number in range(22)],
)
def test_a_bomb_is_a_short_fault(source: Source) -> None:
    condition, faults = read(source)

    assert condition is None
    assert len(faults) == 1
    assert len(faults[0].message) < 300


def test_a_long_chain_within_the_bounds_is_accepted() -> None:
    conditions = [
        read(" and ".join(["missed"] * 180)),
        read(" or ".join(f"hotline == {number}" for number in range(90))),
        read({"any": [f"hour >= {number % 24}" for number in range(2_000)]}),
        read({"hotline": [str(number) for number in range(5_000)]}),
        read("(" * 20 + "missed" + ")" * 20),
        read(nested("not", 40)),
    ]

    assert [faults for _, faults in conditions] == [[]] * len(conditions)
    assert all(judged(c, a_call()) in {True, False} for c, _ in conditions if c is not None)


def test_lists_that_exclude_each_other_are_found_in_time() -> None:
    half = [str(number) for number in range(10_000, 15_000)]
    rest = [str(number) for number in range(20_000, 25_000)]

    assert len(read({"hotline": half, "all": [{"hotline": rest}]})[1]) == 1


def test_words_side_by_side_are_never_joined() -> None:
    pieces = ("missed", "10m", '"a"', "@vip", "(missed)")

    assert all(read(f"{a}{b}")[1] for a, b in pairwise(pieces * 2))
