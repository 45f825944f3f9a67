#include <algorithm>
#include <initializer_list>
#include <limits>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "libs/tags/catalogue.h"
#include "nlohmann/json.hpp"

namespace paperwire::tags {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestLine = 240;
constexpr size_t kLongestWord = 60;

bool IsSlug(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return plain && !text.starts_with('-') && !text.ends_with('-') &&
         text.find("--") == std::string_view::npos;
}

// "cs.LG", "math.OC", "hep-th".
bool IsCategory(std::string_view text) {
  const size_t dot = text.find('.');
  const std::string_view archive = text.substr(0, dot);
  const std::string_view part = dot == std::string_view::npos ? "X" : text.substr(dot + 1);
  const auto archive_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  const auto part_letter = [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '-';
  };
  return !archive.empty() && !part.empty() &&
         std::all_of(archive.begin(), archive.end(), archive_letter) &&
         std::all_of(part.begin(), part.end(), part_letter);
}

// Reads the values of one file and keeps the first fault; after it values are empty.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  const absl::Status& status() const { return status_; }

  Json Open(std::string_view text) {
    try {
      return Json::parse(text);
    } catch (const Json::exception& error) {
      Refuse(file_, error.what());
      return Json::object();
    }
  }

  void Refuse(std::string_view where, std::string_view why) {
    if (status_.ok()) status_ = absl::InvalidArgumentError(fmt::format("{}: {}", where, why));
  }

  // A mistyped name must not pass for one that is left out.
  void AllowOnly(const Json& object, std::string_view where,
                 std::initializer_list<std::string_view> keys) {
    if (!object.is_object()) return Refuse(where, "must be an object");
    for (const auto& [key, value] : object.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        Refuse(where, fmt::format("knows no '{}'", key));
      }
    }
  }

  const Json& Of(const Json& object, std::string_view where, const char* key) {
    static const Json kNothing;
    const auto found = object.find(key);
    if (found != object.end()) return *found;
    Refuse(where, fmt::format("has no '{}'", key));
    return kNothing;
  }

  std::string Line(const Json& value, std::string_view where, size_t longest) {
    const std::string line = value.is_string() ? value.get<std::string>() : std::string();
    const bool plain = std::none_of(line.begin(), line.end(), [](char c) {
      return absl::ascii_iscntrl(static_cast<unsigned char>(c));
    });
    if (line.empty() || line.size() > longest || !plain || line.front() == ' ' ||
        line.back() == ' ') {
      Refuse(where, fmt::format("must be one plain line of 1 to {} bytes", longest));
    }
    return line;
  }

  // A slug stands in addresses as it is.
  std::string Slug(const Json& object, std::string_view where, const char* key) {
    std::string slug = Line(Of(object, where, key), where, kLongestWord);
    if (!IsSlug(slug)) {
      Refuse(where, fmt::format("'{}' is no slug (a-z, 0-9, single hyphens)", slug));
    }
    return slug;
  }

  std::vector<std::string> Lines(const Json& object, const std::string& where, const char* key) {
    std::vector<std::string> lines;
    const auto found = object.find(key);
    if (found == object.end()) return lines;
    if (!found->is_array()) Refuse(where, fmt::format("'{}' must be a list", key));
    for (const Json& value : *found) {
      lines.push_back(
          Line(value, fmt::format("{}.{}[{}]", where, key, lines.size()), kLongestWord));
    }
    return lines;
  }

  uint32_t Count(const Json& object, std::string_view where, const char* key) {
    const Json& value = Of(object, where, key);
    if (value.is_number_unsigned() &&
        value.get<uint64_t>() <= std::numeric_limits<uint32_t>::max()) {
      return value.get<uint32_t>();
    }
    Refuse(where, fmt::format("'{}' must be a count", key));
    return 0;
  }

  TagInfo Tag(const Json& value, const std::string& where) {
    AllowOnly(value, where, {"slug", "name", "meaning", "excludes", "synonyms", "categories"});
    TagInfo tag;
    tag.slug = Slug(value, where, "slug");
    tag.name = Line(Of(value, where, "name"), where + ".name", kLongestWord);
    tag.meaning = Line(Of(value, where, "meaning"), where + ".meaning", kLongestLine);
    tag.excludes = Line(Of(value, where, "excludes"), where + ".excludes", kLongestLine);
    tag.synonyms = Lines(value, where, "synonyms");
    tag.categories = Lines(value, where, "categories");
    for (const std::string& category : tag.categories) {
      if (!IsCategory(category)) {
        Refuse(where, fmt::format("'{}' is no arXiv category", category));
      }
    }
    return tag;
  }

  RetiredTag Retired(const Json& value, const std::string& where) {
    AllowOnly(value, where, {"slug", "name", "successor"});
    RetiredTag tag;
    tag.slug = Slug(value, where, "slug");
    tag.name = Line(Of(value, where, "name"), where + ".name", kLongestWord);
    if (value.contains("successor")) tag.successor = Slug(value, where, "successor");
    return tag;
  }

 private:
  const std::string_view file_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<TagCatalogue> TagCatalogue::Parse(std::string_view catalogue,
                                                 std::string_view measured) {
  TagCatalogue parsed;
  Reader reader("catalogue.json");
  const Json file = reader.Open(catalogue);
  reader.AllowOnly(file, "catalogue.json", {"tags", "retired"});
  const Json& tags = reader.Of(file, "catalogue.json", "tags");
  const Json& retired = reader.Of(file, "catalogue.json", "retired");
  if (!tags.is_array() || tags.empty() || !retired.is_array()) {
    reader.Refuse("catalogue.json", "'tags' and 'retired' must be lists, and there must be a tag");
  }
  for (const Json& value : tags) {
    if (!reader.status().ok()) return reader.status();
    parsed.tags_.push_back(reader.Tag(value, fmt::format("tags[{}]", parsed.tags_.size())));
  }
  for (const Json& value : retired) {
    if (!reader.status().ok()) return reader.status();
    parsed.retired_.push_back(
        reader.Retired(value, fmt::format("retired[{}]", parsed.retired_.size())));
  }
  absl::Status status = reader.status();
  if (status.ok()) status = parsed.Index();
  if (status.ok() && !measured.empty()) status = parsed.AddMeasured(measured);
  if (!status.ok()) return status;
  return parsed;
}

