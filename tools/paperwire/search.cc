#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "tools/paperwire/card_table.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/filter_settings.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr int64_t kPageSize = 100;

class SearchCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    filter_.DeclareWithDates(settings);
    settings.Text(&author_, "author", "Only papers of the author of that name.");
    view_.Declare(settings);
    settings.Integer(&limit_, "limit", "At most so many hits; 0: all.", 0, 1000000);
    settings.Flag(&json_, "json", "One paperwire.v1.SearchResult a line, as JSON.");
    settings.Words(&words_, "query",
                   "Words; \"a phrase\", -not-this, begin*, tag:, cat:, author:, date:. After -- "
                   "it may begin with a minus.");
  }

  int Run(Console& console) override {
    const auto filter = filter_.Filter();
    if (!filter.ok()) return Complain(console, filter.status());
    v1::SearchPapersRequest request;
    request.set_query(Query());
    if (request.query().empty()) {
      console.err << "paperwire: search wants words to look for\n";
      return kExitUsage;
    }
    *request.mutable_filter() = *filter;
    request.set_view(view_.View(json_));
    FeedClient client(server_);
    Table table = MakeHitTable();
    int64_t shown = 0;
    v1::SearchPapersResponse page;
    do {
      const int64_t wanted = limit_ == 0 ? kPageSize : std::min(kPageSize, limit_ - shown);
      request.set_page_size(static_cast<int32_t>(wanted));
      auto answer = client.SearchPapers(request);
      if (!answer.ok()) {
        console.out << table.Text(console);
        return Complain(console, answer.status());
      }
      page = *std::move(answer);
      for (const v1::SearchResult& result : page.results()) {
        if (limit_ != 0 && shown == limit_) break;
        if (json_) {
          console.out << ToJson(result) << '\n';
        } else {
          AddHit(table, result, console);
        }
        ++shown;
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && (limit_ == 0 || shown < limit_));
    if (shown == 0) {
      console.err << "paperwire: nothing found"
                  << (page.suggestion().empty() ? "" : "; did you mean: " + page.suggestion())
                  << '\n';
      return kExitNegative;
    }
    console.out << table.Text(console);
    if (console.terminal && !json_) {
      console.out << shown << " of " << page.total_size() << " papers found\n";
    }
    return kExitOk;
  }

 private:
  std::string Query() const {
    std::string query = fmt::format("{}", fmt::join(words_, " "));
    if (author_.empty()) return query;
    std::string name = author_;
    std::replace(name.begin(), name.end(), '"', ' ');
    return query + (query.empty() ? "" : " ") + "author:\"" + name + "\"";
  }

  ServerSettings server_;
  FilterSettings filter_;
  ViewSettings view_;
  std::string author_;
  int64_t limit_ = 20;
  bool json_ = false;
  std::vector<std::string> words_;
};

class RelatedCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    view_.Declare(settings);
    settings.Integer(&limit_, "limit", "At most so many papers.", 1, 20);
    settings.Flag(&json_, "json", "One paperwire.v1.SearchResult a line, as JSON.");
    settings.Words(&words_, "id", "arXiv id (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (words_.size() != 1) {
      console.err << "paperwire: related wants one arXiv id\n";
      return kExitUsage;
    }
    v1::RelatedPapersRequest request;
    request.set_arxiv_id(words_.front());
    request.set_limit(static_cast<int32_t>(limit_));
    request.set_view(view_.View(json_));
    const auto answer = FeedClient(server_).RelatedPapers(request);
    if (!answer.ok()) return Complain(console, answer.status());
    Table table = MakeHitTable();
    for (const v1::SearchResult& result : answer->results()) {
      if (json_) {
        console.out << ToJson(result) << '\n';
      } else {
        AddHit(table, result, console);
      }
    }
    if (answer->results().empty()) {
      console.err << "paperwire: nothing in the window resembles " << words_.front() << '\n';
      return kExitNegative;
    }
    if (!json_) console.out << table.Text(console);
    return kExitOk;
  }

 private:
  ServerSettings server_;
  ViewSettings view_;
  int64_t limit_ = 5;
  bool json_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeSearchCommand() { return std::make_unique<SearchCommand>(); }
std::unique_ptr<Command> MakeRelatedCommand() { return std::make_unique<RelatedCommand>(); }

}  // namespace paperwire::cli
