#include "libs/http/multi_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <utility>
#include <vector>

#include "tests/support/gzip.h"
#include "tests/unit/foundation/asked.h"
#include "tests/unit/foundation/raw_socket.h"

namespace paperwire::http {
namespace {

using foundation_test::Ask;
using foundation_test::Begin;
using foundation_test::RawServer;
using foundation_test::RawSocket;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

std::string Whole(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

FetchRequest To(const RawServer& server, const std::string& path = "/") {
  FetchRequest request;
  request.url = server.Url(path);
  return request;
}

// What the process computed so far.
milliseconds Computed() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return milliseconds(time.tv_sec * 1000 + time.tv_usec / 1000);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

// Keeps every caller waiting until it is let go.
class HeldServer {
 public:
  ~HeldServer() { over_.set_value(); }

  const RawServer& server() const { return server_; }
  // A caller's request is here.
  void AwaitOne() { arrived_.get_future().wait(); }

 private:
  std::promise<void> over_;
  std::shared_future<void> is_over_ = over_.get_future().share();
  std::promise<void> arrived_;
  RawServer server_{[this](const RawSocket& /*socket*/, const std::string& /*request*/) {
    arrived_.set_value();
    is_over_.wait();
  }};
};

TEST(MultiClient, GivesTheAnswerWithItsStatusHeadersAndBody) {
  const RawServer server([](const RawSocket& socket, const std::string& request) {
    socket.Send("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: " +
                std::to_string(request.size()) + "\r\n\r\n" + request);
  });
  MultiClient client({.user_agent = "paperwire-test"});

  const auto response = Ask(client, To(server, "/v1"));

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->headers.at("retry-after"), "7");
  EXPECT_EQ(response->url, server.Url("/v1"));
  EXPECT_THAT(response->body, HasSubstr("GET /v1 HTTP/1.1\r\n"));
  EXPECT_THAT(response->body, HasSubstr("User-Agent: paperwire-test\r\n"));
  EXPECT_THAT(response->body, HasSubstr("Accept: application/json\r\n"));
}

TEST(MultiClient, SendsABodyWithItsLength) {
  const RawServer server([](const RawSocket& socket, const std::string& request) {
    EXPECT_THAT(request, HasSubstr("POST / HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("Content-Length: 7\r\n"));
    EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(request, Not(HasSubstr("Expect")));
    socket.Send(Whole(socket.ReadUntil("}")));
  });
  MultiClient client({});
  FetchRequest request = To(server);
  request.method = "POST";
  request.body = "{\"a\":1}";
  request.headers = {"Content-Type: application/json"};

  EXPECT_EQ(Ask(client, request)->body, "{\"a\":1}");
}

TEST(MultiClient, HasManyCallsUnderWayAtOnce) {
  constexpr size_t kCalls = 64;
  // Nobody is answered before all have asked.
  std::vector<std::pair<std::unique_ptr<RawSocket>, std::string>> held;
  const RawServer server([&held](const RawSocket& socket, const std::string& request) {
    held.emplace_back(std::make_unique<RawSocket>(dup(socket.descriptor())),
                      request.substr(0, request.find(" HTTP")));
    if (held.size() < kCalls) return;
    for (const auto& [caller, asked] : held) caller->Send(Whole(asked));
  });
  MultiClient client({});
  std::vector<std::future<absl::StatusOr<FetchResponse>>> calls;

  for (size_t i = 0; i < kCalls; ++i) {
    calls.push_back(Begin(client, To(server, "/" + std::to_string(i))));
  }

  for (size_t i = 0; i < kCalls; ++i) {
    const auto response = calls[i].get();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, "GET /" + std::to_string(i));
  }
}

TEST(MultiClient, KeepsAConnectionForTheNextCall) {
  std::atomic<int> connections{0};
  const RawServer server([&connections](const RawSocket& socket, const std::string&) {
    ++connections;
    socket.Send(Whole("first"));
    if (!socket.ReadUntil("\r\n\r\n").empty()) socket.Send(Whole("second"));
  });
  {
    MultiClient client({});
    EXPECT_EQ(Ask(client, To(server))->body, "first");
    EXPECT_EQ(Ask(client, To(server))->body, "second");
  }
  EXPECT_EQ(connections, 1);
}

TEST(MultiClient, NeverSendsABodyTwice) {
  // The second request arrives whole on the kept connection, which then closes.
  std::atomic<int> requests{0};
  const RawServer server([&requests](const RawSocket& socket, const std::string&) {
    if (!socket.ReadUntil("}").ends_with("}")) return;
    ++requests;
    socket.Send(Whole("first"));
    if (socket.ReadUntil("}").ends_with("}")) ++requests;
  });
  {
    MultiClient client({});
    FetchRequest request = To(server);
    request.method = "POST";
    request.body = "{}";
    EXPECT_EQ(Ask(client, request)->body, "first");
    EXPECT_TRUE(absl::IsUnavailable(Ask(client, request).status()));
  }
  EXPECT_EQ(requests, 2);
}

TEST(MultiClient, EndsACallAtOnceWhenToldTo) {
  HeldServer held;
  MultiClient client({});
  std::stop_source stop;
  FetchRequest request = To(held.server());
  request.stop = stop.get_token();
  auto call = Begin(client, request);
  held.AwaitOne();

  stop.request_stop();

  EXPECT_TRUE(absl::IsCancelled(call.get().status()));
}

TEST(MultiClient, SendsNothingOfACallThatWasStoppedBefore) {
  // On a kept connection it could be sent at once.
  std::promise<std::string> more;
  const RawServer server([&more](const RawSocket& socket, const std::string&) {
    socket.Send(Whole("ok"));
    more.set_value(socket.ReadAll());
  });
  {
    MultiClient client({});
    EXPECT_TRUE(Ask(client, To(server)).ok());
    std::stop_source stop;
    stop.request_stop();
    FetchRequest request = To(server);
    request.stop = stop.get_token();
    EXPECT_TRUE(absl::IsCancelled(Ask(client, request).status()));
  }
  EXPECT_EQ(more.get_future().get(), "");
}

TEST(MultiClient, EndsWhatIsUnderWayWithItself) {
  HeldServer held;
  std::future<absl::StatusOr<FetchResponse>> call;
  {
    MultiClient client({});
    call = Begin(client, To(held.server()));
    held.AwaitOne();
  }
  EXPECT_TRUE(absl::IsCancelled(call.get().status()));
}

TEST(MultiClient, StartsAnotherCallFromTheEndOfOne) {
  const RawServer server(
      [](const RawSocket& socket, const std::string&) { socket.Send(Whole("ok")); });
  MultiClient client({});
  std::promise<std::string> second;

  client.Start(To(server), [&](const absl::StatusOr<FetchResponse>&) {
    client.Start(To(server), [&](absl::StatusOr<FetchResponse> response) {
      second.set_value(response.ok() ? response->body : response.status().ToString());
    });
  });

  EXPECT_EQ(second.get_future().get(), "ok");
}

TEST(MultiClient, WaitsSoLongForTheFirstByteAndComputesNothingMeanwhile) {
  HeldServer held;
  MultiClient client({});
  FetchRequest request = To(held.server(), "/slow?secret=1");
  request.first_byte_timeout = milliseconds(700);
  const milliseconds before = Computed();

  const absl::Status status = Ask(client, request).status();

  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("no first byte within 700ms"));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  EXPECT_LT(Computed() - before, milliseconds(350));
}

TEST(MultiClient, WaitsSoLongForAConnection) {
  // What it connects to never says a word of TLS.
  HeldServer held;
  MultiClient client({});
  FetchRequest request;
  request.url = "https://127.0.0.1:" + std::to_string(held.server().port()) + "/";
  request.connect_timeout = milliseconds(200);

  const absl::Status status = Ask(client, request).status();

  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("no connection within 200ms"));
}

TEST(MultiClient, TellsAnAnswerThatIsLateOnAKeptConnectionFromNoConnection) {
  std::promise<void> over;
  std::shared_future<void> is_over = over.get_future().share();
  const RawServer server([is_over](const RawSocket& socket, const std::string&) {
    socket.Send(Whole("first"));
    if (!socket.ReadUntil("\r\n\r\n").empty()) is_over.wait();
  });
  MultiClient client({});
  ASSERT_EQ(Ask(client, To(server))->body, "first");
  FetchRequest request = To(server);
  request.total_timeout = milliseconds(300);

  const absl::Status status = Ask(client, request).status();
  over.set_value();

  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("not whole within 300ms"));
}

