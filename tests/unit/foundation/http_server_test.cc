#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

#include "libs/http/curl_client.h"
#include "libs/http/server.h"
#include "tests/unit/foundation/raw_socket.h"

namespace paperwire::http {
namespace {

using foundation_test::ConnectTo;
using foundation_test::RawSocket;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServer : public testing::Test {
 protected:
  // Starts the server; `options_` is the test's to set before.
  void Start(Server::Handler handler) {
    options_.listen = "127.0.0.1:0";
    auto server = Server::Start(options_, std::move(handler));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void StartEcho() {
    Start([](const Request& request) {
      std::string text = request.method + " " + request.path + "\n";
      for (const auto& [name, value] : request.query) text += name + "=" + value + "\n";
      return Response::Text(200, text + request.body);
    });
  }

  // Sends these bytes on a new connection and reads until the server closes it.
  std::string Exchange(std::string_view bytes) {
    const RawSocket socket(ConnectTo(server_->port()));
    socket.Send(bytes);
    return socket.ReadAll();
  }

  // A whole request that asks the server to close afterwards.
  std::string Get(const std::string& target, const std::string& headers = "") {
    return Exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers +
                    "\r\n");
  }

  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpServer, DecodesPathAndQuery) {
  StartEcho();

  const std::string answer = Get("/p/a%20b%2Fc+d?q=deep+learning%26&tag=&q=2&bare&&");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nGET /p/a b/c+d\nq=deep learning&\ntag=\nq=2\nbare=\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("GMT\r\n"));
}

TEST_F(HttpServer, GivesTheFirstParameterOfAName) {
  Start([](const Request& request) {
    return Response::Text(
        200, std::string(request.Parameter("q")) + "|" + std::string(request.Parameter("none")));
  });

  EXPECT_THAT(Get("/?q=1&q=2"), testing::EndsWith("\r\n\r\n1|"));
}

TEST_F(HttpServer, AnswersHeadAsGetWithoutTheBody) {
  StartEcho();

  const std::string answer = Exchange("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answer, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServer, KeepsTheConnectionForPipelinedRequests) {
  StartEcho();

  const std::string answers = Exchange(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answers, HasSubstr("GET /1\n"));
  EXPECT_THAT(answers, HasSubstr("GET /2\n"));
  EXPECT_THAT(answers, HasSubstr("GET /3\n"));
  EXPECT_THAT(answers, HasSubstr("Connection: close\r\n"));
}

TEST_F(HttpServer, ClosesAfterTheLastRequestAConnectionMayMake) {
  options_.max_requests_per_connection = 2;
  StartEcho();

  const std::string answers = Exchange(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_THAT(answers, HasSubstr("GET /2\n"));
  EXPECT_THAT(answers, Not(HasSubstr("GET /3\n")));
}

TEST_F(HttpServer, RefusesWhatIsNoProperRequest) {
  StartEcho();
  const std::string nul("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28);
  const std::string close = "Host: h\r\nConnection: close\r\n\r\n";

  for (const std::string& bytes : std::vector<std::string>{
           "complete nonsense\r\n\r\n",
           nul,
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "GET / HTTP/3.0\r\n" + close,
           "GET /%zz HTTP/1.1\r\n" + close,
           "GET /%4 HTTP/1.1\r\n" + close,
           "GET /%00 HTTP/1.1\r\n" + close,
           "GET /?a=%00 HTTP/1.1\r\n" + close,
           "GET nowhere HTTP/1.1\r\n" + close,
           "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n" + close,
           "POST / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 1\r\n" + close,
           "POST / HTTP/1.1\r\nContent-Length: -1\r\n" + close,
           "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + close,
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + close,
       }) {
    EXPECT_THAT(Exchange(bytes), StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bytes;
  }
}

TEST_F(HttpServer, BoundsTheHeader) {
  options_.max_header_bytes = 1024;
  StartEcho();

  EXPECT_THAT(Get("/", "X: " + std::string(2000, 'x') + "\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Get("/", "X: " + std::string(500, 'x') + "\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, BoundsTheBody) {
  options_.max_body_bytes = 10;
  StartEcho();
  const auto post = [this](const std::string& rest) {
    return Exchange("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + rest);
  };

  EXPECT_THAT(post("Content-Length: 10\r\n\r\n0123456789"), testing::EndsWith("0123456789"));
  EXPECT_THAT(post("Content-Length: 11\r\n\r\n0123456789a"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(post("Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"),
              testing::EndsWith("abcde"));
  EXPECT_THAT(post("Transfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServer, BoundsWhatSurroundsTheChunks) {
  options_.max_body_bytes = 10;
  StartEcho();
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string endless(1u << 20, 'a');

  EXPECT_THAT(Exchange(head + "1;" + endless), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Exchange(head + "0\r\nA: " + endless), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServer, TakesNoHeaderFromBehindTheBody) {
  options_.max_body_bytes = 10;
  Start([](const Request& request) {
    const auto found = request.headers.find("authorization");
    return Response::Text(200, found == request.headers.end() ? "none" : found->second);
  });
  const std::string rest =
      "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\na\r\n0\r\nAuthorization: two\r\n\r\n";

  EXPECT_THAT(Exchange("POST / HTTP/1.1\r\nHost: h\r\n" + rest), HasSubstr("\r\n\r\nnone"));
  EXPECT_THAT(Exchange("POST / HTTP/1.1\r\nHost: h\r\nAuthorization: one\r\n" + rest),
              HasSubstr("\r\n\r\none"));
}

TEST_F(HttpServer, GivesUpOnAHeaderThatDripsIn) {
  options_.header_timeout = std::chrono::milliseconds(100);
  StartEcho();
  const RawSocket socket(ConnectTo(server_->port()));

  // Every byte comes well in time, the header as a whole never does.
  std::jthread drip([&socket](const std::stop_token& stop) {
    socket.Send("GET / HTTP/1.1\r\nX: ");
    while (!stop.stop_requested() && socket.Send("x")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });

  EXPECT_THAT(socket.ReadAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServer, ClosesAnIdleConnection) {
  options_.idle_timeout = std::chrono::milliseconds(50);
  StartEcho();

  EXPECT_THAT(Exchange("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"), testing::EndsWith("GET /1\n"));
}

TEST_F(HttpServer, TurnsAnExceptionIntoA500AndTells) {
  std::mutex mutex;
  std::string told;
  options_.on_error = [&](std::string_view what) {
    std::lock_guard lock(mutex);
    told = what;
  };
  Start([](const Request&) -> Response { throw std::runtime_error("secret detail"); });

  const std::string answer = Get("/x");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("secret detail")));
  std::lock_guard lock(mutex);
  EXPECT_EQ(told, "GET /x: secret detail");
}

TEST_F(HttpServer, UsesTheErrorPageAndTheHeadersOfItsOptions) {
  options_.headers = {{"X-Frame-Options", "DENY"}, {"Cache-Control", "no-store"}};
  options_.error_page = [](int status, std::string_view) {
    return Response::Html(status, "<h1>Sorry</h1>");
  };
  Start([](const Request&) {
    Response response = Response::Text(200, "x");
    response.headers = {{"cache-control", "max-age=60"}, {"X-Bad", "a\r\nX-Forged: b"}};
    return response;
  });

  const std::string refused = Get("/%zz");
  EXPECT_THAT(refused, HasSubstr("<h1>Sorry</h1>"));
  EXPECT_THAT(refused, HasSubstr("X-Frame-Options: DENY\r\n"));
  const std::string answered = Get("/");
  EXPECT_THAT(answered, HasSubstr("cache-control: max-age=60\r\n"));
  EXPECT_THAT(answered, Not(HasSubstr("no-store")));
  EXPECT_THAT(answered, Not(HasSubstr("X-Forged")));
}

TEST_F(HttpServer, SendsNoBodyWhereTheStatusHasNone) {
  Start([](const Request&) { return Response::Text(304, "must not be seen"); });

  const std::string answer = Get("/");

  EXPECT_THAT(answer, Not(HasSubstr("must not be seen")));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
}

TEST_F(HttpServer, SendsALargeBodyWhole) {
  const auto body = std::make_shared<const std::string>(8u << 20, 'x');
  Start([body](const Request&) {
    Response response;
    response.body = body;
    return response;
  });

  const std::string answer = Get("/");

  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, body->size());
}

TEST_F(HttpServer, TurnsAwayTheConnectionsItHasNoRoomFor) {
  options_.max_connections = 2;
  StartEcho();
  const RawSocket one(ConnectTo(server_->port()));
  const RawSocket two(ConnectTo(server_->port()));
  for (const RawSocket* socket : {&one, &two}) {
    socket->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket->ReadUntil("GET /\n"), StartsWith("HTTP/1.1 200 "));
  }

  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(one.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(one.ReadUntil("GET /\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, HangsUpOnWhoHasTooManyConnections) {
  options_.max_connections_per_peer = 2;
  options_.limit_loopback = true;
  StartEcho();
  const RawSocket one(ConnectTo(server_->port()));
  {
    const RawSocket two(ConnectTo(server_->port()));
    for (const RawSocket* socket : {&one, &two}) {
      socket->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_THAT(socket->ReadUntil("GET /\n"), StartsWith("HTTP/1.1 200 "));
    }
    EXPECT_EQ(RawSocket(ConnectTo(server_->port())).ReadAll(), "");
    // This one goes, and its place is another's.
    two.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(two.ReadAll(), StartsWith("HTTP/1.1 200 "));
  }
  std::string answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) answer = Get("/");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, DrainFinishesWhatIsBeingAnswered) {
  std::promise<void> asked;
  std::promise<void> go_on;
  std::shared_future<void> may_go_on = go_on.get_future().share();
  options_.threads = 2;
  Start([&](const Request&) {
    asked.set_value();
    may_go_on.wait();
    return Response::Text(200, "finished");
  });
  const RawSocket idle(ConnectTo(server_->port()));
  auto answer = std::async(std::launch::async,
                           [this] { return Exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"); });
  asked.get_future().wait();

  auto drained =
      std::async(std::launch::async, [this] { server_->Drain(std::chrono::minutes(1)); });
  EXPECT_EQ(idle.ReadAll(), "") << "an idle connection is closed at once";
  go_on.set_value();

  EXPECT_THAT(answer.get(), testing::AllOf(HasSubstr("finished"), HasSubstr("Connection: close")));
  drained.wait();
}

TEST_F(HttpServer, NamesTheAddressThatIsInUse) {
  StartEcho();
  ServerOptions second;
  second.listen = "127.0.0.1:" + std::to_string(server_->port());

  const auto refused = Server::Start(second, [](const Request&) { return Response(); });

  EXPECT_TRUE(absl::IsUnavailable(refused.status()));
  EXPECT_THAT(refused.status().ToString(), HasSubstr(second.listen));
}

TEST_F(HttpServer, RefusesAnAddressThatIsNone) {
  for (const char* listen :
       {"", "8080", "127.0.0.1", "host.example:80", "127.0.0.1:99999", "1:x"}) {
    ServerOptions options;
    options.listen = listen;
    const auto refused = Server::Start(options, [](const Request&) { return Response(); });
    EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << listen;
  }
}

TEST_F(HttpServer, AnswersManyClientsOnSeveralThreads) {
  options_.threads = 3;
  StartEcho();
  std::vector<std::future<int>> clients;
  for (int client = 0; client < 8; ++client) {
    clients.push_back(std::async(std::launch::async, [this] {
      CurlClient curl;
      FetchRequest request;
      request.url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/x";
      int good = 0;
      for (int i = 0; i < 25; ++i) {
        const auto response = curl.Fetch(request);
        if (response.ok() && response->body == "GET /x\n") ++good;
      }
      return good;
    }));
  }

  for (auto& client : clients) EXPECT_EQ(client.get(), 25);
}

}  // namespace
}  // namespace paperwire::http
