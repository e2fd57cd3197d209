"""Lets the real Python clients of Airbyte talk to a running `millrace up`, and says what each of them was answered.

    python clients.py http://127.0.0.1:8000 [--connection incoming] [--token-name ci --token mr_…] [--user ada --password …] [--record requests.jsonl]
"""

import argparse
import json
import time

import httpx
import requests
from airbyte_api import AirbyteAPI, api, errors, models
from dagster import materialize
from dagster_airbyte import AirbyteResource, AirbyteWorkspace, build_airbyte_assets, build_airbyte_assets_definitions
from dagster_airbyte.asset_defs import load_assets_from_airbyte_instance

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--connection", default="incoming")
parser.add_argument("--token-name", default="open")
parser.add_argument("--token", default="open")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--record")
args = parser.parse_args()

public, configuration = f"{args.url}/api/public/v1", f"{args.url}/api/v1"
recorded = []
failed = 0


def record(response, **_):
    request = response.request
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    recorded.append(
        {
            "method": request.method,
            "path": request.path_url,
            "headers": {name: value for name, value in request.headers.items() if name.lower() in ("accept", "content-type", "user-agent")},
            "body": body,
            "status": response.status_code,
            "answer": response.text[:20000],
        }
    )


send = requests.Session.send


def sending(self, request, **kwargs):
    response = send(self, request, **kwargs)
    record(response)
    return response


requests.Session.send = sending

# The other client asks by another library.
ask = httpx.Client.send


def asking(self, request, **kwargs):
    response = ask(self, request, **kwargs)
    response.read()
    recorded.append(
        {
            "method": request.method,
            "path": request.url.raw_path.decode(),
            "headers": {name: value for name, value in request.headers.items() if name in ("accept", "content-type", "user-agent")},
            "body": request.content.decode() or None,
            "status": response.status_code,
            "answer": response.text[:20000],
        }
    )
    return response


httpx.Client.send = asking


def step(name):
    def run(work):
        global failed
        try:
            print(f"ok      {name}: {work()}")
        except Exception as error:  # every client has exceptions of its own
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {str(error)[:600]}")

    return run


# airbyte-api 1.0
security = (
    models.Security(basic_auth=models.SchemeBasicAuth(username=args.user, password=args.password))
    if args.user
    else models.Security(
        client_credentials=models.SchemeClientCredentials(
            client_id=args.token_name, client_secret=args.token, token_url=f"{public}/applications/token"
        )
    )
)
sdk = AirbyteAPI(server_url=public, security=security)
found = {}


@step("airbyte-api health")
def _():
    return sdk.health.get_health_check().status_code


@step("airbyte-api workspaces")
def _():
    answer = sdk.workspaces.list_workspaces(request=api.ListWorkspacesRequest())
    found["workspace"] = answer.workspaces_response.data[0].workspace_id
    one = sdk.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=found["workspace"]))
    return one.workspace_response.name


@step("airbyte-api connections")
def _():
    answer = sdk.connections.list_connections(request=api.ListConnectionsRequest(limit=100))
    by_name = {one.name: one for one in answer.connections_response.data}
    found["connection"] = by_name[args.connection]
    one = sdk.connections.get_connection(request=api.GetConnectionRequest(connection_id=found["connection"].connection_id))
    return sorted(by_name), one.connection_response.status.value


@step("airbyte-api sources")
def _():
    answer = sdk.sources.list_sources(request=api.ListSourcesRequest())
    sdk.sources.get_source(request=api.GetSourceRequest(source_id=found["connection"].source_id))
    return [(one.name, one.source_type) for one in answer.sources_response.data]


@step("airbyte-api destinations")
def _():
    answer = sdk.destinations.list_destinations(request=api.ListDestinationsRequest())
    sdk.destinations.get_destination(request=api.GetDestinationRequest(destination_id=found["connection"].destination_id))
    return [(one.name, one.destination_type) for one in answer.destinations_response.data]


@step("airbyte-api definitions")
def _():
    answer = sdk.source_definitions.list_source_definitions(
        request=api.ListSourceDefinitionsRequest(workspace_id=found["workspace"])
    )
    return len(answer.definitions_response.data)