TEST(MultiClient, LetsAnAnswerThatHasBegunTakeItsTimeUpToTheWholeLimit) {
  std::promise<void> over;
  std::shared_future<void> is_over = over.get_future().share();
  const RawServer server([is_over](const RawSocket& socket, const std::string&) {
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (is_over.wait_for(milliseconds(5)) != std::future_status::ready && socket.Send("x")) {
    }
  });
  MultiClient client({});
  FetchRequest request = To(server);
  request.first_byte_timeout = milliseconds(2000);
  request.total_timeout = milliseconds(2500);

  const absl::Status status = Ask(client, request).status();
  over.set_value();

  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("not whole within 2500ms"));
}

TEST(MultiClient, StopsAtTheCapOfTheBody) {
  const RawServer server([](const RawSocket& socket, const std::string&) {
    socket.Send(Whole(std::string(2000, 'x')));
  });
  MultiClient client({});
  FetchRequest request = To(server);
  request.max_body_bytes = 1999;

  const absl::Status status = Ask(client, request).status();

  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("body over 1999 bytes"));
  request.max_body_bytes = 2000;
  EXPECT_TRUE(Ask(client, request).ok());
}

TEST(MultiClient, StopsAtTheCapOfTheUnpackedBody) {
  const std::string bomb = support::Gzip(std::string(20u << 20, 'x'));
  const RawServer server([&bomb](const RawSocket& socket, const std::string&) {
    socket.Send(Whole(bomb, "Content-Encoding: gzip\r\n"));
  });
  MultiClient client({});
  FetchRequest request = To(server);
  request.max_body_bytes = 1u << 20;

  EXPECT_TRUE(absl::IsResourceExhausted(Ask(client, request).status()));
}

