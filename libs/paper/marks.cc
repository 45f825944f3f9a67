#include "libs/paper/marks.h"

#include <algorithm>
#include <array>
#include <utility>

namespace paperwire::paper {
namespace {

struct CodeHost {
  std::string_view host;
  // Path segments that an address of a repository has at least.
  int segments;
};

constexpr std::array<CodeHost, 6> kCodeHosts = {{{"github.com", 2},
                                                 {"gitlab.com", 2},
                                                 {"bitbucket.org", 2},
                                                 {"codeberg.org", 2},
                                                 {"gitee.com", 2},
                                                 {"anonymous.4open.science", 2}}};

// As written, and as shown.
constexpr std::array<std::pair<std::string_view, std::string_view>, 58> kVenues = {{
    {"Transactions on Machine Learning Research", "TMLR"},
    {"Journal of Machine Learning Research", "JMLR"},
    {"Neural Information Processing Systems", "NeurIPS"},
    {"International Conference on Machine Learning", "ICML"},
    {"International Conference on Learning Representations", "ICLR"},
    {"NeurIPS", "NeurIPS"},
    {"NIPS", "NeurIPS"},
    {"ICML", "ICML"},
    {"ICLR", "ICLR"},
    {"TMLR", "TMLR"},
    {"JMLR", "JMLR"},
    {"AISTATS", "AISTATS"},
    {"COLT", "COLT"},
    {"UAI", "UAI"},
    {"COLM", "COLM"},
    {"CoLLAs", "CoLLAs"},
    {"L4DC", "L4DC"},
    {"MLSys", "MLSys"},
    {"CPAL", "CPAL"},
    {"AAAI", "AAAI"},
    {"IJCAI", "IJCAI"},
    {"ECAI", "ECAI"},
    {"AAMAS", "AAMAS"},
    {"ICAPS", "ICAPS"},
    {"IJCNN", "IJCNN"},
    {"ECML PKDD", "ECML PKDD"},
    {"ECML-PKDD", "ECML PKDD"},
    {"CVPR", "CVPR"},
    {"ICCV", "ICCV"},
    {"ECCV", "ECCV"},
    {"WACV", "WACV"},
    {"BMVC", "BMVC"},
    {"MICCAI", "MICCAI"},
    {"MIDL", "MIDL"},
    {"EMNLP", "EMNLP"},
    {"NAACL", "NAACL"},
    {"EACL", "EACL"},
    {"AACL", "AACL"},
    {"ACL", "ACL"},
    {"COLING", "COLING"},
    {"LREC", "LREC"},
    {"CoNLL", "CoNLL"},
    {"KDD", "KDD"},
    {"WSDM", "WSDM"},
    {"CIKM", "CIKM"},
    {"SIGIR", "SIGIR"},
    {"RecSys", "RecSys"},
    {"ICDM", "ICDM"},
    {"ICRA", "ICRA"},
    {"IROS", "IROS"},
    {"CoRL", "CoRL"},
    {"ICASSP", "ICASSP"},
    {"INTERSPEECH", "Interspeech"},
    {"Interspeech", "Interspeech"},
    {"FAccT", "FAccT"},
    {"AIES", "AIES"},
    {"SIGGRAPH", "SIGGRAPH"},
    {"LoG", "LoG"},
}};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = Lower(c);
  return out;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }
bool IsWord(char c) { return IsDigit(c) || IsLetter(c); }

bool EndsWithNoCase(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  text.remove_prefix(text.size() - lower.size());
  return std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return Lower(a) == b; });
}

