import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.config.templates import FACTS, OUTPUT_LIMIT, compile_template
from notifier.core.rules.wording import CALL_FACTS

CALL = {"customer": "09xx xxx 567", "duration": 90, "agent": "", "note": "<b>&", "ended_at": ""}

WORLD = {
    "call": CALL,
    "calls": [CALL] * 500,
    "count": 5,
    "key": "k",
    "rule": "goi_nho",
    "suppressed": 2,
    "hotline": "CSKH",
}


def rendered(source: str, what: str = "text", **facts: object) -> str:
    template, faults = compile_template(what, source)
    assert faults == []
    assert template is not None
    return template({**WORLD, **facts})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ count }} cuộc nhỡ tại {{ hotline }}", "5 cuộc nhỡ tại CSKH"),
        ("{{ call.customer }} {{ call['duration'] // 60 }}m", "09xx xxx 567 1m"),
        ("{{ call.note }}", "<b>&"),
        ("{% if count > 3 and not call.agent %}nhiều{% else %}ít{% endif %}", "nhiều"),
        ("{{ 'a' if suppressed else 'b' }}{{ rule | upper }}", "aGOI_NHO"),
        ("{{ call.agent or 'không ai' }}{{ call[key] | default('-') }}", "không ai-"),
        ("{% for c in calls %}{{ loop.index if loop.first else '' }}{% endfor %}", "1"),
        ("{{ calls | length }}", "500"),
        ("{{ 'x' ~ count ~ 'y' }}", "x5y"),
    ],
)
def test_a_template_says_what_a_rule_wants(source: str, text: str) -> None:
    assert rendered(source) == text


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("{{ call[key] }}", "⟨text: 'dict object' has no attribute 'k'⟩"),
        ("{{ 1 // (count - 5) }}", "⟨text: ZeroDivisionError⟩"),
        ("{{ count + rule }}", "⟨text: TypeError⟩"),
    ],
)
def test_a_fault_while_rendering_is_a_short_visible_mark(source: str, mark: str) -> None:
    assert rendered(source) == mark


def test_a_fact_that_is_missing_when_rendering_is_a_mark() -> None:
    template, _ = compile_template("title", "{{ hotline }}")

    assert template is not None
    assert template({}) == "⟨title: 'hotline' is undefined⟩"


def test_a_title_is_one_line_and_a_text_may_have_more() -> None:
    assert rendered("a\n\n b", what="title") == "a b"
    assert rendered("a\n\n b") == "a\n\n b"


@pytest.mark.parametrize(
    "source",
    [
        "{% for c in calls %}0123456789{% endfor %}",
        "{{ 'x' ~ call.note }}",
        "{{ call.note }}" * 100,
    ],
)
def test_what_a_template_gives_is_bounded(source: str) -> None:
    text = rendered(source, call={"note": "y" * 1_000_000})

    assert len(text) == OUTPUT_LIMIT
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ 'x' * 1000000000 }}", "mul is not allowed in a template"),
        ("{{ 9 ** 9 ** 9 }}", "pow is not allowed in a template"),
        ("{{ '%01000000000d' % 1 }}", "mod is not allowed in a template"),
        ("{{ 'x'.ljust(1000000000) }}", "call is not allowed in a template"),
        ("{{ '{:>1000000000}'.format(1) }}", "call is not allowed in a template"),
        ("{{ '%01000000000d' | format(1) }}", "no such filter 'format'"),
        ("{{ 'x' | center(1000000000) }}", "no such filter 'center'"),
        ("{{ 'aa' | replace('', 'aaaa') }}", "no such filter 'replace'"),
        ("{{ 'aa' | join('aaaa') }}", "no such filter 'join'"),
        ("{{ call | attr('x') }}", "no such filter 'attr'"),
        ("{% set x = 'a' ~ 'a' %}", "assign is not allowed in a template"),
        (
            "{% for a in calls %}{% for b in calls %}{% endfor %}{% endfor %}",
            "a loop within a loop",
        ),
        ("{% for a in calls recursive %}{{ loop(calls) }}{% endfor %}", "a loop may only run over"),
        ("{% for a in 'abc' %}{% endfor %}", "a loop may only run over `calls`"),
        ("{{ range(9) }}", "call is not allowed in a template"),
        ("{{ lipsum }}", "no such fact 'lipsum'"),
        ("{{ cycler }}{{ joiner }}{{ namespace }}", "no such fact 'cycler'"),
        ("{{ self }}", "no such fact 'self'"),
        ("{{ call.__class__.__mro__ }}", "a name that begins with _ is not allowed"),
        ("{% macro m() %}{% endmacro %}", "macro is not allowed in a template"),
        ("{% include 'x' %}", "include is not allowed in a template"),
        ("{% import 'x' as y %}", "import is not allowed in a template"),
        ("{% extends 'x' %}", "extends is not allowed in a template"),
        ("{% filter upper %}x{% endfilter %}", "filterblock is not allowed in a template"),
        ("{% with %}{% endwith %}", "with is not allowed in a template"),
        ("{% raw %}{{ x }}", "not a template: "),
        ("{{ a", "not a template: "),
        ("{% nope %}", "not a template: "),
        ("{{ call is nope }}", "no such test 'nope'"),
        ("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", "too deep or too odd"),
        ("{{ " + "not " * 450 + "1 }}", ""),
        ("{{ " + "-" * 1900 + "1 }}", ""),
        ("{{ " + "1+" * 900 + "1 }}", "nested deeper than 40"),
        ("{% if 1 %}" * 100 + "{% endif %}" * 90, ""),
        ("x" * 2001, "longer than 2,000 letters"),
    ],
    ids=lambda value: value[:30],
)
def test_what_could_do_harm_is_refused_when_it_is_read(source: str, message: str) -> None:
    template, faults = compile_template("title", source)

    assert template is None
    assert any(message in fault for _, fault in faults)


