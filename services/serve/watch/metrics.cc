#include "services/serve/watch/metrics.h"

namespace paperwire::serve::watch {
namespace {

const prometheus::Histogram::BucketBoundaries kDelivery = {0.01, 0.025, 0.05, 0.1, 0.25,
                                                           0.5,  1,     2.5,  5,   10};

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : refused_(prometheus::BuildCounter()
                   .Name("paperwire_serve_watch_refused_total")
                   .Help("Streams refused because too many are open.")
                   .Register(registry)
                   .Add({})),
      delivery_(prometheus::BuildHistogram()
                    .Name("paperwire_serve_watch_delivery_seconds")
                    .Help("From a change in the window to its message's leaving, while live.")
                    .Register(registry)
                    .Add({}, kDelivery)),
      behind_(prometheus::BuildGauge()
                  .Name("paperwire_serve_watch_behind_seconds")
                  .Help("How much older the slowest reader's position is than the snapshot.")
                  .Register(registry)
                  .Add({})) {
  auto& open = prometheus::BuildGauge()
                   .Name("paperwire_serve_watch_streams")
                   .Help("Streams open.")
                   .Register(registry);
  auto& sent = prometheus::BuildCounter()
                   .Name("paperwire_serve_watch_messages_total")
                   .Help("Messages sent on streams.")
                   .Register(registry);
  auto& closed = prometheus::BuildCounter()
                     .Name("paperwire_serve_watch_closed_total")
                     .Help("Streams that ended, by why.")
                     .Register(registry);
  const char* const methods[] = {"papers", "status"};
  const char* const kinds[] = {"entry", "removed", "heartbeat", "status"};
  const char* const reasons[] = {"client", "slow", "drained", "lost-epoch", "taken-back"};
  for (size_t i = 0; i < open_.size(); ++i) open_[i] = &open.Add({{"method", methods[i]}});
  for (size_t i = 0; i < sent_.size(); ++i) sent_[i] = &sent.Add({{"kind", kinds[i]}});
  for (size_t i = 0; i < closed_.size(); ++i) closed_[i] = &closed.Add({{"reason", reasons[i]}});
}

}  // namespace paperwire::serve::watch
