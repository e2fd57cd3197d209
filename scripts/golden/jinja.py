"""Record what the real Jinja2 makes of the templates in test/golden/jinja/*.txt.

usage: python scripts/golden/jinja.py

Writes results.json beside them. Needs jinja2, and for modules.txt and dialect.txt dbt-core and pytz; the versions are in
the header of the file.
"""

import collections
import decimal
import itertools
import json
import re
from pathlib import Path

import jinja2
import pytz
from dbt.context.base import get_context_modules
from dbt.version import __version__ as dbt_version
from dbt_common.clients.jinja import MacroFuzzParser

FOLDER = Path(__file__).resolve().parents[2] / "test/golden/jinja"
# {"$decimal": …} and the like stand for values that JSON does not have.
CONTEXT = {
    "x_int": 3,
    "l": [1, 2, 3],
    "d": {"a": 1, "b": {"c": "deep"}},
    "nested": {"list": [1, [2, {"k": None}]], "text": "it's", "yes": True},
    "users": [
        {"name": "Ann", "age": 31, "city": "Rome"},
        {"name": "Bob", "age": 25, "city": "Oslo"},
        {"name": "Cid", "age": 42, "city": "Rome"},
    ],
    "tree": [{"n": "a", "c": [{"n": "b", "c": []}, {"n": "c", "c": [{"n": "d", "c": []}]}]}, {"n": "e", "c": []}],
    "dec": {"$decimal": "12.340"},
    "bigdec": {"$decimal": "12345678901234567890.12345678"},
    "smalldec": {"$decimal": "0.00000001"},
    "zerodec": {"$decimal": "0.00"},
    "decs": {
        "huge": {"$decimal": "1E+20"},
        "tiny": {"$decimal": "1.5E-7"},
        "half": {"$decimal": "-0.5"},
        "inf": {"$decimal": "Infinity"},
        "nan": {"$decimal": "NaN"},
    },
    "tup": {"$tuple": [1, "b"]},
    "ints": {"$set": [1, 2, 3]},
    "one": {"$set": [2]},
    "empty": {"$set": []},
}


def value(tagged):
    if isinstance(tagged, list):
        return [value(item) for item in tagged]
    if not isinstance(tagged, dict):
        return tagged
    if "$decimal" in tagged:
        return decimal.Decimal(tagged["$decimal"])
    if "$tuple" in tagged:
        return tuple(value(item) for item in tagged["$tuple"])
    if "$set" in tagged:
        return set(tagged["$set"])
    return {key: value(item) for key, item in tagged.items()}


def cases():
    for path in sorted(FOLDER.glob("*.txt")):
        group, options = "", {}
        for line in path.read_text().split("\n"):
            if line.startswith("# "):
                continue
            if line.startswith("== "):
                group, _, text = line[3:].partition(" {")
                options = json.loads("{" + text) if text else {}
            elif line:
                yield path.stem, group, options, line.replace("⏎", "\n").replace("→", "\t")


class TypedEnvironment(jinja2.Environment):
    """dbt's dialect: macros whose parameters have types. Their names stay what they are."""

    def _parse(self, source, name, filename):
        class Parser(MacroFuzzParser):
            def parse_macro(self):
                node = super().parse_macro()
                node.name = node.name.removeprefix("dbt_macro__")
                return node

        return Parser(self, source, name, filename).parse()


def rendered(file, options, template):
    kind = TypedEnvironment if file == "dialect" else jinja2.Environment
    environment = kind(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], **options)
    context = value(CONTEXT)
    if file == "modules":
        # dbt's own wrapper only adds a warning that itertools will go.
        functions = "count cycle repeat accumulate chain compress islice starmap tee zip_longest product permutations"
        names = [*functions.split(), "combinations", "combinations_with_replacement"]
        context["modules"] = {**get_context_modules(), "itertools": {name: getattr(itertools, name) for name in names}}
    try:
        return {"output": environment.from_string(template).render(context)}
    except jinja2.TemplateSyntaxError as error:
        return {"error": "syntax", "line": error.lineno, "message": str(error)}
    except jinja2.UndefinedError as error:
        return {"error": "undefined", "message": str(error)}
    except Exception as error:
        return {"error": type(error).__name__, "message": re.sub(r" at 0x[0-9a-f]+", "", str(error))}


def main():
    found = [
        {"group": group, **({"options": options} if options else {}), "template": template, **rendered(file, options, template)}
        for file, group, options, template in cases()
    ]
    twice = [one for one, count in collections.Counter((case["template"], json.dumps(case.get("options"))) for case in found).items() if count > 1]
    if twice:
        raise SystemExit(f"Templates that stand there twice: {twice}")
    lines = ",\n".join("  " + json.dumps(case) for case in found)
    oracle = f"Jinja2 {jinja2.__version__}, dbt-core {dbt_version}, pytz {pytz.__version__}, scripts/golden/jinja.py"
    (FOLDER / "results.json").write_text(
        f'{{ "oracle": "{oracle}", "context": {json.dumps(CONTEXT)}, "cases": [\n{lines}\n] }}\n'
    )
    print(len(found), "templates")


main()
