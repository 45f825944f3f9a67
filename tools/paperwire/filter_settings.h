#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::cli {

// Which cards a command is about: what a feed can be narrowed by, the same flags at every command.
class FilterSettings {
 public:
  // Declares --tag, --all-tags, --category, --primary-category, --keyword, --word, --not-word,
  // --code and --revised-since.
  void Declare(config::Settings& settings);
  // And --date, --from and --to.
  void DeclareWithDates(config::Settings& settings);
  // And --author.
  void DeclareAuthors(config::Settings& settings);

  // What was given. InvalidArgument names the flag that is wrong by itself; the rest is the
  // server's to judge.
  absl::StatusOr<v1::EntryFilter> Filter() const;

 private:
  std::string date_;
  std::string from_;
  std::string to_;
  std::vector<std::string> tags_;
  std::vector<std::string> all_tags_;
  std::vector<std::string> categories_;
  std::vector<std::string> primary_;
  std::vector<std::string> keywords_;
  std::vector<std::string> authors_;
  std::vector<std::string> words_;
  std::vector<std::string> not_words_;
  bool code_ = false;
  std::string revised_since_;
};

// Which view of the cards: --view.
class ViewSettings {
 public:
  void Declare(config::Settings& settings);
  // FULL for programs (`json`), BASIC for lines and tables, unless --view says otherwise.
  v1::EntryView View(bool json) const;

 private:
  std::string view_ = "auto";
};

}  // namespace paperwire::cli
