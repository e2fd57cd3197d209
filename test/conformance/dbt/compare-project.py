"""compare-project.py PROJECT --profiles DIR --work DIR --dbt CMD --millrace CMD: one public project, by the real dbt and by Millrace.

Each of the two gets a fresh copy of the project (of --root, where the project needs its neighbours) in the same place, and a database of its
own; then the --steps run. Compared are exit codes, warnings and errors (logs/dbt.log), the manifest of the first step that writes one, the
lines of `list`, the status of every node, and the contents of every table, column by column. Exit 1 where anything differs.
--database is the DuckDB file that the profile names, from the project's folder, or postgresql://… of a database that is dropped and made anew.
"""
import argparse, collections, json, os, re, shlex, shutil, subprocess, sys, time

p = argparse.ArgumentParser()
p.add_argument("project"), p.add_argument("--root"), p.add_argument("--profiles", required=True), p.add_argument("--work", required=True)
p.add_argument("--dbt", required=True), p.add_argument("--millrace", required=True), p.add_argument("--database", default="compare.duckdb")
p.add_argument("--steps", default="deps; parse; list --output json; build", help="commands, with ; between them")
p.add_argument("--shown", type=int, default=8, help="how many differences of a kind are shown")
a = p.parse_args()
root = os.path.abspath(a.root or a.project)
inside = os.path.relpath(os.path.abspath(a.project), root)
work, profiles = os.path.abspath(a.work), os.path.abspath(a.profiles)
is_postgres = a.database.startswith("postgres")
# What tells of the moment or of the program that wrote it
VOLATILE = {"created_at", "build_path", "root_path", "compiled_path", "compiled", "compiled_code", "extra_ctes", "extra_ctes_injected"}


def postgres(database, autocommit=False):
    import psycopg2

    c = psycopg2.connect(re.sub(r"/[^/]*$", "/" + database, a.database))
    c.autocommit = autocommit
    return c


def reset():
    if is_postgres:
        name = a.database.rsplit("/", 1)[1]
        with postgres("postgres", True).cursor() as c:
            c.execute(f"drop database if exists {name} with (force)")
            c.execute(f"create database {name}")


def query(sql):
    if is_postgres:
        c = postgres(a.database.rsplit("/", 1)[1], True).cursor()
        c.execute(sql)
        return c.fetchall()
    import duckdb

    with duckdb.connect(os.path.join(work, "project", inside, a.database), read_only=True) as c:
        return c.execute(sql).fetchall()


def contents():
    """Of each table and view: rows, and per column its type and a sum of the hashes of its values."""
    if not is_postgres and not os.path.exists(os.path.join(work, "project", inside, a.database)):
        return {}
    columns = collections.defaultdict(dict)
    for schema, table, column, kind in query(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_schema not in ('information_schema', 'pg_catalog') order by ordinal_position"
    ):
        columns[schema, table][column] = kind
    quote = lambda name: '"' + name.replace('"', '""') + '"'
    hashed = "sum(('x' || substr(md5({}::text), 1, 15))::bit(60)::bigint)" if is_postgres else "sum(hash({}::varchar)::hugeint)"
    tables = {}
    for (schema, table), kinds in sorted(columns.items()):
        try:
            row = query(f"select count(*), {', '.join(hashed.format(quote(c)) for c in kinds)} from {quote(schema)}.{quote(table)}")[0]
            tables[f"{schema}.{table}"] = {"rows": row[0], **{c: f"{k} {h}" for (c, k), h in zip(kinds.items(), row[1:])}}
        except Exception as error:  # a view that cannot be read says so on both sides
            tables[f"{schema}.{table}"] = {"rows": str(error).splitlines()[0]}
    return tables


def read_json(path):
    try:
        return json.load(open(path))
    except (OSError, ValueError):
        return {}


