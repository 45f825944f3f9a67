// oaipmh.arxiv.org: OAI-PMH 2.0. Every answer is status 200, errors too.
#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/http/request_target.h"
#include "tests/support/arxiv/oai.h"
#include "tests/support/arxiv/pages.h"
#include "tests/support/arxiv/taxonomy.h"

namespace paperwire::arxiv {
namespace {

constexpr absl::CivilDay kEarliest(2005, 9, 16);
constexpr std::string_view kPrefix = "oai:arXiv.org:";
using Arguments = std::vector<std::pair<std::string, std::string>>;

// A protocol error; with `arguments` empty the answer does not repeat the request.
struct Error {
  std::string code;
  std::string reason;
  Arguments arguments = {};
};

struct Harvest {
  bool identifiers = false;
  std::string prefix = {};
  oai::Format format = oai::Format::kRaw;
  std::string set = {};
  std::optional<absl::CivilDay> from = {};
  std::optional<absl::CivilDay> until = {};
  size_t skip = 0;
  // As it was asked at first, without skip.
  Arguments arguments = {};
};

std::string Get(const Arguments& arguments, std::string_view name) {
  for (const auto& [known, value] : arguments) {
    if (known == name) return value;
  }
  return "";
}

bool Has(const Arguments& arguments, std::string_view name) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [name](const auto& argument) { return argument.first == name; });
}

std::string Explanation(const Error& error) {
  std::string text;
  if (error.code == "badArgument") {
    text =
        "The request includes illegal arguments, is missing required arguments, includes a "
        "repeated argument, or values for arguments have an illegal syntax.";
  } else if (error.code == "badVerb") {
    text =
        "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, "
        "or the verb argument is repeated.";
  } else if (error.code == "badResumptionToken") {
    text = "The value of the resumptionToken argument is invalid or expired.";
  } else if (error.code == "cannotDisseminateFormat") {
    text =
        "The metadata format identified by the value given for the metadataPrefix argument is "
        "not supported by the item or by the repository.";
  } else if (error.code == "idDoesNotExist") {
    text = "The value of the identifier argument is unknown or illegal in this repository.";
  } else {
    text =
        "The combination of the values of the from, until, set and metadataPrefix arguments "
        "results in an empty list.";
  }
  return error.reason.empty() ? text : text + " Reason: " + error.reason;
}

std::string Envelope(absl::Time now, const Arguments& arguments, const std::string& content) {
  std::string attributes;
  for (const auto& [name, value] : arguments) {
    attributes += fmt::format(" {}=\"{}\"", name, Escape(value, true));
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\" \n"
      "         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
      "         xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/ "
      "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd\">\n"
      "    <responseDate>{}</responseDate>\n"
      "                <request{}>http://oaipmh.arxiv.org/oai</request>\n\n\n{}\n</OAI-PMH>",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone()), attributes, content);
}

http::Response Xml(std::string body, int64_t kept) {
  http::Response response = Answer(200, "application/xml", std::move(body));
  response.headers.emplace_back("Surrogate-Control", fmt::format("max-age={}", kept));
  return response;
}

http::Response ErrorPage(const Scene& scene, const Error& error) {
  const std::string content =
      fmt::format("    <error code='{}'>{}</error>", error.code, Escape(Explanation(error)));
  return Xml(Envelope(scene.now, error.arguments, content),
             SecondsToMidnight(scene.now, absl::UTCTimeZone()));
}

Error BadArgument(std::string reason) {
  return {.code = "badArgument", .reason = std::move(reason)};
}

std::optional<absl::CivilDay> ParseDay(const std::string& text) {
  return text.size() == 10 ? calendar::ParseDate(text) : std::nullopt;
}