// A host stands before a slash, and few texts have one.
std::string CodeUrlIn(std::string_view text) {
  for (size_t slash = text.find('/'); slash != std::string_view::npos;
       slash = text.find('/', slash + 1)) {
    for (const CodeHost& host : kCodeHosts) {
      std::string_view before = text.substr(0, slash);
      if (!EndsWithNoCase(before, host.host)) continue;
      before.remove_suffix(host.host.size());
      if (EndsWithNoCase(before, "www.")) before.remove_suffix(4);
      if (!before.empty() &&
          (IsWord(before.back()) || before.back() == '-' || before.back() == '.')) {
        continue;
      }
      size_t end = slash;
      while (end < text.size() && (IsWord(text[end]) || std::string_view("/-_.~%+").find(
                                                            text[end]) != std::string_view::npos)) {
        ++end;
      }
      while (end > slash &&
             std::string_view("/.-_%+~").find(text[end - 1]) != std::string_view::npos) {
        --end;
      }
      const std::string_view path = text.substr(slash, end - slash);
      if (std::count(path.begin(), path.end(), '/') < host.segments || path.starts_with("//")) {
        continue;
      }
      return "https://" + std::string(host.host) + std::string(path);
    }
  }
  return "";
}

// "2026" or "'26" in the few characters after a venue's name.
std::string YearAfter(std::string_view text) {
  for (size_t i = 0; i < text.size() && i < 16; ++i) {
    if (text[i] == ';' || (text[i] == '.' && i + 1 < text.size() && text[i + 1] == ' ')) break;
    const auto digits = [&](size_t from, size_t count) {
      if (from + count > text.size()) return false;
      for (size_t k = from; k < from + count; ++k) {
        if (!IsDigit(text[k])) return false;
      }
      return from + count == text.size() || !IsDigit(text[from + count]);
    };
    if (text[i] == '\'' && digits(i + 1, 2)) return "20" + std::string(text.substr(i + 1, 2));
    if (text.substr(i).starts_with("20") && digits(i, 4) && (i == 0 || !IsDigit(text[i - 1]))) {
      return std::string(text.substr(i, 4));
    }
  }
  return "";
}

// "2026" right before a venue's name.
std::string YearBefore(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.size() < 4) return "";
  const std::string_view year = text.substr(text.size() - 4);
  const bool fits = year.starts_with("20") && IsDigit(year[2]) && IsDigit(year[3]) &&
                    (text.size() == 4 || !IsWord(text[text.size() - 5]));
  return fits ? std::string(year) : "";
}

std::string VenueIn(std::string_view text) {
  if (text.empty()) return "";
  // Few venues begin with a letter that a word of the text begins with.
  std::array<bool, 256> begins = {};
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || !IsWord(text[i - 1])) begins[static_cast<unsigned char>(text[i])] = true;
  }
  for (const auto& [written, shown] : kVenues) {
    if (!begins[static_cast<unsigned char>(written.front())]) continue;
    for (size_t at = text.find(written); at != std::string_view::npos;
         at = text.find(written, at + 1)) {
      const size_t end = at + written.size();
      if (at > 0 && IsWord(text[at - 1])) continue;
      if (end < text.size() && IsLetter(text[end])) continue;
      const size_t clause = text.substr(0, at).find_last_of(";.");
      const std::string before =
          Lower(text.substr(clause == std::string_view::npos ? 0 : clause + 1,
                            at - (clause == std::string_view::npos ? 0 : clause + 1)));
      const std::string_view rest = text.substr(end);
      const std::string after = Lower(rest.substr(0, rest.find_first_of(";.")));
      if (before.find("submitted") != std::string::npos ||
          before.find("under review") != std::string::npos ||
          before.find("submission") != std::string::npos ||
          before.find("template") != std::string::npos ||
          after.find("under review") != std::string::npos ||
          after.find("submission") != std::string::npos) {
        continue;
      }
      std::string year = YearAfter(rest);
      if (year.empty()) year = YearBefore(text.substr(0, at));
      std::string venue(shown);
      if (!year.empty()) venue += " " + year;
      const bool workshop = after.substr(0, 60).find("workshop") != std::string::npos ||
                            before.find("workshop") != std::string::npos;
      return workshop ? venue + " Workshop" : venue;
    }
  }
  return "";
}

}  // namespace

std::string FindCodeUrl(std::string_view abstract, std::string_view comment) {
  std::string url = CodeUrlIn(abstract);
  return url.empty() ? CodeUrlIn(comment) : url;
}

std::string FindVenue(std::string_view comment, std::string_view journal_ref) {
  std::string venue = VenueIn(comment);
  return venue.empty() ? VenueIn(journal_ref) : venue;
}

}  // namespace paperwire::paper
