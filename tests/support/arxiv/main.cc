// A stand-in for arXiv, for end-to-end tests and for people: prints its address and serves.
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "tests/support/arxiv/arxiv_stand_in.h"
#include "tests/support/arxiv/sources.h"

namespace {

using namespace paperwire;

// The operating system's clock, moved: it goes on from the moment that was set.
class ShiftedClock final : public clock::Clock {
 public:
  void Set(absl::Time now) {
    const std::lock_guard lock(mutex_);
    shift_ = absl::ToChronoTime(now) - system_.Now();
  }
  clock::WallTime Now() const override {
    const std::lock_guard lock(mutex_);
    return system_.Now() + shift_;
  }
  clock::SteadyTime SteadyNow() const override { return system_.SteadyNow(); }
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override {
    return system_.SleepFor(duration, stop);
  }

 private:
  clock::SystemClock system_;
  mutable std::mutex mutex_;
  clock::WallTime::duration shift_{0};
};

struct Flags {
  std::string now;
  std::string world;
  std::string recorded;
  std::string from;
  std::string to;
  std::vector<std::string> faults;
  arxiv::Generation generation;
  arxiv::StandInOptions options;
};

int Wrong(const std::string& what) {
  std::cerr << what << "\n";
  return 78;
}

absl::Status AddFile(const std::string& name, arxiv::World& world) {
  std::ifstream file;
  if (name != "-") file.open(name);
  if (name != "-" && !file) return absl::NotFoundError(name + ": cannot be read");
  std::istream& stream = name == "-" ? std::cin : file;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return arxiv::AddJsonLines(text, world);
}

absl::Status FillWorld(Flags& flags, absl::CivilDay today, arxiv::World& world) {
  if (!flags.world.empty()) return AddFile(flags.world, world);
  if (!flags.recorded.empty()) return arxiv::AddRecordedJune(flags.recorded, world);
  const auto from = calendar::ParseDate(flags.from);
  const auto to = calendar::ParseDate(flags.to);
  if (!from && !flags.from.empty()) return absl::InvalidArgumentError("--from-date is no date");
  if (!to && !flags.to.empty()) return absl::InvalidArgumentError("--to-date is no date");
  flags.generation.from = from.value_or(today - 14);
  flags.generation.to = to.value_or(today + 14);
  Generate(flags.generation, world);
  return absl::OkStatus();
}

int Serve(Flags& flags) {
  ShiftedClock clock;
  if (!flags.now.empty()) {
    absl::Time now;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, flags.now, &now, &error)) {
      return Wrong("--now: " + error);
    }
    clock.Set(now);
  }
  arxiv::World world;
  const absl::CivilDay today = calendar::DateInNewYork(absl::FromChrono(clock.Now()));
  if (absl::Status status = FillWorld(flags, today, world); !status.ok()) {
    return Wrong(std::string(status.message()));
  }
  flags.options.set_now = [&clock](absl::Time now) { clock.Set(now); };
  // Before any thread starts, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  arxiv::ArxivStandIn stand_in(world, clock, flags.options);
  for (const std::string& fault : flags.faults) {
    const auto misbehaviour = arxiv::ParseMisbehaviour(fault);
    if (!misbehaviour.ok()) return Wrong(std::string(misbehaviour.status().message()));
    stand_in.Misbehave(*misbehaviour);
  }
  std::cout << fmt::format("arXiv's stand-in, {} papers, at {}", world.size(), stand_in.url())
            << std::endl;
  int got = 0;
  sigwait(&signals, &got);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Answers as arXiv would: /rss /atom /oai /catchup /list /api/query and /_control.");
  app.add_option("--listen", flags.options.listen, "where it listens; port 0: a free one");
  app.add_option("--now", flags.now, "what time it is, 2026-06-23T05:30:00Z; goes on from there");
  app.add_option("--world", flags.world, "papers as JSON lines; -: standard input");
  app.add_option("--recorded", flags.recorded, "the arxiv folder of the test data: June 2026");
  app.add_option("--from-date", flags.from, "first day of invented papers");
  app.add_option("--to-date", flags.to, "last day of invented papers");
  app.add_option("--papers", flags.generation.papers_a_day, "invented papers a day");
  app.add_option("--seed", flags.generation.seed, "which invented papers");
  app.add_option("--page-size", flags.options.oai_page_size, "OAI-PMH records a page");
  app.add_option("--misbehave", flags.faults,
                 "a fault as JSON: {\"fault\": \"stale\", \"endpoint\": \"rss\", \"times\": 3}");
  CLI11_PARSE(app, argc, argv);
  return Serve(flags);
}
