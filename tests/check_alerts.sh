#!/usr/bin/env bash
# Holds deploy/prometheus together with the code and the runbook: every alert has a line in
# docs/operations.md and a test, every metric that one asks for is made somewhere. Where promtool is
# on the PATH (or named by PROMTOOL) the rules are checked and their tests run.
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")/.."
rules=deploy/prometheus/alerts.yaml
tests=deploy/prometheus/alerts_test.yaml
failed=0

complain() {
  printf '%s\n' "$1"
  failed=1
}

alerts=$(sed -n 's/^ *- alert: *//p' "$rules")
[ -n "$alerts" ] || complain "$rules: no alerts"
for alert in $alerts; do
  grep -q "\`$alert\`" docs/operations.md || complain "$alert: docs/operations.md says nothing to do"
  grep -q "alertname: $alert\b" "$tests" || complain "$alert: no test in $tests"
done
for alert in $(sed -n 's/^| `\(Paperwire.*\)` |.*/\1/p' docs/operations.md | tr -d '`,'); do
  grep -qx "$alert" <<<"$alerts" || complain "$alert: in docs/operations.md, and no such alert"
done

# The bus makes its metrics from the service's name and these words.
made_by_bus() {
  local what=${1#paperwire_}
  what=${what#serve_ledger_}
  what=${what#@(ingest|summarize|classify|serve)_}
  grep -q "MetricName(service, \"$what\")" libs/bus/*.cc
}
for metric in $(grep -ohE 'paperwire_[a-z_]+' "$rules" "$tests" | sort -u); do
  grep -rqF "\"${metric%_bucket}\"" --include='*.cc' libs services || made_by_bus "$metric" ||
    complain "$metric: nobody makes it"
done

promtool=${PROMTOOL:-$(command -v promtool || true)}
if [ -n "$promtool" ]; then
  "$promtool" check rules "$rules" || failed=1
  "$promtool" test rules "$tests" || failed=1
else
  echo "promtool is not installed: the rules themselves were not run"
fi
[ "$failed" = 0 ] && echo "alerts: each has its line, its test and its metrics"
exit "$failed"
