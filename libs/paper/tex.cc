// DecodeTex of text.h: the accents, letters and text commands that authors type into arXiv's
// ASCII-only forms.
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "libs/paper/text.h"

namespace paperwire::paper {
namespace {

struct Accent {
  char command;
  // Appended after a letter that `composed` does not have.
  std::string_view combining;
  // Letter and its composed form, in turn; "i" stands for the dotless i too.
  std::string_view composed;
};

constexpr std::array<Accent, 15> kAccents = {{
    {'`', "\u0300", "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳâầêềôồăằÂẦÊỀÔỒĂẰ"},
    {'\'', "\u0301",
     "AÁCĆEÉGǴIÍKḰLĹMḾNŃOÓPṔRŔSŚUÚWẂYÝZŹaácćeégǵiíkḱlĺmḿnńoópṕrŕsśuúwẃyýzźâấêếôốăắÂẤÊẾÔỐĂẮ"},
    {'^', "\u0302", "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑ"},
    {'"', "\u0308", "AÄEËHḦIÏOÖUÜWẄXẌYŸaäeëhḧiïoötẗuüwẅxẍyÿ"},
    {'~', "\u0303", "AÃEẼIĨNÑOÕUŨVṼYỸaãeẽiĩnñoõuũvṽyỹâẫêễôỗăẵÂẪÊỄÔỖĂẴ"},
    {'=', "\u0304", "AĀEĒGḠIĪOŌUŪYȲaāeēgḡiīoōuūyȳ"},
    {'.', "\u0307",
     "AȦBḂCĊDḊEĖFḞGĠHḢIİMṀNṄOȮPṖRṘSṠTṪWẆXẊYẎZŻaȧbḃcċdḋeėfḟgġhḣmṁnṅoȯpṗrṙsṡtṫwẇxẋyẏzż"},
    {'u', "\u0306", "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭ"},
    {'v', "\u030C", "AǍCČDĎEĚGǦHȞIǏKǨLĽNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzž"},
    {'H', "\u030B", "OŐUŰoőuű"},
    {'c', "\u0327", "CÇDḐEȨGĢHḨKĶLĻNŅRŖSŞTŢcçdḑeȩgģhḩkķlļnņrŗsştţ"},
    {'k', "\u0328", "AĄEĘIĮOǪUŲaąeęiįoǫuų"},
    {'r', "\u030A", "AÅUŮaåuůwẘyẙ"},
    {'d', "\u0323",
     "AẠBḄDḌEẸHḤIỊKḲLḶMṂNṆOỌRṚSṢTṬUỤVṾWẈYỴZẒaạbḅdḍeẹhḥiịkḳlḷmṃnṇoọrṛsṣtṭuụvṿwẉyỵzẓâậêệôộăặÂẬÊỆÔỘĂ"
     "Ặ"},
    {'b', "\u0331", "BḆDḎKḴLḺNṈRṞTṮZẔbḇdḏkḵlḻnṉrṟtṯzẕ"},
}};

// Commands without an argument.
constexpr std::array<std::pair<std::string_view, std::string_view>, 27> kLetters = {{
    {"ss", "ß"},         {"SS", "ẞ"},         {"ae", "æ"},
    {"AE", "Æ"},         {"oe", "œ"},         {"OE", "Œ"},
    {"o", "ø"},          {"O", "Ø"},          {"l", "ł"},
    {"L", "Ł"},          {"aa", "å"},         {"AA", "Å"},
    {"i", "ı"},          {"j", "ȷ"},          {"dh", "ð"},
    {"DH", "Ð"},         {"th", "þ"},         {"TH", "Þ"},
    {"dj", "đ"},         {"DJ", "Đ"},         {"ng", "ŋ"},
    {"NG", "Ŋ"},         {"ldots", "…"},      {"dots", "…"},
    {"textendash", "–"}, {"textemdash", "—"}, {"textquoteright", "’"},
}};

// Commands that stand for their one argument.
constexpr std::array<std::string_view, 16> kTransparent = {
    "emph",   "textbf", "textit",    "texttt", "textsc", "textsf", "textrm",     "textsl",
    "textup", "textmd", "underline", "text",   "mbox",   "url",    "textnormal", "uline"};

// Switches at the beginning of a group.
constexpr std::array<std::string_view, 8> kSwitches = {"em", "bf", "it", "tt",
                                                       "sc", "sl", "rm", "sf"};

// Where the next backslash, dollar or brace is, at or after `i`; the text's end when there is none.
size_t NextSpecial(std::string_view text, size_t i) {
#ifdef __SSE2__
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const auto equal = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const int found =
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(equal('\\'), equal('$')), equal('{')));
    if (found != 0) return i + static_cast<size_t>(std::countr_zero(static_cast<unsigned>(found)));
  }
#endif
  while (i < text.size() && text[i] != '\\' && text[i] != '$' && text[i] != '{') ++i;
  return i;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Bytes of the character that begins at `position`.
size_t LengthAt(std::string_view text, size_t position) {
  size_t length = 1;
  while (position + length < text.size() &&
         (static_cast<unsigned char>(text[position + length]) & 0xC0) == 0x80) {
    ++length;
  }
  return length;
}

