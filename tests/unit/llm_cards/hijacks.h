#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::llm_cards {

// One abstract with hidden instructions (attacks.jsonl; all papers are invented).
struct Attack {
  std::string name;
  std::string kind;
  v1::Paper paper;
  // The abstract without what was put in.
  std::string honest;
  std::string payload;
  // What may stand in no card of it.
  std::vector<std::string> poison;
};
std::vector<Attack> Attacks();

// Amounts in words that hardly a paper of attacks.jsonl states, and addresses that none has: put
// into a sentence that is right otherwise.
const std::vector<std::string>& InventedAmounts();
const std::vector<std::string>& InventedAddresses();

// What a model might answer that was talked into something: one text for each way.
struct Hijack {
  std::string name;
  std::string content;
};
// `right` is an answer that would be printed as it is. Where in it a text is put changes with
// `turn`, so that six turns have every text everywhere.
std::vector<Hijack> HijacksOf(const v1::Summary& right, const Attack& attack, size_t turn);

}  // namespace paperwire::llm_cards
