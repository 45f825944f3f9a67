#include "libs/grounding/fold.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "libs/grounding/letters.h"

namespace paperwire::grounding {
namespace {

constexpr size_t kLongestCommand = 16;

struct Spelling {
  std::string_view command;
  std::string_view as;
};

// Sorted. What is not here and no Greek letter or function is taken for an empty sign.
constexpr std::array<Spelling, 15> kCommands = {{{"approx", " "},
                                                 {"cdot", "\x01"},
                                                 {"ell", "l"},
                                                 {"infty", "infinity"},
                                                 {"ldots", " "},
                                                 {"leq", " "},
                                                 {"mu", "mu"},
                                                 {"percent", "%"},
                                                 {"pm", "+-"},
                                                 {"quad", " "},
                                                 {"rightarrow", " "},
                                                 {"sim", " "},
                                                 {"times", "\x01"},
                                                 {"to", " "},
                                                 {"varepsilon", "epsilon"}}};

// Sorted. They are spoken by their name.
constexpr std::array<std::string_view, 36> kSpoken = {
    "Delta", "Gamma", "Lambda", "Omega", "Phi",   "Pi",      "Psi", "Sigma", "Theta",
    "alpha", "beta",  "chi",    "cos",   "delta", "epsilon", "eta", "exp",   "gamma",
    "iota",  "kappa", "lambda", "ln",    "log",   "max",     "min", "nu",    "omega",
    "phi",   "pi",    "psi",    "rho",   "sigma", "sin",     "tau", "theta", "zeta"};

// U+03B1 to U+03C9, by name; the final sigma (U+03C2) is one too.
constexpr std::array<std::string_view, 25> kGreek = {
    "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta", "eta",  "theta", "iota",
    "kappa", "lambda", "mu",      "nu",    "xi",      "o",    "pi",   "rho",   "sigma",
    "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",  "omega"};

// U+00C0 to U+00FF without their accents.
constexpr std::string_view kLatin =
    "AAAAAAACEEEEIIIIDNOOOOO\x01OUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

// U+0100 to U+017F without theirs.
constexpr std::string_view kLatinExtended =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

}  // namespace

class Folder {
 public:
  Folder(std::string_view in, Folded& out) : in_(in), out_(out) {
    out_.text_.reserve(in.size() + 8);
    out_.original_size_ = in.size();
  }

  void Run() {
    while (at_ < in_.size()) {
      CopyPlain();
      if (at_ == in_.size()) break;
      const char c = in_[at_];
      if (static_cast<unsigned char>(c) >= 0x80) {
        ReadMultibyte();
      } else {
        ReadAscii(c);
      }
    }
  }

 private:
  char At(size_t i) const { return i < in_.size() ? in_[i] : '\0'; }

  void Put(char c) {
    Mark();
    out_.text_ += c;
  }

  // Notes where the next byte comes from, if that does not follow from the one before.
  void Mark() {
    const uint32_t at = static_cast<uint32_t>(out_.text_.size());
    const uint32_t from = static_cast<uint32_t>(at_);
    if (!out_.runs_.empty() && at - out_.runs_.back().at + out_.runs_.back().from == from) return;
    out_.runs_.push_back({.at = at, .from = from});
  }

  // What is written in one way only, at one go.
  void CopyPlain() {
    const size_t begin = at_;
    while (at_ < in_.size() &&
           (IsAlpha(in_[at_]) || (in_[at_] >= ' ' && in_[at_] <= ':' && in_[at_] != '$'))) {
      ++at_;
    }
    if (at_ == begin) return;
    const size_t end = at_;
    at_ = begin;
    Mark();
    out_.text_ += in_.substr(begin, end - begin);
    at_ = end;
    raised_ = false;
  }
  void Put(std::string_view text) {
    for (const char c : text) Put(c);
  }

