"""A Snowflake on this machine, for trying and for recording what test/support/snowflake-account.ts answers in tests.

It runs fakesnow's server and makes of it what the Node driver can talk to: rows as JSON instead of Arrow, the output formats that an
account has by default, PUT into a folder of this machine, statements that can be cancelled, and a password that can be wrong.

set up:   python3 -m venv V && V/bin/pip install "fakesnow[server]==0.12.1" "snowflake-connector-python<4" pyarrow
run:      V/bin/python scripts/golden/snowflake_emulator.py PORT [RECORDING]
log in:   account `fakesnow`, host 127.0.0.1, port PORT, protocol http, any user, any password but `wrong`
record:   scripts/golden/snowflake_record.sh V/bin/python; RECORDING is a file that gets one line of JSON per answer
"""

import asyncio
import base64
import datetime
import gzip
import io
import json
import logging
import re
import sys
import threading
from importlib import import_module
from importlib.metadata import version

import duckdb
import pyarrow
import uvicorn
from sqlglot import exp

# The package has a function of the same name.
server = import_module("fakesnow.server")

FORMATS = {
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "BINARY_OUTPUT_FORMAT": "HEX",
}

# A file that is PUT goes into the emulator's own folder: it runs on the machine of the driver.
server.gcs_stage_info = lambda request, expression, upload: upload["stageInfo"]

# Snowflake takes every field of a CSV file as a text; DuckDB would guess types, and read an empty text in quotes as NULL.
copying = import_module("fakesnow.copy_into")
read_csv = copying.ReadCSV.read_expression


def read_texts(self, url):
    call = read_csv(self, url)
    for name, value in (("all_varchar", True), ("allow_quoted_nulls", False)):
        call.append("expressions", self.make_eq(name, value))
    return call


copying.ReadCSV.read_expression = read_texts


def numbered_fields(select):
    """`$2` is the second field of a line; fakesnow reads only `$1`, as a document."""
    fields = [p for p in select.find_all(exp.Parameter) if p.this.is_int]
    if any(isinstance(p.parent, exp.JSONExtract) for p in fields):
        return strip_json_extract(select)
    width = len(str(max((int(p.name) for p in fields), default=1) - 1))
    for parameter in fields:
        parameter.replace(exp.column(f"column{int(parameter.name) - 1:0{width}d}"))
    return select


strip_json_extract = copying._strip_json_extract
copying._strip_json_extract = numbered_fields

# Comments of tables lie in another database, which no transaction of DuckDB's may write besides; MERGE makes such a table on its way.
import_module("fakesnow.info_schema").insert_table_comment_sql = lambda *names: "select 1"

# Which statement is whose: requests to cancel name the request, or the session.
running: dict[str, duckdb.DuckDBPyConnection] = {}
# By the id of the request: the driver asks once more for a statement that takes it too long, and an account goes on with it.
statements: dict[str, asyncio.Task] = {}
cancelled: set[str] = set()
databases: dict[str, str] = {}
recording = None
lock = threading.Lock()


def seconds(moment):
    return f"{moment // 1_000_000}.{moment % 1_000_000:06d}000"


