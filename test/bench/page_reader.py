"""What a person would write by hand in place of the manifest: requests and orjson, the same edits, records to standard output.

With a database, records go there as well as a person would bring them: written down as lines of JSON, which DuckDB reads, the newest of each id.

usage: page_reader.py URL_BASE [DATABASE]
"""
import os
import sys
import tempfile

import orjson
import requests

columns = {
    "id": "BIGINT", "uuid": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR", "active": "BOOLEAN", "score": "DOUBLE",
    "address": "JSON", "tags": "JSON", "items": "JSON", "note": "VARCHAR", "city": "VARCHAR", "source": "VARCHAR",
    "updated_at": "TIMESTAMPTZ",
}


def read(url_base, out):
    session = requests.Session()
    last = ""
    page = 0
    while True:
        answer = session.get(f"{url_base}items", params={"page": page, "size": 1000})
        answer.raise_for_status()
        records = orjson.loads(answer.content)["data"]
        for record in records:
            record["city"] = record["address"]["city"]
            record["source"] = "bench"
            record.pop("internal", None)
            last = max(last, record["updated_at"])
            out.write(orjson.dumps(record))
            out.write(b"\n")
        if len(records) < 1000:
            break
        page += 1
    print(last, file=sys.stderr)


def load(path, database):
    import duckdb

    with duckdb.connect(database) as connection:
        connection.execute(
            "create table items as select * from read_json($path, format = 'newline_delimited', columns = $columns) "
            "qualify row_number() over (partition by id order by updated_at desc) = 1",
            {"path": path, "columns": columns},
        )


if len(sys.argv) == 2:
    read(sys.argv[1], sys.stdout.buffer)
else:
    with tempfile.NamedTemporaryFile(suffix=".jsonl", delete=False) as lines:
        read(sys.argv[1], lines)
    try:
        load(lines.name, sys.argv[2])
    finally:
        os.unlink(lines.name)
