#include "tools/paperwire/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tools/paperwire/card_text.h"
#include "tools/paperwire/table.h"

namespace paperwire::cli {
namespace {

constexpr int kUnservedShown = 10;
constexpr int kMaxTextColumns = 100;

std::string StateName(v1::FeedState state) {
  std::string name = v1::FeedState_Name(state);
  constexpr std::string_view kPrefix = "FEED_STATE_";
  return name.rfind(kPrefix, 0) == 0 ? name.substr(kPrefix.size()) : name;
}

std::string OutcomeName(v1::CycleOutcome outcome) {
  std::string name = v1::CycleOutcome_Name(outcome);
  constexpr std::string_view kPrefix = "CYCLE_OUTCOME_";
  return name.rfind(kPrefix, 0) == 0 ? name.substr(kPrefix.size()) : name;
}

std::string UnservedText(const v1::UnservedPaper& paper, int columns) {
  static const std::map<v1::UnservedKind, std::string_view> kKinds = {
      {v1::UNSERVED_KIND_PENDING, "pending"},
      {v1::UNSERVED_KIND_DEAD_LETTERED, "dead-lettered"},
      {v1::UNSERVED_KIND_MISSING, "missing"},
      {v1::UNSERVED_KIND_EXCLUDED, "excluded"}};
  static const std::map<v1::Stage, std::string_view> kStages = {
      {v1::STAGE_DECLARED, "declared"},
      {v1::STAGE_INGESTED, "ingested"},
      {v1::STAGE_SUMMARIZED, "summarized"},
      {v1::STAGE_TAGGED, "tagged"},
      {v1::STAGE_SERVED, "served"}};
  const auto kind = kKinds.find(paper.kind());
  const auto stage = kStages.find(paper.stage());
  return Wrap(fmt::format("{} {} after {}: {}", paper.arxiv_id(),
                          kind == kKinds.end() ? "unserved" : kind->second,
                          stage == kStages.end() ? "an unknown stage" : stage->second,
                          paper.reason().empty() ? "no reason is known" : paper.reason()),
              columns, "    ");
}

Style StyleOf(v1::FeedState state) {
  switch (state) {
    case v1::FEED_STATE_FRESH:
    case v1::FEED_STATE_QUIET:
      return Style::kGood;
    case v1::FEED_STATE_STALLED:
    case v1::FEED_STATE_FAILED:
      return Style::kBad;
    case v1::FEED_STATE_WAITING:
    case v1::FEED_STATE_DEGRADED:
      return Style::kDoubtful;
    default:
      return Style::kHeading;
  }
}

// Days, each with at most so many of its unserved papers below it; -1: all.
Table DayTable(int unserved_shown, const Console& console,
               const google::protobuf::RepeatedPtrField<v1::LedgerDay>& days) {
  Table table({{.heading = "announced", .style = Style::kHeading},
               {.heading = "declared", .right = true},
               {.heading = "ingested", .right = true, .rank = 3},
               {.heading = "summarized", .right = true, .rank = 4},
               {.heading = "tagged", .right = true, .rank = 2},
               {.heading = "served", .right = true},
               {.heading = "pending", .right = true},
               {.heading = "dead", .right = true},
               {.heading = "missing", .right = true},
               {.heading = "excluded", .right = true, .rank = 5},
               {.heading = "balance", .rank = 1}});
  const auto figure = [](uint32_t count, Style style) {
    return Table::Cell(std::to_string(count), count == 0 ? Style::kFaint : style);
  };
  for (const v1::LedgerDay& day : days) {
    table.Add({day.announced(), std::to_string(day.declared()), std::to_string(day.ingested()),
               std::to_string(day.summarized()), std::to_string(day.tagged()),
               std::to_string(day.served()), figure(day.pending(), Style::kDoubtful),
               figure(day.dead_lettered(), Style::kBad), figure(day.missing(), Style::kBad),
               figure(day.excluded(), Style::kPlain),
               day.balanced() ? Table::Cell("balances", Style::kGood)
                              : Table::Cell("does not balance", Style::kBad)});
    const int shown =
        unserved_shown < 0 ? day.unserved_size() : std::min(day.unserved_size(), unserved_shown);
    for (int i = 0; i < shown; ++i) {
      table.AddNote(UnservedText(day.unserved(i), std::min(console.columns, kMaxTextColumns)));
    }
    if (day.unserved_size() > shown) {
      table.AddNote(fmt::format("    and {} more\n", day.unserved_size() - shown));
    }
  }
  return table;
}

}  // namespace

LedgerTotal AddUp(const v1::GetStatusResponse& status) {
  LedgerTotal total;
  total.balanced = true;
  for (const v1::LedgerDay& day : status.days()) {
    total.declared += day.declared();
    total.ingested += day.ingested();
    total.summarized += day.summarized();
    total.tagged += day.tagged();
    total.served += day.served();
    total.pending += day.pending();
    total.dead_lettered += day.dead_lettered();
    total.missing += day.missing();
    total.balanced = total.balanced && day.balanced();
  }
  return total;
}

std::string LedgerLine(const LedgerTotal& total) {
  return fmt::format(
      "declared {} ingested {} summarized {} tagged {} served {} pending {} dead-lettered {} "
      "missing {}",
      total.declared, total.ingested, total.summarized, total.tagged, total.served, total.pending,
      total.dead_lettered, total.missing);
}

bool IsSettled(const v1::GetStatusResponse& status, std::string_view cycle_id) {
  if (!cycle_id.empty() && status.last_cycle().cycle_id() != cycle_id) {
    return false;
  }
  const auto& announced = status.last_cycle().announced();
  const auto newest = std::max_element(announced.begin(), announced.end());
  if (newest != announced.end() &&
      std::none_of(status.days().begin(), status.days().end(),
                   [&newest](const v1::LedgerDay& day) { return day.announced() == *newest; })) {
    return false;
  }
  // A cycle of a weekend announces nothing, and there may be no day yet.
  const bool nothing = !cycle_id.empty() && announced.empty() &&
                       status.last_cycle().outcome() == v1::CYCLE_OUTCOME_NOTHING_NEW;
  return (nothing || !status.days().empty()) && AddUp(status).pending == 0;
}

std::string LedgerText(const std::vector<v1::LedgerDay>& days, const Console& console) {
  const google::protobuf::RepeatedPtrField<v1::LedgerDay> copied(days.begin(), days.end());
  return DayTable(/*unserved_shown=*/-1, console, copied).Text(console);
}

std::string StatusText(const v1::GetStatusResponse& status, const Console& console) {
  const int columns = std::min(console.columns, kMaxTextColumns);
  const std::string state = StateName(status.state());
  std::string text =
      Wrap(state + (status.sentence().empty() ? "" : ": " + status.sentence()), columns);
  text.replace(0, state.size(), Painted(state, StyleOf(status.state()), console));
  if (status.sample()) {
    text += "This is the sample day that comes with the program: invented papers.\n";
  }
  if (status.stale()) {
    text += Painted("Stale", Style::kBad, console) + Wrap(": " + status.stale_reason(), columns);
  }
  text += fmt::format("{} papers today ({}), {} in the window · every {} h · {} days\n",
                      status.papers_today(),
                      status.newest_announced().empty() ? "no day yet" : status.newest_announced(),
                      status.papers_in_window(), status.update_hours(), status.history_days());
  if (!status.days().empty()) {
    // For people where it goes to a file, too: `ledger` is for programs.
    Console people = console;
    people.terminal = true;
    text += "\n" + DayTable(kUnservedShown, people, status.days()).Text(people);
  }
  for (const v1::ModelVersion& model : status.models()) {
    text += fmt::format("\n{}: {} made {} of the cards", model.service(), model.model(),
                        model.entries());
  }
  text += status.models().empty() ? "" : "\n";
  if (!status.last_cycle().cycle_id().empty()) {
    const v1::Cycle& cycle = status.last_cycle();
    text +=
        fmt::format("\nlast cycle {}: {}, {} papers seen, {} published\n", cycle.cycle_id(),
                    OutcomeName(cycle.outcome()), cycle.papers_seen(), cycle.papers_published());
    if (!cycle.error().empty()) {
      text += Wrap(cycle.error(), columns, "  ");
    }
  }
  return text;
}

}  // namespace paperwire::cli
