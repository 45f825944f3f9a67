#include "services/summarize/term_words.h"

#include <algorithm>
#include <unordered_map>

#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

// No term holds them.
constexpr std::string_view kBreakers =
    "based propose proposed proposes present presents introduce introduces novel new paper "
    "papers work works study studies art via et al etc e.g i.e eg ie vs versus per well yet "
    "hoc almost arrives future latest conventional fundamental traditional directions "
    "data-driven learn learns learned turn turns respectively different various several such "
    "due given obtained resulting leading towards toward including compared widely commonly "
    "like able ability first second third two three four five six seven eight nine ten one "
    "many most more much less least few fewer every each however moreover furthermore use uses "
    "used useful using example examples key major main important significant notable "
    "remarkable crucial critical essential promising recent existing previous prior current "
    "extensive comprehensive thorough systematic unprecedented superior competitive comparable "
    "consistent substantial considerable particular specific certain respective corresponding "
    "similar multiple numerous diverse effective good great strong stronger weak better best "
    "worse worst higher highest lower lowest larger largest smaller smallest greater faster "
    "fast slow simple simpler complex sophisticated possible available entire whole overall "
    "average typical usual inherent common popular original final initial additional further "
    "next last same own other others another order orders magnitude aspect aspects challenge "
    "challenges contribution contributions advantage advantages limitation limitations insight "
    "insights finding findings gain gains improvement improvements experiment experiments "
    "evaluation evaluations result results conclusion need needs kind kinds type types variety "
    "range number amount lack role way ways case cases term terms set sets percent percentage "
    "point points times significantly outperforms outperforming state-of-the-art real-world "
    "long-standing well-known so-called up-to-date end-to-end step-by-step downstream wide "
    "broad vast rich naive goal goals question questions issue issues difficulty purpose "
    "regard account course fact part parts rigorous unified underlying rise emergence advent "
    "growing increasing increased reduced improved enhanced proven shown unlike despite "
    "although reality beyond";

// They say something only beside other words.
constexpr std::string_view kGeneral =
    "model models modelling modeling data dataset datasets method methods approach approaches "
    "algorithm algorithms framework frameworks system systems performance problem problems "
    "task tasks technique techniques training learning machine deep neural network networks "
    "base real large small high low input inputs output outputs sample samples test "
    "information function functions process processes time analysis accuracy quality "
    "efficiency structure setting settings condition conditions domain domains application "
    "applications scenario scenarios feature features parameter parameters size scale level "
    "standard target source baseline baselines cost costs error errors loss architecture "
    "architectures design strategy strategies solution solutions objective score scores metric "
    "metrics study world stage phase component components module modules rate value values "
    "class classes space property properties behavior behaviors behaviour development "
    "implementation pipeline paradigm setup variant variants benchmark benchmarks generation "
    "prediction predictions inference human users user research researchers practice theory "
    "theoretical empirical practical experimental numerical synthetic public complexity "
    "robustness effectiveness computational proposed position communication evolution "
    "completeness sharing attention efficacy availability capacity possibility probability "
    "relation selection action actions decision decisions choice direction version comparison "
    "transition description diversity utility similarity security approximate exact local "
    "global single multi full general generic novel joint direct separate shared optimal "
    "linear nonlinear hoc rank order gap capability capabilities computation";

// Gerunds that are the names of things; all others are taken for verbs.
constexpr std::string_view kNamingGerunds =
    "learning clustering forecasting sampling pruning matching modeling modelling reasoning "
    "planning scheduling embedding encoding decoding unlearning watermarking prompting tuning "
    "routing hashing ranking rendering scaling denoising smoothing steering editing filtering "
    "masking mixing testing understanding processing computing engineering mining grounding "
    "tracking trading driving screening imaging monitoring profiling folding docking caching "
    "batching merging averaging boosting bagging gating parsing tagging hedging pricing "
    "forgetting poisoning hacking training finetuning pretraining stopping weighting "
    "reweighting labeling labelling seeking switching shaping coding coloring pooling warping "
    "sensing sequencing voting searching programming alternating bootstrapping crowdsourcing "
    "bucketing imputing inpainting captioning grasping walking mapping rewriting debiasing "
    "debugging distilling jailbreaking quantizing sharing timing translating tokenizing tying "
    "unmixing branching cutting grokking binding splitting spiking morphing aliasing string "
    "ring king spring wing thing lensing";