// Takes the arguments of a list request; the error if they are wrong.
std::optional<Error> TakeArguments(const Arguments& arguments, absl::Time now, Harvest& harvest) {
  static const std::set<std::string> kAllowed = {"verb", "metadataPrefix", "from", "until", "set",
                                                 "skip"};
  for (const auto& [name, value] : arguments) {
    if (!kAllowed.contains(name)) return BadArgument("Unallowed parameter.");
    if (name != "skip") harvest.arguments.emplace_back(name, value);
  }
  harvest.identifiers = Get(arguments, "verb") == "ListIdentifiers";
  if (!Has(arguments, "metadataPrefix")) return BadArgument("metadataPrefix required.");
  harvest.prefix = Get(arguments, "metadataPrefix");
  const std::optional<oai::Format> format = oai::ParseFormat(harvest.prefix);
  if (!format) {
    return Error{.code = "cannotDisseminateFormat",
                 .reason = "Did not recognize requested format",
                 .arguments = {{"verb", Get(arguments, "verb")}}};
  }
  harvest.format = *format;
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  if (Has(arguments, "from")) {
    harvest.from = ParseDay(Get(arguments, "from"));
    if (!harvest.from) return BadArgument("from date format must be YYYY-MM-DD");
    if (*harvest.from < kEarliest) return BadArgument("start date too early");
  }
  if (Has(arguments, "until")) {
    harvest.until = ParseDay(Get(arguments, "until"));
    if (!harvest.until) return BadArgument("until date format must be YYYY-MM-DD");
    if (*harvest.until > today + 1) return BadArgument("until date too late");
  }
  if (harvest.from && *harvest.from > harvest.until.value_or(today)) {
    return BadArgument("until date must be greater than or equal to from date");
  }
  harvest.set = Get(arguments, "set");
  if (Has(arguments, "set") && !IsSet(harvest.set)) return BadArgument("Set does not exist");
  return std::nullopt;
}

Error BadToken() {
  return {.code = "badResumptionToken", .reason = "Token decoding failed or format is invalid."};
}

// The token is the first request's query, quoted once as a whole; it is unquoted here however
// often the client has left it quoted.
std::optional<Error> TakeToken(const std::string& token, const std::string& verb, absl::Time now,
                               Harvest& harvest) {
  http::Request unquoted;
  if (!http::ParseTarget("/?token=" + token, unquoted)) return BadToken();
  std::string query;
  for (const auto& [name, value] : unquoted.query) {
    query += name == "token" ? value : fmt::format("&{}={}", name, value);
  }
  http::Request parsed;
  if (!http::ParseTarget("/?" + query, parsed)) return BadToken();
  const std::string skip = Get(parsed.query, "skip");
  const auto [end, error] = std::from_chars(skip.data(), skip.data() + skip.size(), harvest.skip);
  if (skip.empty() || error != std::errc() || end != skip.data() + skip.size()) return BadToken();
  if (Get(parsed.query, "verb") != verb) return BadToken();
  if (TakeArguments(parsed.query, now, harvest)) return BadToken();
  return std::nullopt;
}

