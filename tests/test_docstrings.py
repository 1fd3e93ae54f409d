"""Docstrings of public functions say what goes in, what comes out and what is raised.

The rule
--------
A function is public when neither its name nor its class's starts with an underscore and it is

- exported: in the `__all__` of a module, or
- used in another room (a folder with modules) than its own: imported by name, or by its module. A class that is
  imported there is public with all its methods, those of its base classes too.

Its docstring has, in numpydoc's sections,

- Parameters: every parameter but those with a leading underscore. What `__init__` takes stands in the docstring of the
  class or of the one that inherits it (Attributes do as well), and fields of a dataclass need not be listed.
- Returns, or Yields, where the annotation is neither None nor NoReturn; a property needs none.
- Raises: every exception that its own `raise` statements name. NotImplementedError of a method that subclasses write
  is none of them.

A method that overrides one of ours takes over what that documents. One that overrides a method of another library
(torch's `forward`) is left out, and so is a command of typer and a magic of IPython, for their docstrings are help on
the screen.

In all docstrings of the packages, public or not, sections name what there is and nothing else, and no description only
repeats name and type ("x : int", then "The x."): `stage : Stage` alone is enough where the type says all.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString
from public_functions import (
    Definition,
    Function,
    Module,
    Public,
    bases,
    decorators,
    methods,
    modules,
    public,
    read,
)

from spice.parameters import PLACE_IN_DOCSTRING, as_numpydoc

HELD: tuple[str, ...] = ("spice", "spice_nb")
TAKEN = ("Parameters", "Other Parameters", "Attributes")
GIVEN = ("Returns", "Yields")
SAYS_NOTHING = {"a", "an", "the", "of", "this", "given", "value", "object", "instance"}


def sections(docstring: str | None) -> NumpyDocString:
    """The docstring in its sections. numpydoc warns of sections that it does not know; here that is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return NumpyDocString((docstring or "").replace(PLACE_IN_DOCSTRING, as_numpydoc()))


def names_in(docstring: NumpyDocString, *titles: str) -> set[str]:
    """Names of entries: of both in "low, high : float", of `x` in "*x", and of exceptions, which stand as types."""
    heads = [entry.name or entry.type for title in titles for entry in docstring[title]]
    return {name.strip(" *`") for head in heads for name in head.split(",")}


def parameters(node: Function, *, is_method: bool) -> list[str]:
    given = node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    if is_method and "staticmethod" not in decorators(node):
        names = names[1:]
    rest = [argument for argument in (given.vararg, *given.kwonlyargs, given.kwarg) if argument is not None]
    return [*names, *(argument.arg for argument in rest)]


def constructor(module: Module, node: ast.ClassDef) -> Function | None:
    found = (methods(one).get("__init__") for _, one in [(module, node), *bases(module, node)[0]])
    return next((item for item in found if item is not None), None)


def raised(node: Function) -> set[str]:
    """Classes that the function's `raise` statements name; what an `except` has caught and passes on has no name."""
    found = set()
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Raise) and item.exc is not None:
            kind = item.exc.func if isinstance(item.exc, ast.Call) else item.exc
            found.add(ast.unparse(kind).rpartition(".")[2])
        if not isinstance(item, Definition | ast.Lambda):
            waiting += ast.iter_child_nodes(item)
    return {name for name in found if name[:1].isupper()} - {"NotImplementedError"}


def gives_something(node: Function) -> bool:
    return node.returns is not None and ast.unparse(node.returns) not in ("None", "NoReturn", "Never")


def missing(item: Public) -> Iterator[str]:
    """What a public function's docstring lacks."""
    node, docstring = item.node, ast.get_docstring(item.node)
    if not docstring and not item.inherited:
        yield "has no docstring"
    function = constructor(item.module, node) if isinstance(node, ast.ClassDef) else node
    if item.is_foreign or function is None or decorators(function) & {"property", "cached_property"}:
        return
    told = [sections(text) for text in (docstring, *item.inherited)]
    documented = {name for one in told for name in names_in(one, *TAKEN)}
    is_method = isinstance(node, ast.ClassDef) or item.owner is not None
    for name in parameters(function, is_method=is_method):
        if name not in documented and not name.startswith("_"):
            yield f"Parameters lack `{name}`"
    if gives_something(function) and not any(one[title] for one in told for title in GIVEN):
        yield "there is no section Returns"
    for name in sorted(raised(function) - {name for one in told for name in names_in(one, "Raises")}):
        yield f"Raises lack {name}"


