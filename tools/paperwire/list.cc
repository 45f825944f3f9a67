#include <algorithm>
#include <cstdint>
#include <utility>

#include "tools/paperwire/card_table.h"
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
    filter_.DeclareAuthors(settings);
    settings.Text(&order_, "order",
                  "date: the newest first; relevance: what fits --word and --keyword best.",
                  {.choices = {"date", "relevance"}});
    view_.Declare(settings);
    settings.Integer(&limit_, "limit", "At most so many cards; 0: all.", 0, 1000000);
    settings.Flag(&all_pages_, "all-pages", "All cards, whatever --limit.");
    settings.Flag(&json_, "json", "One paperwire.v1.Entry a line, as JSON.");
  }

  int Run(Console& console) override {
    const auto filter = filter_.Filter();
    if (!filter.ok()) return Complain(console, filter.status());
    FeedClient client(server_);
    v1::ListPapersRequest request;
    request.set_view(view_.View(json_));
    request.set_order(order_ == "relevance" ? v1::ENTRY_ORDER_RELEVANCE : v1::ENTRY_ORDER_DATE);
    *request.mutable_filter() = *filter;
    const int64_t limit = all_pages_ ? 0 : limit_;
    int64_t shown = 0;
    int64_t total = 0;
    Table table = MakeCardTable();
    do {
      const int64_t wanted = limit == 0 ? kPageSize : std::min(kPageSize, limit - shown);
      request.set_page_size(static_cast<int32_t>(wanted));
      auto page = client.ListPapers(request);
      if (!page.ok()) {
        console.out << table.Text(console);
        return Complain(console, page.status());
      }
      for (const v1::Entry& entry : page->entries()) {
        if (limit != 0 && shown == limit) break;
        if (json_) {
          console.out << ToJson(entry) << '\n';
        } else {
          AddCard(table, entry);
        }
        ++shown;
      }
      // Programs need no widths, and no window is too large for them.
      if (!console.terminal) console.out << std::exchange(table, MakeCardTable()).Text(console);
      total = page->total_size();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && (limit == 0 || shown < limit) && console.out.good());
    if (console.terminal && !json_) {
      if (!table.empty()) console.out << table.Text(console);
      console.out << shown << " of " << total << " cards\n";
    }
    return kExitOk;
  }

 private:
  ServerSettings server_;
  FilterSettings filter_;
  ViewSettings view_;
  std::string order_ = "date";
  int64_t limit_ = 20;
  bool all_pages_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeListCommand() { return std::make_unique<ListCommand>(); }

}  // namespace paperwire::cli
