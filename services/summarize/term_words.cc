#include "services/summarize/term_words.h"

#include <algorithm>
#include <unordered_set>

#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

using Words = std::unordered_set<std::string_view>;

// From one text, with spaces between the words.
Words Split(std::string_view list) {
  Words words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(' '), list.size());
    if (end > 0) words.insert(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

const Words& Breakers() {
  static const Words kWords = Split(
      "based propose proposed proposes present presents introduce introduces novel new paper "
      "papers work works study studies art via et al etc e.g i.e eg ie vs versus per well yet "
      "hoc almost arrives "
      "future latest conventional fundamental traditional directions data-driven learn learns "
      "learned turn turns respectively different various several such due given obtained "
      "resulting leading towards toward including compared widely commonly like able ability "
      "first second third two three four five six seven eight nine ten one many most more much "
      "less least few fewer every each however moreover furthermore use uses used useful using "
      "example examples key major main important significant notable remarkable crucial "
      "critical essential promising recent existing previous prior current extensive "
      "comprehensive thorough systematic unprecedented superior competitive comparable "
      "consistent substantial considerable particular specific certain respective "
      "corresponding similar multiple numerous diverse effective good great strong stronger "
      "weak better best worse worst higher highest lower lowest larger largest smaller "
      "smallest greater faster fast slow simple simpler complex sophisticated possible "
      "available entire whole overall average typical usual inherent common popular original "
      "final initial additional further next last same own other others another order orders "
      "magnitude aspect aspects challenge challenges contribution contributions advantage "
      "advantages limitation limitations insight insights finding findings gain gains "
      "improvement improvements experiment experiments evaluation evaluations result results "
      "conclusion need needs kind kinds type types variety range number amount lack role way "
      "ways case cases term terms set sets percent percentage point points times significantly "
      "outperforms outperforming state-of-the-art real-world long-standing well-known "
      "so-called up-to-date end-to-end step-by-step downstream wide broad vast rich naive goal "
      "goals question questions issue issues difficulty purpose regard account course fact "
      "part parts rigorous unified underlying rise emergence advent growing increasing "
      "increased reduced improved enhanced proven shown unlike despite although reality beyond");
  return kWords;
}

const Words& General() {
  static const Words kWords = Split(
      "model models modelling modeling data dataset datasets method methods approach "
      "approaches algorithm algorithms framework frameworks system systems performance problem "
      "problems task tasks technique techniques training learning machine deep neural network "
      "networks base real large small high low input inputs output outputs sample samples test "
      "information function functions process processes time analysis accuracy quality "
      "efficiency structure setting settings condition conditions domain domains application "
      "applications scenario scenarios feature features parameter parameters size scale level "
      "standard target source baseline baselines cost costs error errors loss architecture "
      "architectures design strategy strategies solution solutions objective score scores "
      "metric metrics study world stage phase component components module modules rate value "
      "values class classes space property properties behavior behaviors behaviour development "
      "implementation pipeline paradigm setup variant variants benchmark benchmarks generation "
      "prediction predictions inference human users user research researchers practice theory "
      "theoretical empirical practical experimental numerical synthetic public complexity "
      "robustness effectiveness computational proposed position communication evolution "
      "completeness sharing attention efficacy availability capacity possibility probability "
      "relation selection action actions decision decisions choice direction version "
      "comparison transition description diversity utility similarity security approximate "
      "exact local global single multi full general generic novel joint direct separate shared "
      "optimal linear nonlinear hoc rank order gap capability capabilities computation");
  return kWords;
}

// Gerunds that are the names of things; all others are taken for verbs.
const Words& NamingGerunds() {
  static const Words kWords = Split(
      "learning clustering forecasting sampling pruning matching modeling modelling reasoning "
      "planning scheduling embedding encoding decoding unlearning watermarking prompting "
      "tuning routing hashing ranking rendering scaling denoising smoothing steering editing "
      "filtering masking mixing testing understanding processing computing engineering mining "
      "grounding tracking trading driving screening imaging monitoring profiling folding "
      "docking caching batching merging averaging boosting bagging gating parsing tagging "
      "hedging pricing forgetting poisoning hacking training finetuning pretraining stopping "
      "weighting reweighting labeling labelling seeking switching shaping coding coloring "
      "pooling warping sensing sequencing voting searching programming alternating "
      "bootstrapping crowdsourcing bucketing imputing inpainting captioning grasping walking "
      "mapping rewriting debiasing debugging distilling jailbreaking quantizing sharing timing "
      "translating tokenizing tying unmixing branching cutting grokking binding splitting "
      "spiking morphing aliasing string ring king spring wing thing lensing");
  return kWords;
}

// Participles that are as good as adjectives.
const Words& NamingParticiples() {
  static const Words kWords = Split(
      "federated distributed supervised unsupervised masked nested mixed fixed generalized "
      "regularized constrained unconstrained weighted directed undirected hidden latent "
      "decentralized personalized randomized structured unstructured embodied gated stacked "
      "amortized quantized pretrained embedded accelerated averaged augmented coupled shared "
      "closed open speed seed feed need red bed");
  return kWords;
}

// Second halves of compounds that are adjectives: "risk-aware", "few-shot".
const Words& DescribingHalves() {
  static const Words kWords = Split(
      "aware based driven level preserving efficient free specific agnostic wise like guided "
      "oriented time shot scale turn step task modal agent order rank dimensional horizon "
      "policy end term world form hoc wide stage variant invariant equivariant constrained "
      "regularized augmented supervised trained tuned informed conditioned dependent "
      "independent class view source domain label fidelity quality resolution hop layer head "
      "token grained range context play device line loop sourced governed centric inspired "
      "induced optimal linear convex stationary parametric negative positive robust adaptive "
      "sensitive resource depth sample bit norm tailed effective ready rich poor low high data "
      "model width armed way size objective criteria sided body particle player channel off up "
      "down in out income standing varying evolving improving learning-based aligned temporal "
      "spatial causal differentiable stochastic art date");
  return kWords;
}

// They end as adjectives do.
const Words& Nouns() {
  static const Words kWords = Split(
      "objective objectives perspective primitive narrative derivative initiative additive "
      "speed seed feed variable table signal retrieval proposal potential credential material "
      "tutorial trial journal manual goal logic heuristic topic traffic metric music magic "
      "arithmetic semantic clinic fabric generic dynamic statistic characteristic diagnostic "
      "survival removal arrival approval appraisal withdrawal betrayal interval kernel credit "
      "capital crystal festival rehearsal reversal referral animal metal portal portrait "
      "polynomial differential exponential integral marginal functional residual adversarial");
  return kWords;
}

bool EndsAsAdjectivesDo(std::string_view lower) {
  for (const std::string_view ending :
       {"ed", "ive", "ous", "able", "ible", "ful", "less", "al", "ic", "ary"}) {
    if (lower.ends_with(ending)) return true;
  }
  return false;
}

// Verbs that are nouns here: "Schrödinger bridges".
const Words& NounsAfterAll() {
  static const Words kWords = Split(
      "bridge bridges update updates document documents collapse compound compounds trigger "
      "triggers repair stack stacks report reports cover covers transform transforms engineer "
      "engineers lie swap swaps share shares focus");
  return kWords;
}

// None for a compound.
uint32_t ClassOfPlain(std::string_view lower) {
  if (lower.find('-') != std::string_view::npos || NounsAfterAll().contains(lower)) return 0;
  return ClassesOf(lower);
}

constexpr uint32_t kGrammar = kAuxiliary | kPronoun | kDeterminer | kPreposition | kSubordinator |
                              kCondition | kNegation | kConjunction | kAdverb | kPointer;

}  // namespace

