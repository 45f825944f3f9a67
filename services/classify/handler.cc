#include "services/classify/handler.h"

#include <string>
#include <utility>

#include "libs/events/event.h"
#include "libs/events/timestamp.h"
#include "libs/events/topics.h"
#include "libs/tags/catalogue.h"
#include "libs/telemetry/log.h"
#include "paperwire/v1/events.pb.h"
#include "services/classify/classify.h"

namespace paperwire::classify {
namespace {

// What is kept from paper to paper has no more room than for one of this many bytes.
constexpr size_t kLargeRecord = 64u << 10;

prometheus::Family<prometheus::Counter>& Cards(prometheus::Registry& metrics) {
  return prometheus::BuildCounter()
      .Name("paperwire_classify_cards_total")
      .Help("Cards tagged, by what became of them.")
      .Register(metrics);
}

}  // namespace

Handler::Handler(const clock::Clock& clock, prometheus::Registry& metrics)
    : clock_(clock),
      tagged_(Cards(metrics).Add({{"outcome", "tagged"}})),
      guessed_(Cards(metrics).Add({{"outcome", "guessed"}})),
      invalid_(Cards(metrics).Add({{"outcome", "invalid"}})) {
  auto& family = prometheus::BuildCounter()
                     .Name("paperwire_classify_tags_total")
                     .Help("Tags given, by tag.")
                     .Register(metrics);
  for (size_t i = 0; i < tags_.size(); ++i) {
    tags_[i] = &family.Add({{"tag", std::string(tags::Catalogue()[i].slug)}});
  }
}

absl::Status Handler::Handle(const bus::Message& message, std::vector<bus::Message>& emit) const {
  // Kept from paper to paper: a message that is used again has room for the next one's words.
  thread_local v1::SummarizedPaper event;
  thread_local v1::TaggedPaper added;
  if (const absl::Status status = events::Decode(message, event); !status.ok()) {
    invalid_.Increment();
    return status;
  }
  std::vector<v1::Tag> chosen = Classify(event.paper(), event.summary());
  const bool guess = IsGuess(chosen);
  added.Clear();
  for (v1::Tag& tag : chosen) {
    const tags::TagInfo* info = tags::FindBySlug(tag.slug());
    tags_[static_cast<size_t>(info - tags::Catalogue().data())]->Increment();
    *added.add_tags() = std::move(tag);
  }
  v1::TagProvenance& provenance = *added.mutable_tag_provenance();
  provenance.set_model(kModel);
  provenance.set_low_confidence(guess);
  *provenance.mutable_create_time() = events::ToTimestamp(clock_.Now());

  emit.push_back(events::EncodeOnto(
      event, added, {.service = "classify", .configuration = kModel, .cause = &message}, clock_));
  (guess ? guessed_ : tagged_).Increment();
  if (telemetry::IsLogged(telemetry::Level::kDebug)) {
    std::string slugs;
    for (const v1::Tag& tag : added.tags()) slugs += (slugs.empty() ? "" : ",") + tag.slug();
    telemetry::Log(telemetry::Level::kDebug, "tagged",
                   {{"paper", event.paper().arxiv_id()},
                    {"traceparent", emit.back().FindHeader("traceparent")},
                    {"tags", slugs}});
  }
  if (message.value.size() > kLargeRecord) {
    event = {};
    added = {};
  }
  return absl::OkStatus();
}

}  // namespace paperwire::classify