@step("airbyte-api streams")
def _():
    answer = sdk.streams.get_stream_properties(request=api.GetStreamPropertiesRequest(source_id=found["connection"].source_id))
    return [one.stream_name for one in answer.stream_properties_response]


@step("airbyte-api organizations and tags")
def _():
    organizations = sdk.organizations.list_organizations_for_user()
    tags = sdk.tags.list_tags(request=api.ListTagsRequest())
    return organizations.organizations_response.data[0].organization_name, tags.tags_response.data


def wait(job_id):
    for _ in range(600):
        job = sdk.jobs.get_job(request=api.GetJobRequest(job_id=job_id)).job_response
        if job.status.value not in ("pending", "running", "incomplete"):
            return job
        time.sleep(0.2)
    raise TimeoutError(job_id)


@step("airbyte-api jobs")
def _():
    made = []
    for kind in (models.JobTypeEnum.CLEAR, models.JobTypeEnum.SYNC, models.JobTypeEnum.REFRESH):
        asked = models.JobCreateRequest(connection_id=found["connection"].connection_id, job_type=kind)
        job = wait(sdk.jobs.create_job(request=asked).job_response.job_id)
        made.append((job.job_type.value, job.status.value, job.rows_synced, job.duration))
    listed = sdk.jobs.list_jobs(request=api.ListJobsRequest(connection_id=found["connection"].connection_id, limit=2))
    assert listed.jobs_response.next and len(listed.jobs_response.data) == 2
    return made


@step("airbyte-api cancels a job")
def _():
    asked = models.JobCreateRequest(connection_id=found["connection"].connection_id, job_type=models.JobTypeEnum.SYNC)
    job = sdk.jobs.create_job(request=asked).job_response
    sdk.jobs.cancel_job(request=api.CancelJobRequest(job_id=job.job_id))
    return wait(job.job_id).status.value


@step("airbyte-api reads the problem of a connection that is not there")
def _():
    try:
        sdk.connections.get_connection(
            request=api.GetConnectionRequest(connection_id="00000000-0000-4000-8000-000000000000")
        )
    except errors.SDKError as error:
        return error.status_code, json.loads(error.body)["title"]
    raise AssertionError("it was answered")


# dagster-airbyte: today's resource
credentials = (
    {"username": args.user, "password": args.password}
    if args.user
    else {"client_id": args.token_name, "client_secret": args.token}
)


@step("dagster-airbyte AirbyteWorkspace: assets, materialized")
def _():
    workspace = AirbyteWorkspace(
        rest_api_base_url=public,
        configuration_api_base_url=configuration,
        workspace_id=found["workspace"],
        poll_interval=0.2,
        **credentials,
    )
    definitions = build_airbyte_assets_definitions(
        workspace=workspace, connection_selector_fn=lambda connection: connection.name == args.connection
    )
    tables = [spec.metadata["dagster/table_name"] for one in definitions for spec in one.specs]
    result = materialize(definitions, resources={"airbyte": workspace})
    events = result.get_asset_materialization_events()
    assert result.success and events
    columns = events[0].materialization.metadata.get("dagster/column_schema")
    return tables, [column.name for column in columns.schema.columns] if columns else None


# dagster-airbyte: the older resource, which knows the configuration API only
@step("dagster-airbyte AirbyteResource: a connection, synced")
def _():
    host, port = args.url.split("//")[1].split(":")
    resource = AirbyteResource(
        host=host, port=port, use_https=False, poll_interval=0.2, username=args.user or args.token_name, password=args.password or args.token
    )
    loaded = load_assets_from_airbyte_instance(
        resource, connection_filter=lambda connection: connection.name == args.connection
    )
    specs = [key.to_user_string() for one in loaded.compute_cacheable_data() for key in (one.keys_by_output_name or {}).values()]
    assets = build_airbyte_assets(
        connection_id=found["connection"].connection_id,
        destination_tables=[one.name for one in found["connection"].configurations.streams],
    )
    result = materialize(assets, resources={"airbyte": resource})
    assert result.success
    return specs, [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()]


if args.record:
    with open(args.record, "w") as file:
        for one in recorded:
            file.write(json.dumps(one) + "\n")
raise SystemExit(1 if failed else 0)
