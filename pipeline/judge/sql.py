"""What SQL a rule may say: exactly one SELECT over declared tables, without clock, chance, settings or the system."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import duckdb

Node = dict[str, Any]

_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_CLOCK_NAMES = frozenset({
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user",
    "current_role", "session_user", "user", "current_catalog", "current_schema",
})  # fmt: skip
_MORE_FUNCTIONS = frozenset({"version", "getenv", "query", "query_table", "sleep_ms", "write_log"})
_HANDLES_EMPTY = frozenset({"OPERATOR_COALESCE", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"})
_HANDLES_EMPTY_FUNCTIONS = frozenset({"ifnull", "list_value"})


class RefusedSql(Exception):
    """A text is not the SQL that is allowed here; the message is a sentence for its author."""


@dataclass(frozen=True)
class ParsedSql:
    """One parsed SELECT."""

    tree: Node

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(_walk(self.tree))

    @property
    def tables(self) -> frozenset[str]:
        """Return the names read in FROM clauses that are not made by the text itself (WITH)."""
        made = {entry["key"] for node in self._nodes for entry in node.get("cte_map", {}).get("map", ())}
        named = {str(node["table_name"]) for node in self._nodes if node.get("type") == "BASE_TABLE"}
        return frozenset(named - made)

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Return the column names used, each as its parts (`a.b` is two), in order of appearance, each once."""
        lambdas = (node["lhs"] for node in self._nodes if node.get("class") == "LAMBDA")
        bound = {tuple(inner["column_names"]) for node in lambdas for inner in _column_references(node)}
        found = (tuple(node["column_names"]) for node in self._nodes if node.get("class") == "COLUMN_REF")
        return tuple(name for name in dict.fromkeys(found) if name not in bound)

    @property
    def names_with_empty_handled(self) -> frozenset[str]:
        """Return the first parts of names for which the text itself says what an empty value means."""
        handled = (node for node in self._nodes if _handles_empty(node))
        return frozenset(inner["column_names"][0] for node in handled for inner in _column_references(node))

    @property
    def has_subquery(self) -> bool:
        """Return whether there is a SELECT inside the SELECT."""
        return sum(1 for node in self._nodes if node.get("type") == "SELECT_NODE") > 1

    def refusals(self, known_tables: Collection[str], volatile: Collection[str]) -> Iterator[str]:
        """Yield a sentence for everything this text may not do."""
        for name in sorted(self.tables - set(known_tables)):
            yield f"`{name}` is no table, form or view of these definitions"
        for node in self._nodes:
            yield from _refusals_of(node, volatile)


def parse(connection: duckdb.DuckDBPyConnection, sql: str) -> ParsedSql:
    """Return one SELECT as a tree; raise RefusedSql for anything else."""
    answer = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone()
    tree = json.loads(answer[0]) if answer else {}
    if tree.get("error"):
        raise RefusedSql(_first_line(str(tree.get("error_message", "this is not SQL"))))
    if len(tree["statements"]) != 1:
        raise RefusedSql("exactly one SELECT is expected here")
    return ParsedSql(tree["statements"][0])


def parse_expression(connection: duckdb.DuckDBPyConnection, text: str, *, subqueries: bool = True) -> ParsedSql:
    """Return one expression as a tree; raise RefusedSql when it is more than that."""
    if not text.strip():
        raise RefusedSql("an expression is expected here")
    parsed = parse(connection, f"SELECT (\n{text}\n)")
    node = parsed.tree["node"]
    extra = [key for key in ("where_clause", "having", "qualify") if node.get(key)]
    if len(node.get("select_list", ())) != 1 or node["from_table"]["type"] != "EMPTY" or extra or node["modifiers"]:
        raise RefusedSql("one expression without FROM is expected here")
    if not subqueries and parsed.has_subquery:
        raise RefusedSql("no sub-query is allowed here")
    return parsed


@cache
def volatile_functions() -> frozenset[str]:
    """Return the names of functions whose result depends on more than their arguments, as this DuckDB lists them."""
    sql = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
    with duckdb.connect(":memory:") as connection:
        return frozenset(name for (name,) in connection.execute(sql).fetchall()) | _MORE_FUNCTIONS


@cache
def reserved_words() -> frozenset[str]:
    """Return the words that DuckDB keeps for itself and that no table or column can be named without quotes."""
    sql = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    with duckdb.connect(":memory:") as connection:
        return frozenset(name for (name,) in connection.execute(sql).fetchall())


def explanation(error: duckdb.Error) -> str:
    """Return what DuckDB says of a mistake as one line, without its prefix and drawing."""
    text = str(error).split("\n\nLINE", maxsplit=1)[0].split("\n\tCandidate functions", maxsplit=1)[0]
    text = " ".join(text.split()).replace("bindings: :", "bindings:")
    kind, separator, rest = text.partition(" Error: ")
    return rest if separator and " " not in kind else text


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else text


def _walk(value: Any) -> Iterator[Node]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _column_references(node: Node) -> Iterator[Node]:
    return (inner for inner in _walk(node) if inner.get("class") == "COLUMN_REF")


def _handles_empty(node: Node) -> bool:
    function = str(node.get("function_name", "")).lower()
    return node.get("type") in _HANDLES_EMPTY or function in _HANDLES_EMPTY_FUNCTIONS


def _refusals_of(node: Node, volatile: Collection[str]) -> Iterator[str]:
    if node.get("type") == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
        yield f"`{node['schema_name'] or node['catalog_name']}` belongs to the system"
    elif node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).lower()
        if name not in _TABLE_FUNCTIONS:
            yield f"{name}() reads from outside the workbook"
    elif node.get("type") == "SHOW_REF":
        yield "exactly one SELECT is expected here"
    elif node.get("class") == "FUNCTION":
        yield from _function_refusals(node, volatile)
    elif node.get("class") == "COLUMN_REF" and node["column_names"][-1].lower() in _CLOCK_NAMES:
        yield f"`{node['column_names'][-1]}` depends on clock, user or settings; use as_of() for the day"


def _function_refusals(node: Node, volatile: Collection[str]) -> Iterator[str]:
    name = str(node["function_name"]).lower()
    counts_from_today = name == "age" and len(node["arguments"]) == 1
    if name in volatile or counts_from_today or node.get("schema"):
        yield f"{name}() depends on clock, chance, settings or the system; use as_of() for the day"
