#include "tools/paperwire/card_text.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

class GetCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    server_.Declare(settings);
    settings.Flag(&json_, "json", "The paperwire.v1.Entry as JSON.");
    settings.Words(&words_, "id", "arXiv id (\"2606.01234\").");
  }

  int Run(Console& console) override {
    if (words_.size() != 1) {
      console.err << "paperwire: get wants one arXiv id\n";
      return kExitUsage;
    }
    FeedClient client(server_);
    v1::GetPaperRequest request;
    request.set_arxiv_id(words_.front());
    request.set_view(v1::ENTRY_VIEW_FULL);
    auto response = client.GetPaper(request);
    if (!response.ok()) {
      return Complain(console, response.status());
    }
    console.out << (json_ ? ToJson(response->entry()) + "\n"
                          : CardText(response->entry(), console.columns));
    return kExitOk;
  }

 private:
  ServerSettings server_;
  bool json_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeGetCommand() { return std::make_unique<GetCommand>(); }

}  // namespace paperwire::cli
