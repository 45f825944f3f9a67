#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/serve/search/day.h"
#include "services/serve/search/fields.h"

namespace paperwire::serve::search {

// A term in its place.
struct Slot {
  std::string term;
  // From the first slot, in words.
  uint32_t offset = 0;
  // Where it was written: bytes of the query.
  size_t begin = 0;
  size_t end = 0;
};

// Terms that must stand together.
struct Sequence {
  std::vector<Slot> slots;
  // The last one stands for all terms that begin with it.
  bool prefix = false;
  // In one value, in any order: the words of one name.
  bool near = false;
};

// One thing that is asked for: any of its sequences.
struct Clause {
  std::vector<Sequence> any;
  // Only there; 0: anywhere.
  GroupSet groups = 0;
  // A tag, a category or an id: it does not count by how often it occurs, and no text shows it.
  bool fact = false;
  // What its rarity counts; facts only narrow down, unless this says otherwise.
  float boost = 1;
  // The whole of it in the query: "-author:\"jane doe\"".
  size_t begin = 0;
  size_t end = 0;
  bool quoted = false;
};

// Announcement dates, inclusive.
struct Days {
  int32_t from = kFirstDay;
  int32_t to = kLastDay;

  bool Hold(int32_t day) const { return from <= day && day <= to; }
};

// What a query asks for. A value.
struct Query {
  std::vector<Clause> all;
  std::vector<Clause> none;
  Days days;
  std::vector<Days> not_days;

  // Whether anything in it is looked for in texts.
  bool HasWords() const;
};

// What a reader of tags means by "LLM": the slug. InvalidArgument says what is known.
using TagReader = std::function<absl::StatusOr<std::string>(std::string_view)>;

inline constexpr size_t kLongestQuery = 1000;
inline constexpr size_t kMostClauses = 32;
inline constexpr size_t kMostSlots = 32;
inline constexpr size_t kMostPrefixes = 4;

// Reads the query language (README.md has it). InvalidArgument: what is wrong, in one line that
// begins with "query: ". Linear in the text's length.
absl::StatusOr<Query> ParseQuery(std::string_view text, const TagReader& read_tag);

// The clause of a word or of words in a row, as in quotes; no sequences in it where `text` holds
// nothing that can be searched for.
Clause ClauseOf(std::string_view text);

}  // namespace paperwire::serve::search
