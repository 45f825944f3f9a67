#include <string>
#include <utility>
#include <vector>

#include "services/classify/classify.h"
#include "services/summarize/card.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/explanation_text.h"
#include "tools/paperwire/input_file.h"
#include "tools/paperwire/paper_lines.h"

namespace paperwire::cli {
namespace {

class ExplainCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    settings.Text(&format_, "format",
                  "json: one object a line; text: for people; auto: text on a terminal.",
                  {.choices = {"auto", "json", "text"}});
    settings.List(&from_, "from", "Files to read, by commas; - is standard input.");
    settings.Words(&words_, "file",
                   "More files: JSON lines (title, abstract or sentences) or recorded arXiv "
                   "answers (RSS, Atom, OAI-PMH, query).");
  }

  int Run(Console& console) override {
    std::vector<std::string> files = from_;
    files.insert(files.end(), words_.begin(), words_.end());
    if (files.empty()) {
      console.err << "paperwire: explain wants --from FILE\n";
      return kExitUsage;
    }
    int code = kExitOk;
    for (const std::string& file : files) {
      const int outcome = ExplainFile(file, console);
      code = code == kExitOk ? outcome : code;
    }
    return code;
  }

 private:
  // A file that cannot be read does not keep the others from being read.
  int ExplainFile(const std::string& file, Console& console) const {
    const auto bytes = ReadInput(file, console);
    if (!bytes.ok()) {
      console.err << "paperwire: " << bytes.status().message() << '\n';
      return kExitNoInput;
    }
    const auto lines = ReadPaperLines(file, *bytes);
    if (!lines.ok()) {
      console.err << "paperwire: " << lines.status().message() << '\n';
      return kExitBadData;
    }
    const bool text = format_ == "text" || (format_ == "auto" && console.terminal);
    for (const PaperLine& line : *lines) {
      summarize::Explanation why;
      const v1::Summary summary = line.split ? summarize::Summarize(line.paper, line.sentences, why)
                                             : summarize::Summarize(line.paper, why);
      const std::vector<v1::Tag> tags = classify::Classify(line.paper, summary);
      console.out << (text ? ExplanationText(line, why, summary, tags, console.columns)
                           : ExplanationJson(line, why, summary, tags))
                  << '\n';
    }
    return kExitOk;
  }

  std::string format_ = "auto";
  std::vector<std::string> from_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeExplainCommand() { return std::make_unique<ExplainCommand>(); }

}  // namespace paperwire::cli
