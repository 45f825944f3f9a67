#include "libs/grounding/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/grounding/gate.h"

namespace paperwire::grounding {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> NamesOf(const std::string& text) {
  std::vector<std::string> names;
  for (const Name& name : FindNames(text)) {
    names.push_back(text.substr(name.begin, name.end - name.begin));
  }
  return names;
}

// The names of `text` that `source` does not hold.
std::vector<std::string> Foreign(const std::string& text, const std::string& source) {
  std::vector<std::string> names;
  for (const Item& item : Gate(source).Check(v1::SECTION_UNSPECIFIED, text).items) {
    if (item.kind == v1::GROUNDING_ITEM_KIND_NAME) names.push_back(item.text);
  }
  return names;
}

TEST(Names, AreAcronymsCamelCaseAndWordsWithDigits) {
  EXPECT_THAT(NamesOf("uses BERT, PyTorch, GPT-4.1, mT5 and k-means on ImageNet-1k"),
              ElementsAre("BERT", "PyTorch", "GPT-4.1", "mT5", "ImageNet-1k"));
}

TEST(Names, ACapitalWithinASentenceMakesOne) {
  EXPECT_THAT(NamesOf("Pruning helps. It runs on Wikipedia, with Adam"),
              ElementsAre("Wikipedia", "Adam"));
}

TEST(Names, ACapitalThatOnlyBeginsMakesNone) {
  EXPECT_THAT(NamesOf("Pruning helps. Results: Better. (Adam) A x B"), IsEmpty());
}

TEST(Names, AreHeldWhateverCaseHyphenPluralAndPossessive) {
  const std::string source =
      "We train ResNet-50s, a Vision Transformer's head and Llama 3 on SQuAD.";
  EXPECT_THAT(Foreign("it uses resnet50, ResNet 50, Resnet-50 and Llama-3", source), IsEmpty());
  EXPECT_THAT(Foreign("one of the Transformers on the SQUAD", source), IsEmpty());
  EXPECT_THAT(Foreign("the SQuAD's and Vision-Transformer-based", source), IsEmpty());
}

TEST(Names, AreHeldAcrossTex) {
  EXPECT_THAT(Foreign("the \xCE\xB2-VAE and the L2 norm", "a $\\beta$-VAE with $L_2$"), IsEmpty());
  EXPECT_THAT(Foreign("it uses Poincar\xC3\xA9 maps", "with Poincare maps"), IsEmpty());
}

TEST(Names, AreHeldAsCommandsAndBesideThem) {
  EXPECT_THAT(Foreign("it is MyNet on BloodSet", "our \\MyNet{} on BloodSet\\cite{x} wins"),
              IsEmpty());
}

TEST(Names, OfAFamilyAreHeldByItsMembers) {
  EXPECT_THAT(Foreign("it tunes Qwen and BERT", "Qwen2.5-7B with BERTScore"), IsEmpty());
  EXPECT_THAT(Foreign("it tunes Qwen2.5", "Qwen-2.5-7B-Instruct"), IsEmpty());
}

TEST(Names, AcronymsMayStandInFull) {
  EXPECT_THAT(Foreign("a GNN and RLHF",
                      "graph neural networks; reinforcement learning from human "
                      "feedback"),
              IsEmpty());
  EXPECT_THAT(Foreign("it uses MoE and LoRA", "a mixture of experts with low-rank adaptation"),
              IsEmpty());
  EXPECT_THAT(Foreign("uses Graph Neural Networks here", "our GNN is small"), IsEmpty());
}

TEST(Names, AcronymsDoNotReachOverStops) {
  EXPECT_THAT(Foreign("it uses TNG", "We like trees. Nets grow."), ElementsAre("TNG"));
}

TEST(Names, ASlipOfAnAcronymIsNoOtherAcronym) {
  EXPECT_THAT(Foreign("it uses VBA", "A VLA for various big agents."), ElementsAre("VBA"));
  EXPECT_THAT(Foreign("it uses VBA", "A net for various big agents."), IsEmpty());
}

TEST(Names, OthersAreForeign) {
  const std::string source = "We train ResNet-50 with GRPO on CIFAR-10 and Llama-3 by Adam.";
  EXPECT_THAT(Foreign("uses ResNet-101", source), ElementsAre("ResNet-101"));
  EXPECT_THAT(Foreign("uses GRPA on CIFAR-100", source), ElementsAre("GRPA", "CIFAR-100"));
  EXPECT_THAT(Foreign("beats DeepSeek, trained by Muon", source), ElementsAre("DeepSeek", "Muon"));
  EXPECT_THAT(Foreign("uses Llama-2-based nets", source), ElementsAre("Llama-2-based"));
}

TEST(Names, OfNobodysWorkNeedNoGround) {
  EXPECT_THAT(Foreign("it helps AI, LLMs and GPUs", "it helps"), IsEmpty());
}

}  // namespace
}  // namespace paperwire::grounding
