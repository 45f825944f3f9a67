#include "tests/support/paper_source.h"

#include <fmt/format.h>

#include <array>
#include <random>
#include <string_view>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"
#include "nlohmann/json.hpp"

namespace paperwire::support {
namespace {

using std::string_view;

constexpr std::array<string_view, 12> kMethods = {
    "sparse attention routing",   "curvature-aware fine-tuning", "contrastive graph pooling",
    "offline policy refinement",  "low-rank adapter merging",    "diffusion-based imputation",
    "federated gradient masking", "retrieval-guided decoding",   "stochastic mirror descent",
    "hierarchical token pruning", "masked video pretraining",    "calibrated self-distillation"};
constexpr std::array<string_view, 10> kTasks = {"long-context language modeling",
                                                "molecular property prediction",
                                                "robotic grasp planning",
                                                "electricity load forecasting",
                                                "medical image segmentation",
                                                "multilingual translation",
                                                "continuous control",
                                                "visual question answering",
                                                "recommendation at scale",
                                                "private on-device learning"};
constexpr std::array<string_view, 8> kProblems = {
    "existing approaches degrade sharply when the distribution shifts",
    "memory grows quadratically with the length of the input",
    "labels are scarce and noisy in practice",
    "training is unstable once the batch becomes small",
    "theoretical guarantees hold only under unrealistic assumptions",
    "communication dominates the cost of every round",
    "current benchmarks reward shortcuts instead of understanding",
    "hyperparameters must be searched anew for every data set"};
constexpr std::array<string_view, 6> kMeans = {
    "a two-stage objective that separates selection from estimation",
    "a lightweight gating network trained jointly with the backbone",
    "an alternating scheme whose inner problem has a closed-form solution",
    "a memory of prototypes that is updated without gradients",
    "a spectral penalty on the Jacobian of the encoder",
    "a hierarchy of latent states shared between tasks"};
constexpr std::array<string_view, 6> kEndings = {
    "These results suggest that careful regularization can replace additional data.",
    "Our findings indicate that such models can be deployed on modest hardware.",
    "We release code and models to support further research.",
    "The analysis opens a path towards guarantees for deeper architectures.",
    "This may help practitioners who cannot afford exhaustive tuning.",
    "We discuss limitations and outline directions for future work."};
constexpr std::array<string_view, 8> kFamilies = {"Amberley",  "Borowczyk", "Castellan", "Dunmore",
                                                  "Eskildsen", "Farrokhi",  "Grünwald",  "Hollis"};
constexpr std::array<string_view, 4> kGiven = {"A.", "M.", "R.", "Y."};
constexpr std::array<string_view, 5> kOthers = {"stat.ML", "cs.AI", "cs.CL", "cs.CV", "math.OC"};

class Dice {
 public:
  explicit Dice(uint32_t seed) : generator_(seed) {}
  int Roll(int low, int high) {
    return low + static_cast<int>(generator_() % static_cast<uint32_t>(high - low + 1));
  }
  template <size_t N>
  string_view Pick(const std::array<string_view, N>& from) {
    return from[static_cast<size_t>(Roll(0, static_cast<int>(N) - 1))];
  }

 private:
  std::mt19937 generator_;
};

std::string Capitalized(string_view text) {
  std::string result(text);
  result[0] = static_cast<char>(result[0] & ~0x20);
  return result;
}

std::string AbstractOf(Dice& dice, string_view method, string_view task) {
  std::string text = fmt::format("{} has become central to many applications, yet {}. ",
                                 Capitalized(task), dice.Pick(kProblems));
  text += fmt::format("In this paper we propose {}, {}. ", method, dice.Pick(kMeans));
  text += fmt::format(
      "The method needs {} passes over the data and adds only {}.{}\\% parameters to the base "
      "model. ",
      dice.Roll(2, 9), dice.Roll(0, 4), dice.Roll(1, 9));
  if (dice.Roll(0, 1) == 1) {
    text += fmt::format(
        "We prove that it converges at a rate of $O(1/k^{{{}}})$ when the loss is "
        "smooth. ",
        dice.Roll(1, 3));
  }
  text += fmt::format(
      "Experiments on {} benchmarks show that it improves accuracy by {}.{} points over the "
      "strongest baseline while using {}\\% less memory. ",
      dice.Roll(3, 12), dice.Roll(1, 7), dice.Roll(0, 9), dice.Roll(10, 60));
  text += fmt::format("An ablation over {} seeds confirms that each component contributes. ",
                      dice.Roll(3, 10));
  text += dice.Pick(kEndings);
  return text;
}

std::string XmlEscaped(string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else {
      result += c;
    }
  }
  return result;
}

// "Wed, 24 Jun 2026 00:00:00 -0400" of "2026-06-24" (summer time: what the tests use).
std::string RssDate(const std::string& announced) {
  static constexpr std::array<string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr std::array<string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                       "Mon", "Tue", "Wed"};
  const int year = std::stoi(announced.substr(0, 4));
  const int month = std::stoi(announced.substr(5, 2));
  const int day = std::stoi(announced.substr(8, 2));
  const std::chrono::sys_days date{std::chrono::year(year) / month / day};
  return fmt::format("{}, {:02} {} {} 00:00:00 -0400",
                     kDays[static_cast<size_t>(date.time_since_epoch().count() % 7)], day,
                     kMonths[static_cast<size_t>(month - 1)], year);
}

}  // namespace

