#include "libs/grounding/number_text.h"

#include <algorithm>

#include "libs/grounding/fold.h"

namespace paperwire::grounding {

double NumberText::ReadPlain(size_t& i, double& step) const {
  double value = 0;
  step = 1;
  const size_t begin = i;
  while (IsDigit(At(i))) value = value * 10 + (text_[i++] - '0');
  const bool groups = text_[begin] != '0' && i - begin <= 3;
  while (groups && At(i) == ',' && IsDigit(At(i + 1)) && IsDigit(At(i + 2)) && IsDigit(At(i + 3)) &&
         !IsDigit(At(i + 4))) {
    for (size_t k = 1; k <= 3; ++k) value = value * 10 + (text_[i + k] - '0');
    i += 4;
  }
  if (At(i) == '.' && IsDigit(At(i + 1))) {
    ++i;
    while (IsDigit(At(i))) {
      step /= 10;
      value += (text_[i++] - '0') * step;
    }
  }
  return value;
}

bool NumberText::ReadSigned(size_t& i, double& value) const {
  size_t k = i;
  const double sign = At(k) == '-' ? -1 : 1;
  if (At(k) == '-' || At(k) == '+') ++k;
  if (!IsDigit(At(k))) return false;
  value = 0;
  while (IsDigit(At(k))) value = std::min(value * 10 + (text_[k++] - '0'), 1e4);
  i = k;
  value *= sign;
  return true;
}

bool NumberText::ReadExponent(size_t& i, double& exponent) const {
  size_t k = i;
  if (At(k) != '^') return false;
  k = SkipSpace(k + 1);
  if (!ReadSigned(k, exponent)) return false;
  i = k;
  return true;
}

bool NumberText::ReadScientific(size_t& i, double& exponent) const {
  if (At(i) != 'e' && At(i) != 'E') return false;
  size_t k = i + 1;
  if (!ReadSigned(k, exponent)) return false;
  i = k;
  return true;
}

bool NumberText::ReadTimesPower(size_t& i, double& exponent) const {
  size_t k = SkipSpace(i);
  if (At(k) != Folded::kTimes && At(k) != 'x' && At(k) != '*') return false;
  k = SkipSpace(k + 1);
  if (At(k) != '1' || At(k + 1) != '0') return false;
  k += 2;
  if (!ReadExponent(k, exponent)) return false;
  i = k;
  return true;
}

std::string_view NumberText::NextWord(size_t i, std::array<char, 16>& buffer, size_t& end) const {
  if (At(i) != ' ' && At(i) != '-') return {};
  return WordAt(i + 1, buffer, end);
}

std::string_view NumberText::WordAt(size_t i, std::array<char, 16>& buffer, size_t& end) const {
  size_t n = 0;
  while (IsAlpha(At(i)) && n < buffer.size()) buffer[n++] = Lower(text_[i++]);
  end = i;
  if (n == 0 || IsWordByte(At(i))) return {};
  return {buffer.data(), n};
}

}  // namespace paperwire::grounding
