#pragma once

#include "libs/bus/message.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::support {

// A paper that summarize gave up after four attempts.
inline bus::Message MakeDeadLetter() {
  v1::NewPaper event;
  event.mutable_paper()->set_arxiv_id("2606.01234");
  bus::Message dead;
  dead.topic = "new-paper.dlq";
  dead.key = "2606.01234";
  dead.value = event.SerializeAsString();
  dead.partition = 3;
  dead.offset = 17;
  dead.headers = {{"ce_id", "abc"},
                  {"x-attempt", "4"},
                  {"x-not-before", "1780000000000"},
                  {"x-original-topic", "new-paper"},
                  {"x-original-offset", "99"},
                  {"x-error-class", "exhausted"}};
  return dead;
}

}  // namespace paperwire::support