def test_an_underscored_item_gives_a_mark_and_no_secret() -> None:
    assert rendered("{{ call[key] }}", key="__class__").startswith("⟨text: ")


def test_an_unknown_fact_is_told_with_its_place_and_the_nearest() -> None:
    _, faults = compile_template("title", "hotlin {{ count }} {{ hotlin }} {{ call.hotline }}")

    assert faults == [(22, "no such fact 'hotlin'; did you mean hotline?")]


ASKED = [
    "{{ call.custmer }}",
    "{{ call . custmer | default('-') }}",
    "{{ call['custmer'] }}",
    "{% if call.custmer is defined %}{% endif %}",
    "{{ calls[0].custmer }}",
    "{{ (calls | first).custmer }}",
    "{{ (calls | last)['custmer'] }}",
    "{% for c in calls %}{{ c.custmer }}{% endfor %}",
    "{% for c in calls if c.custmer %}{% endfor %}",
    "custmer {{ 'custmer' ~ call.custmer ~ call.custmer }}",
]


@pytest.mark.parametrize("source", ASKED)
def test_what_no_call_tells_is_refused_with_its_place_and_the_nearest(source: str) -> None:
    template, faults = compile_template("title", source)

    ((at, message),) = faults
    assert template is None
    assert source[at:].startswith("custmer")
    assert message == "no such fact 'custmer' of a call; did you mean customer?"


def test_an_unlikely_name_is_told_with_all_that_a_call_tells() -> None:
    _, faults = compile_template("title", "{{ call.zzz }}")

    assert faults == [(8, f"no such fact 'zzz' of a call; known: {', '.join(CALL_FACTS)}")]


@pytest.mark.parametrize("name", CALL_FACTS)
def test_all_that_a_call_tells_may_be_asked(name: str) -> None:
    source = f"{{{{ call.{name} }}}}{{% for c in calls %}}{{{{ c.{name} }}}}{{% endfor %}}"

    template, faults = compile_template("text", source)

    assert faults == []
    assert template is not None
    assert template({"call": {name: "a"}, "calls": [{name: "b"}, {name: "c"}]}) == "abc"


@pytest.mark.parametrize(
    "source",
    [
        "{% for c in calls %}{{ loop.index }}{% endfor %}",
        "{% for a, b in calls %}{{ a.x }}{% endfor %}",
        "{{ calls[0] | length }}{{ call[0] }}{{ (call | first).x }}{{ (calls | length).x }}",
    ],
)
def test_only_calls_are_held_to_what_calls_tell(source: str) -> None:
    assert compile_template("text", source)[1] == []


def test_all_unknown_facts_are_told() -> None:
    _, faults = compile_template("text", "{{ aaa }}\n{{ zzz }}")

    assert [fault.split(";")[0] for _, fault in faults] == [
        "no such fact 'aaa'",
        "no such fact 'zzz'",
    ]


PIECES = [
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " ",
        "|",
        "~",
        "(",
        ")",
        "[",
        "]",
        ".",
        "'",
        "for x in ",
        "if ",
    ),
    *("endfor", "endif", "else", "not ", "1", "-", *FACTS, "upper", "loop", "x", "\n", "__class__"),
]


@given(source=st.text(max_size=50) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_a_template_that_gives_bounded_text_or_has_faults(source: str) -> None:
    template, faults = compile_template("text", source)

    assert (template is None) == bool(faults)
    if template is not None:
        assert len(template(WORLD)) <= OUTPUT_LIMIT
        assert len(template({})) <= OUTPUT_LIMIT
    assert all(0 <= at <= len(source) for at, _ in faults)
