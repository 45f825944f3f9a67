#include "services/summarize/keywords.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "services/summarize/terms.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kLongestTerm = 4;
constexpr size_t kMostNames = 3;
constexpr ptrdiff_t kMostOfOneWord = 2;
// A single word only where fewer terms than these were found, and what stands nowhere but once in
// the abstract only where fewer than those.
constexpr size_t kFewForWords = 4;
constexpr size_t kFewForOnce = 3;

// What one term is worth.
struct Term {
  std::span<const TermWord> words;
  int title = 0;
  int body = 0;
  // All that stands between two breaks; or the end of it, where it is very long.
  bool whole = false;
  // How often it stands in a longer term, at most.
  int inside = 0;
  // Its acronym, where the text gives one.
  std::string_view acronym;

  int times() const { return title + body; }
  bool name() const { return words.size() == 1 && words.front().name; }
  bool doubtful() const {
    return std::any_of(words.begin(), words.end() - 1,
                       [](const TermWord& word) { return word.doubtful; });
  }
  bool single() const { return words.size() == 1 && !words.front().name; }
};

using Terms = std::unordered_map<std::string_view, Term>;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// "LLMs" is LLM.
std::string_view Singular(std::string_view name) {
  const bool plural = name.size() > 2 && name.back() == 's' && IsUpper(name[name.size() - 2]);
  return plural ? name.substr(0, name.size() - 1) : name;
}

// What lies between two words of one text, without the plural's s.
std::string_view KeyOf(std::span<const TermWord> words) {
  const char* begin = words.front().folded.data();
  const std::string_view& last = words.back().folded;
  std::string_view key(begin, static_cast<size_t>(last.data() + last.size() - begin));
  if (key.size() > 3 && key.ends_with('s') && !key.ends_with("ss") && !key.ends_with("us") &&
      !key.ends_with("is")) {
    key.remove_suffix(1);
  }
  return key;
}

// Whether the words' first letters are the acronym's capitals.
bool Spells(std::string_view folded, std::string_view acronym) {
  size_t at = 0;
  for (size_t i = 0; i < folded.size(); ++i) {
    if (folded[i] == ' ' || (i > 0 && folded[i - 1] != ' ')) continue;
    while (at < acronym.size() && !IsUpper(acronym[at])) ++at;
    if (at == acronym.size() || acronym[at] - 'A' + 'a' != folded[i]) return false;
    ++at;
  }
  return std::none_of(acronym.begin() + static_cast<ptrdiff_t>(at), acronym.end(), IsUpper);
}

bool IsTerm(std::span<const TermWord> words) {
  if (!words.back().may_end || !words.front().may_begin) return false;
  if (words.size() == 1) return words.front().may_be;
  return std::any_of(words.begin(), words.end(),
                     [](const TermWord& word) { return !word.general; });
}

void Count(const TermRuns& text, bool title, Terms& terms) {
  for (const TermRun& run : text.runs()) {
    const std::span<const TermWord> all = run.words;
    for (size_t i = 0; i < all.size(); ++i) {
      const size_t most = std::min(kLongestTerm, all.size() - i);
      for (size_t n = 1; n <= most; ++n) {
        const std::span<const TermWord> words = all.subspan(i, n);
        if (!IsTerm(words)) continue;
        Term& term = terms[KeyOf(words)];
        if (term.words.empty() || (!title && term.body == 0)) term.words = words;
        ++(title ? term.title : term.body);
        const bool ends = i + n == all.size();
        // "learning heterogeneous dynamics" may be what somebody does.
        const bool begins = i == 0 || (i == 1 && all.front().doubtful);
        term.whole |= ends && (begins || (all.size() > kLongestTerm && n == 3));
        if (ends && n > 1 && !run.acronym.empty() && Spells(KeyOf(words), Singular(run.acronym))) {
          term.acronym = Singular(run.acronym);
        }
      }
    }
  }
}

// A piece that never stands outside the same longer term is none by itself.
void CountInside(Terms& terms) {
  for (const auto& [key, term] : terms) {
    const size_t size = term.words.size();
    if (size < 2) continue;
    for (const auto& piece : {term.words.first(size - 1), term.words.last(size - 1)}) {
      const auto found = terms.find(KeyOf(piece));
      if (found == terms.end()) continue;
      found->second.inside = std::max(found->second.inside, term.times());
    }
  }
}

float ScoreOf(const Term& term) {
  constexpr float kBySize[] = {0, 0.8f, 1.2f, 1.4f, 1.4f};
  const float said = 1.5f * static_cast<float>(std::min(term.title, 1)) +
                     static_cast<float>(std::min(term.body, 4));
  const float given = term.acronym.empty() ? 0.0f : 2.0f;
  return (said + given) * kBySize[term.words.size()] * (term.single() ? 0.5f : 1.0f);
}

// 0: no term; 1: only where there are few; 2: yes.
int StandingOf(const Term& term) {
  if (term.single()) return term.title > 0 && term.body > 1 ? 1 : 0;
  if (term.name()) {
    // Two letters may stand for anything.
    const bool clear = term.words.front().text.size() > 2 && term.times() > 1;
    return clear || term.title > 0 ? 2 : 0;
  }
  if (!term.acronym.empty()) return 2;
  if (term.inside >= term.times()) return 0;
  if (term.times() > 1) return 2;
  if (!term.whole || term.doubtful()) return 0;
  if (term.title > 0) return 2;
  const bool verbs = std::any_of(term.words.begin(), term.words.end(),
                                 [](const TermWord& word) { return word.verb; });
  return term.words.size() < kLongestTerm && !verbs ? 1 : 0;
}

