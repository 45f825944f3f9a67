#include <chrono>
#include <string>
#include <vector>

#include "paperwire/v1/operator_service.grpc.pb.h"
#include "tools/paperwire/asker.h"
#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

class ResummarizeCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    settings.Text(&server_, "operator-server",
                  "gRPC address for operators (serve's --operator-listen).");
    settings.Duration(&deadline_, "deadline", "How long to wait for the answer.",
                      std::chrono::milliseconds(10), std::chrono::minutes(10));
    settings.Flag(&all_embedded_, "all-embedded",
                  "Every card that the embedded summarizer made, instead of ids.");
    settings.Words(&ids_, "id", "arXiv ids (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (all_embedded_ == !ids_.empty()) {
      console.err << "paperwire: resummarize wants arXiv ids or --all-embedded, and not both\n";
      return kExitUsage;
    }
    Asker<v1::OperatorService> asker(server_, deadline_, console.clock);
    v1::ResummarizeRequest request;
    request.set_all_embedded(all_embedded_);
    *request.mutable_arxiv_ids() = {ids_.begin(), ids_.end()};
    const auto answer = asker.Ask<v1::ResummarizeResponse>(
        [&request](v1::OperatorService::Stub& stub, grpc::ClientContext& context,
                   v1::ResummarizeResponse& response) {
          return stub.Resummarize(&context, request, &response);
        });
    if (!answer.ok()) {
      return Complain(console, answer.status());
    }
    console.out << "requested " << answer->requested() << '\n';
    for (const std::string& id : answer->missing_ids()) {
      console.err << "paperwire: " << id << " is not in the window\n";
    }
    return answer->missing_ids().empty() ? kExitOk : kExitNegative;
  }

 private:
  std::string server_ = "127.0.0.1:50052";
  std::chrono::milliseconds deadline_{120000};
  bool all_embedded_ = false;
  std::vector<std::string> ids_;
};

}  // namespace

std::unique_ptr<Command> MakeResummarizeCommand() { return std::make_unique<ResummarizeCommand>(); }

}  // namespace paperwire::cli
