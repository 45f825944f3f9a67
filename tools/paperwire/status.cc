#include <algorithm>
#include <chrono>
#include <stop_token>

#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/follow.h"
#include "tools/paperwire/json.h"
#include "tools/paperwire/ledger.h"

namespace paperwire::cli {
namespace {

constexpr std::chrono::milliseconds kPollInterval{250};
// A record between two topics is in neither for a moment: one look is not enough.
constexpr int kLooks = 3;

class StatusCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    settings.Flag(&json_, "json", "The paperwire.v1.GetStatusResponse as JSON.");
    settings.Duration(&settled_, "settled",
                      "Wait at most so long until nothing is pending, and end with the ledger's "
                      "line; 0s: do not wait.",
                      std::chrono::milliseconds(0), std::chrono::hours(24));
    settings.Flag(&watch_, "watch", "Show it anew whenever it changes.");
    settings.Text(&cycle_, "cycle", "With --settled: wait for this cycle of ingest first.");
  }

  int Run(Console& console) override {
    if (watch_ && settled_.count() > 0) {
      console.err << "paperwire: --watch and --settled do not go together\n";
      return kExitUsage;
    }
    if (watch_) {
      return FollowStatus(server_, console, [&](const v1::GetStatusResponse& status) {
        return Text(console, status);
      });
    }
    FeedClient client(server_);
    if (settled_.count() > 0) {
      return Wait(client, console);
    }
    if (!cycle_.empty()) {
      console.err << "paperwire: --cycle needs --settled\n";
      return kExitUsage;
    }
    auto status = client.GetStatus();
    if (!status.ok()) {
      return Complain(console, status.status());
    }
    console.out << Text(console, *status);
    return kExitOk;
  }

 private:
  std::string Text(const Console& console, const v1::GetStatusResponse& status) const {
    return json_ ? ToJson(status) + "\n" : StatusText(status, console);
  }

  int Wait(FeedClient& client, Console& console) const {
    const auto end = console.clock.SteadyNow() + settled_;
    int looks = 0;
    absl::StatusOr<v1::GetStatusResponse> status;
    while (true) {
      status = client.GetStatus();
      // A feed that does not answer yet may still come up.
      looks = status.ok() && IsSettled(*status, cycle_) ? looks + 1 : 0;
      if (looks == kLooks || console.clock.SteadyNow() >= end) {
        break;
      }
      console.clock.SleepFor(kPollInterval, std::stop_token());
    }
    if (!status.ok()) {
      return Complain(console, status.status());
    }
    console.out << Text(console, *status);
    const LedgerTotal total = AddUp(*status);
    if (looks < kLooks) {
      console.err << "paperwire: not settled in time\n";
    } else if (!total.balanced) {
      console.err << "paperwire: the ledger does not balance\n";
    }
    console.out << LedgerLine(total) << '\n';
    return looks == kLooks && total.balanced ? kExitOk : kExitNegative;
  }

  ServerSettings server_;
  bool watch_ = false;
  bool json_ = false;
  std::chrono::milliseconds settled_{0};
  std::string cycle_;
};

}  // namespace

std::unique_ptr<Command> MakeStatusCommand() { return std::make_unique<StatusCommand>(); }

}  // namespace paperwire::cli
