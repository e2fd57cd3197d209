#!/usr/bin/env bash
# Renders the chart by Helm itself with each file of test/deploy/values, for test/deploy/chart.spec.ts, which says when it has to be done again:
#   HELM=/path/to/helm scripts/golden/helm_chart.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
helm=${HELM:-helm}
chart=deploy/helm/millrace
"$helm" lint "$chart" --quiet --set image.tag=1.4.0
for values in test/deploy/values/*.yaml; do
  target=test/golden/helm/$(basename "$values")
  {
    echo "# Helm $("$helm" version --template '{{ .Version }}'), by scripts/golden/helm_chart.sh"
    echo "# sha256 of chart and values: $(cat $(find "$chart" -type f | LC_ALL=C sort) "$values" | sha256sum | cut -d ' ' -f 1)"
    "$helm" template shop "$chart" --namespace data --values "$values"
  } > "$target"
done
