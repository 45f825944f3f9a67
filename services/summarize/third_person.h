#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// `sentence` told about the authors instead of by them: "In this paper, we propose X; our X is …"
// → "The authors propose X; their X is …". Math is left alone. Pure, thread-safe.
std::string ThirdPerson(std::string_view sentence);

// `sentence` without an opening that only joins it to the one before ("However, ", "To this end,
// "), beginning with a capital. Pure, thread-safe.
std::string WithoutConnective(std::string_view sentence);

// Whether the sentence leans on the one before it: "This enables …", "These results …", "It …".
// "This paper …" does not. Pure, thread-safe.
bool LeansOnPrevious(std::string_view sentence);

}  // namespace paperwire::summarize
