#include <algorithm>
#include <cctype>
#include <string>

#include "libs/calendar/calendar.h"
#include "libs/paper/text.h"
#include "services/ingest/formats.h"
#include "services/ingest/reading.h"
#include "services/ingest/sift.h"
#include "services/ingest/xml.h"

namespace paperwire::ingest {
namespace {

Reading Fail(Outcome outcome, std::string detail) {
  Reading reading;
  reading.outcome = outcome;
  reading.detail = std::move(detail);
  return reading;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool StartsWithNoCase(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  return std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

// What follows the declaration, comments and instructions at a document's beginning.
std::string_view AfterProlog(std::string_view text) {
  for (;;) {
    text = Trim(text);
    std::string_view closing;
    if (text.starts_with("<?")) {
      closing = "?>";
    } else if (text.starts_with("<!--")) {
      closing = "-->";
    } else {
      return text;
    }
    const size_t end = text.find(closing);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + closing.size());
  }
}

// A document that does not end with its root's closing tag was cut off.
bool IsCutOff(std::string_view body, std::string_view root) {
  size_t name = 1;
  while (name < root.size() &&
         std::string_view(" \t\r\n/>").find(root[name]) == std::string_view::npos) {
    ++name;
  }
  std::string closing = "</" + std::string(root.substr(1, name - 1));
  std::string_view end = Trim(body);
  // Comments may follow the root.
  while (end.ends_with("-->")) {
    const size_t comment = end.rfind("<!--");
    if (comment == std::string_view::npos) return true;
    end = Trim(end.substr(0, comment));
  }
  if (!end.ends_with('>')) return true;
  const size_t last = end.rfind('<');
  if (last == std::string_view::npos) return true;
  std::string_view tag = end.substr(last);
  if (tag.ends_with("/>") && last == static_cast<size_t>(root.data() - end.data())) return false;
  tag.remove_suffix(1);
  return Trim(tag) != closing;
}

size_t CountEntries(pugi::xml_node root) {
  // Entries stand at the first to third level in all formats.
  size_t count = 0;
  for (const pugi::xml_node child : root.children()) {
    ++count;
    if (xml::LocalName(child) == "channel" || xml::LocalName(child) == "ListRecords") {
      count += static_cast<size_t>(std::distance(child.begin(), child.end()));
    }
  }
  return count;
}

// The encoding that the declaration names, in lower case; empty when none.
std::string DeclaredEncoding(std::string_view body) {
  if (!body.starts_with("<?xml")) return {};
  const std::string_view declaration = body.substr(0, std::min(body.find("?>"), size_t{200}));
  const size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  const size_t open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const size_t close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return {};
  std::string name(declaration.substr(open + 1, close - open - 1));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

// What is wrong with the bytes as text; empty when they can be read.
std::string WrongCharset(std::string_view body, size_t bad) {
  if (body.substr(0, 4).find('\0') != std::string_view::npos || body.starts_with("\xFF\xFE") ||
      body.starts_with("\xFE\xFF")) {
    return "in UTF-16 or UTF-32, not UTF-8";
  }
  const std::string encoding = DeclaredEncoding(body);
  // Latin 1 is converted where it is declared.
  if (bad == 0 || encoding == "iso-8859-1" || encoding == "latin1") return {};
  if (!encoding.empty() && encoding != "utf-8" && encoding != "utf8") {
    return "declared as " + encoding.substr(0, 40);
  }
  if (bad > 3 && bad > body.size() / 1000) return std::to_string(bad) + " bytes are no UTF-8";
  return {};
}

Reading ReadXml(std::string_view body) {
  const std::string_view root_text = AfterProlog(body);
  if (StartsWithNoCase(root_text, "<!doctype html") || StartsWithNoCase(root_text, "<html")) {
    return ReadListing(body);
  }
  if (StartsWithNoCase(root_text, "<!doctype")) {
    return Fail(Outcome::kDoctype, "has a document type declaration");
  }
  if (root_text.empty()) return Fail(Outcome::kTruncated, "ends before its root element");
  if (IsCutOff(body, root_text)) {
    return Fail(Outcome::kTruncated,
                "ends at byte " + std::to_string(body.size()) + " inside the document");
  }
  pugi::xml_document document;
  const pugi::xml_parse_result result =
      document.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_auto);
  if (!result) {
    return Fail(Outcome::kNotXml,
                std::string(result.description()) + " at byte " + std::to_string(result.offset));
  }
  const pugi::xml_node root = document.document_element();
  if (xml::DeeperThan(root, kMaxDepth)) {
    return Fail(Outcome::kTooLarge, "elements nested more than 32 deep");
  }
  // Room for what stands beside the entries in a channel.
  if (CountEntries(root) > kMaxEntries + 100) {
    return Fail(Outcome::kTooLarge, "more than 10,000 entries");
  }
  if (xml::Is(root, "", "rss")) return ReadRss(root);
  if (xml::Is(root, xml::kAtom, "feed")) {
    return IsAnnouncement(root) ? ReadAtom(root) : ReadQuery(root);
  }
  const std::string_view space = xml::Namespace(root);
  const std::string_view local = xml::LocalName(root);
  if ((space == xml::kOai || space.empty()) &&
      (local == "OAI-PMH" || local == "ListRecords" || local == "record")) {
    return ReadOai(root);
  }
  return Fail(Outcome::kUnknown, "root element <" + std::string(root.name()).substr(0, 60) + ">");
}

std::optional<absl::CivilDay> DateInName(std::string_view name) {
  for (size_t i = 0; i + 10 <= name.size(); ++i) {
    if (const auto date = calendar::ParseDate(name.substr(i, 10)); date) return date;
  }
  return std::nullopt;
}

}  // namespace

Reading Read(std::string_view bytes, absl::CivilDay latest) {
  if (bytes.size() > kMaxBytes) {
    return Fail(Outcome::kTooLarge, std::to_string(bytes.size()) + " bytes; at most 32 MiB");
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::string_view body = Trim(bytes);
  if (body.empty()) return Fail(Outcome::kNoBody, "nothing in it");
  if (StartsWithNoCase(body, "rate exceeded")) {
    return Fail(Outcome::kRateLimited, paper::CleanLine(body.substr(0, 100)));
  }
  const size_t bad = paper::CountBadBytes(body);
  if (std::string wrong = WrongCharset(body, bad); !wrong.empty()) {
    return Fail(Outcome::kWrongCharset, std::move(wrong));
  }
  Reading reading;
  if (body.front() == '<') {
    reading = ReadXml(body);
  } else if (body.front() == '{') {
    if (std::count(bytes.begin(), bytes.end(), '\n') > static_cast<ptrdiff_t>(kMaxLines)) {
      return Fail(Outcome::kTooLarge, "more than 100,000 lines");
    }
    reading = ReadJsonLines(bytes);
  } else {
    return Fail(Outcome::kNotXml, "begins with neither \"<\" nor \"{\"");
  }
  Sift(latest, reading);
  if (bad > 0 && !reading.papers.empty()) {
    reading.detail += (reading.detail.empty() ? "" : "; ") + std::to_string(bad) +
                      " bytes that are no UTF-8 replaced";
  }
  return reading;
}

Reading ReadDated(std::string_view file_name, std::string_view bytes, absl::CivilDay latest) {
  Reading reading = Read(bytes, latest);
  for (v1::Paper& paper : reading.papers) {
    if (!paper.announced().empty()) continue;
    std::optional<absl::CivilDay> date;
    if (paper.has_submitted_time()) {
      date = calendar::AnnouncedAfter(absl::FromUnixSeconds(paper.submitted_time().seconds()));
    } else {
      date = DateInName(file_name.substr(file_name.find_last_of('/') + 1));
    }
    if (!date) {
      return Fail(Outcome::kNoDate, paper.arxiv_id() + " has no announcement date");
    }
    paper.set_announced(calendar::FormatDate(*date));
  }
  return reading;
}

}  // namespace paperwire::ingest
