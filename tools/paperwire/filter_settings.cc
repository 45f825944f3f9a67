#include "tools/paperwire/filter_settings.h"

#include "google/protobuf/util/time_util.h"

namespace paperwire::cli {
namespace {

constexpr size_t kDateLength = 10;

}  // namespace

void FilterSettings::Declare(config::Settings& settings) {
  settings.List(&tags_, "tag", "Tags, any of them: slugs, names or synonyms (\"nlp\", \"LLM\").");
  settings.List(&all_tags_, "all-tags", "Tags, all of them.");
  settings.List(&categories_, "category", "arXiv categories, any of them.");
  settings.List(&primary_, "primary-category", "arXiv categories, the primary one among them.");
  settings.List(&keywords_, "keyword", "Keywords of the card, any of them.");
  settings.List(&words_, "word", "Words in title, abstract or card, any of them.");
  settings.List(&not_words_, "not-word", "Words that stand in neither, none of them.");
  settings.Flag(&code_, "code", "Only papers with code.");
  settings.Text(&revised_since_, "revised-since",
                "Only cards that changed since: a date (UTC) or \"2026-06-09T14:30:00Z\".");
}

void FilterSettings::DeclareWithDates(config::Settings& settings) {
  settings.Text(&date_, "date", "Announcement date (YYYY-MM-DD); empty: the whole window.");
  settings.Text(&from_, "from", "First announcement date.");
  settings.Text(&to_, "to", "Last announcement date.");
  Declare(settings);
}

void FilterSettings::DeclareAuthors(config::Settings& settings) {
  settings.List(&authors_, "author",
                "Authors, any of them: words of a name in any order; a single letter is an initial "
                "(\"erdos\", \"P. Erdős\").");
}

absl::StatusOr<v1::EntryFilter> FilterSettings::Filter() const {
  if (!date_.empty() && !(from_.empty() && to_.empty())) {
    return absl::InvalidArgumentError("--date goes without --from and --to");
  }
  v1::EntryFilter filter;
  filter.set_announced_from(date_.empty() ? from_ : date_);
  filter.set_announced_to(date_.empty() ? to_ : date_);
  filter.mutable_tags_any()->Assign(tags_.begin(), tags_.end());
  filter.mutable_tags_all()->Assign(all_tags_.begin(), all_tags_.end());
  filter.mutable_categories()->Assign(categories_.begin(), categories_.end());
  filter.mutable_primary_categories()->Assign(primary_.begin(), primary_.end());
  filter.mutable_keywords()->Assign(keywords_.begin(), keywords_.end());
  filter.mutable_authors()->Assign(authors_.begin(), authors_.end());
  filter.mutable_include_words()->Assign(words_.begin(), words_.end());
  filter.mutable_exclude_words()->Assign(not_words_.begin(), not_words_.end());
  filter.set_has_code(code_);
  if (!revised_since_.empty()) {
    const std::string time =
        revised_since_.size() == kDateLength ? revised_since_ + "T00:00:00Z" : revised_since_;
    if (!google::protobuf::util::TimeUtil::FromString(time, filter.mutable_revised_since())) {
      return absl::InvalidArgumentError("--revised-since: given \"" + revised_since_ +
                                        "\", allowed is a date (YYYY-MM-DD) or a time such as "
                                        "2026-06-09T14:30:00Z");
    }
  }
  return filter;
}

void ViewSettings::Declare(config::Settings& settings) {
  settings.Text(&view_, "view",
                "basic: without abstract and evidence; full; auto: full with --json.",
                {.choices = {"auto", "basic", "full"}});
}

v1::EntryView ViewSettings::View(bool json) const {
  return view_ == "full" || (view_ == "auto" && json) ? v1::ENTRY_VIEW_FULL : v1::ENTRY_VIEW_BASIC;
}

}  // namespace paperwire::cli
