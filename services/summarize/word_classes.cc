#include "services/summarize/word_classes.h"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace paperwire::summarize {
namespace {

// The keys are hashes already.
struct Identity {
  size_t operator()(uint64_t key) const { return key; }
};
using Table = std::unordered_map<uint64_t, uint32_t, Identity>;

// Regular verbs of abstracts whose "-s" form is no noun.
constexpr std::string_view kVerbs =
    "accelerate achieve acquire adapt add address adopt aggregate aim align allow alleviate "
    "amortize analyze analyse apply appear argue assess assign assume attain augment avoid "
    "believe bridge broaden capture characterize characterise choose clarify classify coincide "
    "combine compare compete complement complete comprise compute concatenate conclude condition "
    "conduct confirm conjecture consider consist construct contain contribute converge convert "
    "correct correlate corroborate cover create decompose deduce define degrade deliver "
    "demonstrate depend deploy derive describe detect deteriorate determine develop devise "
    "diagnose differ disclose discover discuss disentangle distill distinguish diverge dominate "
    "draw elicit eliminate embed emerge emphasize employ enable encode encounter "
    "encourage enhance enrich ensure establish evaluate examine exceed execute exhibit exist "
    "expand explain exploit explore expose extend extract facilitate fail focus formalize "
    "formulate foster generalize generalise generate govern happen highlight hinder hypothesize "
    "identify ignore illustrate implement imply improve incorporate incur indicate induce infer "
    "inherit inject insert inspect instantiate integrate interpolate introduce investigate "
    "involve isolate jeopardize justify lack learn leverage lie localize lower maintain "
    "manage manifest maximize minimize mitigate motivate necessitate observe obtain occur "
    "open operate optimize optimise orchestrate organize outperform overcome parameterize perform "
    "permit persist pose possess postulate predict prefer preserve prevent prioritize "
    "produce prohibit propagate propose prove provide prune quantify receive recognize recommend "
    "reconstruct recover rectify reduce reflect refine regularize relate relax rely remain remove "
    "render replicate represent reproduce require resemble resolve respect restore restrict "
    "retain retrieve reveal reweight satisfy scrutinize select separate serve "
    "share showcase simplify simulate solve speculate stabilize stem streamline strengthen "
    "struggle succeed suffer suggest summarize suppress surpass survive synthesize tackle "
    "tailor tend theorize transform translate treat trigger underlie "
    "underperform underscore undergo understand unify unlock update utilize validate vary verify "
    "visualize widen yield replace employ pretrain finetune fine-tune reformulate reinterpret "
    "revisit rethink cast advocate release report outline hope seek let begin bring build hold "
    "keep lead leave make mean meet show take give grow find fall become arise rise go come get "
    "spend lose think tell send pay say see know feed fit teach write enjoy admit account prefer "
    "incentivize penalize suit equip endow tolerate amplify unveil pinpoint encompass "
    "constitute eschew circumvent bypass obviate reuse rewrite reshape recast complicate compound "
    "stay win agree help try ask look saturate collapse hallucinate memorize forget close enforce "
    "act evolve "
    "follow decouple repair concentrate decode impose interpret steer document constrain promote "
    "allocate stack uncover accumulate adjust excel modulate compose iterate discard calibrate "
    "violate decide commit behave realize reinforce modify specify express obscure swap collect "
    "distort inflate activate disrupt reject refer protect internalize undermine neglect certify "
    "absorb underpin sustain regulate automate operationalize overfit confound emit initialize "
    "corrupt engineer weaken safeguard invert distribute accept compensate supervise exclude "
    "conflate manipulate reconcile specialize pick normalize attenuate erase destroy quantize "
    "paraphrase invoke entangle locate extrapolate consolidate elevate communicate anticipate "
    "sharpen retrain pull originate materialize discretize transmit differentiate wrap repeat "
    "gather confine rescale settle repurpose impede synchronize engage dilute categorize save "
    "offload multiply recompute misalign impute empower distil unlearn obstruct inspire associate "
    "hypothesise optimise maximise minimise utilise summarise emphasise recognise calculate "
    "approximate consume hamper inhibit promise surround precede coexist evade withhold "
    "defend foresee forgo possess unite attend assist tend belong cease confront entail "
    "stipulate presuppose posit contend assert remind remedy spur yield ";

// The same, but a noun as well: "model", "results".
constexpr std::string_view kNounVerbs =
    "access advance affect aid answer approach approximate attack attempt attribute balance "
    "benchmark benefit bias bound break cause challenge change claim cluster cost connect "
    "control couple credit cut decay decrease delay demand design detail drive drop ease effect "
    "estimate experiment factor favor feature filter force form frame function gain group "
    "guarantee "
    "guide handle impact increase inform interface interact invest issue judge label learn "
    "level limit link loop map mark mask match measure merge mirror mix model monitor move name "
    "note object offer order pair parallel parse pass pattern pay plan play point position "
    "process program project promise prompt purchase purpose query question raise range rank "
    "rate reach reason record regard report request research reset result return reward risk route "
    "run sample scale schedule score search set shape shift sketch sort source speed split "
    "stand start state stop store stress structure struggle study support surface surrogate survey "
    "switch target test time trace track trade train transfer transition tune turn use value "
    "view visit vote weight work display exchange exercise extract fuse grasp host influence "
    "input output log lift outcome place plot present probe prompt rescue review reverse step "
    "stream "
    "supply sum tackle need call face smooth carry interest concern check age fix damage fill miss "
    "flag alter boost grade compromise push plug span account trend trust update vehicle warrant "
    "witness contrast ";

constexpr std::string_view kIrregularPast =
    "found shown built made gave took given taken held kept led left met grew grown fell fallen "
    "became arose arisen rose risen went gone came got gotten lost thought told sent paid said saw "
    "seen knew known fed taught wrote written began begun brought drew drawn chose chosen broke "
    "broken drove driven ran stood understood underlay withstood overcame sought meant spent "
    "underwent proven forgot forgotten won dealt learnt ";

constexpr std::string_view kTellingVerbs =
    "propose introduce present show prove demonstrate develop derive describe discuss study find "
    "investigate evaluate argue establish conduct release validate verify illustrate formulate "
    "report devise confirm conclude outline survey ";

constexpr std::string_view kReportingVerbs =
    "show find prove demonstrate observe reveal establish confirm discover verify illustrate "
    "shows finds proves demonstrates observes reveals establishes confirms discovers verifies "
    "illustrates showed found proved demonstrated observed revealed established confirmed "
    "discovered verified illustrated shown proven ";

constexpr std::string_view kEvidenceNouns =
    "experiments experiment results result evaluations evaluation simulations simulation findings "
    "finding analysis analyses evidence studies ablations ablation theory comparisons tests "
    "benchmarks theorem theorems investigation investigations examples ";

constexpr std::string_view kPaperNouns =
    "paper work study article survey thesis report authors author review manuscript "
    "dissertation note letter tutorial chapter ";

uint32_t& Classes(Table& table, std::string_view word) { return table[WordKey::Of(word).value()]; }

void Add(Table& table, std::string_view words, uint32_t classes) {
  size_t begin = 0;
  while (begin < words.size()) {
    const size_t end = words.find(' ', begin);
    if (end == std::string_view::npos) break;
    if (end > begin) Classes(table, words.substr(begin, end - begin)) |= classes;
    begin = end + 1;
  }
}

bool IsVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

// The "-s", "-ed" and "-ing" forms of each verb.
void AddForms(Table& table, std::string_view verbs, uint32_t noun) {
  size_t begin = 0;
  while (begin < verbs.size()) {
    const size_t end = verbs.find(' ', begin);
    if (end == std::string_view::npos) break;
    const std::string base(verbs.substr(begin, end - begin));
    begin = end + 1;
    if (base.size() < 2) continue;
    const char last = base.back();
    const bool y = last == 'y' && !IsVowel(base[base.size() - 2]);
    const bool hisses = last == 's' || last == 'x' || last == 'z' || last == 'o' ||
                        base.ends_with("ch") || base.ends_with("sh");
    const std::string cut = base.substr(0, base.size() - 1);
    std::string s = base + "s";
    if (y) s = cut + "ies";
    if (hisses) s = base + "es";
    std::string past = base + "ed";
    std::string gerund = base + "ing";
    if (y) past = cut + "ied";
    if (last == 'e') {
      past = base + "d";
      gerund = cut + "ing";
    }
    Classes(table, base) |= kVerbBase | noun;
    Classes(table, s) |= kVerbS | noun;
    Classes(table, past) |= kVerbPast;
    Classes(table, gerund) |= kGerund;
    // "mapped", "mapping"
    const bool doubles = base.size() >= 3 && !IsVowel(last) && IsVowel(base[base.size() - 2]) &&
                         !IsVowel(base[base.size() - 3]) && last != 'w' && last != 'x' &&
                         last != 'y';
    if (doubles) {
      Classes(table, base + last + "ed") |= kVerbPast;
      Classes(table, base + last + "ing") |= kGerund;
    }
  }
}

Table MakeTable() {
  Table table;
  AddForms(table, kVerbs, 0);
  AddForms(table, kNounVerbs, kMaybeNoun);
  Add(table, kIrregularPast, kVerbPast);
  Add(table, kTellingVerbs, kTelling);
  Add(table, kReportingVerbs, kReporting);
  Add(table, kEvidenceNouns, kEvidence);
  Add(table, kPaperNouns, kPaper);
  Add(table,
      "is are was were has have had can cannot may might will would could should must does do did "
      "isn't aren't wasn't weren't can't doesn't don't didn't won't hasn't haven't ",
      kAuxiliary);
  Add(table, "we they it i he she who you ", kPronoun);
  Add(table,
      "the a an our their its his her my this these those each every all both some any no several "
      "many most such another various multiple numerous two three four five six ten ",
      kDeterminer);
  Add(table,
      "of in on with for by from to at as into onto over under between among across through via "
      "using without within against towards toward during beyond despite regarding concerning "
      "per than upon about above below after before along around behind near since until unlike "
      "versus including given based ",
      kPreposition);
  Add(table,
      "that which who whose whom where whereas while how why what whether because although "
      "though whereby wherein ",
      kSubordinator);
  Add(table,
      "if when whenever only unless but except provided assuming until once otherwise "
      "lest though ",
      kCondition);
  Add(table,
      "not no cannot never neither nor without hardly barely can't doesn't don't didn't "
      "isn't aren't ",
      kNegation);
  Add(table, "and or nor as & ", kConjunction);
  Add(table,
      "also further furthermore then thus hence therefore thereby finally additionally "
      "moreover consequently subsequently besides instead next lastly similarly accordingly ",
      kAdverb | kSequel);
  Add(table,
      "often even still always never not now just both first here rather often often only "
      "well much far indeed together simply ",
      kAdverb);
  Add(table,
      "able unable ability abilities capacity capability capabilities need needs way ways how what "
      "effort efforts attempt attempts likely unlikely hard easy difficult sufficient necessary "
      "important possible impossible first tendency potential power when whether opportunity "
      "failure approach approaches response respect next allow allows allowing allowed enable "
      "enables enabling enabled require requires requiring required force forces forcing forced "
      "help helps helping lead leads leading encourage encourages encouraging encouraged cause "
      "causes causing prompt prompts prompting teach teaches guide guides permit permits "
      "permitting "
      "prove assume expect find found show shown train trains training trained instruct "
      "incentivize incentivizes ask asks tend tends aim aims aiming seek seeks want learn learns "
      "try tries fail fails struggle struggles continue continues begin begins hope known used "
      "designed due according related relative compared similar equivalent applied tailored "
      "adapted extended subject prior propose proposes choose chooses decide us them it not too "
      "enough so right freedom willing ready crucial essential critical vital key challenging "
      "nontrivial trivial infeasible feasible desirable natural reasonable optimal invite "
      "motivate motivates drive drives push pushes convert converts map maps transfer transfers "
      "connect connects extend extends reduce reduces add adds apply applies attribute attributes "
      "assign assigns compare compares contribute contributes generalize generalizes adapt adapts "
      "translate translates link links relate relates respond responds equip ",
      kTakesInfinitive);
  Add(table,
      "learning training modeling modelling forecasting planning processing engineering tuning "
      "sampling reasoning scheduling routing pricing clustering mining editing unlearning decoding "
      "encoding steering tracking pruning testing screening understanding building embedding ",
      kMaybeNoun | kGerund);
  Add(table, "this these those it they its their such them itself themselves former latter ",
      kPointer);
  Add(table,
      "and or nor the a an of to in on for with by as at from is are was were that which both not "
      "only than its their our his be been being can cannot may might will would could should must "
      "if when where while but into onto via using how whether whose who what between such "
      "these those this has have had does do did e.g i.e every each while because although "
      "however thus also either neither even more most less very so without within under "
      "over toward towards through across upon about show shows demonstrate demonstrates prove "
      "proves propose introduce present develop provide i ii iii iv outperforming "
      "especially particularly specifically moreover furthermore namely notably mainly primarily "
      "single including called named termed following ",
      kOpenEnd);
  return table;
}

bool EndsAny(std::string_view word, std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (word.size() > ending.size() + 1 && word.ends_with(ending)) return true;
  }
  return false;
}

