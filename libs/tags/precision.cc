#include "libs/tags/precision.h"

#include <cmath>

namespace paperwire::tags {
namespace {

// Of the normal distribution, two-sided 95 %.
constexpr double kZ = 1.959964;

// sign −1: the lower end, 1: the upper one.
double End(double right, double given, double sign) {
  const double share = right / given;
  const double squared = kZ * kZ;
  const double spread = kZ * std::sqrt(share * (1 - share) / given + squared / (4 * given * given));
  return (share + squared / (2 * given) + sign * spread) / (1 + squared / given);
}

}  // namespace

double Precision::share() const { return measured() ? static_cast<double>(right) / given : 0; }
double Precision::low() const { return measured() ? End(right, given, -1) : 0; }
double Precision::high() const { return measured() ? End(right, given, 1) : 0; }

}  // namespace paperwire::tags
