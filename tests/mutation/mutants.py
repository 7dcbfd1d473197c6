"""Mutants of a Python module: versions with one wrong change that a careful test would notice."""

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

FLIPS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# A call of these is left out, and what it was given takes its place.
WRAPPERS = {"escape", "conditional_escape", "max", "min", "strip", "lower", "casefold", "single_line"}
# A link of a queryset's chain that can be left out.
LINKS = {"filter", "exclude", "order_by", "distinct", "select_for_update"}


class Mutant(NamedTuple):
    """`source` is the module's with the change; `before` and `after` are the changed part, on line `line`."""

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield each mutant of a module, in the order of its lines. Comments and annotations are left alone."""
    tree = ast.parse(source)
    spots = sorted(_spots(tree), key=lambda node: (node.lineno, node.col_offset))
    for node in spots:
        for changed in _changes(node):
            yield Mutant(node.lineno, ast.unparse(node), ast.unparse(changed), _replaced(tree, node, changed))


def _spots(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield statements and expressions that may change: none of an annotation, a decorator or an import."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                if isinstance(child, ast.expr | ast.stmt):
                    yield child
                yield from _spots(child)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the possible replacements of a node."""
    if isinstance(node, ast.Compare):
        yield from _with_operator(node, "ops")
    elif isinstance(node, ast.BoolOp):
        yield _changed(node, op=FLIPS[type(node.op)]())
        for n in range(len(node.values)):
            rest = node.values[:n] + node.values[n + 1 :]
            yield rest[0] if len(rest) == 1 else _changed(node, values=rest)
    elif isinstance(node, ast.BinOp) and type(node.op) in FLIPS:
        yield _changed(node, op=FLIPS[type(node.op)]())
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            yield from (node.left, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Call):
        yield from _without_call(node)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.If | ast.While):
        yield _changed(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield _changed(node, value=ast.Constant(None))
        if isinstance(node.value, ast.BoolOp | ast.Compare | ast.Call | ast.UnaryOp):
            yield _changed(node, value=ast.Constant(True))
    elif isinstance(node, ast.Raise) or _is_bare_call(node):
        yield ast.Pass()


def _with_operator(node: ast.Compare, name: str) -> Iterator[ast.AST]:
    for n, op in enumerate(node.ops):
        if type(op) in FLIPS:
            yield _changed(node, ops=[*node.ops[:n], FLIPS[type(op)](), *node.ops[n + 1 :]])


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    """Yield another number or the other truth. Text is left alone: most of it is for people."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))


def _without_call(node: ast.Call) -> Iterator[ast.AST]:
    """Yield the call without one of its keywords, or what it wraps."""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = method or getattr(node.func, "id", "")
    if method and (method in LINKS or (method in WRAPPERS and not node.args)):
        yield node.func.value
    elif name in WRAPPERS and node.args:
        yield from node.args
    if name in ("filter", "exclude", "Q") and len(node.keywords) > 1:
        for n in range(len(node.keywords)):
            yield _changed(node, keywords=node.keywords[:n] + node.keywords[n + 1 :])


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_bare_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _changed(node: ast.AST, **fields) -> ast.AST:
    """Return a copy of the node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(copy.copy(node))

    def generic_visit(self, node):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [self.visit(item) if isinstance(item, ast.AST) else item for item in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node


def _replaced(tree: ast.AST, old: ast.AST, new: ast.AST) -> str:
    """Return the module's source with one node replaced by another; the tree stays as it is."""
    return ast.unparse(ast.fix_missing_locations(_Replace(old, new).visit(tree))) + "\n"
