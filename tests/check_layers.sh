#!/usr/bin/env bash
# The arrows of the architecture, as a test: prints every forbidden include and exits 1.
# usage: check_layers.sh [ROOT]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
failed=0

# forbid WHY PATTERN WHERE [EXCEPT]: no line of WHERE matches PATTERN, but for files under EXCEPT.
forbid() {
  local why=$1 pattern=$2 where=$3 except=${4:-^$} hits
  # shellcheck disable=SC2086
  hits=$(grep -rnE --include='*.h' --include='*.cc' "$pattern" $where 2>/dev/null | grep -vE "$except")
  if [ -n "$hits" ]; then
    printf 'forbidden: %s\n%s\n' "$why" "$hits"
    failed=1
  fi
}

forbid 'a library knows no service'            '#include "(services|tools)/'  libs
forbid 'nothing deployed knows tests'          '#include "tests/'             'libs services tools'
for service in ingest summarize classify serve; do
  forbid "a service knows no other service ($service)" \
    '#include "services/' "services/$service" "#include \"services/$service/"
  forbid 'a service knows no tool'             '#include "tools/'             "services/$service"
done
forbid 'the bus knows no paper'                '#include "(paperwire/v1|libs/(paper|events|window|tags|grounding|calendar))/' libs/bus
forbid 'http knows no paper'                   '#include "(paperwire/v1|libs/(paper|events|window|bus|tags|grounding|calendar))/' libs/http
forbid 'llm knows no paper'                   '#include "(paperwire/v1|libs/(paper|events|window|bus|tags|grounding|calendar))/' libs/llm
forbid 'paper knows nothing of ours'           '#include "(libs|paperwire)/'  libs/paper '#include "libs/paper/'
forbid 'clock knows nothing of ours'           '#include "(libs|paperwire)/'  libs/clock '#include "libs/clock/'
forbid 'service knows neither bus nor window'  '#include "libs/(bus|window|redis|events)/' libs/service
forbid 'only libs/redis knows hiredis'         'hiredis'                      'libs services tools' '^libs/redis/'
forbid 'only libs/bus and the broker know librdkafka' 'rdkafka\.h|rdkafka_mock' 'libs services tools' '^(libs/bus/kafka_|tools/broker/)'
forbid 'only libs/http knows curl and beast'   '(curl/|boost/beast)'          'libs services tools' '^libs/http/'
forbid 'only libs/clock asks what time it is'  '(system|steady)_clock::now\(|absl::Now\(' 'libs services tools' '^libs/clock/'
forbid 'only libs/config reads the environment' '\b(getenv|secure_getenv)\(|\benviron\b' 'libs services tools' '^libs/config/'
forbid 'Kafka and Redis are chosen in composition only' \
  '#include "libs/(bus/kafka_(publisher|subscriber|follower)|window/redis_|bus/redis_)' 'services tools' \
  '^(services/[a-z]+/(serve|run|main|compose)[a-z_]*\.(cc|h)|tools/)'

[ $failed = 0 ] && echo 'layers: every arrow points the right way'
exit $failed