def run_side(name, command):
    project, keep = os.path.join(work, "project"), os.path.join(work, name)
    for d in (project, keep):
        shutil.rmtree(d, ignore_errors=True)
    shutil.copytree(root, project, symlinks=True, ignore=shutil.ignore_patterns(".git", "dbt_packages", "target", "logs"))
    os.makedirs(keep), reset()
    at = os.path.join(project, inside)
    env = {**os.environ, "DBT_PROFILES_DIR": profiles, "DBT_LOG_FORMAT_FILE": "json", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    side = {"exit": [], "seconds": [], "statuses": {}, "manifest": {}, "list": {}, "messages": {}}
    for i, step in enumerate(s.strip() for s in a.steps.split(";") if s.strip()):
        results = os.path.join(at, "target/run_results.json")
        if os.path.exists(results):
            os.remove(results)
        start = time.time()
        ran = subprocess.run(shlex.split(command) + shlex.split(step), cwd=at, env=env, capture_output=True, text=True)
        side["seconds"].append(round(time.time() - start, 1))
        side["exit"].append((step, ran.returncode))
        open(os.path.join(keep, f"{i}.txt"), "w").write(ran.stdout + ran.stderr)
        if step.startswith("list"):
            side["list"] = {n["unique_id"]: n for n in map(json.loads, (l for l in ran.stdout.splitlines() if l.startswith("{")))}
        if not side["manifest"]:
            side["manifest"] = read_json(os.path.join(at, "target/manifest.json"))
        for r in read_json(results).get("results", []):
            side["statuses"][f"{step}: {r['unique_id']}"] = (r["status"], r.get("failures"))
            side["messages"][f"{step}: {r['unique_id']}"] = r.get("message")
    side["log"] = log_lines(os.path.join(at, "logs/dbt.log"))
    side["tables"] = contents()
    for d in ("target", "logs"):
        if os.path.exists(os.path.join(at, d)):
            shutil.move(os.path.join(at, d), os.path.join(keep, d))
    return side


def log_lines(path):
    """Warnings and errors, without times and colours; of deprecations only that they were said, as each program words them itself."""
    said = {}
    for line in open(path, errors="replace") if os.path.exists(path) else []:
        try:
            info = json.loads(line)["info"]
        except (ValueError, KeyError):
            continue
        if info["level"] in ("warn", "error"):
            if info["name"] == "DeprecationsSummary":
                continue
            text = "" if "Deprecat" in info["name"] else re.sub(r"\x1b\[[0-9;]*m|\d+:\d\d:\d\d(\.\d+)?|in \d+\.\d+s|\[\d+\.\d+s\]|\b\d+ of \d+\b|\.{2,}", "", info["msg"])
            if info["name"] == "RunResultError":  # then comes the database's text, with what each program adds to it
                text = text.strip().splitlines()[0]
            said[f"{info['level']} {info['name']}: {' '.join(text.split())[:200]}"] = True
    return said


def leaves(value, path=""):
    if isinstance(value, dict) and value:
        for k, v in value.items():
            if k not in VOLATILE:
                yield from leaves(v, f"{path}.{k}" if path else k)
    else:
        yield path, json.dumps(value, sort_keys=True)


def differences(kind, one, two):
    """Prints the keys on which the two disagree, and says how many there are."""
    found = [(k, one.get(k), two.get(k)) for k in sorted({*one, *two}) if one.get(k) != two.get(k)]
    if found:
        print(f"  {kind}: {len(found)} differ")
    for k, x, y in found[: a.shown]:
        print(f"    {k}\n      dbt:      {str(x)[:300]}\n      Millrace: {str(y)[:300]}")
    return len(found)


def manifest_of(side):
    """Section by section and node by node, as flat paths. The built-in macros are each program's own."""
    flat = {}
    for section in ("nodes", "sources", "exposures", "metrics", "groups", "semantic_models", "saved_queries", "unit_tests", "macros", "docs", "disabled", "functions", "selectors"):
        for uid, node in (side["manifest"].get(section) or {}).items():
            if re.match(r"(macro|doc)\.(dbt|dbt_postgres|dbt_duckdb)\.", uid):
                continue
            for one in node if isinstance(node, list) else [node]:
                for path, value in leaves(one) if isinstance(one, dict) else [("", one)]:
                    flat[f"{section} {uid} {path}"] = value
    return flat


dbt, ours = run_side("dbt", a.dbt), run_side("millrace", a.millrace)
json.dump({"dbt": dbt, "millrace": ours}, open(os.path.join(work, "sides.json"), "w"), default=str)
count = lambda side: dict(collections.Counter(s for s, _ in side["statuses"].values()))
print(f"  dbt      {count(dbt)} {dbt['seconds']} {[c for _, c in dbt['exit']]} {len(dbt['tables'])} tables")
print(f"  Millrace {count(ours)} {ours['seconds']} {[c for _, c in ours['exit']]} {len(ours['tables'])} tables")
total = differences("exit codes", dict(dbt["exit"]), dict(ours["exit"])) + differences("statuses", dbt["statuses"], ours["statuses"])
total += differences("said", dbt["log"], ours["log"]) + differences("list", dict(leaves(dbt["list"])), dict(leaves(ours["list"])))
total += differences("manifest", manifest_of(dbt), manifest_of(ours))
total += differences("tables", dict(leaves(dbt["tables"])), dict(leaves(ours["tables"])))
sys.exit(1 if total else 0)