def text_of(value, kind):
    """A value as Snowflake's JSON result sets have it."""
    if value is None:
        return None
    if isinstance(value, dict):
        if value["epoch"] is None:
            return None
        text = f"{value['epoch']}.{value.get('fraction') or 0:09d}"
        return text if value.get("timezone") is None else f"{text} {value['timezone']}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        since = aware - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        text = seconds((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
        return f"{text} 1440" if kind == "timestamp_tz" else text
    if isinstance(value, datetime.date):
        return str((value - datetime.date(1970, 1, 1)).days)
    if isinstance(value, datetime.time):
        return seconds(((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond)
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    return str(value)


def column_texts(column, meta):
    kind, scale = meta["type"].lower(), meta.get("scale") or 0
    values = column.to_pylist()
    if pyarrow.types.is_integer(column.type):
        if kind == "fixed" and scale:
            return [None if v is None else f"{'-' if v < 0 else ''}{abs(v) // 10**scale}.{abs(v) % 10**scale:0{scale}d}" for v in values]
        if kind == "date":
            return [None if v is None else str(v) for v in values]
        if kind.startswith("time"):
            return [None if v is None else f"{v // 10**scale}.{v % 10**scale:0{scale}d}" if scale else str(v) for v in values]
    return [text_of(v, kind) for v in values]


def with_json_rows(answer):
    data = answer.get("data") or {}
    if data.get("queryResultFormat") == "json":
        count = len(data.get("rowset") or [])
        data.update(total=count, returned=count)
    elif data.get("queryResultFormat") == "arrow":
        rows = []
        encoded = data.pop("rowsetBase64", None)
        if encoded:
            table = pyarrow.ipc.open_stream(io.BytesIO(base64.b64decode(encoded))).read_all()
            columns = [column_texts(*pair) for pair in zip(table.columns, data["rowtype"])]
            rows = [list(row) for row in zip(*columns)]
        data.update(queryResultFormat="json", rowset=rows, total=len(rows), returned=len(rows))
    if "rowtype" in data:
        said = {one["name"]: one["value"] for one in data.get("parameters") or []}
        data["parameters"] = [{"name": k, "value": v} for k, v in {**FORMATS, **said}.items()]
    return answer


TEMPORARY = re.compile(r"(create\s+(?:or\s+replace\s+)?)temp(?:orary)?\s+((?:table|view)\s+(?:if\s+not\s+exists\s+)?[^\s(]+\.)", re.I)
COPY_TAGS = re.compile(r"\bcopy\s+tags\b(?=\s+as\b)", re.I)
QUERY_TAG = re.compile(r"show\s+parameters\s+like\s+'query_tag'", re.I)
COMMENTS = re.compile(r"/\*.*?\*/", re.S)
IGNORED = re.compile(
    r"alter\s+session\s|use\s+warehouse\s|comment\s+on\s|alter\s+\w+\s+\S+\s+(cluster\s+by|resume\s+recluster)"
    r"|alter\s+\w+\s+\S+\s+alter\s+\S+\s+comment|alter\s+dynamic\s+table\s|(grant|revoke)\s",
    re.I,
)

CANCELLED = {
    "data": {"errorCode": "000604", "sqlState": "57014"},
    "code": "000604",
    "message": "SQL execution canceled",
    "success": False,
}
WRONG_PASSWORD = {
    "data": {"authnMethod": "USERNAME_PASSWORD"},
    "code": "390100",
    "message": "Incorrect username or password was specified.",
    "success": False,
}


def note(entry):
    if recording is None:
        return
    with lock, open(recording, "a", encoding="utf8") as file:
        file.write(json.dumps(entry, separators=(",", ":")) + "\n")


async def read_body(receive):
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def header(scope, name):
    return next((v.decode() for k, v in scope["headers"] if k == name), "")


async def answered(scope, body):
    """What fakesnow answers."""
    start, chunks = {}, []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def hold(message):
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await server.app(scope, receive, hold)
    text = b"".join(chunks)
    if dict(start["headers"]).get(b"content-encoding") == b"gzip":
        text = gzip.decompress(text)
    return start["status"], text


async def send_json(send, answer, status=200):
    body = json.dumps(answer).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def app(scope, receive, send):
    if scope["type"] != "http":
        return await server.app(scope, receive, send)
    path = scope["path"]
    raw = await read_body(receive)
    body = gzip.decompress(raw) if header(scope, b"content-encoding") == "gzip" else raw
    scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"content-encoding"]}
    asked = json.loads(body) if body[:1] == b"{" else {}
    query = dict(part.split("=", 1) for part in scope["query_string"].decode().split("&") if "=" in part)
    token = header(scope, b"authorization")[17:-1]

    if path == "/session/v1/login-request" and asked.get("data", {}).get("PASSWORD") == "wrong":
        return await send_json(send, WRONG_PASSWORD)
    if path.endswith("/abort-request"):
        request = asked.get("requestId", "")
        cancelled.add(request)
        if connection := running.get(request):
            connection.interrupt()
        return await send_json(send, {"data": None, "success": True})
    if path != "/queries/v1/query-request":
        status, text = await answered(scope, body)
        if path == "/session/v1/login-request" and status == 200:
            databases[json.loads(text)["data"]["token"]] = query.get("databaseName", "")
        answer = json.loads(text) if text[:1] == b"{" else {}
        return await send_json(send, answer, status)

    written = asked.get("sqlText")
    # What fakesnow has no words for, and what leaves nothing that a query could see, is only said to be done.
    if IGNORED.match(COMMENTS.sub("", asked.get("sqlText") or "").strip()):
        asked["sqlText"] = "select 'Statement executed successfully.' as status"
        body = json.dumps(asked).encode()

    # DuckDB has what is temporary in a schema of its own: what is made in a named one is made as if it were to last.
    sent = TEMPORARY.sub(r"\1\2", asked.get("sqlText") or "", count=1)
    # There are no tags.
    sent = COPY_TAGS.sub("", sent, count=1)
    if QUERY_TAG.search(sent):
        sent = "select 'QUERY_TAG' as \"key\", '' as \"value\""
    if sent != asked.get("sqlText"):
        body = json.dumps({**asked, "sqlText": sent}).encode()

    request = query.get("requestId", "")
    if request not in statements:
        statements[request] = asyncio.create_task(execute(scope, body, token, request, written))
    try:
        status, answer = await statements[request]
    finally:
        statements.pop(request, None)
    await send_json(send, answer, status)


async def execute(scope, body, token, request, written):
    """One statement, whoever waits for it."""
    session = server.sessions.get(token)
    if session is not None:
        running[request] = session._duck_conn
    try:
        if request in cancelled:
            answer, status = CANCELLED, 200
        else:
            status, text = await answered(scope, body)
            answer = json.loads(text) if text[:1] == b"{" else {"success": False, "code": "000001", "message": text.decode()}
            # What fakesnow does not know is a mistake of the statement here, not one of the server, which the driver would ask again.
            if status >= 500:
                status, answer = 200, {**answer, "code": "000002", "data": {"errorCode": "000002", "sqlState": "0A000"}}
            if request in cancelled and not answer.get("success"):
                answer = CANCELLED
            answer = with_json_rows(answer)
    finally:
        running.pop(request, None)
    note({"database": databases.get(token, ""), "sql": written, "answer": answer})
    return status, answer


if __name__ == "__main__":
    if len(sys.argv) > 2:
        recording = sys.argv[2]
    print(f"fakesnow {version('fakesnow')} at 127.0.0.1:{sys.argv[1]}", flush=True)
    logging.disable()
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
