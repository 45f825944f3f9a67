#include "tools/paperwire/watch_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    std::string folder = testing::TempDir() + "/stateXXXXXX";
    folder_ = mkdtemp(folder.data());
    path_ = folder_ + "/watch.json";
  }
  ~StateFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_;
  std::string path_;
};

TEST_F(StateFileTest, GivesBackWhatWasWritten) {
  const StateFile file(path_);
  const WatchState written{.resume_token = "token-1",
                           .announced_from = "2026-06-01",
                           .watching = R"({"filter":{"tagsAny":["nlp"]}})",
                           .arxiv_id = "2606.01234",
                           .revision = (1ull << 41) + 257};
  for (const bool durably : {true, false}) {
    ASSERT_TRUE(file.Write(written, durably).ok());
    const auto read = file.Read();
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ((*read)->resume_token, written.resume_token);
    EXPECT_EQ((*read)->announced_from, written.announced_from);
    EXPECT_EQ((*read)->watching, written.watching);
    EXPECT_EQ((*read)->arxiv_id, written.arxiv_id);
    EXPECT_EQ((*read)->revision, written.revision);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(StateFileTest, HoldsNothingWhereThereIsNoFile) {
  const auto read = StateFile(path_).Read();
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
}

TEST_F(StateFileTest, RefusesADamagedFileAndLeavesItAsItIs) {
  ASSERT_TRUE(StateFile(path_)
                  .Write({.resume_token = "t", .announced_from = "", .watching = "{}"}, true)
                  .ok());
  const std::string whole = Bytes();
  std::vector<std::string> damaged = {"",
                                      "null",
                                      "[]",
                                      "{}",
                                      R"({"resumeToken":""})",
                                      R"({"resumeToken":7,"announcedFrom":"","watching":""})",
                                      std::string(3u << 20, 'x'),
                                      std::string("\0\0\0", 3)};
  // Every cut of a real one, but for the line break at its end.
  for (size_t i = 0; i + 1 < whole.size(); ++i) damaged.push_back(whole.substr(0, i));
  for (const std::string& bytes : damaged) {
    std::ofstream(path_, std::ios::binary) << bytes;
    const auto read = StateFile(path_).Read();
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << bytes.substr(0, 100);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(path_));
    EXPECT_EQ(Bytes(), bytes);
  }
}

TEST_F(StateFileTest, SaysWhichFileItCannotReadOrWrite) {
  const auto read = StateFile(folder_).Read();
  EXPECT_TRUE(absl::IsNotFound(read.status()));
  EXPECT_THAT(std::string(read.status().message()), HasSubstr(folder_));

  const absl::Status written = StateFile(folder_ + "/none/watch.json").Write({}, true);
  EXPECT_TRUE(absl::IsFailedPrecondition(written));
  EXPECT_THAT(std::string(written.message()), HasSubstr(folder_ + "/none/watch.json"));
}

TEST_F(StateFileTest, KeepsTheOldStateWhenTheNewOneCannotBeWritten) {
  const StateFile file(path_);
  ASSERT_TRUE(file.Write({.resume_token = "t", .announced_from = "", .watching = "{}"}, true).ok());
  const std::string before = Bytes();
  // A folder in the way of the file that the new state is written to first.
  std::filesystem::create_directory(path_ + ".new");
  EXPECT_FALSE(file.Write({.resume_token = "u"}, true).ok());
  EXPECT_EQ(Bytes(), before);
}

}  // namespace
}  // namespace paperwire::cli
