#pragma once

#include "libs/grounding/number_text.h"
#include "libs/grounding/numbers.h"

namespace paperwire::grounding {

// What a letter after digits makes of them: 1e9 for the B of "7B"; 1: nothing.
double ScaleOfLetter(char c);

// Makes `number` `by` times as much.
void Scale(Number& number, double by);

// Reads what follows the digits of `number`, which end at number.end: a scale ("7B", "5 million")
// and a unit, glued to them ("80ms", "3x"), at a space or a hyphen ("80 ms", "24-hour"), or before
// them ("a factor of 3", "x540"). Moves number.end behind it.
void ReadUnit(const NumberText& text, Number& number);

// The same for a number in words, whose unit can only be a word that begins at `at`.
void ReadScaleAndUnit(const NumberText& text, size_t at, Number& number);

// "two orders of magnitude", from behind "orders" on: a factor of 100.
void ReadMagnitude(const NumberText& text, size_t at, Number& number);

}  // namespace paperwire::grounding
