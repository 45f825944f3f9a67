#include <string>
#include <vector>

#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {
namespace {

class RemoveCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    operator_.Declare(settings);
    settings.Text(&reason_, "reason", "Why; the ledger shows it to everybody.");
    settings.Words(&ids_, "id", "An arXiv id (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (ids_.size() != 1 || reason_.empty()) {
      console.err << "paperwire: remove wants one arXiv id and --reason\n";
      return kExitUsage;
    }
    v1::RemovePaperRequest request;
    request.set_arxiv_id(ids_.front());
    request.set_reason(reason_);
    const auto answer = AskOperator(operator_, request, &v1::OperatorService::Stub::RemovePaper);
    if (!answer.ok()) return Complain(console, answer.status());
    console.out << "requested 1\n";
    return kExitOk;
  }

 private:
  OperatorSettings operator_;
  std::string reason_;
  std::vector<std::string> ids_;
};

}  // namespace

std::unique_ptr<Command> MakeRemoveCommand() { return std::make_unique<RemoveCommand>(); }

}  // namespace paperwire::cli