  void ReadAscii(char c) {
    size_t read = 1;
    raised_ = raised_ && c == '{';
    // "sqrt{L}" is two words, "\mathcal{O}" and "L_{2}" are one.
    if (c == '{' && at_ > 0 && at_ != command_end_ && IsAlpha(in_[at_ - 1])) Put(' ');
    if (c == '}' && At(at_ + 1) == '{') Put('/');  // \frac{1}{3}
    if (c == '\\') {
      read = ReadCommand();
    } else if (c == '{' && At(at_ + 1) == ',' && At(at_ + 2) == '}') {
      Put(',');
      read = 3;
    } else if (c == '\n' || c == '\t' || c == '\r' || c == '~') {
      Put(' ');
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != '$' && c != '{' && c != '}') {
      Put(c);
    }
    at_ += read;
  }

  size_t ReadCommand() {
    const char next = At(at_ + 1);
    if (next == '%' || next == '&' || next == '_' || next == '#') {
      Put(next);
      return 2;
    }
    if (next == ',' || next == ';' || next == ' ' || next == ':' || next == '!' || next == '\\') {
      Put(' ');
      return 2;
    }
    if (next == '\'' || next == '`' || next == '"' || next == '^' || next == '=') return 2;
    size_t end = at_ + 1;
    while (IsAlpha(At(end)) && end - at_ <= kLongestCommand) ++end;
    const std::string_view name = in_.substr(at_ + 1, end - at_ - 1);
    if (name.empty()) return 1;
    const auto known = std::lower_bound(
        kCommands.begin(), kCommands.end(), name,
        [](const Spelling& spelling, std::string_view what) { return spelling.command < what; });
    if (known != kCommands.end() && known->command == name) {
      Put(known->as);
    } else if (std::binary_search(kSpoken.begin(), kSpoken.end(), name)) {
      Put(name);
    } else if (At(end) != '{' || At(end + 1) == '}') {
      // A name that the authors have made a command of.
      Put(' ');
      Put(name);
      Put(' ');
    } else if (at_ > 0 && IsAlpha(in_[at_ - 1])) {
      Put(' ');  // "Net\\cite{…}"
    }
    command_end_ = end;
    return end - at_;
  }

