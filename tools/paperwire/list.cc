#include <algorithm>
#include <cstdint>

#include "tools/paperwire/card_text.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr int64_t kPageSize = 200;

class ListCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    settings.Text(&date_, "date", "Announcement date (YYYY-MM-DD); empty: the whole window.");
    settings.List(&tags_, "tag", "Tags, any of them: slugs, names or synonyms (\"nlp\", \"LLM\").");
    settings.List(&categories_, "category", "arXiv categories, any of them.");
    settings.List(&primary_, "primary-category", "arXiv categories, the primary one among them.");
    settings.List(&keywords_, "keyword", "Keywords of the card, any of them.");
    settings.Integer(&limit_, "limit", "At most so many cards; 0: all.", 0, 1000000);
    settings.Flag(&json_, "json", "One paperwire.v1.Entry a line, as JSON.");
  }

  int Run(Console& console) override {
    FeedClient client(server_, console.clock);
    v1::ListPapersRequest request;
    request.set_view(json_ ? v1::ENTRY_VIEW_FULL : v1::ENTRY_VIEW_BASIC);
    request.mutable_filter()->set_announced_from(date_);
    request.mutable_filter()->set_announced_to(date_);
    request.mutable_filter()->mutable_tags_any()->Assign(tags_.begin(), tags_.end());
    request.mutable_filter()->mutable_categories()->Assign(categories_.begin(), categories_.end());
    request.mutable_filter()->mutable_primary_categories()->Assign(primary_.begin(),
                                                                   primary_.end());
    request.mutable_filter()->mutable_keywords()->Assign(keywords_.begin(), keywords_.end());
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
    if (json_) {
      console.out << ToJson(entry) << '\n';
    } else if (console.terminal) {
      console.out << CardRow(entry, console.columns) << '\n';
    } else {
      console.out << entry.paper().announced() << '\t' << entry.paper().arxiv_id() << '\t'
                  << TagNames(entry) << '\t' << entry.paper().title() << '\n';
    }
  }

  ServerSettings server_;
  std::string date_;
  std::vector<std::string> tags_;
  std::vector<std::string> categories_;
  std::vector<std::string> primary_;
  std::vector<std::string> keywords_;
  int64_t limit_ = 20;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeListCommand() { return std::make_unique<ListCommand>(); }

}  // namespace paperwire::cli