std::string PaperSource::Id(int number) const {
  return fmt::format("{}{}.{:05}", announced_.substr(2, 2), announced_.substr(5, 2), number);
}

std::vector<std::string> PaperSource::Ids(int first, int count) const {
  std::vector<std::string> ids;
  for (int number = first; number < first + count; ++number) ids.push_back(Id(number));
  return ids;
}

v1::Paper PaperSource::Make(int number) const {
  Dice dice(seed_ * 1000003u + static_cast<uint32_t>(number));
  const string_view method = dice.Pick(kMethods);
  const string_view task = dice.Pick(kTasks);
  v1::Paper paper;
  paper.set_arxiv_id(Id(number));
  paper.set_version(1);
  paper.set_title(
      fmt::format("{} for {}, Study {}", Capitalized(method), Capitalized(task), number));
  paper.set_abstract(AbstractOf(dice, method, task));
  for (int author = dice.Roll(1, 5); author > 0; --author) {
    paper.add_authors()->set_name(fmt::format("{} {}", dice.Pick(kGiven), dice.Pick(kFamilies)));
  }
  paper.add_categories("cs.LG");
  paper.add_categories(std::string(dice.Pick(kOthers)));
  paper.set_announced(announced_);
  paper.set_announce_type(v1::ANNOUNCE_TYPE_NEW);
  paper.set_abs_url("https://arxiv.org/abs/" + Id(number));
  paper.set_source("rss");
  return paper;
}

v1::NewPaper PaperSource::MakeNew(int number) const {
  v1::NewPaper event;
  *event.mutable_paper() = Make(number);
  *event.mutable_revision() = events::ToProto(paper::Revision{.paper_version = 1});
  return event;
}

bus::Message PaperSource::MakeRecord(string_view topic, int number,
                                     const clock::Clock& clock) const {
  const v1::NewPaper event = MakeNew(number);
  const events::Origin origin{.service = "test", .configuration = "test"};
  if (topic == events::kNewPaper) return events::Encode(topic, event, origin, clock);
  v1::SummarizedPaper summarized;
  events::CarryOver(event, summarized);
  summarized.mutable_summary()->set_summary(event.paper().abstract());
  if (topic == events::kSummarized) return events::Encode(topic, summarized, origin, clock);
  v1::TaggedPaper tagged;
  events::CarryOver(summarized, tagged);
  tagged.add_tags()->set_slug("theory");
  return events::Encode(topic, tagged, origin, clock);
}

std::string PaperSource::Rss(int first, int count) const {
  const std::string date = RssDate(announced_);
  std::string xml = fmt::format(
      "<?xml version='1.0' encoding='UTF-8'?>\n"
      "<rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
      "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" version=\"2.0\">\n"
      "  <channel>\n    <title>cs.LG updates on arXiv.org</title>\n"
      "    <link>http://rss.arxiv.org/rss/cs.LG</link>\n"
      "    <description>cs.LG updates on the arXiv.org e-print archive.</description>\n"
      "    <language>en-us</language>\n    <lastBuildDate>{0}</lastBuildDate>\n"
      "    <pubDate>{0}</pubDate>\n",
      date);
  for (int number = first; number < first + count; ++number) {
    const v1::Paper paper = Make(number);
    std::string creators;
    for (const auto& author : paper.authors()) {
      creators += (creators.empty() ? "" : ", ") + author.name();
    }
    std::string categories;
    for (const auto& category : paper.categories()) {
      categories += "      <category>" + category + "</category>\n";
    }
    xml += fmt::format(
        "    <item>\n      <title>{}</title>\n      <link>https://arxiv.org/abs/{}</link>\n"
        "      <description>arXiv:{}v1 Announce Type: new \nAbstract: {}</description>\n"
        "      <guid isPermaLink=\"false\">oai:arXiv.org:{}v1</guid>\n{}"
        "      <pubDate>{}</pubDate>\n      <arxiv:announce_type>new</arxiv:announce_type>\n"
        "      <dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>\n"
        "      <dc:creator>{}</dc:creator>\n    </item>\n",
        XmlEscaped(paper.title()), paper.arxiv_id(), paper.arxiv_id(), XmlEscaped(paper.abstract()),
        paper.arxiv_id(), categories, date, XmlEscaped(creators));
  }
  return xml + "  </channel>\n</rss>\n";
}

std::string PaperSource::JsonLines(int first, int count) const {
  std::string lines;
  for (int number = first; number < first + count; ++number) {
    const v1::Paper paper = Make(number);
    nlohmann::json object = {
        {"id", paper.arxiv_id() + "v1"},         {"title", paper.title()},
        {"abstract", paper.abstract()},          {"authors", nlohmann::json::array()},
        {"categories", nlohmann::json::array()}, {"announced", announced_}};
    for (const auto& author : paper.authors()) object["authors"].push_back(author.name());
    for (const auto& category : paper.categories()) object["categories"].push_back(category);
    lines += object.dump() + "\n";
  }
  return lines;
}

}  // namespace paperwire::support
