"""What a person would write by hand in place of the manifest: requests and orjson, the same edits, records to standard output.

usage: page_reader.py URL_BASE
"""
import sys

import orjson
import requests

session = requests.Session()
out = sys.stdout.buffer
last = ""
page = 0
while True:
    answer = session.get(f"{sys.argv[1]}items", params={"page": page, "size": 1000})
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
