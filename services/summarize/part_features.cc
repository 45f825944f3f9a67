#include "services/summarize/part_features.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "services/summarize/feature_hash.h"

namespace paperwire::summarize {
namespace {

// Salts of the hashed features; changing one means training again.
enum class Kind : uint32_t {
  kWord = 101,
  kPair,
  kBegin,
  kBeginPair,
  kBeginTriple,
  kEnd,
  kWords,
  kRolePlace,
  kCuts,
  kRoleBegin,
  kTitleCovered,
  kTitleShare,
  kCentrality,
  kDropped,
  kRoleWords,
  kTitleRouge,
};

uint16_t Feature(Kind kind, uint32_t value) {
  return HashFeature(static_cast<uint32_t>(kind), value, kPartFeatureBits);
}

// Words that say nothing of the subject.
bool IsContent(const Token& token) {
  if (token.kind != TokenKind::kWord) return false;
  if (token.end - token.begin < 3) return token.inner_capital;
  static const std::vector<uint32_t> kEmpty = [] {
    std::vector<uint32_t> hashes;
    for (const char* word :
         {"the",    "and",     "for",   "with",  "that",    "this",    "are",   "our",
          "from",   "which",   "can",   "has",   "have",    "these",   "their", "its",
          "into",   "such",    "also",  "both",  "but",     "not",     "than",  "then",
          "they",   "was",     "were",  "been",  "being",   "between", "while", "where",
          "when",   "using",   "use",   "based", "via",     "more",    "most",  "many",
          "show",   "shows",   "paper", "work",  "propose", "new",     "novel", "approach",
          "method", "results", "only",  "over",  "under",   "through", "each",  "other",
          "some",   "any",     "all",   "how",   "what",    "towards", "toward"}) {
      hashes.push_back(HashWord(word));
    }
    std::sort(hashes.begin(), hashes.end());
    return hashes;
  }();
  return !std::binary_search(kEmpty.begin(), kEmpty.end(), token.hash);
}

float Share(size_t part, size_t whole) {
  return whole == 0 ? 0.0F : static_cast<float>(part) / static_cast<float>(whole);
}

float Most(size_t value, size_t most) { return Share(std::min(value, most), most); }

// How many members two sorted lists share, repeats counted.
size_t Shared(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  size_t shared = 0;
  for (size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    if (a[i] == b[k]) {
      ++shared;
      ++i;
      ++k;
    } else if (a[i] < b[k]) {
      ++i;
    } else {
      ++k;
    }
  }
  return shared;
}

}  // namespace

PartFeatures::PartFeatures(std::string_view title, const std::vector<std::string_view>& sentences,
                           const std::vector<std::vector<Token>>& tokens,
                           const std::vector<RoleProbabilities>& roles,
                           const std::vector<bool>& leans)
    : sentences_(sentences), tokens_(tokens), roles_(roles), leans_(leans) {
  ReadTitle(title);
  ReadSpread();
  for (size_t role = 0; role < kRoles; ++role) {
    for (size_t i = 1; i < roles_.size(); ++i) {
      if (roles_[i][role] > roles_[most_[role]][role]) most_[role] = i;
    }
  }
}

void PartFeatures::ReadTitle(std::string_view title) {
  std::vector<Token> tokens;
  ReadTokens(title, tokens);
  for (size_t i = 0; i < tokens.size(); ++i) {
    title_stems_.push_back(tokens[i].stem);
    if (i > 0) title_pairs_.push_back(Pair(tokens[i - 1].hash, tokens[i].hash));
    if (IsContent(tokens[i]) && title_hashes_.size() < 64 &&
        std::find(title_hashes_.begin(), title_hashes_.end(), tokens[i].hash) ==
            title_hashes_.end()) {
      title_hashes_.push_back(tokens[i].hash);
    }
  }
  title_content_ = title_hashes_.size();
  std::sort(title_pairs_.begin(), title_pairs_.end());
  std::sort(title_stems_.begin(), title_stems_.end());
  // "ALS: Adaptive Loss Scaling …" names what the paper brings.
  const size_t colon = title.find(':');
  if (!tokens.empty() && colon != std::string_view::npos && tokens[0].end <= colon &&
      (tokens.size() < 2 || tokens[1].begin > colon)) {
    title_name_ = tokens[0].hash;
  }
}

bool PartFeatures::IsTitlePair(uint32_t pair) const {
  return std::binary_search(title_pairs_.begin(), title_pairs_.end(), pair);
}

void PartFeatures::ReadSpread() {
  std::vector<std::pair<uint32_t, uint32_t>> places;
  for (uint32_t i = 0; i < tokens_.size(); ++i) {
    for (const Token& token : tokens_[i]) places.emplace_back(token.stem, i);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  known_.resize(tokens_.size());
  for (size_t i = 0; i < tokens_.size(); ++i) {
    known_[i].reserve(tokens_[i].size());
    for (size_t k = 0; k < tokens_[i].size(); ++k) {
      const Token& token = tokens_[i][k];
      Known known;
      known.word = Feature(Kind::kWord, token.hash);
      if (k > 0) {
        const uint32_t pair = Pair(tokens_[i][k - 1].hash, token.hash);
        known.pair = Feature(Kind::kPair, pair);
        known.title_pair = IsTitlePair(pair);
      }
      known.content = IsContent(token);
      if (known.content) {
        const auto bit = std::find(title_hashes_.begin(), title_hashes_.end(), token.hash);
        if (bit != title_hashes_.end()) known.title = uint64_t{1} << (bit - title_hashes_.begin());
        const auto first = std::lower_bound(places.begin(), places.end(),
                                            std::pair<uint32_t, uint32_t>(token.stem, 0));
        auto last = first;
        while (last != places.end() && last->first == token.stem) ++last;
        known.spread = static_cast<uint16_t>(last - first);
      }
      known_[i].push_back(known);
    }
  }
}

void PartFeatures::Read(size_t at, const Candidate& candidate, CandidateFeatures& features) {
  static const uint32_t kWe = HashWord("we");
  static const uint32_t kOur = HashWord("our");
  const std::string_view sentence = sentences_[at];
  const std::vector<Token>& tokens = tokens_[at];
  features.words.clear();
  features.marks.clear();
  features.measures.fill(0);
  std::array<float, kMeasures>& m = features.measures;

  kept_.clear();
  size_t next = 0;
  size_t commas = 0;
  size_t percents = 0;
  for (const ByteRange& range : candidate.kept()) {
    while (next < tokens.size() && tokens[next].begin < range.begin) ++next;
    while (next < tokens.size() && tokens[next].end <= range.end) {
      kept_.push_back(static_cast<uint32_t>(next++));
    }
    for (size_t i = range.begin; i < range.end; ++i) {
      commas += sentence[i] == ',';
      percents += sentence[i] == '%';
    }
  }

  uint64_t covered = 0;
  size_t content = 0;
  size_t in_title = 0;
  size_t pairs = 0;
  size_t numbers = 0;
  size_t names = 0;
  size_t spread = 0;
  bool math = false;
  bool says_we = false;
  bool named = false;
  for (size_t k = 0; k < kept_.size(); ++k) {
    const Token& token = tokens[kept_[k]];
    const Known& known = known_[at][kept_[k]];
    features.words.push_back(known.word);
    if (k > 0 && kept_[k] == kept_[k - 1] + 1) {
      features.words.push_back(known.pair);
      pairs += known.title_pair;
    } else if (k > 0) {
      const uint32_t pair = Pair(tokens[kept_[k - 1]].hash, token.hash);
      features.words.push_back(Feature(Kind::kPair, pair));
      pairs += IsTitlePair(pair);
    }
    covered |= known.title;
    in_title += known.title != 0;
    content += known.content;
    spread += known.content ? known.spread - 1U : 0U;
    numbers += token.kind == TokenKind::kNumber;
    names += token.inner_capital;
    math = math || token.kind == TokenKind::kMath;
    says_we = says_we || token.hash == kWe || token.hash == kOur;
    named = named || (title_name_ != 0 && token.hash == title_name_);
  }

  const size_t count = sentences_.size();
  const size_t length = kept_.size();
  const RoleProbabilities& roles = roles_[at];
  m[kConstant] = 1;
  for (size_t role = 0; role < kRoles; ++role) {
    m[kRoleFirst + role] = static_cast<float>(roles[role]);
  }
  m[kPlace] = Share(at, count - 1);
  m[kIsFirst] = at == 0 ? 1 : 0;
  m[kIsLast] = at + 1 == count ? 1 : 0;
  m[kNearStart] = Share(1, 1 + at);
  m[kAfterObjective] = at > most_[static_cast<size_t>(Role::kObjective)] ? 1 : 0;
  m[kIsMostObjective] = at == most_[static_cast<size_t>(Role::kObjective)] ? 1 : 0;
  m[kIsMostMethod] = at == most_[static_cast<size_t>(Role::kMethod)] ? 1 : 0;
  m[kIsMostResult] = at == most_[static_cast<size_t>(Role::kResult)] ? 1 : 0;
  m[kTitleCovered] = Share(static_cast<size_t>(std::popcount(covered)), title_content_);
  m[kTitleShare] = Share(in_title, content);
  m[kTitlePairs] = Share(pairs, title_pairs_.size());
  m[kTitleName] = named ? 1 : 0;
  stems_.clear();
  for (const uint32_t k : kept_) stems_.push_back(tokens[k].stem);
  std::sort(stems_.begin(), stems_.end());
  const size_t shared = Shared(stems_, title_stems_);
  m[kTitleStems] = Share(shared, title_stems_.size());
  m[kTitleStemShare] = Share(shared, length);
  m[kTitleRouge] = Share(2 * shared, length + title_stems_.size());
  m[kTitleRougeSquared] = m[kTitleRouge] * m[kTitleRouge];
  m[kCentrality] = count < 2 ? 0 : Share(spread, content * (count - 1));
  m[kContentShare] = Share(content, length);
  m[kLength] = Most(length, 60);
  m[kLengthSquared] = m[kLength] * m[kLength];
  m[kShort] = length < 9 ? 1 : 0;
  m[kLong] = length > 30 ? 1 : 0;
  m[kShareOfSentence] = Share(length, tokens.size());
  m[kNumbers] = Most(numbers, 4);
  m[kPercents] = Most(percents, 2);
  m[kHasMath] = math ? 1 : 0;
  m[kNames] = Most(names, 4);
  m[kCommas] = Most(commas, 4);
  m[kSaysWe] = says_we ? 1 : 0;
  m[kBeginsWe] = length > 0 && tokens[kept_[0]].hash == kWe ? 1 : 0;
  m[kLeans] = leans_[at] && (candidate.cuts & (kOpeningDropped | kReportDropped)) == 0 ? 1 : 0;
  m[kAsks] = sentence.ends_with('?') ? 1 : 0;
  m[kSentenceCount] = Most(count, 15);
  m[kIsOpeningDropped] = (candidate.cuts & kOpeningDropped) != 0 ? 1 : 0;
  m[kIsTailCut] = (candidate.cuts & kTailCut) != 0 ? 1 : 0;
  m[kIsReportDropped] = (candidate.cuts & kReportDropped) != 0 ? 1 : 0;
  m[kIsAsideDropped] = (candidate.cuts & kAsideDropped) != 0 ? 1 : 0;
  m[kIsConjunctTaken] = (candidate.cuts & kConjunctTaken) != 0 ? 1 : 0;

  const auto best =
      static_cast<uint32_t>(std::max_element(roles.begin(), roles.end()) - roles.begin());
  const auto mark = [&](Kind kind, uint32_t value) {
    features.marks.push_back(Feature(kind, value));
  };
  mark(Kind::kRolePlace, best * 8 + static_cast<uint32_t>(m[kPlace] * 4));
  mark(Kind::kWords, static_cast<uint32_t>(std::min<size_t>(length / 3, 16)));
  mark(Kind::kCuts, candidate.cuts);
  mark(Kind::kTitleCovered, static_cast<uint32_t>(m[kTitleCovered] * 8));
  mark(Kind::kTitleShare, static_cast<uint32_t>(m[kTitleShare] * 8));
  mark(Kind::kTitleRouge, static_cast<uint32_t>(m[kTitleRouge] * 12));
  mark(Kind::kCentrality, static_cast<uint32_t>(m[kCentrality] * 16));
  mark(Kind::kRoleWords, best * 32 + static_cast<uint32_t>(std::min<size_t>(length / 4, 12)));
  if (length == 0) return;
  // What a cut leaves out begins with a word that tells whether it will be missed.
  if (kept_.back() + 1 < tokens.size()) mark(Kind::kDropped, tokens[kept_.back() + 1].hash);
  const auto hash = [&](size_t k) { return tokens[kept_[k]].hash; };
  mark(Kind::kBegin, hash(0));
  mark(Kind::kRoleBegin, hash(0) * 8 + best);
  mark(Kind::kEnd, hash(length - 1));
  if (length > 1) mark(Kind::kBeginPair, Pair(hash(0), hash(1)));
  if (length > 2) mark(Kind::kBeginTriple, Pair(Pair(hash(0), hash(1)), hash(2)));
}

}  // namespace paperwire::summarize
