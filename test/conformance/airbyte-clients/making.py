"""Lets the real airbyte-api client make, change, sync and delete a source, a destination and a connection of a running `millrace up`, as Terraform's
provider does, which is generated from the same description of the API.

    python making.py http://127.0.0.1:8000
"""

import argparse
import time

from airbyte_api import AirbyteAPI, api, models

parser = argparse.ArgumentParser()
parser.add_argument("url")
args = parser.parse_args()
sdk = AirbyteAPI(server_url=f"{args.url}/api/public/v1")

workspace = sdk.workspaces.list_workspaces(request=api.ListWorkspacesRequest()).workspaces_response.data[0].workspace_id
source = sdk.sources.create_source(
    request=models.SourceCreateRequest(name="made up", workspace_id=workspace, configuration=models.SourceFaker(count=50, seed=3))
).source_response
shown = sdk.destinations.list_destinations(request=api.ListDestinationsRequest()).destinations_response.data
place = next(one.configuration.destination_path for one in shown if one.destination_type == "duckdb")
destination = sdk.destinations.create_destination(
    request=models.DestinationCreateRequest(
        name="made", workspace_id=workspace, configuration=models.DestinationDuckdb(destination_path=place, schema="made_by_api")
    )
).destination_response
connection = sdk.connections.create_connection(
    request=models.ConnectionCreateRequest(
        name="made_by_api",
        source_id=source.source_id,
        destination_id=destination.destination_id,
        schedule=models.AirbyteAPIConnectionSchedule(
            schedule_type=models.ScheduleTypeEnum.CRON, cron_expression="0 30 4 ? * MON-FRI Europe/Berlin"
        ),
        configurations=models.StreamConfigurations(
            streams=[models.StreamConfiguration(name="users", sync_mode=models.ConnectionSyncModeEnum.FULL_REFRESH_OVERWRITE)]
        ),
    )
).connection_response
print("made:   ", connection.name, connection.schedule.cron_expression)
connection = sdk.connections.patch_connection(
    request=api.PatchConnectionRequest(
        connection_id=connection.connection_id, connection_patch_request=models.ConnectionPatchRequest(prefix="p_")
    )
).connection_response
assert connection.prefix == "p_"
put = models.SourcePutRequest(name="made up again", configuration=models.SourceFaker(count=80))
source = sdk.sources.put_source(request=api.PutSourceRequest(source_id=source.source_id, source_put_request=put)).source_response
assert (source.name, source.configuration.count) == ("made up again", 80)
print("changed:", connection.prefix, source.name)

job = sdk.jobs.create_job(
    request=models.JobCreateRequest(connection_id=connection.connection_id, job_type=models.JobTypeEnum.SYNC)
).job_response
while job.status.value in ("pending", "running", "incomplete"):
    time.sleep(0.5)
    job = sdk.jobs.get_job(request=api.GetJobRequest(job_id=job.job_id)).job_response
print("synced: ", job.status.value, job.rows_synced)

sdk.connections.delete_connection(request=api.DeleteConnectionRequest(connection_id=connection.connection_id))
sdk.sources.delete_source(request=api.DeleteSourceRequest(source_id=source.source_id))
sdk.destinations.delete_destination(request=api.DeleteDestinationRequest(destination_id=destination.destination_id))
print("deleted")
