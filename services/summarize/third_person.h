#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// `sentence` told about the authors instead of by them: "In this paper, we propose X; our X is …"
// → "The authors propose X; their X is …". "They" and "their" stand only where nothing plural came
// between. Math is left alone. Pure, thread-safe.
std::string ThirdPerson(std::string_view sentence);

// Whether "we", "our", "us", "I" or "my" is left in `text` outside math, names ("Type I", "US") and
// list numbers ("(i)").
bool HasFirstPerson(std::string_view text);

// `sentence` without an opening that only joins it to the one before ("However, ", "To this end,
// "), and without "also" and the like after its subject, beginning with a capital. Pure,
// thread-safe.
std::string WithoutConnective(std::string_view sentence);

// Whether the sentence leans on the one before it: "This enables …", "These results …", "It …".
// "This paper …" does not. Pure, thread-safe.
bool LeansOnPrevious(std::string_view sentence);

}  // namespace paperwire::summarize
