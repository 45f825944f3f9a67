#include <utility>

#include "tools/paperwire/command.h"
#include "tools/paperwire/completion.h"
#include "tools/paperwire/manual.h"

namespace paperwire::cli {
namespace {

class CompletionCommand final : public Command {
 public:
  explicit CompletionCommand(ShapeSource shape) : shape_(std::move(shape)) {}

  void Declare(config::Settings& settings) override {
    settings.Words(&words_, "shell", "bash, zsh or fish.", {"bash", "zsh", "fish"});
  }

  int Run(Console& console) override {
    const std::string shell = words_.size() == 1 ? words_.front() : "";
    if (shell == "bash") {
      console.out << BashCompletion(shape_());
    } else if (shell == "zsh") {
      console.out << ZshCompletion(shape_());
    } else if (shell == "fish") {
      console.out << FishCompletion(shape_());
    } else {
      console.err << "paperwire: completion wants one of: bash, zsh, fish\n";
      return kExitUsage;
    }
    return kExitOk;
  }

 private:
  const ShapeSource shape_;
  std::vector<std::string> words_;
};

class ManualCommand final : public Command {
 public:
  explicit ManualCommand(ShapeSource shape) : shape_(std::move(shape)) {}

  void Declare(config::Settings& /*settings*/) override {}

  int Run(Console& console) override {
    console.out << ManualPage(shape_(), PAPERWIRE_VERSION);
    return kExitOk;
  }

 private:
  const ShapeSource shape_;
};

}  // namespace

std::unique_ptr<Command> MakeCompletionCommand(ShapeSource shape) {
  return std::make_unique<CompletionCommand>(std::move(shape));
}

std::unique_ptr<Command> MakeManualCommand(ShapeSource shape) {
  return std::make_unique<ManualCommand>(std::move(shape));
}

}  // namespace paperwire::cli
