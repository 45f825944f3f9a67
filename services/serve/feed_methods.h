#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/serve/caller.h"
#include "services/serve/feed.h"
#include "services/serve/payload.h"

namespace paperwire::serve {

// One method that answers a request with an answer. `run` gives the serialized response message;
// its request is of the type of `request`. DeadlineExceeded: nobody waits any more, which is looked
// at before the work and again before the answer is serialized. Thread-safe.
struct UnaryMethod {
  std::string name;
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* response = nullptr;
  std::function<absl::StatusOr<Payload>(const google::protobuf::Message& request,
                                        const Caller& caller)>
      run;
};

// The unary methods of paperwire.v1.FeedService by name, for every face that offers them: what is
// added here is there over gRPC and over HTTP. Thread-safe once made.
class FeedMethods {
 public:
  // `feed` must outlive it.
  explicit FeedMethods(const Feed& feed);

  // Null: there is none of that name.
  const UnaryMethod* Find(std::string_view name) const;
  const std::map<std::string, UnaryMethod, std::less<>>& all() const { return methods_; }

 private:
  // `answer` takes a Request and gives an absl::StatusOr of a Payload (a serialized Response) or of
  // a Response.
  template <typename Request, typename Response, typename Answer>
  void Add(std::string name, Answer answer);

  std::map<std::string, UnaryMethod, std::less<>> methods_;
};

}  // namespace paperwire::serve
