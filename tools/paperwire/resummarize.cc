#include <string>
#include <vector>

#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {
namespace {

class ResummarizeCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    operator_.Declare(settings);
    settings.Flag(&all_embedded_, "all-embedded",
                  "Every card that the embedded summarizer made, instead of ids.");
    settings.Words(&ids_, "id", "arXiv ids (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (all_embedded_ == !ids_.empty()) {
      console.err << "paperwire: resummarize wants arXiv ids or --all-embedded, and not both\n";
      return kExitUsage;
    }
    v1::ResummarizeRequest request;
    request.set_all_embedded(all_embedded_);
    *request.mutable_arxiv_ids() = {ids_.begin(), ids_.end()};
    return Report(console,
                  AskOperator(operator_, request, &v1::OperatorService::Stub::Resummarize));
  }

 private:
  OperatorSettings operator_;
  bool all_embedded_ = false;
  std::vector<std::string> ids_;
};

}  // namespace

std::unique_ptr<Command> MakeResummarizeCommand() { return std::make_unique<ResummarizeCommand>(); }

}  // namespace paperwire::cli
