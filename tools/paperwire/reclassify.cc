#include <string>
#include <vector>

#include "services/classify/classify.h"
#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {
namespace {

class ReclassifyCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    operator_.Declare(settings);
    settings.Flag(&all_other_models_, "all-other-models",
                  "Every card that another model than --other-than tagged, instead of ids.");
    settings.Text(&model_, "other-than",
                  "With --all-other-models: the model that tags now, whose cards are left alone; "
                  "the one of this version, if not given.");
    settings.Words(&ids_, "id", "arXiv ids (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (all_other_models_ == !ids_.empty()) {
      console.err << "paperwire: reclassify wants arXiv ids or --all-other-models, and not both\n";
      return kExitUsage;
    }
    if (!all_other_models_ && !model_.empty()) {
      console.err << "paperwire: --other-than goes with --all-other-models only\n";
      return kExitUsage;
    }
    v1::ReclassifyRequest request;
    request.set_all_other_models(all_other_models_);
    if (all_other_models_) request.set_model(model_.empty() ? classify::kModel : model_);
    *request.mutable_arxiv_ids() = {ids_.begin(), ids_.end()};
    return Report(console, AskOperator(operator_, request, &v1::OperatorService::Stub::Reclassify));
  }

 private:
  OperatorSettings operator_;
  bool all_other_models_ = false;
  std::string model_;
  std::vector<std::string> ids_;
};

}  // namespace

std::unique_ptr<Command> MakeReclassifyCommand() { return std::make_unique<ReclassifyCommand>(); }

}  // namespace paperwire::cli
