#include <algorithm>

#include "fmt/format.h"
#include "libs/tags/description.h"
#include "services/classify/classify.h"
#include "tools/paperwire/card_text.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr int kMaxTextColumns = 100;

// This program's own catalogue, as a feed of the same version would tell it.
v1::ListTagsResponse BuiltIn() {
  v1::ListTagsResponse response;
  for (const tags::TagInfo& tag : tags::Catalogue()) {
    *response.add_tags() = tags::Describe(tags::Catalogue(), tag, classify::kModel);
  }
  return response;
}

int PapersOf(const v1::TagDescription& tag) {
  int papers = 0;
  for (const v1::DayCount& day : tag.counts()) papers += day.count();
  return papers;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string TagText(const v1::TagDescription& tag, int columns) {
  std::string text = fmt::format("{} ({})", tag.name(), tag.slug());
  if (tag.counts_size() > 0) text += fmt::format(", {} in the window", PapersOf(tag));
  text += "\n" + Wrap(tag.meaning(), columns, "  ") + Wrap("Not: " + tag.excludes(), columns, "  ");
  if (tag.synonyms_size() > 0) text += Wrap("Also: " + Joined(tag.synonyms()), columns, "  ");
  if (tag.former_slugs_size() > 0) {
    text += Wrap("Formerly: " + Joined(tag.former_slugs()), columns, "  ");
  }
  if (tag.categories_size() > 0) text += Wrap("arXiv: " + Joined(tag.categories()), columns, "  ");
  const std::string precision =
      tag.measured_on() == 0
          ? "not measured for the model in use"
          : fmt::format("{:.0f} % of {} assignments ({:.0f}-{:.0f} %), {}", tag.precision() * 100,
                        tag.measured_on(), tag.precision_low() * 100, tag.precision_high() * 100,
                        tag.measured_model());
  return text + "  Precision: " + precision + "\n\n";
}

class TagsCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    settings.Flag(&built_in_, "built-in", "This program's own catalogue; no server is asked.");
    settings.Flag(&json_, "json", "One paperwire.v1.TagDescription a line, as JSON.");
  }

  int Run(Console& console) override {
    absl::StatusOr<v1::ListTagsResponse> response;
    if (built_in_) {
      response = BuiltIn();
    } else {
      response = FeedClient(server_).ListTags();
    }
    if (!response.ok()) {
      return Complain(console, response.status());
    }
    for (const v1::TagDescription& tag : response->tags()) {
      Print(console, tag);
    }
    return kExitOk;
  }

 private:
  void Print(Console& console, const v1::TagDescription& tag) const {
    if (json_) {
      console.out << ToJson(tag) << '\n';
    } else if (console.terminal) {
      console.out << TagText(tag, std::min(console.columns, kMaxTextColumns));
    } else {
      console.out << fmt::format("{}\t{}\t{}\t{:.3f}\t{}\t{}\n", tag.slug(), tag.name(),
                                 PapersOf(tag), tag.precision(), tag.measured_on(), tag.meaning());
    }
  }

  ServerSettings server_;
  bool built_in_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeTagsCommand() { return std::make_unique<TagsCommand>(); }

}  // namespace paperwire::cli
