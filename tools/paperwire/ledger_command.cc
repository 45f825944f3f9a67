#include <algorithm>
#include <vector>

#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/follow.h"
#include "tools/paperwire/json.h"
#include "tools/paperwire/ledger.h"

namespace paperwire::cli {
namespace {

class LedgerCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    settings.Text(&date_, "date", "Only this announcement date (YYYY-MM-DD).");
    settings.Flag(&check_, "check", "Exit 1 unless there is a day, and every day balances.");
    settings.Flag(&watch_, "watch", "Show it anew whenever it changes.");
    settings.Flag(&json_, "json", "One paperwire.v1.LedgerDay a line, as JSON.");
  }

  int Run(Console& console) override {
    if (watch_ && check_) {
      console.err << "paperwire: --check and --watch do not go together\n";
      return kExitUsage;
    }
    const auto text = [&](const v1::GetStatusResponse& status) {
      const std::vector<v1::LedgerDay> days = Days(status);
      if (!json_) return LedgerText(days, console);
      std::string lines;
      for (const v1::LedgerDay& day : days) lines += ToJson(day) + "\n";
      return lines;
    };
    if (watch_) return FollowStatus(server_, console, text);
    const auto status = FeedClient(server_).GetStatus();
    if (!status.ok()) return Complain(console, status.status());
    console.out << text(*status);
    const std::vector<v1::LedgerDay> days = Days(*status);
    if (days.empty() && !date_.empty()) {
      console.err << "paperwire: the ledger has no day " << date_ << '\n';
      return kExitNegative;
    }
    if (!check_) return kExitOk;
    const bool balanced =
        !days.empty() && std::all_of(days.begin(), days.end(),
                                     [](const v1::LedgerDay& day) { return day.balanced(); });
    if (!balanced) console.err << "paperwire: the ledger does not balance\n";
    return balanced ? kExitOk : kExitNegative;
  }

 private:
  std::vector<v1::LedgerDay> Days(const v1::GetStatusResponse& status) const {
    std::vector<v1::LedgerDay> days;
    for (const v1::LedgerDay& day : status.days()) {
      if (date_.empty() || day.announced() == date_) days.push_back(day);
    }
    return days;
  }

  ServerSettings server_;
  std::string date_;
  bool check_ = false;
  bool watch_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeLedgerCommand() { return std::make_unique<LedgerCommand>(); }

}  // namespace paperwire::cli
