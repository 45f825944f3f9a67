#include "services/summarize/roles.h"

#include <string>

#include "libs/grounding/phrases.h"

namespace paperwire::summarize {
namespace {

constexpr Role kB = Role::kBackground;
constexpr Role kO = Role::kObjective;
constexpr Role kM = Role::kMethod;
constexpr Role kR = Role::kResult;
constexpr Role kI = Role::kImplication;

struct Cue {
  const char* phrase;
  Role role;
  double weight;
};

constexpr Cue kCues[] = {
    // What is known, and what is missing.
    {"however", kB, 1.2},
    {"existing", kB, 1.0},
    {"traditional*", kB, 1.0},
    {"conventional*", kB, 0.8},
    {"remains", kB, 1.0},
    {"remain", kB, 0.9},
    {"challeng*", kB, 0.8},
    {"crucial", kB, 0.8},
    {"has emerged", kB, 1.4},
    {"have emerged", kB, 1.4},
    {"has become", kB, 1.3},
    {"have become", kB, 1.3},
    {"widely used", kB, 1.0},
    {"recent*", kB, 0.8},
    {"increasingly", kB, 1.0},
    {"prior work", kB, 0.8},
    {"previous work", kB, 0.8},
    {"poorly understood", kB, 1.4},
    {"little is known", kB, 1.5},
    {"often", kB, 0.7},
    {"typically", kB, 0.7},
    {"suffer*", kB, 1.0},
    {"struggle*", kB, 1.0},
    {"fail to", kB, 0.9},
    {"lack*", kB, 0.7},
    {"unclear", kB, 1.1},
    {"essential", kB, 0.6},
    {"fundamental", kB, 0.5},
    {"rely on", kB, 0.7},
    {"despite", kB, 0.6},
    {"in practice", kB, 0.3},
    {"is a key", kB, 0.8},
    {"growing", kB, 0.7},
    {"rapid*", kB, 0.6},
    {"limited by", kB, 0.6},
    {"bottleneck*", kB, 0.6},
    {"open question", kB, 1.0},
    {"have shown", kB, 0.6},
    {"has shown", kB, 0.6},
    {"have achieved", kB, 0.9},
    {"success of", kB, 0.7},
    {"promising", kB, 0.3},
    {"underexplored", kB, 1.2},
    {"expensive", kB, 0.5},
    {"are widely", kB, 0.9},
    // What the paper sets out to do.
    {"we propose", kO, 1.8},
    {"we introduce", kO, 1.8},
    {"we present", kO, 1.7},
    {"this paper", kO, 1.3},
    {"this work", kO, 1.0},
    {"in this paper", kO, 0.8},
    {"in this work", kO, 0.8},
    {"we study", kO, 1.7},
    {"we investigate", kO, 1.6},
    {"we ask", kO, 1.4},
    {"we address", kO, 1.4},
    {"we aim", kO, 1.5},
    {"our goal", kO, 1.4},
    {"the goal of", kO, 0.8},
    {"we consider", kO, 1.3},
    {"we explore", kO, 1.4},
    {"we examine", kO, 1.3},
    {"to address", kO, 0.8},
    {"to bridge", kO, 0.8},
    {"to overcome", kO, 0.8},
    {"to tackle", kO, 0.8},
    {"to fill", kO, 0.8},
    {"we revisit", kO, 1.2},
    {"we propose a", kO, 0.4},
    {"we develop", kO, 1.2},
    {"this article", kO, 1.3},
    {"this study", kO, 1.0},
    {"is proposed", kO, 1.2},
    {"are proposed", kO, 1.0},
    {"is introduced", kO, 1.0},
    {"we formalize", kO, 1.1},
    {"we initiate", kO, 1.3},
    {"i propose", kO, 1.6},
    {"i introduce", kO, 1.6},
    {"i present", kO, 1.6},
    // How it is done.
    {"we use", kM, 1.3},
    {"we employ", kM, 1.4},
    {"we train", kM, 1.2},
    {"we design", kM, 1.2},
    {"we build", kM, 1.1},
    {"we construct", kM, 1.2},
    {"we adopt", kM, 1.2},
    {"we apply", kM, 1.1},
    {"we combine", kM, 1.2},
    {"we leverage", kM, 1.3},
    {"we formulate", kM, 1.3},
    {"we model", kM, 1.1},
    {"we derive", kM, 0.9},
    {"we extend", kM, 1.0},
    {"we implement", kM, 1.2},
    {"we evaluate", kM, 0.4},
    {"we conduct", kM, 0.7},
    {"we collect", kM, 1.1},
    {"we compare", kM, 0.8},
    {"we analyze", kM, 0.8},
    {"we then", kM, 0.8},
    {"we further", kM, 0.2},
    {"specifically", kM, 1.0},
    {"consists of", kM, 1.2},
    {"consist of", kM, 1.0},
    {"is based on", kM, 0.9},
    {"based on", kM, 0.5},
    {"our method", kM, 0.7},
    {"our approach", kM, 0.7},
    {"our framework", kM, 0.8},
    {"the proposed method", kM, 0.6},
    {"the framework", kM, 0.9},
    {"the method", kM, 0.7},
    {"by combining", kM, 0.8},
    {"by leveraging", kM, 0.8},
    {"integrat*", kM, 0.6},
    {"incorporat*", kM, 0.7},
    {"first", kM, 0.3},
    {"then", kM, 0.5},
    {"module*", kM, 0.6},
    {"component*", kM, 0.5},
    {"two stage", kM, 0.5},
    {"employs", kM, 1.1},
    {"utiliz*", kM, 0.6},
    {"using", kM, 0.4},
    {"key idea", kM, 1.4},
    {"core idea", kM, 1.4},
    {"is trained", kM, 0.8},
    {"are trained", kM, 0.8},
    {"operates", kM, 0.8},
    {"uses", kM, 0.8},
    {"maps", kM, 0.5},
    {"encod*", kM, 0.5},
    {"architecture", kM, 0.4},
    {"loss function", kM, 0.5},
    {"data were", kM, 0.8},
    {"dataset of", kM, 0.6},
    {"is formulated as", kM, 1.2},
    {"decompos*", kM, 0.6},
    {"reformulat*", kM, 0.8},
    // What came out.
    {"we show", kR, 1.5},
    {"we find", kR, 1.7},
    {"we also find", kR, 1.7},
    {"we also show", kR, 1.5},
    {"we further show", kR, 1.5},
    {"we found", kR, 1.7},
    {"we prove", kR, 1.5},
    {"we demonstrate", kR, 1.5},
    {"we establish", kR, 1.3},
    {"we observe", kR, 1.5},
    {"we obtain", kR, 1.2},
    {"results show", kR, 2.0},
    {"results demonstrate", kR, 2.0},
    {"results indicate", kR, 1.6},
    {"results reveal", kR, 1.6},
    {"results confirm", kR, 1.6},
    {"experiment*", kR, 1.0},
    {"empirically", kR, 0.9},
    {"outperform*", kR, 1.8},
    {"achiev*", kR, 1.2},
    {"improv*", kR, 0.7},
    {"reduc*", kR, 0.5},
    {"surpass*", kR, 1.5},
    {"state of the art", kR, 0.8},
    {"accuracy of", kR, 1.0},
    {"compared to", kR, 0.8},
    {"compared with", kR, 0.8},
    {"significantly", kR, 0.6},
    {"evaluations", kR, 0.8},
    {"evaluation", kR, 0.4},
    {"yield*", kR, 0.7},
    {"attain*", kR, 1.0},
    {"competitive", kR, 0.7},
    {"baseline*", kR, 0.8},
    {"ablation*", kR, 1.0},
    {"benchmarks", kR, 0.5},
    {"reveals", kR, 1.0},
    {"demonstrates", kR, 0.8},
    {"numerical results", kR, 1.2},
    {"across", kR, 0.3},
    {"validate", kR, 0.8},
    {"theoretical guarantees", kR, 0.8},
    {"speedup*", kR, 1.0},
    {"percent", kR, 0.6},
    {"case study", kR, 0.5},
    {"matches", kR, 0.6},
    {"our analysis reveals", kR, 1.2},
    {"our analysis shows", kR, 1.2},
    {"consistently", kR, 0.8},
    {"our findings", kR, 0.6},
    {"our results", kR, 0.8},
    {"we report", kR, 1.0},
    {"auc", kR, 0.6},
    {"converges", kR, 0.6},
    // What it is good for.
    {"suggest that", kI, 1.4},
    {"suggests that", kI, 1.4},
    {"suggesting", kI, 0.8},
    {"implication*", kI, 1.8},
    {"pave the way", kI, 2.6},
    {"paves the way", kI, 2.6},
    {"paving the way", kI, 2.2},
    {"highlight the", kI, 1.2},
    {"highlights the", kI, 1.2},
    {"highlighting", kI, 0.8},
    {"underscore*", kI, 1.3},
    {"opens", kI, 1.0},
    {"opening", kI, 0.6},
    {"practitioners", kI, 1.2},
    {"future work", kI, 1.4},
    {"future research", kI, 1.4},
    {"potential of", kI, 0.8},
    {"potential for", kI, 0.8},
    {"provide a foundation", kI, 1.6},
    {"provides a foundation", kI, 1.6},
    {"provides a practical", kI, 1.6},
    {"offers a", kI, 1.1},
    {"offering a", kI, 0.8},
    {"insights into", kI, 0.9},
    {"can inform", kI, 1.4},
    {"guidance", kI, 1.0},
    {"guidelines", kI, 1.0},
    {"these findings", kI, 1.5},
    {"these results", kI, 1.1},
    {"our findings", kI, 1.0},
    {"our results suggest", kI, 1.2},
    {"a step toward", kI, 1.6},
    {"step towards", kI, 1.6},
    {"more broadly", kI, 1.3},
    {"new direction*", kI, 1.3},
    {"real world deployment", kI, 0.9},
    {"motivat* future", kI, 1.4},
    {"provides a", kI, 0.6},
    {"makes it possible", kI, 1.0},
    {"overall", kI, 0.5},
    {"enabling the", kI, 0.4},
    {"broader", kI, 0.6},
    {"the need for", kI, 0.9},
    {"establish* a", kI, 0.4},
};

const grounding::PhraseSet& Cues() {
  static const grounding::PhraseSet kSet([] {
    std::vector<std::string> phrases;
    for (const Cue& cue : kCues) phrases.emplace_back(cue.phrase);
    return phrases;
  }());
  return kSet;
}

// What the place in the abstract says, `at` from 0 (the first sentence) to 1 (the last).
std::array<double, kRoles> Prior(double at) {
  std::array<double, kRoles> prior{};
  prior[static_cast<size_t>(kB)] = at < 0.35 ? 1.3 - 3.0 * at : -0.5;
  prior[static_cast<size_t>(kO)] = at < 0.5 ? 0.2 : -0.6;
  prior[static_cast<size_t>(kM)] = at > 0.2 && at < 0.75 ? 0.7 : 0;
  prior[static_cast<size_t>(kR)] = at > 0.5 ? 0.7 : -0.6;
  prior[static_cast<size_t>(kI)] = at > 0.8 ? 0.7 : -1.2;
  prior[static_cast<size_t>(Role::kOther)] = 0.3;
  return prior;
}

bool HasFigure(std::string_view sentence) {
  for (size_t i = 1; i < sentence.size(); ++i) {
    const bool digit = sentence[i - 1] >= '0' && sentence[i - 1] <= '9';
    if (digit && (sentence[i] == '%' || sentence[i] == '.' || sentence[i] == 'x' ||
                  sentence[i] == '\\' || sentence[i] == '\xC3')) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view RoleName(Role role) {
  constexpr std::array<std::string_view, kRoles> kNames = {"background", "objective",   "method",
                                                           "result",     "implication", "other"};
  return kNames[static_cast<size_t>(role)];
}

std::vector<RoledSentence> LabelRoles(const std::vector<std::string_view>& sentences) {
  std::vector<RoledSentence> roles(sentences.size());
  std::vector<grounding::Word> words;
  bool proposed = false;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const double at = sentences.size() < 2
                          ? 0.3
                          : static_cast<double>(i) / static_cast<double>(sentences.size() - 1);
    std::array<double, kRoles> cues{};
    grounding::ReadWords(sentences[i], words);
    Cues().Match(sentences[i], words, [&](const grounding::PhraseSet::Hit& hit) {
      const Cue& cue = kCues[hit.phrase];
      // A sentence says what it is for at its start.
      cues[static_cast<size_t>(cue.role)] += hit.first < 5 ? cue.weight * 1.3 : cue.weight;
    });
    if (HasFigure(sentences[i])) cues[static_cast<size_t>(kR)] += 0.8;
    // A last sentence that draws a conclusion is there for it, figures or not.
    if (at > 0.7) cues[static_cast<size_t>(kI)] *= 1.5;
    // Once the paper has said what it proposes, what follows is no longer background.
    if (proposed) cues[static_cast<size_t>(kB)] *= 0.3;
    const std::array<double, kRoles> prior = Prior(at);
    double best = -1e9;
    for (size_t role = 0; role < kRoles; ++role) {
      const double score = cues[role] + prior[role];
      if (score > best) {
        best = score;
        roles[i] = {static_cast<Role>(role), cues[role]};
      }
    }
    // Implications need words that say so: the place alone proves nothing.
    if (roles[i].role == kI && roles[i].evidence < 1.0) roles[i] = {Role::kOther, 0};
    if (roles[i].role == Role::kOther && proposed) roles[i] = {at > 0.7 ? kR : kM, 0.2};
    // A place alone makes no result either.
    if (roles[i].role == kR && roles[i].evidence < 0.3)
      roles[i].role = proposed ? kM : Role::kOther;
    proposed = proposed || (roles[i].role == kO && roles[i].evidence > 1.0);
  }
  return roles;
}

}  // namespace paperwire::summarize