  void ReadMultibyte() {
    const auto byte = [this](size_t i) { return static_cast<unsigned char>(At(at_ + i)); };
    const unsigned char lead = byte(0);
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    uint32_t code = lead & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xC0) != 0x80) {  // broken: byte by byte
        Put(At(at_++));
        return;
      }
      code = code << 6 | (byte(i) & 0x3F);
    }
    if (length == 1) {
      Put(At(at_++));
      return;
    }
    if (!PutKnown(code)) Put(in_.substr(at_, length));
    at_ += length;
  }

  void PutRaised(char c) {
    if (!raised_) Put('^');
    raised_ = true;
    Put(c);
  }

  // Spaces; and arrows, relations and other signs of mathematics, which part what they stand
  // between. The minus and the dot are told apart before.
  static bool IsBlank(uint32_t code) {
    return code == 0xA0 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x2026 ||
           (code >= 0x2190 && code <= 0x22FF && code != 0x2212 && code != 0x22C5);
  }

  // Digits of other scripts and styles; '\0': none.
  static char DigitOf(uint32_t code) {
    for (const uint32_t zero : {0x0660u, 0x06F0u, 0x0966u, 0xFF10u}) {
      if (code >= zero && code < zero + 10) return static_cast<char>('0' + (code - zero));
    }
    if (code >= 0x1D7CE && code <= 0x1D7FF) {
      return static_cast<char>('0' + (code - 0x1D7CE) % 10);
    }
    return '\0';
  }

  // Digits in circles, in brackets and with a stop ("①", "⑴", "⒈") and their like; 0 to 20, or -1.
  static int EnclosedOf(uint32_t code) {
    if (code == 0x24EA || code == 0x24FF || code == 0x1F10B || code == 0x1F10C) return 0;
    struct Run {
      uint32_t first;
      uint32_t count;
      uint32_t from;
    };
    for (const Run& run : {Run{0x2460, 20, 1}, Run{0x2474, 20, 1}, Run{0x2488, 20, 1},
                           Run{0x24EB, 10, 11}, Run{0x24F5, 10, 1}, Run{0x2776, 10, 1},
                           Run{0x2780, 10, 1}, Run{0x278A, 10, 1}, Run{0x1F101, 10, 0}}) {
      if (code >= run.first && code < run.first + run.count) {
        return static_cast<int>(code - run.first + run.from);
      }
    }
    return -1;
  }

  bool PutKnown(uint32_t code) {
    if (code == 0xB9 || code == 0xB2 || code == 0xB3) {
      PutRaised(code == 0xB9 ? '1' : code == 0xB2 ? '2' : '3');
      return true;
    }
    if (code == 0x2070 || (code >= 0x2074 && code <= 0x2079)) {
      PutRaised(static_cast<char>('0' + (code - 0x2070)));
      return true;
    }
    if (code == 0x207B) {
      PutRaised('-');
      return true;
    }
    raised_ = false;
    if (code >= 0x2080 && code <= 0x2089) {
      Put(static_cast<char>('0' + (code - 0x2080)));
    } else if (code == 0xD7 || code == 0xB7 || code == 0x22C5) {
      Put(Folded::kTimes);
    } else if (code == 0xB1) {
      Put("+-");
    } else if (code == 0xB5) {
      Put("mu");
    } else if (IsBlank(code)) {
      Put(' ');
    } else if (code == 0x2014 || code == 0x2015) {
      Put(" - ");
    } else if ((code >= 0x2010 && code <= 0x2013) || code == 0x2212 || code == 0xFE63) {
      Put('-');
    } else if (code == 0x2018 || code == 0x2019 || code == 0x02BC) {
      Put('\'');
    } else if (code == 0x201C || code == 0x201D) {
      Put('"');
    } else if (code == 0xFF05) {
      Put('%');
    } else if (code == 0x2113) {
      Put('l');
    } else if (code >= 0x03B1 && code <= 0x03C9) {
      Put(kGreek[code - 0x03B1]);
    } else if (code >= 0x0391 && code <= 0x03A9 && code != 0x03A2) {
      const std::string_view name = kGreek[code - 0x0391];
      Put(static_cast<char>(name[0] - 'a' + 'A'));
      Put(name.substr(1));
    } else if (code >= 0xC0 && code <= 0xFF) {
      Put(kLatin[code - 0xC0]);
    } else if (code >= 0x100 && code <= 0x17F) {
      Put(kLatinExtended[code - 0x100]);
    } else if ((code >= 0x200B && code <= 0x200F) || code == 0xAD || code == 0xFEFF) {
      // Invisible: nothing.
    } else if (const char digit = DigitOf(code); digit != '\0') {
      Put(digit);
    } else if (const int enclosed = EnclosedOf(code); enclosed >= 0) {
      if (enclosed >= 10) Put(static_cast<char>('0' + enclosed / 10));
      Put(static_cast<char>('0' + enclosed % 10));
    } else {
      return false;
    }
    return true;
  }

  const std::string_view in_;
  Folded& out_;
  size_t at_ = 0;
  // Where the last command ended.
  size_t command_end_ = 0;
  // Whether the last sign was part of an exponent written in small digits.
  bool raised_ = false;
};

Folded::Folded(std::string_view text) { Folder(text, *this).Run(); }

size_t Folded::OriginalOf(size_t at) const {
  if (at >= text_.size()) return original_size_;
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), at,
                                      [](size_t what, const Run& run) { return what < run.at; });
  const Run& run = *std::prev(after);
  return run.from + (at - run.at);
}

std::string_view Folded::Written(std::string_view original, size_t begin, size_t end) const {
  const size_t first = OriginalOf(begin);
  size_t last = OriginalOf(end);
  const size_t least = end > begin ? OriginalOf(end - 1) + 1 : last;
  // What the fold dropped at the end ("}", "$") is not part of it.
  while (last > first + 1 && last > least &&
         (original[last - 1] == '$' || original[last - 1] == '{' || original[last - 1] == ' ')) {
    --last;
  }
  return original.substr(first, last - first);
}

}  // namespace paperwire::grounding
