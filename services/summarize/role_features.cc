#include "services/summarize/role_features.h"

#include <algorithm>
#include <cstddef>

#include "services/summarize/feature_hash.h"

namespace paperwire::summarize {
namespace {

// Each kind of feature has a salt of its own; changing one means training again.
enum class Kind : uint32_t {
  kWord = 1,
  kPair,
  kBegin,
  kBeginPair,
  kBeginTriple,
  kAfterWe,
  kAfterOur,
  kEnding,
  kStem,
  kNumbers,
  kLength,
  kPlace,
  kFromStart,
  kFromEnd,
  kSentences,
  kPlaceAndSentences,
  kShape,
  kOwnWords,
  kBefore,
  kBeforeBegin,
  kAfter,
  kAfterBegin,
  kEdge,
};

uint16_t Feature(Kind kind, uint32_t value) {
  return HashFeature(static_cast<uint32_t>(kind), value, kRoleFeatureBits);
}

uint32_t Bounded(size_t value, size_t most) { return static_cast<uint32_t>(std::min(value, most)); }

void AddWords(std::string_view sentence, const std::vector<Token>& tokens,
              std::vector<uint16_t>& features) {
  static const uint32_t kWe = HashWord("we");
  static const uint32_t kOur = HashWord("our");
  size_t numbers = 0;
  bool acronym = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    features.push_back(Feature(Kind::kWord, token.hash));
    if (i + 1 < tokens.size()) {
      features.push_back(Feature(Kind::kPair, Pair(token.hash, tokens[i + 1].hash)));
    }
    if (i < 5) {
      features.push_back(Feature(Kind::kBegin, token.hash + Bounded(i, 2) * 0x51ED27U));
    }
    for (size_t k = i + 1; k < std::min(i + 3, tokens.size()); ++k) {
      if (token.hash == kWe) features.push_back(Feature(Kind::kAfterWe, tokens[k].hash));
      if (token.hash == kOur) features.push_back(Feature(Kind::kAfterOur, tokens[k].hash));
    }
    if (token.kind == TokenKind::kNumber) ++numbers;
    acronym = acronym || token.inner_capital;
    if (token.kind != TokenKind::kWord) continue;
    const size_t length = token.end - token.begin;
    // Three letters are enough for "-ing", "-ion", "-ely"; five tell most families of words apart.
    const auto lower = [&](size_t at) {
      const char c = sentence[at];
      return static_cast<uint32_t>(
          static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    };
    if (length > 5) {
      const uint32_t ending =
          lower(token.end - 3) << 16U | lower(token.end - 2) << 8U | lower(token.end - 1);
      features.push_back(Feature(Kind::kEnding, ending));
    }
    if (length > 6) {
      uint32_t stem = 0;
      for (size_t k = 0; k < 5; ++k) stem = stem * 257U + lower(token.begin + k);
      features.push_back(Feature(Kind::kStem, stem));
    }
  }
  if (tokens.size() > 1) {
    features.push_back(Feature(Kind::kBeginPair, Pair(tokens[0].hash, tokens[1].hash)));
  }
  if (tokens.size() > 2) {
    features.push_back(
        Feature(Kind::kBeginTriple, Pair(Pair(tokens[0].hash, tokens[1].hash), tokens[2].hash)));
  }
  features.push_back(Feature(Kind::kNumbers, Bounded(numbers, 3)));
  features.push_back(Feature(Kind::kLength, Bounded(tokens.size() / 7, 6)));
  if (acronym) features.push_back(Feature(Kind::kShape, 1));
  if (sentence.find('%') != std::string_view::npos) features.push_back(Feature(Kind::kShape, 2));
  if (sentence.ends_with('?')) features.push_back(Feature(Kind::kShape, 3));
  if (sentence.find("http") != std::string_view::npos) features.push_back(Feature(Kind::kShape, 4));
}

void AddPlace(size_t at, size_t count, std::vector<uint16_t>& features) {
  const size_t last = count - 1;
  const size_t tenth = last == 0 ? 0 : at * 9 / last;
  const size_t fifth = last == 0 ? 0 : at * 4 / last;
  features.push_back(Feature(Kind::kPlace, static_cast<uint32_t>(tenth)));
  features.push_back(Feature(Kind::kFromStart, Bounded(at, 6)));
  features.push_back(Feature(Kind::kFromEnd, Bounded(last - at, 6)));
  features.push_back(Feature(Kind::kSentences, Bounded(count, 12)));
  features.push_back(
      Feature(Kind::kPlaceAndSentences, static_cast<uint32_t>(fifth * 16) + Bounded(count, 9) / 3));
}

void AddNeighbour(const std::vector<Token>& tokens, Kind word, Kind begin,
                  std::vector<uint16_t>& features) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    features.push_back(Feature(word, tokens[i].hash));
    if (i < 5) features.push_back(Feature(begin, tokens[i].hash + Bounded(i, 2) * 0x51ED27U));
  }
}

}  // namespace

bool SpeaksOfItself(const std::vector<Token>& tokens) {
  static const uint32_t kWe = HashWord("we");
  static const uint32_t kOur = HashWord("our");
  static const uint32_t kThis = HashWord("this");
  static const uint32_t kPaper = HashWord("paper");
  static const uint32_t kWork = HashWord("work");
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].hash == kWe || tokens[i].hash == kOur) return true;
    if (i > 0 && tokens[i - 1].hash == kThis &&
        (tokens[i].hash == kPaper || tokens[i].hash == kWork)) {
      return true;
    }
  }
  return false;
}

std::vector<std::vector<uint16_t>> RoleFeatures(const std::vector<std::string_view>& sentences,
                                                const std::vector<std::vector<Token>>& tokens) {
  std::vector<std::vector<uint16_t>> all(sentences.size());
  bool spoken = false;
  std::vector<bool> seen(size_t{1} << kRoleFeatureBits);
  for (size_t i = 0; i < sentences.size(); ++i) {
    std::vector<uint16_t>& features = all[i];
    features.reserve(tokens[i].size() * 9);
    AddWords(sentences[i], tokens[i], features);
    AddPlace(i, sentences.size(), features);
    const bool own = SpeaksOfItself(tokens[i]);
    features.push_back(Feature(Kind::kOwnWords, (spoken ? 2U : 0U) + (own ? 1U : 0U)));
    spoken = spoken || own;
    if (i > 0) {
      AddNeighbour(tokens[i - 1], Kind::kBefore, Kind::kBeforeBegin, features);
    } else {
      features.push_back(Feature(Kind::kEdge, 0));
    }
    if (i + 1 < sentences.size()) {
      AddNeighbour(tokens[i + 1], Kind::kAfter, Kind::kAfterBegin, features);
    } else {
      features.push_back(Feature(Kind::kEdge, 1));
    }
    // A sort would be a tenth of a card's time.
    size_t kept = 0;
    for (const uint16_t feature : features) {
      if (seen[feature]) continue;
      seen[feature] = true;
      features[kept++] = feature;
    }
    features.resize(kept);
    for (const uint16_t feature : features) seen[feature] = false;
  }
  return all;
}

}  // namespace paperwire::summarize