TEST(MultiClient, StopsAtTheCapOfTheHeaders) {
  const RawServer server([](const RawSocket& socket, const std::string&) {
    std::string headers;
    for (int i = 0; i < 100; ++i) headers += "X-Much: " + std::string(1000, 'x') + "\r\n";
    socket.Send(Whole("ok", headers));
  });
  MultiClient client({});

  const absl::Status status = Ask(client, To(server)).status();

  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("headers over 65536 bytes"));
}

TEST(MultiClient, SaysWhatAnswersInsteadOfAServer) {
  const RawServer truncated([](const RawSocket& socket, const std::string&) {
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
  });
  const RawServer silent([](const RawSocket&, const std::string&) {});
  const RawServer other([](const RawSocket& socket, const std::string&) {
    socket.Send("-ERR unknown command 'GET'\r\n");
  });
  const RawServer reset([](const RawSocket& socket, const std::string&) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  });
  MultiClient client({});

  const absl::Status cut = Ask(client, To(truncated)).status();
  EXPECT_TRUE(absl::IsAborted(cut)) << cut;
  EXPECT_THAT(cut.ToString(), HasSubstr("the answer breaks off"));
  for (const RawServer* server : {&silent, &reset}) {
    EXPECT_TRUE(absl::IsUnavailable(Ask(client, To(*server)).status()))
        << Ask(client, To(*server)).status();
  }
  EXPECT_THAT(Ask(client, To(silent)).status().ToString(), HasSubstr("hung up without an answer"));
  const absl::Status status = Ask(client, To(other)).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("does not speak HTTP"));
}

TEST(MultiClient, SaysUnavailableWhereNobodyListens) {
  FetchRequest request;
  {
    const RawServer server([](const RawSocket&, const std::string&) {});
    request = To(server);
  }
  MultiClient client({});

  EXPECT_TRUE(absl::IsUnavailable(Ask(client, request).status()));
}

TEST(MultiClient, TakesARedirectForAnAnswer) {
  std::atomic<int> asked{0};
  const RawServer server([&asked](const RawSocket& socket, const std::string&) {
    ++asked;
    socket.Send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  });
  MultiClient client({});

  EXPECT_EQ(Ask(client, To(server))->status, 302);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace paperwire::http