def wrong(item: Public) -> Iterator[str]:
    """What a docstring, of a public function or not, says that is not so or says nothing."""
    node, told = item.node, sections(ast.get_docstring(item.node))
    if isinstance(node, ast.ClassDef):
        there = attributes(item.module, node)
    else:
        there = set(parameters(node, is_method=item.owner is not None))
        if not gives_something(node) and any(told[title] for title in GIVEN):
            yield "gives nothing back, but says what"
    for name in sorted(names_in(told, *TAKEN) - there):
        yield f"there is no `{name}`"
    for title in (*TAKEN, *GIVEN, "Raises"):
        for entry in told[title]:
            words = set(re.findall(r"[a-z]+", " ".join(entry.desc).lower()))
            if words and words <= SAYS_NOTHING | set(re.findall(r"[a-z]+", f"{entry.name} {entry.type}".lower())):
                yield f"`{entry.name or entry.type}` is only repeated"


def attributes(module: Module, node: ast.ClassDef) -> set[str]:
    """What an instance has, and what its class is made with."""
    function = constructor(module, node)
    found = set() if function is None else set(parameters(function, is_method=True))
    for _, one in [(module, node), *bases(module, node)[0]]:
        found |= set(methods(one))
        for item in one.body:
            if isinstance(item, ast.Assign | ast.AnnAssign):
                found |= {part.id for part in ast.walk(item) if isinstance(part, ast.Name) and _is_stored(part)}
        found |= {part.attr for part in ast.walk(one) if isinstance(part, ast.Attribute) and _is_stored(part)}
    return found


def _is_stored(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def definitions(module: Module) -> Iterator[Public]:
    """All functions and classes of a module, and their methods, public or not."""
    for node in module.definitions.values():
        yield Public(module, node)
        if isinstance(node, ast.ClassDef):
            yield from (Public(module, method, node) for method in methods(node).values())


def violations(package: str) -> Iterator[str]:
    for item in public():
        if item.module.package == package:
            yield from _told(item, missing)
    for module in modules().values():
        if module.package == package:
            for item in definitions(module):
                yield from _told(item, wrong)


def _told(item: Public, check: Callable[[Public], Iterator[str]]) -> list[str]:
    try:
        return [f"{item.place}: {what}" for what in check(item)]
    except (UserWarning, ValueError) as error:
        return [f"{item.place}: numpydoc cannot read it: {error}"]


@pytest.mark.parametrize("package", HELD)
def test_docstrings_are_complete(package: str) -> None:
    found = list(dict.fromkeys(violations(package)))
    assert not found, f"{len(found)} things to write or to correct:\n" + "\n".join(found)


def test_what_is_public() -> None:
    names = {item.place.partition(":")[0] + " " + item.place.partition(" ")[2] for item in public()}
    assert len(names) > 500
    assert names >= {
        "spice/estimator.py SpiceEstimator.fit",  # exported
        "spice/data/splits.py split_data_along_timedim",  # exported elsewhere than where it is
        "spice/data/layout.py participants_of",  # imported by other rooms
        "spice/fitted_estimator.py FittedEstimator.predict",  # inherited by what is exported
        "spice_nb/app.py SpiceApp",  # exported lazily
    }
    assert not names & {
        "spice/refinement/structure_search.py absence_is_supported",  # only for its room
        "spice_nb/cli/commands.py fit",  # its docstring is help
        "spice_nb/magics.py SpiceMagics.spice",
    }
    (forward,) = {item for item in public() if item.place.endswith(" BaseRNN.forward")}
    assert forward.is_foreign
    (update,) = {item for item in public() if item.place.endswith(" AgentNetwork.update")}
    assert not update.is_foreign
    assert "Parameters" in update.inherited[0]


HEAD = '"""Probability of each arm."""'


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"def f(x: int) -> None:\n    {HEAD}", ["Parameters lack `x`"]),
        (f"def f(*, x: int, _y: int) -> int:\n    {HEAD}", ["Parameters lack `x`", "there is no section Returns"]),
        (f"def f() -> None:\n    {HEAD}\n    raise errors.DataError('x')", ["Raises lack DataError"]),
        (f"def f() -> None:\n    {HEAD}\n    def g():\n        raise DataError", []),
        (f"class F:\n    {HEAD}\n    def __init__(self, x): ...", ["Parameters lack `x`"]),
        ("def f() -> None: ...", ["has no docstring"]),
        (
            'def f(x) -> None:\n    """F.\n\n    Parameters\n    ----------\n    x, y : int\n    """',
            ["there is no `y`"],
        ),
        (
            'def f(x) -> None:\n    """F.\n\n    Parameters\n    ----------\n    x : int\n        The x.\n    """',
            ["`x` is only repeated"],
        ),
        (
            'def f() -> None:\n    """F.\n\n    Returns\n    -------\n    int\n    """',
            ["gives nothing back, but says what"],
        ),
        (
            'def f(*x) -> int:\n    """F.\n\n    Parameters\n    ----------\n    *x : int\n\n    Yields\n    ------\n'
            '    int\n    """',
            [],
        ),
    ],
)
def test_what_is_found(source: str, found: list[str]) -> None:
    module = read(Path("spice/f.py"), source)
    (node,) = module.definitions.values()
    item = Public(module, node)
    assert [*missing(item), *wrong(item)] == found
