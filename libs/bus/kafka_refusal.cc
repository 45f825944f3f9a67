#include "libs/bus/kafka_refusal.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "libs/clock/clock.h"

namespace paperwire::bus {
namespace {

// A client that is refused tries again every five seconds.
constexpr std::chrono::seconds kRecent{30};

// The longer name first where one begins with another.
constexpr std::pair<std::string_view, std::string_view> kNames[] = {
    {"bootstrap.servers", "--kafka-brokers"},
    {"security.protocol", "--kafka-security-protocol"},
    {"ssl.ca.location", "--kafka-ssl-ca"},
    {"ssl.certificate.location", "--kafka-ssl-certificate"},
    {"ssl.key.location", "--kafka-ssl-key"},
    {"ssl.key.password", "--kafka-ssl-key-password"},
    {"sasl.mechanisms", "--kafka-sasl-mechanism"},
    {"sasl.mechanism", "--kafka-sasl-mechanism"},
    {"sasl.username", "--kafka-sasl-username"},
    {"sasl.password", "--kafka-sasl-password"},
};

constexpr std::string_view kRefusals[] = {"SSL handshake", "SSL routines", "SASL",
                                          "state APIVERSION_QUERY"};

struct Refusal {
  std::mutex mutex;
  std::string text;
  clock::SteadyTime at{};
};

Refusal& LastRefusal() {
  static Refusal refusal;
  return refusal;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Earlier ones repeat a nonce that Kafka 4 wants once.
bool ScramIsOld() { return rd_kafka_version() < 0x02060100; }

std::string AdviceFor(std::string_view text) {
  // TLS alerts are what the other side sent.
  if (Has(text, "alert") && Has(text, "certificate")) {
    return "the broker does not take the client's certificate: see --kafka-ssl-certificate and "
           "--kafka-ssl-key";
  }
  if (Has(text, "alert") && Has(text, "unknown ca")) {
    return "the broker does not know who signed --kafka-ssl-certificate";
  }
  if (Has(text, "Disconnected") && Has(text, "state APIVERSION_QUERY")) {
    return "the broker hangs up at the first request: see --kafka-security-protocol";
  }
  if (Has(text, "mechanism handshake failed")) return "see --kafka-sasl-mechanism";
  if (Has(text, "uthentication failed")) {
    std::string advice = "see --kafka-sasl-username and --kafka-sasl-password";
    if (Has(text, "SCRAM") && ScramIsOld()) {
      advice += fmt::format(
          "; if they are right: librdkafka {} does not do SCRAM with Kafka 4, 2.6.1 and later do",
          rd_kafka_version_str());
    }
    return advice;
  }
  if (Has(text, "ssl.key.location failed")) {
    return "is it the key of --kafka-ssl-certificate, and --kafka-ssl-key-password its password?";
  }
  return "";
}

}  // namespace

std::string InOurWords(std::string_view text) {
  // "[thrd:…]: " tells nobody anything.
  if (const size_t end = text.find("]: "); text.starts_with("[thrd:") && end != text.npos) {
    text.remove_prefix(end + 3);
  }
  std::string words(text);
  for (const auto& [theirs, ours] : kNames) {
    for (size_t at = words.find(theirs); at != words.npos;
         at = words.find(theirs, at + ours.size())) {
      words.replace(at, theirs.size(), ours);
    }
  }
  const std::string advice = AdviceFor(text);
  return advice.empty() ? words : words + "; " + advice;
}

void NoteRefusal(std::string_view facility, std::string_view text) {
  if (facility != "FAIL") return;
  if (std::none_of(std::begin(kRefusals), std::end(kRefusals),
                   [text](std::string_view part) { return Has(text, part); })) {
    return;
  }
  Refusal& refusal = LastRefusal();
  const std::lock_guard lock(refusal.mutex);
  refusal.text = InOurWords(text);
  refusal.at = clock::SystemClock().SteadyNow();
}

std::string RecentRefusal() {
  Refusal& refusal = LastRefusal();
  const std::lock_guard lock(refusal.mutex);
  if (refusal.text.empty() || clock::SystemClock().SteadyNow() - refusal.at > kRecent) return "";
  return refusal.text;
}

}  // namespace paperwire::bus
