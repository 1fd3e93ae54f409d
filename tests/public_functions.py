"""Which functions of the packages are public, read from their text alone; see `test_docstrings.py` for the rule."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pydoc import locate

ROOT = Path(__file__).parents[1]
PACKAGES = ("spice", "spice_nb")
SHOWN_AS_HELP = {"command", "callback", "line_magic", "cell_magic", "line_cell_magic"}
"""Decorators of typer and IPython whose functions' docstrings are shown on the screen."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True, eq=False)
class Module:
    """A file, and what the names in it stand for."""

    path: Path
    name: str
    tree: ast.Module
    imported: dict[str, str]
    """Dotted names by the names that they were given here, wherever in the file they are imported."""

    @property
    def package(self) -> str:
        return self.path.parts[0]

    @property
    def room(self) -> Path:
        return self.path.parent

    @property
    def definitions(self) -> dict[str, Definition]:
        return {node.name: node for node in self.tree.body if isinstance(node, Definition)}

    def dotted(self, node: ast.expr) -> str:
        """The full name of an expression such as `nn.Module`; empty where it is none."""
        match node:
            case ast.Name(id=name):
                return f"{self.name}.{name}" if name in self.definitions else self.imported.get(name, "")
            case ast.Attribute(value=value, attr=name) if of := self.dotted(value):
                return f"{of}.{name}"
            case ast.Subscript(value=value):
                return self.dotted(value)
        return ""


@dataclass(frozen=True)
class Public:
    """A function or class that is public, where it is, and what it takes over."""

    module: Module
    node: Definition
    owner: ast.ClassDef | None = None
    inherited: tuple[str, ...] = ()
    """Docstrings of base classes of ours, or of their methods of this name."""
    is_foreign: bool = False
    """Whether it overrides a method of a class that is not ours, which alone says what it is for."""

    @property
    def place(self) -> str:
        name = self.node.name if self.owner is None else f"{self.owner.name}.{self.node.name}"
        return f"{self.module.path.as_posix()}:{self.node.lineno} {name}"


@cache
def modules() -> dict[str, Module]:
    """All modules by their dotted names."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = [read(path.relative_to(ROOT), path.read_text()) for path in paths if "node_modules" not in path.parts]
    return {module.name: module for module in found}


def read(path: Path, source: str) -> Module:
    """The module of a file at a path within the project."""
    parts = path.with_suffix("").parts
    tree = ast.parse(source)
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            # `import a.b` gives the name `a`.
            names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            imported |= {
                name: alias.name if alias.asname else name for name, alias in zip(names, node.names, strict=True)
            }
    return Module(path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts), tree, imported)


def find(dotted: str) -> tuple[Module, Definition] | None:
    """Where a dotted name of ours is defined, past the modules that only pass it on."""
    of, _, name = dotted.rpartition(".")
    module = modules().get(of)
    if module is None:
        return None
    if name in module.definitions:
        return module, module.definitions[name]
    onward = module.imported.get(name, "")
    return find(onward) if onward != dotted else None


@cache
def public() -> list[Public]:
    """Functions and classes that are exported or used in another room, each once, classes with all their methods."""
    found = {}
    for dotted in sorted({*_exported(), *_used_elsewhere()}):
        known = find(dotted)
        if known is not None and not known[1].name.startswith("_"):
            for item in _with_methods(*known):
                found[item.place] = item
    return list(found.values())


def _exported() -> Iterator[str]:
    for module in modules().values():
        for node in module.tree.body:
            if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
                yield from (f"{module.name}.{name}" for name in ast.literal_eval(node.value))


def _used_elsewhere() -> Iterator[str]:
    """Names that a module imports from another room, and attributes of modules that it imports from there."""
    for module in modules().values():
        for dotted in module.imported.values():
            known = find(dotted)
            if known is not None and known[0].room != module.room:
                yield dotted
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute):
                dotted = module.dotted(node)
                owner = modules().get(dotted.rpartition(".")[0])
                if owner is not None and owner.room != module.room:
                    yield dotted


def _with_methods(module: Module, node: Definition) -> Iterator[Public]:
    """A function, or a class with its methods and those that it inherits from classes of ours."""
    if decorators(node) & SHOWN_AS_HELP:
        return
    if not isinstance(node, ast.ClassDef):
        yield Public(module, node)
        return
    yield Public(module, node, inherited=tuple(ast.get_docstring(base) or "" for _, base in bases(module, node)[0]))
    for where, owner in [(module, node), *bases(module, node)[0]]:
        for name, method in methods(owner).items():
            if not name.startswith("_") and not owner.name.startswith("_") and not _is_told_elsewhere(method):
                yield _as_public(where, owner, method)


def _as_public(module: Module, owner: ast.ClassDef, method: Function) -> Public:
    ours, foreign = bases(module, owner)
    overridden = (methods(base).get(method.name) for _, base in ours)
    inherited = tuple(ast.get_docstring(one) or "" for one in overridden if one is not None)
    is_foreign = any(hasattr(locate(base), method.name) for base in foreign)
    return Public(module, method, owner, inherited, is_foreign)


def methods(node: ast.ClassDef) -> dict[str, Function]:
    return {item.name: item for item in node.body if isinstance(item, Function)}


def _is_told_elsewhere(method: Function) -> bool:
    """Whether its docstring is help on the screen, or that of a property's or an overloaded function's other half."""
    return bool(decorators(method) & (SHOWN_AS_HELP | {"overload", "setter"}))


def bases(module: Module, node: ast.ClassDef) -> tuple[list[tuple[Module, ast.ClassDef]], list[str]]:
    """Base classes, the nearest first: ours, and the dotted names of those that are not."""
    ours: list[tuple[Module, ast.ClassDef]] = []
    foreign = []
    for base in node.bases:
        dotted = module.dotted(base)
        known = find(dotted)
        if known is not None and isinstance(known[1], ast.ClassDef):
            further = bases(known[0], known[1])
            ours += [(known[0], known[1]), *further[0]]
            foreign += further[1]
        elif dotted:
            foreign.append(dotted)
    return ours, foreign


def decorators(node: Definition) -> set[str]:
    """The last names of decorators: `command` of `@app.command()`."""
    plain = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return {ast.unparse(item).rpartition(".")[2] for item in plain}
