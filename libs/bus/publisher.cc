#include "libs/bus/publisher.h"

#include <future>
#include <memory>
#include <utility>

namespace paperwire::bus {

absl::Status PublishAndWait(Publisher& publisher, Message message) {
  // Shared with the callback, which may still be returning when get() is done.
  auto outcome = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> result = outcome->get_future();
  publisher.Publish(std::move(message),
                    [outcome](absl::Status status) { outcome->set_value(std::move(status)); });
  return result.get();
}

}  // namespace paperwire::bus
