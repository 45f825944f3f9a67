// What a card may say of its source's numbers: one line a rule.
#include <gtest/gtest.h>

#include "libs/grounding/gate.h"

namespace paperwire::grounding {
namespace {

struct Claim {
  const char* text;
  const char* source;
};

std::string FoundIn(const Claim& claim) {
  std::string found;
  for (const Item& item : Gate(claim.source).Check(v1::SECTION_UNSPECIFIED, claim.text).items) {
    if (!found.empty()) found += ", ";
    found += v1::GroundingItemKind_Name(item.kind).substr(20) + " " + item.text;
  }
  return found;
}

std::string NameOf(const testing::TestParamInfo<Claim>& info) {
  std::string name = std::to_string(info.index) + "_";
  for (const char* c = info.param.text; *c != '\0'; ++c) {
    if (isalnum(static_cast<unsigned char>(*c)) != 0) name += *c;
  }
  return name;
}

class Held : public testing::TestWithParam<Claim> {};
TEST_P(Held, IsInTheSource) { EXPECT_EQ(FoundIn(GetParam()), "") << GetParam().source; }

INSTANTIATE_TEST_SUITE_P(Rounding, Held,
                         testing::Values(Claim{"improves by 93.4%", "reaches 93.4 \\% accuracy"},
                                         Claim{"improves by 93%", "reaches 93.4% accuracy"},
                                         Claim{"improves by 94%", "reaches 93.5% accuracy"},
                                         Claim{"1.2 million rows", "1,234,567 rows"},
                                         Claim{"about 0.8 more", "it is 0.83 and more"}),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(
    Spelling, Held,
    testing::Values(
        Claim{"5% of rows", "a share of 0.05 of all rows"},
        Claim{"a share of 0.05", "5\\% of all rows"}, Claim{"10^4 steps", "ten thousand steps"},
        Claim{"10,000 steps", "$10^{4}$ steps"}, Claim{"10\xE2\x81\xB4 steps", "10000 steps"},
        Claim{"480,000 rows", "480K rows"}, Claim{"10k rows", "10 000 rows"},
        Claim{"2e-5", "$2 \\times 10^{-5}$"}, Claim{"13 data sets", "thirteen data sets"},
        Claim{"thirteen data sets", "13 data sets"}, Claim{"1200 users", "$1{,}200$ users"},
        Claim{"\xEF\xBC\x91\xEF\xBC\x92 layers", "12 layers"},
        Claim{"one may see that the first is better", "nothing"}, Claim{"no numbers", ""},
        Claim{"a 1M-token context", "million-token contexts"}, Claim{"1 GPU", "a single GPU"},
        Claim{"cuts it by 50%", "cut by nearly half"}, Claim{"r = -0.35", "(r = -.35)"},
        Claim{"metrics\xE2\x80\x94"
              "BLEU-4",
              "BLEU-4"},
        Claim{"30 foods \xC3\x97 9 settings", "30 foods, 9 settings"},
        Claim{"twenty-five runs", "25 runs"}, Claim{"1920x1080 frames", "$1920 \\times 1080$"}),
    NameOf);
INSTANTIATE_TEST_SUITE_P(Factors, Held,
                         testing::Values(Claim{"3x faster", "a factor of 3"},
                                         Claim{"3x faster", "a threefold gain"},
                                         Claim{"2x faster", "twice as fast"},
                                         Claim{"twice as fast", "a speedup of $2\\times$"},
                                         Claim{"100x faster", "two orders of magnitude faster"},
                                         Claim{"100x faster", "a two-order-of-magnitude speedup"},
                                         Claim{"up to 40x", "speeds up by x40"},
                                         Claim{"4-fold", "four times"}),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(
    Units, Held,
    testing::Values(Claim{"80ms a step", "80 ms a step"}, Claim{"0.08 s a step", "80 ms a step"},
                    Claim{"one day", "24 hours"}, Claim{"1.5 TB", "1,500 GB of text"},
                    Claim{"an error of 2.2", "an error of 2.2 years"},
                    Claim{"13+ minutes", "over 13 minutes"}, Claim{"30 FPS", "30 Hz"},
                    Claim{"16fps", "16 frames per second"},
                    Claim{"a 2-DOF arm", "two degrees of freedom"},
                    Claim{"5 \xC2\xB5s", "$5\\,\\mu$s"}, Claim{"48-d vectors", "48-dimensional"},
                    Claim{"people aged 18-24-year-olds", "adults (18-24)"}),
    NameOf);
INSTANTIATE_TEST_SUITE_P(
    RangesAndLists, Held,
    testing::Values(Claim{"gains of 10% and 20%", "gains of 10-20%"},
                    Claim{"gains of 10\xE2\x80\x93"
                          "20%",
                          "from 10 to 20 percent"},
                    Claim{"7-8B models", "7B--8B models"}, Claim{"7B to 8B models", "7-8B models"},
                    Claim{"an F1 of 0.70 and 77% accuracy", "F1 is 0.70, accuracy 77%"},
                    Claim{"63%\xC2\xB1"
                          "10",
                          "63 +/- 10%"},
                    Claim{"(1) train, (2) prune and (3) test", "train, prune, test"},
                    Claim{"1) train; 2) prune", "train, prune"},
                    Claim{"Stage 2 prunes", "then it prunes"}),
    NameOf);
INSTANTIATE_TEST_SUITE_P(NumbersInNames, Held,
                         testing::Values(Claim{"beats GPT-4", "we compare with GPT-4 and others"},
                                         Claim{"uses resnet-50", "uses ResNet-50"},
                                         Claim{"a 7B model", "Qwen2.5-7B"},
                                         Claim{"on CIFAR-10/100", "on CIFAR-10 and CIFAR-100"},
                                         Claim{"FP16/32", "FP16 and FP32"},
                                         Claim{"Llama 3.1 8B", "Llama-3.1-8B-Instruct"},
                                         Claim{"48k questions", "our JMock48k"},
                                         Claim{"R^2 of 0.9", "0.9"}),
                         NameOf);

class Refused : public testing::TestWithParam<Claim> {};
TEST_P(Refused, IsNotInTheSource) {
  const std::string found = FoundIn(GetParam());

  EXPECT_TRUE(found.starts_with("NUMBER ") || found.starts_with("UNIT ") ||
              found.starts_with("NAME "))
      << GetParam().source << ": " << found;
}

INSTANTIATE_TEST_SUITE_P(
    Digits, Refused,
    testing::Values(Claim{"improves by 93.42%", "reaches 93.4% accuracy"},
                    Claim{"improves by 94%", "reaches 93.4% accuracy"},
                    Claim{"improves by 92%", "reaches 93.4% accuracy"},
                    Claim{"1.3 million rows", "1,234,567 rows"},
                    Claim{"fourteen data sets", "13 data sets"}, Claim{"7 of them", ""},
                    Claim{"48k questions", "48,862 questions"}, Claim{"12 rows", "11.49 rows"},
                    Claim{"93.3 rows", "93.35 rows"}, Claim{"934 rows", "93.4 rows"},
                    Claim{"1,200 rows", "120 rows"}, Claim{"1e-4", "1e-3"},
                    Claim{"10^5 steps", "10^4 steps"}),
    NameOf);
INSTANTIATE_TEST_SUITE_P(
    UnitsThatDiffer, Refused,
    testing::Values(Claim{"5% of rows", "over 5 data sets"}, Claim{"3x faster", "3 data sets"},
                    Claim{"12%", "a factor of 12"}, Claim{"12x", "by 12%"}, Claim{"80 s", "80 ms"},
                    Claim{"80 GB", "80 MB"}, Claim{"24 days", "24 hours"},
                    Claim{"30%", "30 seconds"}, Claim{"4D scenes", "3D scenes"},
                    Claim{"three data sets", "3D scenes"}, Claim{"7M parameters", "7B parameters"}),
    NameOf);
INSTANTIATE_TEST_SUITE_P(
    NamesWithDigits, Refused,
    testing::Values(Claim{"beats GPT-5", "beats GPT-4"}, Claim{"4 models", "we compare with GPT-4"},
                    Claim{"beats GPT-4", "we compare on 4 data sets"},
                    Claim{"on CIFAR-10/100", "on CIFAR-10 of ten classes"},
                    Claim{"a 70B model", "Qwen2.5-7B"}, Claim{"uses resnet-101", "uses ResNet-50"},
                    Claim{"Llama-1.2 wins", "Llama-3.2 wins"}, Claim{"Foo-9B wins", "Foo-7B wins"},
                    Claim{"K-82 pupils", "K-12 pupils"}),
    NameOf);

class Told : public testing::TestWithParam<Claim> {};
TEST_P(Told, FollowsFromTheSource) {
  const std::string found = FoundIn(GetParam());

  EXPECT_TRUE(found.starts_with("DERIVED ")) << GetParam().source << ": " << found;
}

INSTANTIATE_TEST_SUITE_P(Arithmetic, Told,
                         testing::Values(Claim{"it doubles", "from 40 to 80"},
                                         Claim{"it halved", "from 80% to 40%"},
                                         Claim{"a 50% cut", "memory is halved"},
                                         Claim{"1.2x as many", "20% more"},
                                         Claim{"a 25% gain", "from 40.0 to 50.0 points"},
                                         Claim{"1.5 points more", "from 80.1 to 81.6"},
                                         Claim{"150 papers", "120 papers and 30 books"}),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(
    Counts, Told,
    testing::Values(Claim{"Three parts: (1) a net, (2) a loss, (3) a bench", "a net with a loss"},
                    Claim{"two stages: pruning and tuning", "we prune, then tune"},
                    Claim{"three sets (A, B and C)", "on A, B and C"},
                    Claim{"a two-stage method", "we (i) prune and (ii) tune"}),
    NameOf);

TEST(Counts, MustAgreeWithWhatIsListed) {
  EXPECT_EQ(FoundIn({"Four parts: (1) a net, (2) a loss, (3) a bench", "a net with a loss"}),
            "NUMBER Four");
  EXPECT_EQ(FoundIn({"it tripled", "from 40 to 80"}), "NUMBER tripled");
}

}  // namespace
}  // namespace paperwire::grounding
