"""What import-linter cannot see of the house: sizes, rooms, the few doors to time, transactions and money."""

from __future__ import annotations

import ast
import inspect

import pytest
from piccolo import columns
from piccolo.columns import Column, ForeignKey, OnDelete

from source_reading import MODULES, SOURCE, Function, calls, functions, inside, name_of, offenders, tree
from training.piccolo_app import APP_CONFIG, TABLE_ROOMS

LINES_MAX = 400
FUNCTION_LINES_MAX = 40
NO_ROOMS = {"utils", "helpers", "common", "services", "managers", "util", "misc"}
PACKAGES = (*dict.fromkeys(room.partition(".")[0] for room in TABLE_ROOMS), "papers")
MONEY = ("papers", "billing", "payments", "accounting", "dunning")
ROOMS = {"tables", "rules", "actions", "queries", "documents", "formats", "clients"}

# Who may know Piccolo beside the packages' tables, actions and queries.
PICCOLO_DOORS = ("kernel/", "migrations/", "demo/", "piccolo_app.py", "piccolo_conf.py")

# Sizes


def test_files_are_short() -> None:
    long = {inside(path): n for path in MODULES if (n := len(path.read_text().splitlines())) > LINES_MAX}
    assert long == {}, "split by verb: a room may become a folder of the same name"


def test_files_of_tests_are_short() -> None:
    tests = sorted((SOURCE.parents[1] / "tests").rglob("*.py"))
    long = {path.name: n for path in tests if (n := len(path.read_text().splitlines())) > LINES_MAX}
    assert long == {}, "split by concern: a test file is about one"