// Small letters, but for names: of acronyms, of people, of methods.
std::string Shown(const Term& term, const TermRuns& body) {
  if (term.name()) return std::string(Singular(term.words.front().text));
  std::string shown;
  for (const TermWord& word : term.words) {
    if (!shown.empty()) shown += ' ';
    std::string lower(word.text);
    for (char& c : lower) {
      if (IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    const bool capital = IsUpper(word.text.front());
    const bool own =
        capital && (word.person || (body.WritesCapital(lower) && !body.WritesSmall(lower)));
    shown += word.name || own ? std::string(word.text) : lower;
  }
  return shown;
}

// The words of a term, in the singular.
std::vector<std::string_view> PartsOf(std::string_view key) {
  std::vector<std::string_view> parts;
  while (!key.empty()) {
    const size_t end = std::min(key.find(' '), key.size());
    std::string_view part = key.substr(0, end);
    if (part.size() > 3 && part.ends_with('s') && !part.ends_with("ss")) part.remove_suffix(1);
    if (part.size() > 6 && part.ends_with("ing")) part.remove_suffix(3);
    if (part.ends_with("ie")) part.remove_suffix(2);
    if (part.size() > 3 && part.ends_with('y')) part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return parts;
}

// Whether one says what the other says: all of the words of one, or two, are the other's too.
bool SaysTheSame(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  const auto shared = static_cast<size_t>(std::count_if(a.begin(), a.end(), [&](auto part) {
    return std::find(b.begin(), b.end(), part) != b.end();
  }));
  return shared >= std::min({a.size(), b.size(), size_t{2}});
}

// The strongest first; of equals the longer one, then by the alphabet.
std::vector<std::pair<std::string_view, const Term*>> Ranked(const Terms& terms) {
  std::vector<std::tuple<int, float, size_t, std::string_view, const Term*>> order;
  for (const auto& [key, term] : terms) {
    const int standing = StandingOf(term);
    if (standing == 0) continue;
    order.emplace_back(-standing, -ScoreOf(term), kLongestTerm - term.words.size(), key, &term);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::pair<std::string_view, const Term*>> ranked;
  for (const auto& entry : order) ranked.emplace_back(std::get<3>(entry), std::get<4>(entry));
  return ranked;
}

// The keywords so far, and what they say.
class Choice {
 public:
  explicit Choice(const TermRuns& body) : body_(body) {}

  std::vector<std::string>& words() { return words_; }

  // Takes the term unless another one has said it, or two have said a word of it.
  void Offer(std::string_view key, const Term& term) {
    if (StandingOf(term) == 1 && words_.size() >= (term.single() ? kFewForWords : kFewForOnce)) {
      return;
    }
    std::vector<std::string_view> parts = PartsOf(key);
    if (term.name() ? !Admits(Singular(term.words.front().text), key) : IsSpelt(key)) return;
    if (std::any_of(said_.begin(), said_.end(),
                    [&](const auto& other) { return SaysTheSame(parts, other); })) {
      return;
    }
    for (const std::string_view part : parts) {
      if (std::count_if(said_.begin(), said_.end(), [&](const auto& other) {
            return std::find(other.begin(), other.end(), part) != other.end();
          }) >= kMostOfOneWord) {
        return;
      }
    }
    if (term.name()) {
      names_.push_back(Singular(term.words.front().text));
    } else {
      keys_.push_back(key);
      if (!term.acronym.empty()) spelt_.push_back(term.acronym);
    }
    words_.push_back(Shown(term, body_));
    said_.push_back(std::move(parts));
  }

 private:
  bool Admits(std::string_view name, std::string_view key) const {
    // A title in capitals names nothing.
    if (names_.size() == kMostNames || body_.WritesSmall(key)) return false;
    return std::find(spelt_.begin(), spelt_.end(), name) == spelt_.end() &&
           std::none_of(keys_.begin(), keys_.end(),
                        [&](std::string_view other) { return Spells(other, name); });
  }
  // An acronym among the keywords stands for these words.
  bool IsSpelt(std::string_view key) const {
    return std::any_of(names_.begin(), names_.end(),
                       [&](std::string_view name) { return Spells(key, name); });
  }

  const TermRuns& body_;
  std::vector<std::string> words_;
  std::vector<std::vector<std::string_view>> said_;
  std::vector<std::string_view> names_;
  std::vector<std::string_view> spelt_;
  std::vector<std::string_view> keys_;
};

}  // namespace

std::vector<std::string> Keywords(std::string_view title, std::string_view abstract, size_t limit) {
  const TermRuns head(title);
  const TermRuns body(abstract);
  Terms terms;
  terms.reserve(256);
  Count(head, true, terms);
  Count(body, false, terms);
  CountInside(terms);
  Choice choice(body);
  for (const auto& [key, term] : Ranked(terms)) {
    if (choice.words().size() == limit) break;
    choice.Offer(key, *term);
  }
  return std::move(choice.words());
}

}  // namespace paperwire::summarize