absl::Status TagCatalogue::AddMeasured(std::string_view text) {
  Reader reader("measured.json");
  const Json file = reader.Open(text);
  reader.AllowOnly(file, "measured.json", {"model", "papers", "tags"});
  const Json& model = reader.Of(file, "measured.json", "model");
  const Json& by_tag = reader.Of(file, "measured.json", "tags");
  measured_papers_ = reader.Count(file, "measured.json", "papers");
  if (!model.is_string() || !by_tag.is_object()) {
    reader.Refuse("measured.json", "'model' must be a text, and 'tags' an object");
  }
  if (!reader.status().ok()) return reader.status();
  measured_model_ = model.get<std::string>();
  if (measured_model_.empty() && !by_tag.empty()) reader.Refuse("measured.json", "names no model");
  for (const auto& [slug, value] : by_tag.items()) {
    const std::string where = "measured.json: " + slug;
    const TagInfo* tag = Find(slug);
    // Measured before it was retired: says nothing of what it became part of.
    if (tag == nullptr && FindRetired(slug) != nullptr) continue;
    if (tag == nullptr) {
      reader.Refuse(where, "is no tag");
      break;
    }
    reader.AllowOnly(value, where, {"given", "right"});
    Precision& precision = tags_[static_cast<size_t>(tag - data())].precision;
    precision.given = reader.Count(value, where, "given");
    precision.right = reader.Count(value, where, "right");
    if (precision.right > precision.given) reader.Refuse(where, "was right oftener than given");
  }
  return reader.status();
}

}  // namespace paperwire::tags
