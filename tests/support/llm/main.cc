// An OpenAI-compatible endpoint that misbehaves on demand: prints its address and serves.
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/support/llm/llm_endpoint.h"

namespace {

using namespace paperwire;

std::string ReadFile(const std::string& name) {
  std::ifstream file(name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  stand_in::LlmEndpointOptions options;
  std::string certificate;
  std::string key;
  std::vector<std::string> orders;
  CLI::App app("Answers POST /v1/chat/completions with cards made from the papers asked about.");
  app.add_option("--listen", options.listen, "where it listens; port 0: a free one");
  app.add_option("--certificate", certificate, "a PEM file: speaks TLS");
  app.add_option("--key", key, "its key, a PEM file");
  app.add_option("--order", orders, "what POST /_control takes, for example {\"delay_ms\": 5000}");
  CLI11_PARSE(app, argc, argv);
  if (!certificate.empty()) {
    options.certificate = ReadFile(certificate);
    options.key = ReadFile(key);
  }
  // Before any thread starts, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  stand_in::LlmEndpoint endpoint(options);
  for (const std::string& order : orders) {
    if (const absl::Status done = endpoint.Order(order); !done.ok()) {
      std::cerr << done.message() << "\n";
      return 78;
    }
  }
  std::cout << endpoint.port() << " " << endpoint.url() << std::endl;
  int got = 0;
  sigwait(&signals, &got);
  return 0;
}
