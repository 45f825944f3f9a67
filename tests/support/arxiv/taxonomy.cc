#include "tests/support/arxiv/taxonomy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace paperwire::arxiv {
namespace {

Archive Make(std::string id, std::string name, std::string group, const char* classes = "") {
  Archive archive;
  archive.id = std::move(id);
  archive.name = std::move(name);
  archive.group = std::move(group);
  archive.classes = absl::StrSplit(classes, ' ', absl::SkipEmpty());
  return archive;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kNames = {{
    {"cs.AI", "Artificial Intelligence"},
    {"cs.CL", "Computation and Language"},
    {"cs.CR", "Cryptography and Security"},
    {"cs.CV", "Computer Vision and Pattern Recognition"},
    {"cs.CY", "Computers and Society"},
    {"cs.DC", "Distributed, Parallel, and Cluster Computing"},
    {"cs.DS", "Data Structures and Algorithms"},
    {"cs.GT", "Computer Science and Game Theory"},
    {"cs.HC", "Human-Computer Interaction"},
    {"cs.IR", "Information Retrieval"},
    {"cs.IT", "Information Theory"},
    {"cs.LG", "Machine Learning"},
    {"cs.MA", "Multiagent Systems"},
    {"cs.NE", "Neural and Evolutionary Computing"},
    {"cs.RO", "Robotics"},
    {"cs.SD", "Sound"},
    {"cs.SE", "Software Engineering"},
    {"eess.AS", "Audio and Speech Processing"},
    {"eess.IV", "Image and Video Processing"},
    {"eess.SP", "Signal Processing"},
    {"math.OC", "Optimization and Control"},
    {"stat.AP", "Applications"},
    {"stat.CO", "Computation"},
    {"stat.ME", "Methodology"},
    {"stat.ML", "Machine Learning"},
    {"stat.TH", "Statistics Theory"},
}};

}  // namespace

const std::vector<Archive>& Archives() {
  static const std::vector<Archive> kArchives = {
      Make("astro-ph", "Astrophysics", "physics", "CO EP GA HE IM SR"),
      Make("cond-mat", "Condensed Matter", "physics",
           "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con"),
      Make("cs", "Computer Science", "cs",
           "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE "
           "NI OH OS PF PL RO SC SD SE SI SY"),
      Make("econ", "Economics", "econ", "EM GN TH"),
      Make("eess", "Electrical Engineering and Systems Science", "eess", "AS IV SP SY"),
      Make("gr-qc", "General Relativity and Quantum Cosmology", "physics"),
      Make("hep-ex", "High Energy Physics - Experiment", "physics"),
      Make("hep-lat", "High Energy Physics - Lattice", "physics"),
      Make("hep-ph", "High Energy Physics - Phenomenology", "physics"),
      Make("hep-th", "High Energy Physics - Theory", "physics"),
      Make("math", "Mathematics", "math",
           "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT "
           "SG SP ST"),
      Make("math-ph", "Mathematical Physics", "physics"),
      Make("nlin", "Nonlinear Sciences", "physics", "AO CD CG PS SI"),
      Make("nucl-ex", "Nuclear Experiment", "physics"),
      Make("nucl-th", "Nuclear Theory", "physics"),
      Make("physics", "Physics", "physics",
           "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph "
           "flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph"),
      Make("q-bio", "Quantitative Biology", "q-bio", "BM CB GN MN NC OT PE QM SC TO"),
      Make("q-fin", "Quantitative Finance", "q-fin", "CP EC GN MF PM PR RM ST TR"),
      Make("quant-ph", "Quantum Physics", "physics"),
      Make("stat", "Statistics", "stat", "AP CO ME ML OT TH"),
  };
  return kArchives;
}

const Archive* FindArchive(std::string_view id) {
  for (const Archive& archive : Archives()) {
    if (archive.id == id) return &archive;
  }
  return nullptr;
}

std::optional<std::string> CanonicalCategory(std::string_view text) {
  const size_t dot = text.find('.');
  const std::string archive_id = Lower(text.substr(0, dot));
  const Archive* archive = FindArchive(archive_id);
  if (archive == nullptr) return std::nullopt;
  if (dot == std::string_view::npos) {
    if (!archive->classes.empty()) return std::nullopt;
    return archive_id;
  }
  const std::string wanted = Lower(text.substr(dot + 1));
  for (const std::string& name : archive->classes) {
    if (Lower(name) == wanted) return fmt::format("{}.{}", archive_id, name);
  }
  return std::nullopt;
}

std::string SubjectName(const std::string& id) {
  for (const auto& [category, name] : kNames) {
    if (category == id) return std::string(name);
  }
  const Archive* archive = FindArchive(id);
  return archive == nullptr ? id : archive->name;
}

std::string SetSpec(const std::string& category) {
  const size_t dot = category.find('.');
  const std::string archive_id = category.substr(0, dot);
  const Archive* archive = FindArchive(archive_id);
  std::string spec = (archive == nullptr ? archive_id : archive->group) + ":" + archive_id;
  if (dot != std::string::npos) spec += ":" + category.substr(dot + 1);
  return spec;
}

bool IsSet(std::string_view set) {
  for (const Archive& archive : Archives()) {
    const std::string middle = archive.group + ":" + archive.id;
    if (set == archive.group || set == middle) return true;
    for (const std::string& name : archive.classes) {
      if (set == fmt::format("{}:{}", middle, name)) return true;
    }
  }
  return false;
}

bool IsInSet(const std::string& category, std::string_view set) {
  const std::string spec = SetSpec(category);
  return spec == set ||
         (spec.size() > set.size() && spec.starts_with(set) && spec[set.size()] == ':');
}

}  // namespace paperwire::arxiv
