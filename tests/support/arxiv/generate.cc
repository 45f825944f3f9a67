#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "tests/support/arxiv/sources.h"

namespace paperwire::arxiv {
namespace {

constexpr std::array<std::string_view, 8> kQualities = {
    "Sparse", "Robust", "Calibrated", "Hierarchical", "Few-Shot", "Streaming", "Causal", "Modular"};
constexpr std::array<std::string_view, 8> kThings = {"Attention",
                                                     "Diffusion Models",
                                                     "Policy Gradients",
                                                     "Graph Encoders",
                                                     "Kernel Machines",
                                                     "Mixture Routing",
                                                     "Retrieval-Augmented Decoding",
                                                     "World Models"};
constexpr std::array<std::string_view, 8> kEnds = {
    "Long Documents",  "Protein Folding",   "Traffic Forecasting", "$k$-Armed Bandits",
    "Medical Imaging", "Program Synthesis", "Sea-Ice Prediction",  "Low-Resource Speech"};
// Raw, as typed by authors.
constexpr std::array<std::string_view, 12> kAuthors = {
    R"(P\'al Erd\H{o}si)",   R"(Ada N. Lovelock)",    R"(Anders S{\o}by (Aalto University))",
    R"(Mei-Ling Zhao)",      R"(Jos\'e Carre{\~n}o)", R"(Grace Harper Jr.)",
    R"(Vera \v{C}apkov\'a)", R"(Kwame Boateng)",      R"(Ines M\"uller-Stein)",
    R"(Satoru Ikeda)",       R"(R. K. Iyer)",         R"(Luc d'Arbois)"};
constexpr std::array<std::string_view, 6> kCrossCategories = {"cs.AI", "stat.ML", "cs.CL",
                                                              "cs.CV", "math.OC", "cs.LG"};

class Author {
 public:
  explicit Author(const Generation& generation)
      : generation_(generation), random_(generation.seed) {}

  // In a hundred.
  bool Chance(int percent) { return static_cast<int>(Below(100)) < percent; }
  size_t Below(size_t limit) { return random_() % limit; }

  Paper Write(std::string id, absl::CivilDay day, int sequence) {
    Paper paper{.id = std::move(id)};
    const std::string_view quality = Pick(kQualities);
    const std::string_view thing = Pick(kThings);
    const std::string_view end = Pick(kEnds);
    paper.title = fmt::format("{} {} for {}, Part {}", quality, thing, end, 1 + Below(900));
    const size_t gain = 1 + Below(40);
    paper.abstract = fmt::format(
        "We study {1} for {2} under a fixed budget of {3} samples.\nThe proposed {0} variant of "
        "{1} needs no labels beyond the first pass & keeps the error below {4}\\%. On three "
        "benchmarks it improves accuracy by {5} points over the best earlier method, where "
        "$n > {3}$ observations are \"enough\".\n  A second experiment repeats this with noise. "
        "Code is at https://example.org/code/{6}.",
        std::string(quality), std::string(thing), std::string(end), 100 + Below(9900), 1 + Below(9),
        gain, paper.id);
    const size_t authors = 1 + Below(5);
    const size_t first = Below(kAuthors.size());
    for (size_t i = 0; i < authors; ++i) {
      if (i > 0) paper.authors += i + 1 == authors ? " and " : ", ";
      paper.authors += kAuthors[(first + i) % kAuthors.size()];
    }
    paper.submitter = kAuthors[first];
    paper.categories = {
        generation_.categories[Chance(50) ? 0 : Below(generation_.categories.size())]};
    if (Chance(generation_.cross_listed)) AddCategory(paper, std::string(Pick(kCrossCategories)));
    if (Chance(20))
      AddCategory(paper, generation_.categories[Below(generation_.categories.size())]);
    std::sort(paper.categories.begin() + 1, paper.categories.end());
    if (Chance(40)) paper.comment = fmt::format("{} pages, {} figures", 8 + Below(30), Below(12));
    if (Chance(5)) paper.doi = fmt::format("10.9999/example.{}", paper.id);
    if (Chance(5))
      paper.journal_ref = fmt::format("J. Invent. Res. {} (2026) {}", Below(40), Below(900));
    paper.versions = {{.number = 1,
                       .submitted = SubmittedFor(day, sequence),
                       .kilobytes = static_cast<int>(50 + Below(3000))}};
    return paper;
  }

 private:
  template <size_t N>
  std::string_view Pick(const std::array<std::string_view, N>& from) {
    return from[Below(N)];
  }

  static void AddCategory(Paper& paper, const std::string& category) {
    auto& all = paper.categories;
    if (std::find(all.begin(), all.end(), category) == all.end()) all.push_back(category);
  }

  const Generation& generation_;
  std::mt19937 random_;
};

std::string MakeId(absl::CivilDay day, int number) {
  return fmt::format("{:02}{:02}.{:05}", day.year() % 100, day.month(), number);
}

int BatchSize(const Generation& generation, absl::CivilDay day) {
  if (!calendar::IsAnnouncementDate(day - 1) &&
      absl::GetWeekday(day - 1) != absl::Weekday::sunday) {
    return 2 * generation.papers_a_day;
  }
  return absl::GetWeekday(day) == absl::Weekday::tuesday ? generation.papers_a_day * 3 / 2
                                                         : generation.papers_a_day;
}

}  // namespace

void Generate(const Generation& generation, World& world) {
  Author author(generation);
  std::vector<std::string> earlier;
  int number = 0;
  int old_number = 0;
  for (absl::CivilDay day = generation.from; day <= generation.to; ++day) {
    if (day.day() == 1) number = 0;
    if (!calendar::IsAnnouncementDate(day)) continue;
    std::vector<std::string> today;
    const int size = BatchSize(generation, day);
    for (int i = 0; i < size; ++i) {
      // Identifiers of one batch are not contiguous.
      number += 1 + static_cast<int>(author.Below(3));
      Paper paper = author.Write(MakeId(day, number), day, i);
      today.push_back(paper.id);
      world.Add(std::move(paper));
      world.Announce({.day = day, .id = today.back()});
    }
    const size_t replaced = earlier.size() / 20 + 1;
    for (size_t i = 0; i < replaced && !earlier.empty(); ++i) {
      const std::string& id = earlier[author.Below(earlier.size())];
      if (author.Chance(generation.withdrawn)) {
        world.Replace(id, day, true);
      } else if (author.Chance(generation.replaced)) {
        world.Replace(id, day);
      }
    }
    for (int i = 0; i < size && i < 100; ++i) {
      if (!author.Chance(generation.old_cross_listed)) continue;
      Paper paper = author.Write(MakeId(absl::CivilDay(2022, 5, 1), ++old_number),
                                 absl::CivilDay(2022, 5, 13), i);
      paper.categories = {"stat.ME", "stat.AP"};
      paper.versions.push_back(
          {.number = 2, .submitted = SubmittedFor(absl::CivilDay(2022, 9, 14), i)});
      const std::string id = paper.id;
      world.Add(std::move(paper));
      world.Announce({.day = day,
                      .id = id,
                      .type = AnnounceType::kCross,
                      .version = 2,
                      .category = generation.categories.front()});
    }
    earlier.insert(earlier.end(), today.begin(), today.end());
  }
}

}  // namespace paperwire::arxiv
