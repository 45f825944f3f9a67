#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "libs/access/stream_slots.h"
#include "libs/clock/clock.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "prometheus/registry.h"
#include "services/serve/caller.h"
#include "services/serve/feed.h"
#include "services/serve/rpc_call.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/status.h"
#include "services/serve/watch/metrics.h"
#include "services/serve/watch/papers.h"
#include "services/serve/watch/statuses.h"
#include "services/serve/watch/streams.h"

namespace paperwire::serve::watch {

// Opens the streams of FeedService and keeps them going. It must outlive the servers that offer
// them. Thread-safe.
class Service {
 public:
  struct Parts {
    SnapshotHolder& snapshots;
    StatusHolder& statuses;
    const Feed& feed;
    const clock::Clock& clock;
    access::StreamSlots& slots;
    prometheus::Registry& registry;
    const tags::TagCatalogue& catalogue = tags::Catalogue();
  };
  // Told what a stream ended with.
  using Ended = std::function<void(const absl::Status&)>;

  // All parts must outlive it.
  Service(Streams::Options options, const Parts& parts);

  // Errors as feed_service.proto says.
  absl::StatusOr<RpcCalls::Stream*> WatchPapers(grpc::CallbackServerContext* context,
                                                const v1::WatchPapersRequest& request,
                                                const Caller& caller, Ended ended);
  absl::StatusOr<RpcCalls::Stream*> WatchStatus(grpc::CallbackServerContext* context,
                                                const Caller& caller, Ended ended);

  // Tells all readers to go elsewhere; for before the servers stop.
  void Drain() { streams_.Drain(); }
  // One look at every stream; the thread of its own does it too.
  void Look() { streams_.Look(); }

 private:
  absl::StatusOr<RpcCalls::Stream*> Open(Method method, grpc::CallbackServerContext* context,
                                         const Caller& caller, std::unique_ptr<Source> source,
                                         Ended ended);

  access::StreamSlots& slots_;
  Metrics metrics_;
  Papers papers_;
  Statuses statuses_;
  Streams streams_;
  // They call the streams.
  Subscribers::Subscription snapshots_;
  Subscribers::Subscription status_changes_;
};

}  // namespace paperwire::serve::watch