def test_functions_are_short() -> None:
    long = {
        f"{inside(path)}:{f.name}": n
        for path in MODULES
        for f in functions(tree(path))
        if (n := (f.end_lineno or 0) - f.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_no_test_imports_a_conftest() -> None:
    """There are two, and which is met first depends on what is run: what tests share is in plain modules."""
    tests = sorted((SOURCE.parents[1] / "tests").rglob("*.py"))
    assert [path.name for path in tests if "\nfrom conftest import" in path.read_text()] == []


# Rooms


def test_no_attic() -> None:
    names = {inside(path): {*path.relative_to(SOURCE).with_suffix("").parts} & NO_ROOMS for path in MODULES}
    assert {where: found for where, found in names.items() if found} == {}


@pytest.mark.parametrize("package", [p for p in PACKAGES if p != "kernel"])
def test_packages_have_the_rooms_of_the_house(package: str) -> None:
    found = {path.stem for path in (SOURCE / package).iterdir() if path.name not in {"__init__.py", "__pycache__"}}
    assert found <= ROOMS


def test_init_holds_a_docstring_only() -> None:
    packages = [SOURCE / package for package in (*PACKAGES, "reporting", "migrations")]
    inits = [path for package in packages for path in package.rglob("__init__.py")]
    assert inits
    for path in inits:
        body = tree(path).body
        assert len(body) == 1, inside(path)
        assert ast.get_docstring(tree(path)), inside(path)


def test_modules_say_what_they_are_for() -> None:
    assert [inside(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_public_names_say_what_they_do() -> None:
    silent = [
        f"{inside(path)}:{node.name}"
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


# Doors


def test_imports_are_at_the_top() -> None:
    hidden = [
        f"{inside(path)}:{node.lineno}"
        for path in MODULES
        for function in functions(tree(path))
        for node in ast.walk(function)
        if (isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("training")))
        or (isinstance(node, ast.Import) and any(a.name.startswith("training") for a in node.names))
    ]
    assert hidden == []


def test_time_is_made_in_the_clock_only() -> None:
    makers = (
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "datetime.utcfromtimestamp",
        "date.today",
        "time.time",
    )
    assert offenders(calls(*makers), but=["kernel/clock.py"]) == []


def test_sql_does_not_ask_the_database_for_the_present() -> None:
    """The clock can be frozen, the database's cannot. PgQueuer's own tables live by the database's, and so does what a
    host's own SQL sets off: `acting_at()` asks for the time of ours first.
    """

    def found(node: ast.AST) -> bool:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return False
        text = node.value.lower()
        return ("now()" in text or "current_timestamp" in text or "current_date" in text) and not any(
            known in text for known in ("pgqueuer", "create function acting_at()")
        )

    assert offenders(found) == []


def test_transactions_are_opened_in_one_place() -> None:
    assert offenders(calls("transaction"), but=["kernel/db.py"]) == []


def test_no_float_is_near_money() -> None:
    def found(node: ast.AST) -> bool:
        return (isinstance(node, ast.Constant) and isinstance(node.value, float)) or calls("float")(node)

    def division(node: ast.AST) -> bool:
        return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)

    assert (
        offenders(found, among=[*(f"{package}/" for package in MONEY), "kernel/money.py", "catalogue/", "bookings/"])
        == []
    )
    deciding = [f"{package}/{room}" for package in MONEY for room in ("rules", "actions")]
    assert offenders(division, among=[*deciding, "kernel/money.py"]) == [], "cents divide by //"


def test_piccolo_is_known_by_tables_actions_and_queries_only() -> None:
    def found(node: ast.AST) -> bool:
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        return any(module.split(".")[0] == "piccolo" for module in modules)

    allowed = [
        inside(path)
        for path in MODULES
        if inside(path).startswith(PICCOLO_DOORS) or {"tables", "actions", "queries"} & set(name_of(path).split("."))
    ]
    assert offenders(found, but=allowed) == []


def test_a_format_speaks_only_to_refuse() -> None:
    """Bytes ↔ values: names of things are rules', texts of papers are documents'."""
    speaking = [
        f"{inside(path)}:{function.name}"
        for path in MODULES
        if "formats" in name_of(path).split(".")
        for function in functions(tree(path))
        if any(calls("_", "ngettext")(node) for node in ast.walk(function))
        and not any(isinstance(node, ast.Raise) or calls("Unreadable")(node) for node in ast.walk(function))
    ]
    assert speaking == []
    assert offenders(calls("N_"), among=[f"{package}/formats" for package in PACKAGES]) == []


def test_the_web_touches_no_table() -> None:
    def found(node: ast.AST) -> bool:
        return isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".tables")

    assert offenders(found, among=["web/", "reporting/", "cli/", "app.py", "worker.py"]) == []


def test_environment_is_read_by_settings_only() -> None:
    def found(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}

    # db names Piccolo's configuration; the pg_* pass the environment on to PostgreSQL's programs
    doors = ("kernel/settings", "kernel/db", "postgresql/")
    allowed = [inside(path) for path in MODULES if inside(path).startswith(doors)]
    assert offenders(found, but=allowed) == []


# Tables


def test_a_forgotten_value_raises() -> None:
    """Piccolo's own defaults ("", 0, now) would hide it: each column says its default, and None is the usual one."""
    silent = [
        f"{name_of(path)}:{node.lineno} {node.func.id}"
        for path in MODULES
        if name_of(path).endswith(".tables")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in COLUMN_CLASSES
        and not any(keyword.arg == "default" for keyword in node.keywords)
        and node not in array_bases(tree(path))
    ]
    assert silent == []


COLUMN_CLASSES = {name for name, thing in vars(columns).items() if inspect.isclass(thing) and issubclass(thing, Column)}


def array_bases(of: ast.Module) -> list[ast.AST]:
    """The kinds of arrays' elements, which have no default of their own."""
    return [k.value for k in ast.walk(of) if isinstance(k, ast.keyword) and k.arg == "base_column"]


def test_what_may_be_missing_is_missing_by_default() -> None:
    wrong = [
        f"{table._meta.tablename}.{column._meta.name}"
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if column._meta.null and column._meta.params.get("default") is not None
    ]
    assert wrong == []


def test_deletion_never_cascades() -> None:
    keys = [key for table in APP_CONFIG.table_classes for key in table._meta.columns if isinstance(key, ForeignKey)]
    assert keys
    assert {key._foreign_key_meta.on_delete for key in keys} == {OnDelete.restrict}


def test_constraints_are_named_after_their_table() -> None:
    wrong = []
    for table in APP_CONFIG.table_classes:
        name = table._meta.tablename
        wrong += [c._meta.name for c in table._meta.constraints if not c._meta.name.startswith(f"{name}_")]
    assert wrong == []
