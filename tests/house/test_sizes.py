from tests.house.tree import functions, name, sources, text

MODULE = 300
"""Lines, all of them: a few screens."""

FUNCTION = 40
"""Lines from `def` to the end, docstring included: half a screen."""

EXEMPT: dict[str, str] = {}
"""Modules that may be longer, each with its reason; word tables are the only kind foreseen."""


def test_a_module_fits_on_a_few_screens() -> None:
    lengths = {name(source): len(text(source).splitlines()) for source in sources()}

    long = [f"{n}: {lines}" for n, lines in lengths.items() if lines > MODULE and n not in EXEMPT]
    assert not long, "\n".join(long)


def test_a_function_fits_on_half_a_screen() -> None:
    lengths = {
        f"{name(source)}: {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for source in sources()
        for function in functions(source)
    }

    long = [f"{n}: {lines}" for n, lines in lengths.items() if lines > FUNCTION]
    assert not long, "\n".join(long)


def test_an_exemption_is_still_needed() -> None:
    lengths = {name(source): len(text(source).splitlines()) for source in sources()}

    assert [n for n in EXEMPT if lengths.get(n, 0) <= MODULE] == []
