#!/bin/sh
# Records what a real cluster of Spark answers to the tests that speak to it, as test/golden/spark/*.json. Run in the checkout:
#   SPARK_HOME=… scripts/golden/spark.sh
# SPARK_HOME is the folder of a distribution, or the one in which pip puts `pyspark`; it needs Java 17. Recorded with Spark 4.3.0.
set -e
out=$(mktemp)
node --import tsx test/support/spark-cluster.ts > "$out" &
cluster=$!
trap 'kill -TERM $cluster; wait $cluster || true; rm -f "$out"' EXIT
until grep -q MILLRACE_TEST_SPARK "$out"; do
  kill -0 $cluster
  sleep 1
done
MILLRACE_TEST_SPARK_RECORD=$(sed -n 's/^MILLRACE_TEST_SPARK=//p' "$out")
export MILLRACE_TEST_SPARK_RECORD
npx vitest run --testTimeout 300000 --no-file-parallelism test/warehouse/spark.spec.ts test/transform/spark.spec.ts
npx biome check --write test/golden/spark || true
