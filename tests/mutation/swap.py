"""A mistake put into a running process: each function gets the code that the mutated source gives it.

Code that imported a function by its name, or wrapped it in a decorator, has the same function object, and so its new
code.
"""

import functools
import gc
import inspect
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType

from tests.mutation.mutants import PACKAGE, Mutant


def swap(mutant: Mutant) -> int:
    """Make the mistake in this process; return how many functions have it. It forgets what they computed before."""
    filename = str(PACKAGE / mutant.path)
    before, after = (compile(source, filename, "exec") for source in (mutant.original, mutant.source))
    changed = {place(old): (old, new) for old, new in zip(codes(before), codes(after), strict=True) if old != new}
    functions = [one for one in gc.get_objects() if isinstance(one, FunctionType) and is_of(one, filename)]
    hit = [one for one in functions if is_one(one.__code__, changed)]
    # A mistake that takes a variable of an outer function away cannot be made in a function that exists.
    hit = [one for one in hit if one.__code__.co_freevars == changed[place(one.__code__)][1].co_freevars]
    for one in hit:
        one.__code__ = changed[place(one.__code__)][1]
    forget()
    return len(hit)


def is_of(function: FunctionType, filename: str) -> bool:
    return function.__code__.co_filename == filename


def place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def is_one(code: CodeType, changed: Mapping[tuple[str, int], tuple[CodeType, CodeType]]) -> bool:
    """Tell whether this code changes; pytest writes assertions anew, and a line may have several lambdas."""
    return place(code) in changed and (code.co_name != "<lambda>" or code == changed[place(code)][0])


def codes(module: CodeType) -> Iterator[CodeType]:
    """Yield the code of each function of a module and of its classes, but not of the functions inside functions."""
    for constant in module.co_consts:
        if isinstance(constant, CodeType) and constant.co_flags & inspect.CO_OPTIMIZED:
            yield constant
        elif isinstance(constant, CodeType):
            yield from codes(constant)


def forget() -> None:
    """Empty the caches of the package's functions."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).startswith(PACKAGE.name):
            one.cache_clear()
