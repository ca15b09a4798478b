"""Small changes to the source of an answer, each of which may be the one that makes it right."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence

import numpy as np

_OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.MatMult, ast.Div, ast.Add),
    ast.MatMult: (ast.Mult,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Pow: "**"}
_COMPARISONS = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
_ALIKE = (
    ("tanh", "sigmoid"),
    ("min", "max"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("sum", "mean", "prod", "max"),
)
_AROUND = (
    ("`{}` lacks a minus sign", "-{}"),
    ("`{}` lacks a tanh", "_np.tanh({})"),
    ("`{}` lacks a sigmoid", "1 / (1 + _np.exp(-{}))"),
    ("`{}` lacks a square", "{}**2"),
    ("`{}` lacks a square root", "_np.sqrt({})"),
    ("`{}` is not transposed, and should be", "{}.T"),
    ("`{0}` stands for 1 − `{0}`", "1 - {}"),
)


_USUAL = ("transposed", "brackets", "the `+`", "the `-`", "the sign in front")
_METHODS = {"append", "insert", "extend", "update", "add"}
# A function that uses one of these may leave something behind each time that it is called.
_TRACES = {
    "plt",
    "open",
    "input",
    "display",
    "exec",
    "eval",
    "os",
    "shutil",
    "subprocess",
    "Path",
    "globals",
    "setattr",
}


def repairs(answer: Callable) -> Iterator[tuple[str, Callable, bool]]:
    """Yield functions that differ from an answer in one place, the smallest changes first.

    Each comes with words that say where and what is wrong, and with whether students make this mistake beside another
    one. Nothing is yielded where there is no source to change, or none that stands alone, as for a function inside
    another.
    """
    try:
        lines, _ = inspect.getsourcelines(answer)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return
    function = tree.body[0]
    if len(tree.body) > 1 or not isinstance(function, ast.FunctionDef) or answer.__code__.co_freevars:
        return
    function.decorator_list = []
    if _TRACES & set(answer.__code__.co_names):
        return
    names = [name for name in answer.__code__.co_varnames if name not in _growing(function)]
    edits = [
        (rank, words, put, node, new)
        for parent in ast.walk(function)
        for put, node in _places(parent)
        for rank, words, new in _alternatives(node, names)
    ]
    for _, words, put, node, new in sorted(edits, key=lambda edit: edit[0]):
        put(new)
        changed = _built(tree, answer)
        put(node)
        if changed is not None:
            line = lines[node.lineno - 1].strip()
            yield f"Look at `{line}` in line {node.lineno}: {words}.", changed, any(map(words.__contains__, _USUAL))


def _growing(function: ast.FunctionDef) -> set[str]:
    """Return the names of lists and of what is added to: a list put into itself would keep NumPy busy for ever."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.AugAssign):
            owner = node.value if isinstance(node, ast.Attribute) else node.target
            if isinstance(owner, ast.Name) and (isinstance(node, ast.AugAssign) or node.attr in _METHODS):
                found.add(owner.id)
    return found


def _places(parent: ast.AST) -> Iterator[tuple[Callable, ast.AST]]:
    """Yield the parts of a node that may be replaced, each with what puts another in its place."""
    for name, value in ast.iter_fields(parent):
        if isinstance(value, ast.expr | ast.AugAssign):
            yield lambda new, name=name: setattr(parent, name, new), value
        for i, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, ast.expr | ast.AugAssign):
                yield lambda new, value=value, i=i: value.__setitem__(i, new), item


def _built(tree: ast.Module, answer: Callable) -> Callable | None:
    names = {**answer.__globals__, "_np": np}
    try:
        exec(compile(ast.fix_missing_locations(tree), "<changed>", "exec"), names)
    except Exception:  # a change that makes no Python
        return None
    return names[answer.__name__]


