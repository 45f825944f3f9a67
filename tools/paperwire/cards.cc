#include "services/classify/classify.h"
#include "services/ingest/input.h"
#include "services/summarize/card.h"
#include "tools/paperwire/card_text.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/input_file.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

// The card that the services would make of `paper`, without the times at which they would.
v1::Entry MakeCard(const v1::Paper& paper) {
  v1::Entry entry;
  *entry.mutable_paper() = paper;
  *entry.mutable_summary() = summarize::Summarize(paper);
  const std::vector<v1::Tag> tags = classify::Classify(paper, entry.summary());
  entry.mutable_tags()->Assign(tags.begin(), tags.end());
  entry.mutable_tag_provenance()->set_model(classify::kModel);
  entry.mutable_tag_provenance()->set_low_confidence(classify::IsGuess(tags));
  return entry;
}

class CardsCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    settings.Text(&format_, "format", "json: one paperwire.v1.Entry a line; text: for people.",
                  {.choices = {"json", "text"}});
    settings.List(&from_, "from", "Files to read, by commas; - is standard input.");
    settings.Words(&words_, "file",
                   "More files: recorded arXiv answers (RSS, Atom, OAI-PMH, query) or JSON lines.");
  }

  int Run(Console& console) override {
    std::vector<std::string> files = from_;
    files.insert(files.end(), words_.begin(), words_.end());
    if (files.empty()) {
      console.err << "paperwire: cards wants --from FILE\n";
      return kExitUsage;
    }
    int code = kExitOk;
    for (const std::string& file : files) {
      const int outcome = MakeCards(file, console);
      code = code == kExitOk ? outcome : code;
    }
    return code;
  }

 private:
  // A file that cannot be read does not keep the others from being read.
  int MakeCards(const std::string& file, Console& console) const {
    const auto bytes = ReadInput(file, console);
    if (!bytes.ok()) {
      console.err << "paperwire: " << bytes.status().message() << '\n';
      return kExitNoInput;
    }
    auto papers = ingest::ReadPapers(file, *bytes);
    if (!papers.ok()) {
      console.err << "paperwire: " << papers.status().message() << '\n';
      return kExitBadData;
    }
    for (const v1::Paper& paper : *papers) {
      const v1::Entry entry = MakeCard(paper);
      if (format_ == "json") {
        console.out << ToJson(entry) << '\n';
      } else {
        console.out << CardText(entry, console.columns) << '\n';
      }
    }
    return kExitOk;
  }

  std::string format_ = "json";
  std::vector<std::string> from_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeCardsCommand() { return std::make_unique<CardsCommand>(); }

}  // namespace paperwire::cli