// `word` in any case but for its end, which is in lower case.
uint32_t ByEnding(std::string_view word) {
  if (word.size() < 4) return 0;
  switch (word.back()) {
    case 'y':
      if (word.ends_with("ly")) return kAdverb;
      return word.ends_with("ify") ? uint32_t{kVerbBase} : 0U;
    case 'g':
      return word.ends_with("ing") ? uint32_t{kGerund} : 0U;
    case 'd':
      return word.ends_with("ed") ? uint32_t{kVerbPast} : 0U;
    case 'e':
      return EndsAny(word, {"ize"}) ? uint32_t{kVerbBase} : 0U;
    case 's':
      if (EndsAny(word, {"izes", "ifies"})) return kVerbS;
      if (word.ends_with("ates")) return kVerbS | kMaybeNoun | kPlural;
      return EndsAny(word, {"ss", "us", "is"}) ? 0U : uint32_t{kPlural};
    default:
      return 0;
  }
}

}  // namespace

uint32_t ClassesOf(std::string_view word) { return ClassesOf(word, WordKey::Of(word)); }

uint32_t ClassesOf(std::string_view word, WordKey key) {
  static const Table kTable = MakeTable();
  constexpr size_t kLongest = 24;
  if (word.empty() || word.size() > kLongest) return 0;
  const auto found = kTable.find(key.value());
  if (found == kTable.end()) return ByEnding(word);
  uint32_t classes = found->second;
  if ((classes & kMaybeNoun) != 0 && word.back() == 's') classes |= kPlural;
  constexpr uint32_t kVerbForms = kVerbBase | kVerbS | kVerbPast | kAuxiliary | kAdverb;
  if ((classes & kVerbForms) == 0) classes |= ByEnding(word) & (kGerund | kPlural);
  return classes;
}

}  // namespace paperwire::summarize
