"""Record which source columns the real sqlglot sees behind each column of the queries in test/golden/lineage/cases.txt.

usage: python scripts/golden/lineage.py

Writes test/golden/lineage/results.json. Needs sqlglot; see the version in the header of the file.
"""

import json
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify

FOLDER = Path(__file__).resolve().parents[2] / "test/golden/lineage"
TABLES = json.loads((FOLDER / "schema.json").read_text())
SCHEMA = {"main": {table: {column: "text" for column in columns} for table, columns in TABLES.items()}}


def cases():
    name, dialect, lines = None, None, []
    for line in (FOLDER / "cases.txt").read_text().splitlines():
        if line.startswith("# "):
            continue
        if line.startswith("== "):
            if name:
                yield name, dialect, "\n".join(lines)
            name, _, dialect = line[3:].partition(" {")
            dialect, lines = dialect.rstrip("}"), []
        else:
            lines.append(line)
    yield name, dialect, "\n".join(lines)


def sources(node):
    found = set()
    for one in node.walk():
        if not one.downstream and isinstance(one.source, exp.Table):
            found.add(f"{one.source.name}.{one.name.rsplit('.', 1)[-1]}".lower().replace('"', ""))
    return sorted(found)


def recorded(sql, dialect):
    tree = qualify(sqlglot.parse_one(sql, dialect=dialect), schema=SCHEMA, dialect=dialect, db="main", identify=False)
    return {
        column.lower(): sources(lineage(column, sql, schema=SCHEMA, dialect=dialect, sources=None, db="main"))
        for column in tree.named_selects
    }


def main():
    found = []
    for name, dialect, sql in cases():
        case = {"name": name, "dialect": dialect, "sql": sql}
        try:
            case["columns"] = recorded(sql, dialect)
        except Exception as error:
            case["error"] = f"{type(error).__name__}: {error}"
        found.append(case)
    lines = ",\n".join("  " + json.dumps(case) for case in found)
    head = f'"oracle": "sqlglot {sqlglot.__version__}, scripts/golden/lineage.py"'
    (FOLDER / "results.json").write_text(f'{{ {head}, "cases": [\n{lines}\n] }}\n')
    print(len(found), "queries,", sum("error" in case for case in found), "refused")


main()