def _alternatives(node: ast.AST, names: Sequence[str]) -> Iterator[tuple[int, str, ast.AST]]:
    """Yield what may stand in the place of a node, as ``(rank, words, new node)``."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        sign = _SIGNS.get(type(node.op))
        for other in _OPERATORS.get(type(node.op), ()):
            yield 0, f"the `{sign}` is the wrong one", _copy(node, op=other())
    if isinstance(node, ast.BinOp):
        yield from _of_operands(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield 0, f"the sign in front of `{_text(node.operand)}` does not belong there", node.operand
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield 0, "the comparison is the wrong way round", _copy(node, ops=[_COMPARISONS[type(node.ops[0])]()])
    elif isinstance(node, ast.Constant):
        yield from _of_number(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield 3, f"the index in `{_text(node)}` does not belong there", node.value
    elif isinstance(node, ast.Slice):
        yield from _of_slice(node)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        yield 2, f"the order of `{_text(node)}` is wrong", _copy(node, elts=node.elts[::-1])
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield 1, f"`{_text(node)}` is transposed, and should not be", node.value
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from _of_name(node, names)
    if isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Attribute | ast.Subscript) and _is_read(node):
        for words, around in _AROUND:
            new = ast.parse(around.format(f"({_text(node)})"), mode="eval").body
            yield 4, words.format(_text(node)), new


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _copy(node: ast.AST, **changed) -> ast.AST:
    return type(node)(**{**dict(ast.iter_fields(node)), **changed})


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def _of_operands(node: ast.BinOp) -> Iterator[tuple[int, str, ast.AST]]:
    sign, left, right = _SIGNS.get(type(node.op)), node.left, node.right
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield 1, f"the two sides of the `{sign}` are exchanged", _copy(node, left=right, right=left)
    if isinstance(left, ast.BinOp):
        turned = _copy(left, right=_copy(node, left=left.right))
        yield 1, f"the brackets of `{_text(node)}` are wrong, or missing", turned
    if isinstance(right, ast.BinOp):
        turned = _copy(right, left=_copy(node, right=right.left))
        yield 1, f"the brackets of `{_text(node)}` are wrong, or missing", turned
    for kept, dropped in ((left, right), (right, left)):
        yield 5, f"`{_text(dropped)}` does not belong there", kept


def _of_number(node: ast.Constant) -> Iterator[tuple[int, str, ast.AST]]:
    if isinstance(node.value, bool):
        yield 0, f"it is not {node.value}", ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        for other in (node.value + 1, node.value - 1, -node.value):
            new = ast.parse(repr(other), mode="eval").body
            yield 0, f"the number {node.value} is the wrong one", new


def _of_call(node: ast.Call) -> Iterator[tuple[int, str, ast.AST]]:
    function, called = node.func, _text(node.func)
    name = getattr(function, "id", getattr(function, "attr", None))
    for other in {other for alike in _ALIKE if name in alike for other in alike} - {name}:
        field = "id" if isinstance(function, ast.Name) else "attr"
        yield 1, f"`{called}` is the wrong function", _copy(node, func=_copy(function, **{field: other}))
    if len(node.args) == 1:
        yield 3, f"`{called}` does not belong around `{_text(node.args[0])}`", node.args[0]
    if isinstance(function, ast.Attribute):
        yield 3, f"`.{function.attr}(...)` does not belong there", function.value
    for i in range(len(node.keywords)):
        fewer = node.keywords[:i] + node.keywords[i + 1 :]
        yield 3, f"`{node.keywords[i].arg}=` does not belong there", _copy(node, keywords=fewer)
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield 2, f"the order of the arguments of `{called}` is wrong", _copy(node, args=swapped)


def _of_slice(node: ast.Slice) -> Iterator[tuple[int, str, ast.AST]]:
    words = f"the slice `{_text(node)}` is the wrong one"
    if node.lower is None:
        yield 2, words, _copy(node, lower=ast.Constant(1))
    else:
        yield 2, words, _copy(node, lower=None)
    if node.upper is None:
        yield 2, words, _copy(node, upper=ast.UnaryOp(ast.USub(), ast.Constant(1)))
    else:
        yield 2, words, _copy(node, upper=None)
    yield 2, words, _copy(node, step=None if node.step else ast.UnaryOp(ast.USub(), ast.Constant(1)))


def _of_name(node: ast.Name, names: Sequence[str]) -> Iterator[tuple[int, str, ast.AST]]:
    for other in names:
        if other != node.id:
            yield 2, f"`{node.id}` is the wrong variable there", ast.Name(other, ast.Load())
    for operator in (ast.Add(), ast.Sub()):
        yield 2, f"`{node.id}` is one off there", ast.BinOp(node, operator, ast.Constant(1))