bool BreaksTerms(std::string_view lower) {
  if (Breakers().contains(lower)) return true;
  if (lower.find('-') != std::string_view::npos) return false;
  if (NamingGerunds().contains(lower) || NamingParticiples().contains(lower)) return false;
  if (lower.ends_with("ly") && lower != "anomaly" && lower != "assembly" && lower != "family") {
    return true;
  }
  const uint32_t classes = ClassOfPlain(lower);
  if ((classes & kGrammar) != 0) return true;
  if ((classes & kGerund) != 0) return true;
  return (classes & (kVerbBase | kVerbS)) != 0 && (classes & kMaybeNoun) == 0;
}

bool BeginsAnew(std::string_view lower) {
  return !NamingParticiples().contains(lower) && (ClassOfPlain(lower) & kVerbPast) != 0;
}

bool IsGeneralWord(std::string_view lower) { return General().contains(lower); }

bool TakesOf(std::string_view lower) {
  static const Words kWords =
      Split("mixture mixtures chain chains tree trees internet bag area degrees proof proofs");
  return kWords.contains(lower);
}

bool IsGerund(std::string_view lower) { return NamingGerunds().contains(lower); }

bool IsVerbS(std::string_view lower) { return (ClassOfPlain(lower) & kVerbS) != 0; }

bool MayBeVerb(std::string_view lower) {
  return IsGerund(lower) || (ClassOfPlain(lower) & (kVerbBase | kVerbS)) != 0;
}

bool IsAfterAPerson(std::string_view lower) {
  static const Words kWords = Split(
      "bayesian bayes gaussian markov markovian fourier nash hessian shapley wasserstein "
      "bernoulli poisson monte carlo euclidean riemannian lipschitz laplacian laplace "
      "hamiltonian hilbert sobolev lyapunov kolmogorov boltzmann newton jacobian fisher pareto "
      "thompson koopman langevin stein gibbs banach mahalanobis gromov kalman chebyshev "
      "dirichlet weibull granger bellman hawkes cox bregman kullback-leibler leibler frobenius "
      "hadamard kronecker pauli schrödinger grassmann stiefel lagrangian lagrange galerkin "
      "navier-stokes navier stokes maxwell turing hopfield ising hebbian stackelberg "
      "bonferroni hölder rényi poincaré lévy itô cramér matérn earth python java english chinese "
      "arabic french german "
      "spanish japanese korean hindi african european american indian wi-fi bluetooth lora "
      "adam lean mamba");
  return kWords.contains(lower);
}

bool OnlyDescribes(std::string_view lower) {
  const size_t hyphen = lower.rfind('-');
  if (hyphen == std::string_view::npos)
    return !Nouns().contains(lower) && EndsAsAdjectivesDo(lower);
  const std::string_view half = lower.substr(hyphen + 1);
  return half.size() < 3 || DescribingHalves().contains(half) ||
         (!Nouns().contains(half) && EndsAsAdjectivesDo(half));
}

bool NamesAThing(std::string_view lower) {
  if (lower.size() < 7 || IsGeneralWord(lower) || OnlyDescribes(lower)) return false;
  if (NamingGerunds().contains(lower.substr(lower.rfind('-') + 1))) return true;
  for (const std::string_view ending :
       {"tion", "sion", "ity", "graphy", "ics", "ism", "logy", "metry", "ness"}) {
    if (lower.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace paperwire::summarize
