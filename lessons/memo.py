"""Memoize slow functions, so that work done before a transaction is not repeated by the code inside it.

    with memoizing():
        sanitise(body)  # slow
        with transaction.atomic():
            save(body)  # calls sanitise(body) as well, and gets the memoized result

Only functions that are `memoized` take part, and only inside the block. If something has changed since, so that they
are called with other arguments, they do their work inside the transaction after all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_results: ContextVar[dict[Any, Any] | None] = ContextVar("memoized_results", default=None)


@contextmanager
def memoizing() -> Iterator[None]:
    """Memoize results until the end of the outermost of these blocks."""
    if _results.get() is not None:
        yield
        return
    token = _results.set({})
    try:
        yield
    finally:
        _results.reset(token)


def memoized(function: Callable[P, T]) -> Callable[P, T]:
    """Make a pure function, all of whose arguments are hashable, return its earlier result within `memoizing`.

    A ValueError is memoized as well: it is how a text or image is refused.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        results = _results.get()
        if results is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in results:
            try:
                results[key] = (function(*args, **kwargs), None)
            except ValueError as error:
                results[key] = (None, error)
        result, refusal = results[key]
        if refusal is not None:
            raise refusal
        return result

    return call


def remember(function: Callable[..., T], *args: object, result: T) -> None:
    """Make a memoized function return `result` for these arguments, within `memoizing`: it is known already."""
    results = _results.get()
    if results is not None:
        results[(getattr(function, "__wrapped__", function), args, ())] = (result, None)
