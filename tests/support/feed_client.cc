#include "tests/support/feed_client.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "paperwire/v1/feed_service.grpc.pb.h"

namespace paperwire::support {
namespace {

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

struct FeedClient::State {
  std::unique_ptr<v1::FeedService::Stub> stub;
};

FeedClient::FeedClient(const std::string& address) : state_(std::make_unique<State>()) {
  grpc::ChannelArguments arguments;
  // A server that was killed is asked again at once when it is back.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 300);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  state_->stub = v1::FeedService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

FeedClient::~FeedClient() = default;

absl::StatusOr<std::vector<v1::Entry>> FeedClient::List(const v1::EntryFilter& filter,
                                                        v1::EntryView view) {
  std::vector<v1::Entry> entries;
  v1::ListPapersRequest request;
  *request.mutable_filter() = filter;
  request.set_page_size(200);
  request.set_view(view);
  do {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListPapersResponse response;
    if (auto status = state_->stub->ListPapers(&context, request, &response); !status.ok()) {
      return FromGrpc(status);
    }
    for (auto& entry : *response.mutable_entries()) entries.push_back(std::move(entry));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return entries;
}

absl::StatusOr<int> FeedClient::Count() {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ListPapersRequest request;
  request.set_page_size(1);
  v1::ListPapersResponse response;
  if (auto status = state_->stub->ListPapers(&context, request, &response); !status.ok()) {
    return FromGrpc(status);
  }
  return response.total_size();
}

absl::StatusOr<v1::Entry> FeedClient::Get(const std::string& arxiv_id) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetPaperRequest request;
  request.set_arxiv_id(arxiv_id);
  v1::GetPaperResponse response;
  if (auto status = state_->stub->GetPaper(&context, request, &response); !status.ok()) {
    return FromGrpc(status);
  }
  return response.entry();
}

absl::StatusOr<v1::ListTagsResponse> FeedClient::Tags() {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ListTagsResponse response;
  if (auto status = state_->stub->ListTags(&context, v1::ListTagsRequest(), &response);
      !status.ok()) {
    return FromGrpc(status);
  }
  return response;
}

absl::StatusOr<v1::GetStatusResponse> FeedClient::Status() {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetStatusResponse response;
  if (auto status = state_->stub->GetStatus(&context, v1::GetStatusRequest(), &response);
      !status.ok()) {
    return FromGrpc(status);
  }
  return response;
}

LedgerSum SumOf(const v1::GetStatusResponse& status) {
  LedgerSum sum;
  for (const auto& day : status.days()) {
    sum.declared += static_cast<int>(day.declared());
    sum.ingested += static_cast<int>(day.ingested());
    sum.summarized += static_cast<int>(day.summarized());
    sum.tagged += static_cast<int>(day.tagged());
    sum.served += static_cast<int>(day.served());
    sum.pending += static_cast<int>(day.pending());
    sum.dead_lettered += static_cast<int>(day.dead_lettered());
    sum.missing += static_cast<int>(day.missing());
    sum.excluded += static_cast<int>(day.excluded());
    sum.balanced = sum.balanced && day.balanced();
  }
  return sum;
}

std::string LedgerSum::ToString() const {
  return fmt::format(
      "declared {} ingested {} summarized {} tagged {} served {} pending {} dead-lettered {} "
      "missing {} excluded {}{}",
      declared, ingested, summarized, tagged, served, pending, dead_lettered, missing, excluded,
      balanced ? "" : " NOT BALANCED");
}

}  // namespace paperwire::support
