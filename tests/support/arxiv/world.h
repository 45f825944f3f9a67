#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace paperwire::arxiv {

struct Version {
  int number = 1;
  absl::Time submitted = absl::InfinitePast();
  int kilobytes = 300;
  // Size 0kb, source type "I", and the paper's comment says so.
  bool withdrawn = false;
};

// A paper as arXiv's database has it: ASCII with TeX accents, nothing decoded.
struct Paper {
  // Without version: "2606.01234".
  std::string id = {};
  std::string title = {};
  std::string abstract = {};
  // arXiv's free-text line: "Ada Byron (Analytical Society), Paul Erd\H{o}s".
  std::string authors = {};
  // Primary first.
  std::vector<std::string> categories = {};
  std::string comment = {};
  std::string journal_ref = {};
  std::string doi = {};
  std::string report_no = {};
  std::string msc_class = {};
  std::string license = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/";
  std::string submitter = {};
  // Ascending by number.
  std::vector<Version> versions = {};
  // Changes of the record without a new version (journal reference, DOI).
  std::vector<absl::Time> edits = {};

  const std::string& primary() const { return categories.front(); }
};

enum class AnnounceType { kNew, kCross, kReplace, kReplaceCross };

// "new", "cross", "replace", "replace-cross".
std::string_view Name(AnnounceType type);
std::optional<AnnounceType> ParseAnnounceType(std::string_view name);

// What the announcement of one day says of one paper. `day` is arXiv's label: announced at 20:00
// New York on the evening before.
struct Announcement {
  absl::CivilDay day;
  std::string id = {};
  AnnounceType type = AnnounceType::kNew;
  int version = 1;
  // Empty: in all of the paper's categories; as `type` in the primary, as cross (replace-cross) in
  // the others. Otherwise in this one only, exactly as `type`; a cross-list so announced adds the
  // category to the paper that day.
  std::string category = {};
};

// A line of a feed or a listing.
struct Listed {
  Paper paper;
  AnnounceType type = AnnounceType::kNew;
  int version = 1;
};

// A paper as OAI-PMH shows it at some moment.
struct Record {
  // Versions and categories of that moment only.
  Paper paper;
  // Last modified; the datestamp is its UTC day.
  absl::Time modified;
};

// All that arXiv knows, over all days; what of it can be seen depends on the moment asked about.
// Thread-safe.
class World {
 public:
  World() = default;
  World(const World& other);
  World& operator=(const World& other);

  // Takes the place of a paper with the same id.
  void Add(Paper paper);
  // The paper must be there. What was announced before stays.
  void Announce(Announcement announcement);
  // Adds a version (the next number) and its announcement: a replacement, or a withdrawal.
  // Returns the version's number; 0 when there is no such paper.
  int Replace(const std::string& id, absl::CivilDay day, bool withdrawn = false);
  // An edit of the record without announcement, as a journal reference makes one.
  void Touch(const std::string& id, absl::Time when);

  // Announced on `day` in `spec` (category or archive), each paper once: new before cross before
  // replacements, in arXiv's order; without versions above 5.
  std::vector<Listed> ListedOn(const std::string& spec, absl::CivilDay day) const;
  // The newest announcement date whose announcement was made by `now`, and of those the newest
  // before `before`.
  std::optional<absl::CivilDay> NewestDay(absl::Time now,
                                          absl::CivilDay before = absl::CivilDay::max()) const;
  // All announcement dates, ascending.
  std::vector<absl::CivilDay> Days() const;
  // The unique ids announced as `type` on `day` in any of the categories.
  std::vector<std::string> Ids(const std::vector<std::string>& categories, absl::CivilDay day,
                               AnnounceType type) const;

  // What can be seen at `now`, by last modification, then id. Announcements are seen `lag` late;
  // edits are not.
  std::vector<Record> Records(absl::Time now, absl::Duration lag = absl::ZeroDuration()) const;
  std::optional<Record> Find(const std::string& id, absl::Time now,
                             absl::Duration lag = absl::ZeroDuration()) const;
  size_t size() const;

 private:
  std::optional<Record> SeenAt(const Paper& paper, absl::Time now, absl::Duration lag) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AnnounceLocked(Announcement announcement) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable std::mutex mutex_;
  std::map<std::string, Paper> papers_ ABSL_GUARDED_BY(mutex_);
  std::map<absl::CivilDay, std::vector<Announcement>> days_ ABSL_GUARDED_BY(mutex_);
  // The announcements of each paper, by id.
  std::map<std::string, std::vector<Announcement>> of_paper_ ABSL_GUARDED_BY(mutex_);
};

// 20:00 New York on the evening before `day`.
absl::Time AnnouncedAt(absl::CivilDay day);

// A submission time whose batch is announced on `day`; `sequence` spreads them in order.
absl::Time SubmittedFor(absl::CivilDay day, int sequence);

}  // namespace paperwire::arxiv