const Accent* FindAccent(char command) {
  for (const Accent& accent : kAccents) {
    if (accent.command == command) return &accent;
  }
  return nullptr;
}

std::string_view FindLetter(std::string_view name) {
  for (const auto& [command, letter] : kLetters) {
    if (command == name) return letter;
  }
  return {};
}

std::string Accented(const Accent& accent, std::string_view letter) {
  std::string_view base = letter;
  if (base == "ı") base = "i";
  if (base == "ȷ") base = "j";
  const std::string_view composed = accent.composed;
  // What is composed is never ASCII, so a plain letter is found only as such.
  const bool plain = base.size() == 1 && IsLetter(base[0]);
  for (size_t i = plain ? std::min(composed.find(base[0]), composed.size()) : 0;
       i < composed.size();) {
    const size_t middle = i + LengthAt(composed, i);
    const size_t end = middle + LengthAt(composed, middle);
    if (composed.substr(i, middle - i) == base) {
      return std::string(composed.substr(middle, end - middle));
    }
    i = end;
  }
  return std::string(base) + std::string(accent.combining);
}

// Where the math that begins at `begin` ends (one past its closing mark); npos: it does not.
size_t EndOfMath(std::string_view text, size_t begin, std::string_view closing) {
  for (size_t i = begin + closing.size(); i < text.size(); ++i) {
    if (text[i] == closing[0] && text.substr(i).starts_with(closing)) return i + closing.size();
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

constexpr uint32_t kNoPartner = static_cast<uint32_t>(-1);

// Long enough for a line of authors.
using Partners = absl::InlinedVector<uint32_t, 256>;

// For each opening brace, where its closing one is. All at once, so that decoding is linear.
Partners MatchBraces(std::string_view text) {
  Partners partners;
  if (text.find('{') == std::string_view::npos) return partners;
  partners.assign(text.size(), kNoPartner);
  absl::InlinedVector<uint32_t, 16> open;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      open.push_back(static_cast<uint32_t>(i));
    } else if (text[i] == '}' && !open.empty()) {
      partners[open.back()] = static_cast<uint32_t>(i);
      open.pop_back();
    }
  }
  return partners;
}

// What opens math, and what closes it.
enum MathMark : uint8_t { kDollar, kDollars, kParenthesis, kBracket, kMathMarks };
constexpr std::array<std::string_view, kMathMarks> kClosing = {"$", "$$", "\\)", "\\]"};

// Decodes pieces of one text, which must outlive it.
class Decoder {
 public:
  Decoder(std::string_view whole, bool has_math)
      : whole_(whole), has_math_(has_math), partners_(MatchBraces(whole)) {}

  std::string Decode(std::string_view text, int depth) const {
    std::string out;
    Decode(text, depth, out);
    return out;
  }

  // Puts it behind what `out` holds.
  void Decode(std::string_view text, int depth, std::string& out) const {
    out.reserve(out.size() + text.size());
    // A mark that is not closed once is not closed later either.
    std::array<bool, kMathMarks> unclosed = {};
    for (size_t i = 0; i < text.size();) {
      if (const size_t special = NextSpecial(text, i); special > i) {
        out += text.substr(i, special - i);
        i = special;
        continue;
      }
      if (const auto mark = MarkAt(text, i); mark) {
        const size_t end =
            unclosed[*mark] ? std::string_view::npos : EndOfMath(text, i, kClosing[*mark]);
        if (end == std::string_view::npos) {
          unclosed[*mark] = true;
          const size_t length = text[i] == '$' ? 1 : 2;
          out += text.substr(i, length);
          i += length;
        } else {
          out += text.substr(i, end - i);
          i = end;
        }
      } else if (text[i] == '\\') {
        i = Command(text, i, out, depth);
      } else if (text[i] == '{' && depth < kMaxDepth) {
        i = Group(text, i, out, depth);
      } else {
        out += text[i++];
      }
    }
  }

 private:
  static constexpr int kMaxDepth = 8;

