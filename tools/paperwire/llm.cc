#include <algorithm>
#include <string>
#include <vector>

#include "libs/http/multi_client.h"
#include "libs/llm/llm_settings.h"
#include "services/ingest/input.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/example_paper.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/input_file.h"
#include "tools/paperwire/model_look.h"
#include "tools/paperwire/model_text.h"

namespace paperwire::cli {
namespace {

class LlmCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    llm_.Declare(settings);
    server_.Declare(settings);
    settings.Text(&from_, "from",
                  "preview: a file of papers, as cards reads it, instead of the server's; - is "
                  "standard input.",
                  {.file = true});
    settings.Flag(&dry_run_, "dry-run", "preview: show what would be sent, and send nothing.");
    settings.Flag(&json_, "json", "One JSON object a line.");
    settings.Words(&words_, "action", "check; or preview ID.", {"check", "preview"});
  }

  int Run(Console& console) override {
    const auto endpoints = llm_.Endpoints();
    if (!endpoints.ok()) {
      console.err << "paperwire: " << endpoints.status().message() << '\n';
      return config::kExitConfig;
    }
    if (words_.size() == 1 && words_[0] == "check") return Check(*endpoints, console);
    const bool named = words_.size() == 2 || (words_.size() == 1 && !from_.empty());
    if (named && words_[0] == "preview") return Preview(*endpoints, console);
    console.err << "paperwire: llm wants one of: check, preview ID, preview --from FILE [ID]\n";
    return kExitUsage;
  }

 private:
  // One that does not work does not keep the others from being asked.
  int Check(const std::vector<llm::Endpoint>& endpoints, Console& console) const {
    if (endpoints.empty()) {
      console.err << "paperwire: --llm-base-url: not given, so no model is asked; every card is "
                     "the embedded one\n";
      return config::kExitConfig;
    }
    http::MultiClient client(llm_.ClientOptions());
    int code = kExitOk;
    for (size_t i = 0; i < endpoints.size(); ++i) {
      const ModelLook look =
          LookAt(ExamplePaper(), endpoints[i], i + 1, llm_, client, console.clock);
      if (json_) {
        console.out << LookJson(look, /*with_turns=*/false);
      } else if (look.Answered()) {
        console.out << ReportText(look, console.columns);
      }
      if (!look.Answered()) console.err << "paperwire: " << ComplaintText(look) << '\n';
      const int outcome = ExitCodeOf(look);
      code = code == kExitOk ? outcome : code;
    }
    return code;
  }

  int Preview(const std::vector<llm::Endpoint>& endpoints, Console& console) const {
    v1::Paper paper;
    if (const int code = FindPaper(console, paper); code != kExitOk) return code;
    const bool ask = !dry_run_ && !endpoints.empty();
    const llm::ChatRequest question = QuestionFor(paper, llm_);
    if (!ask) {
      console.out << (json_ ? QuestionJson(question) : QuestionText(question));
      if (!dry_run_) console.err << "paperwire: no --llm-base-url, so nothing was sent\n";
      return kExitOk;
    }
    http::MultiClient client(llm_.ClientOptions());
    int code = kExitOk;
    // As in the service, the next one where one cannot answer.
    for (size_t i = 0; i < endpoints.size(); ++i) {
      const ModelLook look = LookAt(paper, endpoints[i], i + 1, llm_, client, console.clock);
      console.out << (json_ ? LookJson(look, /*with_turns=*/true)
                            : QuestionText(look.turns.front().request) +
                                  ConversationText(look, console.columns));
      code = ExitCodeOf(look);
      if (look.Answered()) break;
      console.err << "paperwire: " << ComplaintText(look) << '\n';
    }
    return code;
  }

  int FindPaper(Console& console, v1::Paper& paper) const {
    const std::string id = words_.size() == 2 ? words_[1] : "";
    if (from_.empty()) {
      FeedClient client(server_);
      v1::GetPaperRequest request;
      request.set_arxiv_id(id);
      request.set_view(v1::ENTRY_VIEW_FULL);
      auto response = client.GetPaper(request);
      if (!response.ok()) return Complain(console, response.status());
      paper = std::move(*response->mutable_entry()->mutable_paper());
      return kExitOk;
    }
    const auto bytes = ReadInput(from_, console);
    if (!bytes.ok()) {
      console.err << "paperwire: " << bytes.status().message() << '\n';
      return kExitNoInput;
    }
    const auto papers = ingest::ReadPapers(from_, *bytes);
    if (!papers.ok()) {
      console.err << "paperwire: " << papers.status().message() << '\n';
      return kExitBadData;
    }
    const auto found = std::find_if(papers->begin(), papers->end(), [&id](const v1::Paper& each) {
      return id.empty() || each.arxiv_id() == id;
    });
    if (found == papers->end()) {
      console.err << "paperwire: no paper " << id << " in " << from_ << '\n';
      return kExitNegative;
    }
    paper = *found;
    return kExitOk;
  }

  llm::LlmSettings llm_;
  ServerSettings server_;
  std::string from_;
  bool dry_run_ = false;
  bool json_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeLlmCommand() { return std::make_unique<LlmCommand>(); }

}  // namespace paperwire::cli