// Participles that are as good as adjectives.
constexpr std::string_view kNamingParticiples =
    "federated distributed supervised unsupervised masked nested mixed fixed generalized "
    "regularized constrained unconstrained weighted directed undirected hidden latent "
    "decentralized personalized randomized structured unstructured embodied gated stacked "
    "amortized quantized pretrained embedded accelerated averaged augmented coupled shared "
    "closed open speed seed feed need red bed";

// Second halves of compounds that are adjectives: "risk-aware", "few-shot".
constexpr std::string_view kDescribingHalves =
    "aware based driven level preserving efficient free specific agnostic wise like guided "
    "oriented time shot scale turn step task modal agent order rank dimensional horizon policy "
    "end term world form hoc wide stage variant invariant equivariant constrained regularized "
    "augmented supervised trained tuned informed conditioned dependent independent class view "
    "source domain label fidelity quality resolution hop layer head token grained range "
    "context play device line loop sourced governed centric inspired induced optimal linear "
    "convex stationary parametric negative positive robust adaptive sensitive resource depth "
    "sample bit norm tailed effective ready rich poor low high data model width armed way size "
    "objective criteria sided body particle player channel off up down in out income standing "
    "varying evolving improving learning-based aligned temporal spatial causal differentiable "
    "stochastic art date";

// They end as adjectives do.
constexpr std::string_view kNouns =
    "objective objectives perspective primitive narrative derivative initiative additive speed "
    "seed feed variable table signal retrieval proposal potential credential material tutorial "
    "trial journal manual goal logic heuristic topic traffic metric music magic arithmetic "
    "semantic clinic fabric generic dynamic statistic characteristic diagnostic survival "
    "removal arrival approval appraisal withdrawal betrayal interval kernel credit capital "
    "crystal festival rehearsal reversal referral animal metal portal portrait polynomial "
    "differential exponential integral marginal functional residual adversarial";

// Verbs that are nouns here: "Schrödinger bridges".
constexpr std::string_view kNounsAfterAll =
    "bridge bridges update updates document documents collapse compound compounds trigger "
    "triggers repair stack stacks report reports cover covers transform transforms engineer "
    "engineers lie swap swaps share shares focus";

// "mixture" of experts.
constexpr std::string_view kBeforeOf =
    "mixture mixtures chain chains tree trees internet bag area degrees proof proofs";

// Written with a capital, for they are somebody's or some place's.
constexpr std::string_view kPeople =
    "bayesian bayes gaussian markov markovian fourier nash hessian shapley wasserstein "
    "bernoulli poisson monte carlo euclidean riemannian lipschitz laplacian laplace "
    "hamiltonian hilbert sobolev lyapunov kolmogorov boltzmann newton jacobian fisher pareto "
    "thompson koopman langevin stein gibbs banach mahalanobis gromov kalman chebyshev "
    "dirichlet weibull granger bellman hawkes cox bregman kullback-leibler leibler frobenius "
    "hadamard kronecker pauli schrödinger grassmann stiefel lagrangian lagrange galerkin "
    "navier-stokes navier stokes maxwell turing hopfield ising hebbian stackelberg bonferroni "
    "hölder rényi poincaré lévy itô cramér matérn earth python java english chinese "
    "arabic french german spanish japanese korean hindi african european american indian wi-fi "
    "bluetooth lora adam lean mamba";

// On which list a word stands.
enum List : uint32_t {
  kBreaker = 1U << 0U,
  kGeneralWord = 1U << 1U,
  kNamingGerund = 1U << 2U,
  kNamingParticiple = 1U << 3U,
  kDescribingHalf = 1U << 4U,
  kNoun = 1U << 5U,
  kNounAfterAll = 1U << 6U,
  kStandsBeforeOf = 1U << 7U,
  kPerson = 1U << 8U,
};

// The keys are hashes already.
struct Identity {
  size_t operator()(uint64_t key) const { return key; }
};
using Table = std::unordered_map<uint64_t, uint32_t, Identity>;

void Add(Table& table, std::string_view words, uint32_t list) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (end > 0) table[WordKey::Of(words.substr(0, end)).value()] |= list;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

