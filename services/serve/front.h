#pragma once

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "libs/http/server.h"
#include "libs/service/run.h"
#include "services/serve/access.h"
#include "services/serve/config.h"
#include "services/serve/connect.h"
#include "services/serve/feed.h"
#include "services/serve/feed_clock.h"
#include "services/serve/feed_methods.h"
#include "services/serve/feed_service.h"
#include "services/serve/http_errors.h"
#include "services/serve/http_face.h"
#include "services/serve/operator_service.h"
#include "services/serve/requests.h"
#include "services/serve/rpc_server.h"
#include "services/serve/site.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/status.h"
#include "services/serve/watch/service.h"

namespace paperwire::serve {

// What readers are answered from, and the faces that answer them. Up before anything else is.
struct Front {
  // All must outlive it.
  Front(const service::Context& context, const Config& config, Access& given_access);

  // Listens. Unavailable: an address is in use, or is none; the message names it and the setting.
  absl::Status Start(const Config& config);
  // Tells streams to go elsewhere, and ends every face, all at once: what is being answered has
  // `timeout` in all to end. Only after Start.
  void Drain(std::chrono::milliseconds timeout);

  Access& access;
  FeedClock feed_clock;
  RequestCounter requests;
  SnapshotHolder snapshots;
  StatusHolder statuses;
  Feed feed;
  FeedMethods methods;
  watch::Service watches;
  FeedService feed_service;
  OperatorService operator_service;
  Site site;
  Connect connect;
  HttpFace http_face;
  HttpErrors http_errors;
  std::unique_ptr<RpcServer> rpc;
  // Null where operators are not served.
  std::unique_ptr<RpcServer> operators;
  std::unique_ptr<http::Server> http;
};

}  // namespace paperwire::serve
