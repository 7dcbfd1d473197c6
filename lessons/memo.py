"""Do slow work before a transaction although the functions that need it are called inside: remember what it returned.

    with remembering():
        sanitise(body)  # slow
        with transaction.atomic():
            save(body)  # calls sanitise(body) as well, and gets what was remembered

Only functions that are `remembered` take part, and only inside the block. If something has changed since, so that they
are called with other arguments, they do their work inside the transaction after all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_results: ContextVar[dict[Any, Any] | None] = ContextVar("remembered results", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember results until the end of the outermost of these blocks."""
    if _results.get() is not None:
        yield
        return
    token = _results.set({})
    try:
        yield
    finally:
        _results.reset(token)


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Make a pure function, all of whose arguments are hashable, return what it returned before within `remembering`.

    A ValueError is remembered as well: it is how a text or image is refused.
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