Table MakeTable() {
  Table table;
  Add(table, kBreakers, kBreaker);
  Add(table, kGeneral, kGeneralWord);
  Add(table, kNamingGerunds, kNamingGerund);
  Add(table, kNamingParticiples, kNamingParticiple);
  Add(table, kDescribingHalves, kDescribingHalf);
  Add(table, kNouns, kNoun);
  Add(table, kNounsAfterAll, kNounAfterAll);
  Add(table, kBeforeOf, kStandsBeforeOf);
  Add(table, kPeople, kPerson);
  return table;
}

uint32_t ListsOf(WordKey key) {
  static const Table kTable = MakeTable();
  const auto found = kTable.find(key.value());
  return found == kTable.end() ? 0 : found->second;
}

bool EndsAsAdjectivesDo(std::string_view lower) {
  switch (lower.back()) {
    case 'd':
      return lower.ends_with("ed");
    case 'e':
      return lower.ends_with("ive") || lower.ends_with("able") || lower.ends_with("ible");
    case 's':
      return lower.ends_with("ous") || lower.ends_with("less");
    case 'l':
      return lower.ends_with("al") || lower.ends_with("ful");
    case 'c':
      return lower.ends_with("ic");
    case 'y':
      return lower.ends_with("ary");
    default:
      return false;
  }
}

bool EndsAsNamesOfThingsDo(std::string_view lower) {
  switch (lower.back()) {
    case 'n':
      return lower.ends_with("tion") || lower.ends_with("sion");
    case 'y':
      return lower.ends_with("ity") || lower.ends_with("graphy") || lower.ends_with("logy") ||
             lower.ends_with("metry");
    case 's':
      return lower.ends_with("ics") || lower.ends_with("ness");
    case 'm':
      return lower.ends_with("ism");
    default:
      return false;
  }
}

constexpr uint32_t kGrammar = kAuxiliary | kPronoun | kDeterminer | kPreposition | kSubordinator |
                              kCondition | kNegation | kConjunction | kAdverb | kPointer;

bool IsAdverb(std::string_view lower) {
  return lower.back() == 'y' && lower.ends_with("ly") && lower != "anomaly" &&
         lower != "assembly" && lower != "family";
}

// Of a word without a hyphen.
bool Breaks(std::string_view lower, uint32_t lists, uint32_t classes) {
  if ((lists & (kNamingGerund | kNamingParticiple)) != 0) return false;
  if (IsAdverb(lower) || (classes & (kGrammar | kGerund)) != 0) return true;
  return (classes & (kVerbBase | kVerbS)) != 0 && (classes & kMaybeNoun) == 0;
}

}  // namespace

uint32_t TermClassesOf(std::string_view lower) {
  const WordKey key = WordKey::Of(lower);
  const uint32_t lists = ListsOf(key);
  if ((lists & kBreaker) != 0) return kBreaksTerms;
  const size_t hyphen = lower.rfind('-');
  const bool compound = hyphen != std::string_view::npos;
  const uint32_t classes = compound || (lists & kNounAfterAll) != 0 ? 0 : ClassesOf(lower, key);
  if (!compound && Breaks(lower, lists, classes)) return kBreaksTerms;

  const std::string_view half = compound ? lower.substr(hyphen + 1) : lower;
  const uint32_t half_lists = compound ? ListsOf(WordKey::Of(half)) : lists;
  uint32_t term = 0;
  if ((classes & kVerbPast) != 0 && (lists & kNamingParticiple) == 0) term |= kBeginsAnew;
  if ((lists & kGeneralWord) != 0) term |= kSaysLittle;
  if ((lists & kStandsBeforeOf) != 0) term |= kTakesOf;
  if ((lists & kPerson) != 0) term |= kAfterAPerson;
  if ((lists & kNamingGerund) != 0 || (classes & kVerbS) != 0) term |= kDoubtful;
  if ((term & kDoubtful) != 0 || (classes & kVerbBase) != 0) term |= kMaybeVerb;
  const bool adjective = (half_lists & kNoun) == 0 && EndsAsAdjectivesDo(half);
  if (adjective || (compound && (half.size() < 3 || (half_lists & kDescribingHalf) != 0))) {
    term |= kOnlyDescribes;
  }
  constexpr size_t kShortest = 7;
  if (lower.size() >= kShortest && (term & (kSaysLittle | kOnlyDescribes)) == 0 &&
      ((half_lists & kNamingGerund) != 0 || EndsAsNamesOfThingsDo(lower))) {
    term |= kNamesAThing;
  }
  return term;
}

}  // namespace paperwire::summarize