std::string Quote(std::string_view text) {
  std::string quoted;
  for (const char letter : text) {
    const bool plain = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                       (letter >= 'A' && letter <= 'Z') ||
                       std::string_view("-._~").find(letter) != std::string_view::npos;
    quoted +=
        plain ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return quoted;
}

std::string Token(const Harvest& harvest, size_t skip) {
  std::string query;
  for (const auto& [name, value] : harvest.arguments) {
    query += fmt::format("{}={}&", name, Quote(value));
  }
  return Quote(query + fmt::format("skip={}", skip));
}

std::vector<Record> Select(const Scene& scene, const Harvest& harvest) {
  std::vector<Record> records = scene.world.Records(scene.now, scene.options.oai_lag);
  std::erase_if(records, [&harvest](const Record& record) {
    const absl::CivilDay day = oai::Datestamp(record);
    if (harvest.from && day < *harvest.from) return true;
    if (harvest.until && day > *harvest.until) return true;
    if (harvest.set.empty()) return false;
    const std::vector<std::string>& categories = record.paper.categories;
    return std::none_of(categories.begin(), categories.end(),
                        [&harvest](const std::string& name) { return IsInSet(name, harvest.set); });
  });
  if (scene.Has(Fault::kHide)) {
    records.resize(records.size() -
                   std::min(records.size(), static_cast<size_t>(scene.fault->count)));
  }
  if (scene.Has(Fault::kNoRecords) || scene.Has(Fault::kNoResults)) records.clear();
  return records;
}

http::Response ListAnswer(const Scene& scene, const Harvest& harvest) {
  const std::vector<Record> records = Select(scene, harvest);
  if (harvest.skip >= records.size()) {
    return ErrorPage(scene,
                     {.code = "noRecordsMatch", .reason = "", .arguments = harvest.arguments});
  }
  const size_t size =
      harvest.identifiers ? scene.options.oai_identifiers_page_size : scene.options.oai_page_size;
  const size_t end = std::min(records.size(), harvest.skip + size);
  const bool old_format = scene.Has(Fault::kOldFormat);
  const std::string verb = harvest.identifiers ? "ListIdentifiers" : "ListRecords";
  std::string list = fmt::format("    <{}>\n", verb);
  for (size_t at = harvest.skip; at < end && !scene.Has(Fault::kEmptyPage); ++at) {
    list += harvest.identifiers ? oai::Header(records[at])
                                : oai::RecordXml(records[at], harvest.format, old_format);
  }
  const std::string sizes = old_format ? fmt::format(" cursor=\"{}\" completeListSize=\"{}\"",
                                                     harvest.skip, records.size())
                                       : "";
  if (end < records.size()) {
    const absl::CivilDay tomorrow = absl::ToCivilDay(scene.now, absl::UTCTimeZone()) + 1;
    list += fmt::format(
        "                    <resumptionToken expirationDate='{}T00:00:00Z'{}>{}"
        "</resumptionToken>\n\n",
        calendar::FormatDate(tomorrow), sizes, Token(harvest, end));
  } else if (harvest.skip > 0) {
    list += fmt::format("                    <resumptionToken{}/>\n\n", sizes);
  }
  const bool open =
      !harvest.until || *harvest.until >= absl::ToCivilDay(scene.now, absl::UTCTimeZone());
  return Xml(Envelope(scene.now, harvest.arguments, list + fmt::format("    </{}>", verb)),
             open ? 3600 : 4 * 86400);
}

http::Response List(const Scene& scene, const Arguments& arguments) {
  Harvest harvest;
  std::optional<Error> error;
  if (Has(arguments, "resumptionToken")) {
    if (arguments.size() != 2) {
      error = BadArgument("No other parameters allowed with resumptionToken");
    } else if (scene.Has(Fault::kBadToken)) {
      error = BadToken();
    } else {
      error =
          TakeToken(Get(arguments, "resumptionToken"), Get(arguments, "verb"), scene.now, harvest);
    }
  } else if (Has(arguments, "skip")) {
    error = BadArgument("Unallowed parameter.");
  } else {
    error = TakeArguments(arguments, scene.now, harvest);
  }
  return error ? ErrorPage(scene, *error) : ListAnswer(scene, harvest);
}

http::Response GetOne(const Scene& scene, const Arguments& arguments) {
  const std::string identifier = Get(arguments, "identifier");
  if (arguments.size() != 3 || !Has(arguments, "identifier") || !Has(arguments, "metadataPrefix")) {
    return ErrorPage(scene, BadArgument("Parameters provided did not match expected."));
  }
  if (!absl::StartsWith(identifier, std::string(kPrefix))) {
    return ErrorPage(scene, {.code = "idDoesNotExist",
                             .reason = "All identifiers start with: " + std::string(kPrefix)});
  }
  const std::optional<oai::Format> format = oai::ParseFormat(Get(arguments, "metadataPrefix"));
  if (!format) {
    return ErrorPage(scene, {.code = "cannotDisseminateFormat",
                             .reason = "Did not recognize requested format",
                             .arguments = {{"verb", "GetRecord"}, {"identifier", identifier}}});
  }
  const std::optional<Record> record =
      scene.world.Find(identifier.substr(kPrefix.size()), scene.now, scene.options.oai_lag);
  if (!record) {
    return ErrorPage(
        scene,
        {.code = "idDoesNotExist", .reason = "Nothing found for this ID", .arguments = arguments});
  }
  return Xml(Envelope(scene.now, arguments,
                      "    <GetRecord>\n" +
                          oai::RecordXml(*record, *format, scene.Has(Fault::kOldFormat)) +
                          "    </GetRecord>"),
             3600);
}

std::string SetXml(const std::string& spec, const std::string& name) {
  return fmt::format(
      "                <set>\n        <setSpec>{}</setSpec>\n        <setName>{}</setName>\n"
      "    </set>\n\n",
      spec, Escape(name));
}

std::string Sets() {
  std::string xml = "    <ListSets>\n";
  std::set<std::string> groups;
  for (const Archive& archive : Archives()) {
    if (groups.insert(archive.group).second)
      xml += SetXml(archive.group, SubjectName(archive.group));
  }
  for (const Archive& archive : Archives()) {
    xml += SetXml(archive.group + ":" + archive.id, archive.name);
    for (const std::string& name : archive.classes) {
      const std::string category = archive.id + "." + name;
      xml += SetXml(SetSpec(category), SubjectName(category));
    }
  }
  return xml + "    </ListSets>";
}

std::string Formats() {
  constexpr const char* kOne =
      "                <metadataFormat>\n    <metadataPrefix>{}</metadataPrefix>\n"
      "    <schema>{}</schema>\n    <metadataNamespace>{}</metadataNamespace>\n"
      "</metadataFormat>\n\n";
  std::string xml = "    <ListMetadataFormats>\n";
  xml += fmt::format(kOne, "oai_dc", "https://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                     "http://www.openarchives.org/OAI/2.0/oai_dc/");
  for (const char* name : {"arXiv", "arXivRaw"}) {
    xml += fmt::format(kOne, name, fmt::format("https://oaipmh.arxiv.org/OAI/{}.xsd", name),
                       fmt::format("http://arxiv.org/OAI/{}/", name));
  }
  return xml + "    </ListMetadataFormats>";
}

constexpr const char* kIdentify =
    "    <Identify>\n        <repositoryName>arXiv</repositoryName>\n"
    "        <baseURL>https://oaipmh.arxiv.org/oai</baseURL>\n"
    "        <protocolVersion>2.0</protocolVersion>\n"
    "        <adminEmail>help@arxiv.org</adminEmail>\n"
    "        <earliestDatestamp>2005-09-16</earliestDatestamp>\n"
    "        <deletedRecord>persistent</deletedRecord>\n"
    "        <granularity>YYYY-MM-DD</granularity>\n    </Identify>";

}  // namespace

http::Response OaiPage(const Scene& scene) {
  const Arguments& arguments = scene.request.query;
  std::set<std::string> names;
  for (const auto& [name, value] : arguments) {
    if (names.insert(name).second) continue;
    return ErrorPage(scene, name == "verb" ? Error{.code = "badVerb", .reason = "Repeated verb"}
                                           : BadArgument("Repeated parameter."));
  }
  const std::string verb = Get(arguments, "verb");
  if (verb == "ListRecords" || verb == "ListIdentifiers") return List(scene, arguments);
  if (verb == "GetRecord") return GetOne(scene, arguments);
  if (verb == "Identify") return Xml(Envelope(scene.now, arguments, kIdentify), 86400);
  if (verb == "ListSets") return Xml(Envelope(scene.now, arguments, Sets()), 86400);
  if (verb == "ListMetadataFormats") return Xml(Envelope(scene.now, arguments, Formats()), 86400);
  return ErrorPage(scene, {.code = "badVerb", .reason = "Invalid verb provided"});
}

}  // namespace paperwire::arxiv
