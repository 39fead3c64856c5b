import ast
import re
from collections.abc import Iterator

from tests.house.tree import name, parsed, sources

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt], *, inside: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield public classes, functions and methods; a Protocol's class may tell of its methods."""
    for node in body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        yield f"{inside}{node.name}", node
        if isinstance(node, ast.ClassDef) and not is_protocol(node):
            yield from public(node.body, inside=f"{inside}{node.name}.")


def is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def constants(body: list[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """Yield the public constants of a module, and whether a docstring follows them.

    A run of them may share the docstring that ends it.
    """
    run: list[str] = []
    for node in [*body, ast.Pass()]:
        if made := [title for title in assigned(node) if re.fullmatch(r"[A-Z][A-Z0-9_]+", title)]:
            run += made
            continue
        yield from ((title, is_docstring(node)) for title in run)
        run = []


def assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [target.id for target in targets if isinstance(target, ast.Name)]


def is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_a_module_opens_with_one_sentence() -> None:
    openings = {
        name(source): (ast.get_docstring(parsed(source)) or "").split("\n\n")[0]
        for source in sources()
    }

    sentence = re.compile(r"(?s)(?:(?![.!?]\s+[A-Z]).)+[.?]")
    others = [f"{n}: {said}" for n, said in openings.items() if not sentence.fullmatch(said)]
    assert not others, "\n".join(others)


def test_every_public_name_is_documented() -> None:
    silent = [
        f"{name(source)}: {title}"
        for source in sources()
        for title, node in public(parsed(source).body)
        if not ast.get_docstring(node)
    ]

    assert not silent, "\n".join(silent)


def test_every_public_constant_says_where_its_value_comes_from() -> None:
    bare = [
        f"{name(source)}: {title}"
        for source in sources()
        for title, documented in constants(parsed(source).body)
        if not documented
    ]

    assert not bare, "\n".join(bare)
