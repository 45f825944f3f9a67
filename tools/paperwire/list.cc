#include <algorithm>
#include <cstdint>

#include "tools/paperwire/card_text.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/filter_settings.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr int64_t kPageSize = 200;

class ListCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    filter_.DeclareWithDates(settings);
    view_.Declare(settings);
    settings.Integer(&limit_, "limit", "At most so many cards; 0: all.", 0, 1000000);
    settings.Flag(&json_, "json", "One paperwire.v1.Entry a line, as JSON.");
  }

  int Run(Console& console) override {
    const auto filter = filter_.Filter();
    if (!filter.ok()) return Complain(console, filter.status());
    FeedClient client(server_, console.clock);
    v1::ListPapersRequest request;
    request.set_view(view_.View(json_));
    *request.mutable_filter() = *filter;
    int64_t shown = 0;
    int64_t total = 0;
    do {
      const int64_t wanted = limit_ == 0 ? kPageSize : std::min(kPageSize, limit_ - shown);
      request.set_page_size(static_cast<int32_t>(wanted));
      auto page = client.ListPapers(request);
      if (!page.ok()) {
        return Complain(console, page.status());
      }
      for (const v1::Entry& entry : page->entries()) {
        if (limit_ != 0 && shown == limit_) {
          break;
        }
        Print(console, entry);
        ++shown;
      }
      total = page->total_size();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && (limit_ == 0 || shown < limit_));
    if (console.terminal && !json_) {
      console.out << shown << " of " << total << " cards\n";
    }
    return kExitOk;
  }

 private:
  void Print(Console& console, const v1::Entry& entry) const {
    console.out << (json_ ? ToJson(entry) : CardLine(entry, console)) << '\n';
  }

  ServerSettings server_;
  FilterSettings filter_;
  ViewSettings view_;
  int64_t limit_ = 20;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeListCommand() { return std::make_unique<ListCommand>(); }

}  // namespace paperwire::cli
