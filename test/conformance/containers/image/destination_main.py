"""The destination of test/conformance/airbyte-destination in a container, which goes with its file: the log tells what came."""

import sqlite3
import sys

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from destination_sqlite import DestinationSqlite


class DestinationThatTells(DestinationSqlite):
    def write(self, config, configured_catalog, input_messages):
        yield from super().write(config, configured_catalog, input_messages)
        database = sqlite3.connect(config["path"])
        for stream in configured_catalog.streams:
            name = stream.stream.name
            count, total = database.execute(
                f"""select count(*), sum(json_extract(data, '$.id')) from "{name}" """
            ).fetchone()
            log = AirbyteLogMessage(level=Level.INFO, message=f"{name} has {count} rows, whose ids sum up to {total}")
            yield AirbyteMessage(type=Type.LOG, log=log)


if __name__ == "__main__":
    DestinationThatTells().run(sys.argv[1:])