  std::optional<MathMark> MarkAt(std::string_view text, size_t i) const {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '$' && has_math_) return next == '$' ? kDollars : kDollar;
    if (text[i] != '\\') return std::nullopt;
    if (next == '(') return kParenthesis;
    if (next == '[') return kBracket;
    return std::nullopt;
  }

  // The position of the brace that closes the one at `open`; npos when none in `text` does.
  size_t ClosingBrace(std::string_view text, size_t open) const {
    const auto offset = static_cast<size_t>(text.data() - whole_.data());
    const uint32_t partner = partners_[offset + open];
    if (partner == kNoPartner || partner >= offset + text.size()) return std::string_view::npos;
    return partner - offset;
  }

  // Reads the command at `i` into `out`; returns where reading goes on.
  size_t Command(std::string_view text, size_t i, std::string& out, int depth) const {
    if (i + 1 >= text.size()) {
      out += '\\';
      return i + 1;
    }
    const char first = text[i + 1];
    if (!IsLetter(first)) {
      if (first == '%' || first == '&' || first == '_' || first == '#') {
        out += first;
        return i + 2;
      }
      if (const Accent* accent = FindAccent(first); accent != nullptr) {
        return WithAccent(*accent, text, i + 2, i, out, depth);
      }
      // "\$" stays escaped, or a reader would take it for math; so does whatever is unknown.
      out += text.substr(i, 2);
      return i + 2;
    }
    size_t end = i + 1;
    while (end < text.size() && IsLetter(text[end])) ++end;
    const std::string_view name = text.substr(i + 1, end - i - 1);
    if (const std::string_view letter = FindLetter(name); !letter.empty()) {
      out += letter;
      if (text.substr(end).starts_with("{}")) return end + 2;
      // The blank that ends the command's name is not printed.
      if (end < text.size() && text[end] == ' ' && end + 1 < text.size() &&
          IsLetter(text[end + 1])) {
        return end + 1;
      }
      return end;
    }
    if (name.size() == 1) {
      if (const Accent* accent = FindAccent(name[0]); accent != nullptr) {
        return WithAccent(*accent, text, end, i, out, depth);
      }
    }
    const bool transparent =
        std::find(kTransparent.begin(), kTransparent.end(), name) != kTransparent.end();
    if ((transparent || name == "href") && end < text.size() && text[end] == '{' &&
        depth < kMaxDepth) {
      size_t open = end;
      size_t close = ClosingBrace(text, open);
      if (name == "href" && close != std::string_view::npos && close + 1 < text.size() &&
          text[close + 1] == '{') {
        open = close + 1;
        close = ClosingBrace(text, open);
      }
      if (close != std::string_view::npos) {
        out += Decode(text.substr(open + 1, close - open - 1), depth + 1);
        return close + 1;
      }
    }
    out += text.substr(i, end - i);
    return end;
  }

  // Puts `accent` on what follows at `i`; the command began at `begin`.
  size_t WithAccent(const Accent& accent, std::string_view text, size_t i, size_t begin,
                    std::string& out, int depth) const {
    size_t at = i;
    while (at < text.size() && text[at] == ' ') ++at;
    if (at < text.size() && text[at] == '{' && depth < kMaxDepth) {
      const size_t close = ClosingBrace(text, at);
      if (close != std::string_view::npos) {
        const std::string inside = Decode(text.substr(at + 1, close - at - 1), depth + 1);
        const size_t length = inside.empty() ? 0 : LengthAt(inside, 0);
        if (length > 0) {
          out += Accented(accent, std::string_view(inside).substr(0, length));
          out += inside.substr(length);
        }
        return close + 1;
      }
    } else if (at < text.size() && text[at] == '\\') {
      size_t end = at + 1;
      while (end < text.size() && IsLetter(text[end])) ++end;
      const std::string_view letter = FindLetter(text.substr(at + 1, end - at - 1));
      if (!letter.empty()) {
        out += Accented(accent, letter);
        if (text.substr(end).starts_with("{}")) return end + 2;
        if (end + 1 < text.size() && text[end] == ' ' && IsLetter(text[end + 1])) return end + 1;
        return end;
      }
    } else if (at < text.size() && IsLetter(text[at])) {
      out += Accented(accent, text.substr(at, 1));
      return at + 1;
    }
    out += text.substr(begin, i - begin);
    return i;
  }

  // Braces that hold a command we know are dropped with it; others are the author's and stay.
  size_t Group(std::string_view text, size_t open, std::string& out, int depth) const {
    const size_t close = ClosingBrace(text, open);
    if (close == std::string_view::npos) {
      out += '{';
      return open + 1;
    }
    std::string_view inside = text.substr(open + 1, close - open - 1);
    const bool command = inside.starts_with("\\");
    bool is_switch = false;
    if (command) {
      size_t end = 1;
      while (end < inside.size() && IsLetter(inside[end])) ++end;
      const std::string_view name = inside.substr(1, end - 1);
      is_switch = std::find(kSwitches.begin(), kSwitches.end(), name) != kSwitches.end();
      if (is_switch) {
        inside.remove_prefix(end);
        while (!inside.empty() && inside.front() == ' ') inside.remove_prefix(1);
      }
    }
    const std::string decoded = Decode(inside, depth + 1);
    const bool drop = is_switch || (command && decoded != inside);
    out += drop ? decoded : "{" + decoded + "}";
    return close + 1;
  }

  std::string_view whole_;
  bool has_math_;
  Partners partners_;
};

}  // namespace

void DecodeTex(std::string_view text, std::string& out) {
  out.clear();
  if (text.find('\\') == std::string_view::npos) {
    out = text;
    return;
  }
  // An odd number of dollars means that some are amounts of money: then none opens math.
  size_t dollars = 0;
  for (size_t i = text.find('$'); i != std::string_view::npos; i = text.find('$', i + 1)) {
    size_t begin = i;
    while (begin > 0 && text[begin - 1] == '\\') --begin;
    if ((i - begin) % 2 == 0) ++dollars;
  }
  Decoder(text, dollars % 2 == 0).Decode(text, 0, out);
}

std::string DecodeTex(std::string_view text) {
  std::string out;
  DecodeTex(text, out);
  return out;
}

}  // namespace paperwire::paper
