#include "libs/access/token.h"

#include <string>
#include <vector>

#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

class TokenCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    settings.Text(&scope_, "scope", "What it opens: read, operate, or read,operate.");
    settings.Text(&expires_, "expires",
                  "When it stops being good: 2027-01-31, or 2027-01-31T12:00:00Z; empty: never.");
    settings.Words(&words_, "words", "new NAME");
  }

  int Run(Console& console) override {
    if (words_.size() != 2 || words_.front() != "new") {
      console.err << "paperwire: token wants new and a name: token new mirror --scope read\n";
      return kExitUsage;
    }
    access::Grant grant;
    grant.name = words_.back();
    if (const absl::Status status = access::CheckName(grant.name); !status.ok()) {
      return Complain(console, status);
    }
    auto scopes = access::ParseScopes(scope_);
    if (!scopes.ok()) return Complain(console, scopes.status());
    grant.scopes = *std::move(scopes);
    if (!expires_.empty()) {
      const auto expires = access::ParseExpiry(expires_);
      if (!expires.ok()) return Complain(console, expires.status());
      grant.expires = *expires;
    }
    const std::string token = access::MakeToken();
    grant.hash = access::HashOf(token);
    // The line alone goes where it can be appended to the file; the token is shown once.
    console.err << "token (shown only now; give it to its holder): " << token << '\n';
    console.out << access::LineOf(grant) << '\n';
    return kExitOk;
  }

 private:
  std::string scope_ = "read";
  std::string expires_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeTokenCommand() { return std::make_unique<TokenCommand>(); }

}  // namespace paperwire::cli
