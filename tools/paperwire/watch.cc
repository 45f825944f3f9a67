#include <random>
#include <stop_token>
#include <utility>

#include "libs/service/signals.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/filter_settings.h"
#include "tools/paperwire/json.h"
#include "tools/paperwire/watch_output.h"
#include "tools/paperwire/watch_state.h"

namespace paperwire::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGrace{5000};

class WatchCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.DeclareAddress(settings);
    settings.Text(&from_, "from",
                  "First announcement date (YYYY-MM-DD): begin with the cards from then on; all: "
                  "with the whole window; empty: with what changes from now on.");
    filter_.Declare(settings);
    filter_.DeclareAuthors(settings);
    view_.Declare(settings);
    settings.Text(&state_path_, "state",
                  "File that keeps the resume token: the next run goes on where this one ended.",
                  {.file = true});
    settings.Flag(&until_live_, "until-live", "End when all that there is has been told.");
    settings.Duration(&silence_, "silence",
                      "Take a stream for dead on which nothing came for so long.",
                      milliseconds(100), std::chrono::hours(1));
    settings.Duration(&give_up_, "give-up",
                      "End when there was no answer for so long; 0s: try for ever.",
                      milliseconds(0), std::chrono::hours(24 * 365));
    settings.Flag(&json_, "json",
                  "One paperwire.v1.WatchPapersResponse a line, as JSON, heartbeats too; "
                  "{\"restart\":…} where all cards come anew.");
  }

  int Run(Console& console) override {
    const auto filter = filter_.Filter();
    if (!filter.ok()) return Complain(console, filter.status());
    v1::WatchPapersRequest request;
    *request.mutable_filter() = *filter;
    request.set_announced_from(from_ == "all" ? kFirstDay : from_);
    WatchState state{.announced_from = request.announced_from(), .watching = ToJson(request)};
    request.set_view(view_.View(json_));

    std::optional<StateFile> file;
    if (!state_path_.empty()) {
      file.emplace(state_path_);
      const absl::Status resumed = Resume(*file, request, state);
      if (!resumed.ok()) return Complain(console, resumed);
    }
    // Before gRPC's threads: they inherit the blocked signals.
    const service::Signals signals(kGrace, console.clock);
    std::stop_source enough;
    const std::stop_callback on_signal(signals.stop(), [&enough] { enough.request_stop(); });
    FeedClient client(server_);
    if (!client.status().ok()) return Complain(console, client.status());
    const auto idle = [&console, &enough] {
      if (console.abandoned && console.abandoned()) enough.request_stop();
    };
    const Watcher::Stream stream = [&](const v1::WatchPapersRequest& asked, int tries,
                                       const Watcher::Take& take, std::stop_token stop) {
      return client.WatchPapers(asked, tries, take, idle, silence_, std::move(stop));
    };
    WatchOutput output({.json = json_, .until_live = until_live_},
                       file.has_value() ? &*file : nullptr, std::move(state), console);
    std::mt19937_64 generator{std::random_device()()};
    Watcher watcher(
        {.give_up = give_up_,
         .random = [&generator] { return std::uniform_real_distribution<double>()(generator); }},
        stream, output, console.clock);
    const absl::Status end = watcher.Run(std::move(request), enough.get_token());
    const absl::Status closed = output.Close();
    const absl::Status& failure = end.ok() ? closed : end;
    if (failure.ok()) return kExitOk;
    const int code = Complain(console, failure);
    return absl::IsFailedPrecondition(failure) ? kExitCannotWrite : code;
  }

 private:
  // Takes up what the file keeps of an earlier run.
  static absl::Status Resume(const StateFile& file, v1::WatchPapersRequest& request,
                             WatchState& state) {
    auto kept = file.Read();
    if (!kept.ok()) return kept.status();
    if (!kept->has_value()) return absl::OkStatus();
    if ((*kept)->watching != state.watching) {
      return absl::InvalidArgumentError(
          "--state: the token was given for another --from or filter: " + (*kept)->watching);
    }
    state = *std::move(*kept);
    request.set_resume_token(state.resume_token);
    request.set_announced_from(state.announced_from);
    return absl::OkStatus();
  }

  ServerSettings server_;
  FilterSettings filter_;
  ViewSettings view_;
  std::string from_;
  std::string state_path_;
  bool until_live_ = false;
  milliseconds silence_{45000};
  milliseconds give_up_{0};
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeWatchCommand() { return std::make_unique<WatchCommand>(); }

}  // namespace paperwire::cli
