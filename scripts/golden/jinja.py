"""Record what the real Jinja2 makes of the templates in test/golden/jinja/cases.txt.

usage: python scripts/golden/jinja.py

Writes test/golden/jinja/results.json. Needs jinja2; see the version in the header of the file.
"""

import json
from pathlib import Path

import jinja2

FOLDER = Path(__file__).resolve().parents[2] / "test/golden/jinja"
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
}


def cases():
    group, options = "", {}
    for line in (FOLDER / "cases.txt").read_text().splitlines():
        if line.startswith("# "):
            continue
        if line.startswith("== "):
            group, _, text = line[3:].partition(" {")
            options = json.loads("{" + text) if text else {}
        elif line:
            yield group, options, line.replace("⏎", "\n").replace("→", "\t")


def rendered(options, template):
    environment = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], **options)
    try:
        return {"output": environment.from_string(template).render(json.loads(json.dumps(CONTEXT)))}
    except jinja2.TemplateSyntaxError as error:
        return {"error": "syntax", "line": error.lineno, "message": str(error)}
    except jinja2.UndefinedError as error:
        return {"error": "undefined", "message": str(error)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main():
    found = [
        {"group": group, **({"options": options} if options else {}), "template": template, **rendered(options, template)}
        for group, options, template in cases()
    ]
    lines = ",\n".join("  " + json.dumps(case) for case in found)
    head = f'"oracle": "Jinja2 {jinja2.__version__}, scripts/golden/jinja.py", "context": {json.dumps(CONTEXT)}'
    (FOLDER / "results.json").write_text(f'{{ {head}, "cases": [\n{lines}\n] }}\n')
    print(len(found), "templates")


main()
