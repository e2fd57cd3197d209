"""A destination written with airbyte-cdk, as its users write theirs: streams become tables of a SQLite file."""

import json
import sqlite3
import sys

from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import AirbyteConnectionStatus, ConnectorSpecification, DestinationSyncMode, Status, Type


class DestinationSqlite(Destination):
    def spec(self, *args, **kwargs):
        return ConnectorSpecification(
            connectionSpecification={"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}},
            supported_destination_sync_modes=[DestinationSyncMode.append, DestinationSyncMode.overwrite],
        )

    def check(self, logger, config):
        try:
            sqlite3.connect(config["path"]).execute("select 1")
            return AirbyteConnectionStatus(status=Status.SUCCEEDED)
        except sqlite3.Error as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))

    def write(self, config, configured_catalog, input_messages):
        database = sqlite3.connect(config["path"])
        for stream in configured_catalog.streams:
            if stream.destination_sync_mode == DestinationSyncMode.overwrite:
                database.execute(f'drop table if exists "{stream.stream.name}"')
            database.execute(f'create table if not exists "{stream.stream.name}" (data text, emitted_at integer)')
        for message in input_messages:
            if message.type == Type.RECORD:
                record = message.record
                row = (json.dumps(record.data), record.emitted_at)
                database.execute(f'insert into "{record.stream}" values (?, ?)', row)
            elif message.type == Type.STATE:
                database.commit()
                yield message


if __name__ == "__main__":
    DestinationSqlite().run(sys.argv[1:])
