#include "libs/redis/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/unit/window/scripted_server.h"

namespace paperwire::redis {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<Client> ClientOf(const ScriptedServer& server) {
  return Client::Create({.url = server.Url(),
                         .connect_timeout = std::chrono::milliseconds(2000),
                         .command_timeout = std::chrono::milliseconds(200)})
      .value();
}

using Lines = ScriptedServer::Lines;

Reply Answer(Reply::Kind kind, std::string text) {
  return {.kind = kind, .integer = 0, .text = std::move(text), .elements = {}};
}
Reply Error(std::string text) { return Answer(Reply::Kind::kError, std::move(text)); }

TEST(RedisReply, AStateOfTheServerIsUnavailableAndNamedFirst) {
  for (const char* text : {"LOADING Redis is loading", "READONLY You can't write", "MISCONF Errors",
                           "OOM command not allowed", "CLUSTERDOWN Hash slot", "MASTERDOWN Link",
                           "BUSY Redis is busy"}) {
    const auto status = Client::StatusOf(Error(text));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << text;
    EXPECT_EQ(status.message(), text);
  }
}

TEST(RedisReply, OtherErrorsAreFailedPreconditionWithTheServersWords) {
  for (const char* text : {"WRONGTYPE Operation against a key", "NOPERM no permission",
                           "ERR unknown command", "LOADINGS is another word", "NOAUTH"}) {
    const auto status = Client::StatusOf(Error(text));
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }
  EXPECT_TRUE(absl::IsUnavailable(Client::StatusOf(Error("ERR max number of clients reached"))));
}

TEST(RedisReply, WhatIsNoErrorIsOk) {
  EXPECT_TRUE(Client::StatusOf({}).ok());
  EXPECT_TRUE(Client::StatusOf(Answer(Reply::Kind::kStatus, "LOADING")).ok());
}

TEST(RedisClient, ReadsEveryKindOfReply) {
  const std::string reply("*5\r\n:7\r\n$3\r\na\0b\r\n+OK\r\n$-1\r\n*1\r\n:-2\r\n", 36);
  ScriptedServer binary({Lines{reply}});
  const auto got = ClientOf(binary)->Call({"ANY"});
  ASSERT_TRUE(got.ok()) << got.status().ToString();
  ASSERT_EQ(got->elements.size(), 5u);
  EXPECT_EQ(got->elements[0].integer, 7);
  EXPECT_EQ(got->elements[1].text, std::string("a\0b", 3));
  EXPECT_EQ(got->elements[2].kind, Reply::Kind::kStatus);
  EXPECT_EQ(got->elements[3].kind, Reply::Kind::kNil);
  EXPECT_EQ(got->elements[4].elements[0].integer, -2);
}

TEST(RedisClient, AServerThatIsLoadingIsUnavailable) {
  ScriptedServer server(
      {Lines{"-LOADING Redis is loading the dataset in memory\r\n", "+PONG\r\n"}});
  const auto client = ClientOf(server);
  const auto status = client->Call({"GET", "x"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), StartsWith("LOADING"));
  EXPECT_TRUE(client->Call({"PING"}).ok()) << "a state is no reason to hang up";
  EXPECT_EQ(server.accepted(), 1);
}

TEST(RedisClient, ConnectsAnewAfterATruncatedReply) {
  ScriptedServer server({Lines{"$10\r\nabc"}, Lines{"+PONG\r\n"}});
  const auto client = ClientOf(server);
  const auto status = client->Call({"GET", "x"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), StartsWith("connection"));
  EXPECT_EQ(client->Call({"PING"})->text, "PONG");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(RedisClient, ALateReplyIsNeverTakenForTheNextOne) {
  ScriptedServer server({Lines{ScriptedServer::kSilence}, Lines{"$3\r\nnew\r\n"}});
  const auto client = ClientOf(server);
  const auto status = client->Call({"GET", "x"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no answer in time"));
  EXPECT_EQ(client->Call({"GET", "y"})->text, "new");
}

TEST(RedisClient, DropsAConnectionOnWhichSomethingArrivedUnasked) {
  ScriptedServer server(
      {Lines{"+first\r\n+unasked\r\n", ScriptedServer::kSilence}, Lines{"+second\r\n"}});
  const auto client = ClientOf(server);
  EXPECT_EQ(client->Call({"ONE"})->text, "first");
  EXPECT_EQ(client->Call({"TWO"})->text, "second");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(RedisClient, GarbageIsAnErrorNotAReply) {
  ScriptedServer server({Lines{"HTTP/1.1 400 Bad Request\r\n\r\n"}, Lines{"+PONG\r\n"}});
  const auto client = ClientOf(server);
  EXPECT_EQ(client->Call({"GET", "x"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(client->Call({"PING"}).ok());
}

TEST(RedisClient, AReplicaIsLeftSoThatANameMayLeadElsewhere) {
  ScriptedServer server(
      {{"-READONLY You can't write against a read only replica.\r\n"}, {"+OK\r\n"}});
  const auto client = ClientOf(server);
  EXPECT_THAT(std::string(client->Call({"SET", "a", "b"}).status().message()),
              StartsWith("READONLY"));
  EXPECT_TRUE(client->Call({"SET", "a", "b"}).ok());
}

TEST(RedisClient, LogsInAndSelectsBeforeAnythingElse) {
  ScriptedServer server({Lines{"+OK\r\n+OK\r\n", "+PONG\r\n"}});
  const auto client =
      Client::Create({.url = "redis://u:p@" + server.Url().substr(8) + "/2"}).value();
  EXPECT_EQ(client->Call({"PING"})->text, "PONG");
  ScriptedServer refusing({Lines{"-WRONGPASS invalid username-password pair\r\n"}});
  const auto refused =
      Client::Create({.url = "redis://:hunter2@" + refusing.Url().substr(8)}).value();
  const auto status = refused->Call({"PING"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("WRONGPASS"));
}

TEST(RedisClient, NobodyListeningIsUnavailableAtOnce) {
  const auto client = Client::Create({.url = "unix:///nonexistent/redis.sock"}).value();
  for (int i = 0; i < 3; ++i) {
    const auto status = client->Call({"PING"}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), StartsWith("connection"));
  }
}

TEST(RedisScript, RunsAgainOnlyWhatTheServerDidNotKnow) {
  ScriptedServer server(
      {{":1\r\n-NOSCRIPT No matching script.\r\n:3\r\n", "$1\r\nx\r\n", ":2\r\n"}});
  const auto client = ClientOf(server);
  const Script script("return 1");
  const std::vector<Script::Call> calls(3);
  const auto replies = script.RunAll(*client, calls);
  ASSERT_TRUE(replies.ok()) << replies.status().ToString();
  ASSERT_EQ(replies->size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ((*replies)[i].integer, i + 1);
}

TEST(RedisEviction, ReadsInfoWhereConfigIsForbidden) {
  const std::string info = "# Memory\r\nmaxmemory_policy:allkeys-lru\r\nx:1\r\n";
  ScriptedServer server({Lines{"-NOPERM this user has no permissions to run 'config|get'\r\n",
                               "$" + std::to_string(info.size()) + "\r\n" + info + "\r\n"}});
  const auto status = RequireNoEviction(*ClientOf(server));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("maxmemory-policy allkeys-lru"));
}

}  // namespace
}  // namespace paperwire::redis
