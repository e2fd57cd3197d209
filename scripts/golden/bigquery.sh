#!/bin/sh
# Records what an emulator of BigQuery answers to the tests that need one, into test/golden/bigquery/*.json.
#
#   python3 -m venv .bigquery && .bigquery/bin/pip install bqemulator==1.4.0 duckdb==1.5.5 "numpy<2.3" duckdb-extension-spatial==1.5.5
#   mkdir -p ~/.duckdb/extensions/v1.5.5/linux_amd64
#   cp .bigquery/lib/python3*/site-packages/duckdb_extension_spatial/extensions/v1.5.5/spatial.duckdb_extension ~/.duckdb/extensions/v1.5.5/linux_amd64/
#   scripts/golden/bigquery.sh .bigquery/bin/python
#
# Each file of tests gets an emulator of its own: what others made there would be answered too. The tests themselves run against an emulator
# without recording by MILLRACE_TEST_BIGQUERY_EMULATOR=http://127.0.0.1:9050, and against Google's own service by
# MILLRACE_TEST_BIGQUERY_PROJECT (a project for tests only), MILLRACE_TEST_BIGQUERY_KEYFILE and MILLRACE_TEST_BIGQUERY_LOCATION.
set -eu
python=${1:?the Python that has bqemulator}
port=${2:-9050}
for spec in test/warehouse/bigquery.spec.ts test/transform/bigquery.spec.ts test/extract-load/bigquery-destination.spec.ts test/extract-load/bigquery-source.spec.ts; do
  "$python" -m bqemulator start --rest-port "$port" --grpc-port $((port + 10)) --log-level warning &
  emulator=$!
  trap 'kill $emulator' EXIT
  until curl -s -o /dev/null "http://127.0.0.1:$port/"; do sleep 0.5; done
  MILLRACE_TEST_BIGQUERY_RECORD="http://127.0.0.1:$port" npx vitest run "$spec"
  kill $emulator
  trap - EXIT
  wait $emulator || true
done
