#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/llm/chat.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::summarize {

// Version of the prompt, as it stands in the provenance. Whatever is changed in prompts/ needs a
// new one: cards are cached under it.
inline constexpr std::string_view kPromptVersion = "card-1";

// What a model is told of a paper, and what its card is held against.
struct Material {
  std::string title;
  // Readable (source.h), without the sentences that speak to a machine instead of about the paper,
  // and, where the abstract is English, without those of another language.
  std::string abstract;

  // Both as one text.
  std::string All() const { return title + "\n" + abstract; }
};
Material MaterialOf(const v1::Paper& paper);

// What cannot be guessed and does not occur in `text`: it marks where data begins and ends.
std::string MakeMark(std::string_view text);

// The question for a card. `mark` must not occur in the material.
llm::ChatRequest MakeRequest(const Material& material, std::string_view mark);

// The same question with the answer it got and why that is no card, one line each. `mark` must
// not occur in `answer`. Of both a bounded part is told.
llm::ChatRequest AskAgain(const llm::ChatRequest& first, std::string_view mark,
                          std::string_view answer, const std::vector<std::string>& reasons);

// The text of the prompt that is the same for every paper.
std::string_view PromptSystem();
std::string_view PromptSchema();

}  // namespace paperwire::summarize
