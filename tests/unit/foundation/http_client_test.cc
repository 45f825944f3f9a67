#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>

#include "libs/http/curl_client.h"
#include "libs/http/server.h"
#include "libs/http/url_policy.h"
#include "tests/support/gzip.h"
#include "tests/unit/foundation/raw_socket.h"

namespace paperwire::http {
namespace {

using foundation_test::RawServer;
using foundation_test::RawSocket;
using testing::HasSubstr;

// A server whose answers the test writes.
class HttpClient : public testing::Test {
 protected:
  void Serve(Server::Handler handler) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.max_body_bytes = 1u << 20;
    auto server = Server::Start(options, std::move(handler));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  FetchRequest To(const std::string& path) const {
    FetchRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(server_->port()) + path;
    return request;
  }

  static Response Redirect(int status, const std::string& location) {
    Response response = Response::Text(status, "moved");
    response.headers.emplace_back("Location", location);
    return response;
  }

  std::unique_ptr<Server> server_;
  CurlClient client_{{.user_agent = "paperwire-test (mailto:test@example.org)"}};
};

TEST_F(HttpClient, GivesAnyAnswerOfTheServer) {
  Serve([](const Request& request) {
    Response response = Response::Text(503, "agent " + request.headers.at("user-agent") +
                                                " accept " + request.headers.at("accept"));
    response.headers.emplace_back("Retry-After", "120");
    return response;
  });

  const auto response = client_.Fetch(To("/feed"));

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->headers.at("retry-after"), "120");
  EXPECT_THAT(response->body, HasSubstr("agent paperwire-test (mailto:test@example.org)"));
  EXPECT_THAT(response->body, HasSubstr("accept application/atom+xml, text/xml, */*"));
}

TEST_F(HttpClient, SendsBodiesAndHeaders) {
  Serve([](const Request& request) {
    return Response::Text(200, request.method + " " + request.headers.at("content-type") + " " +
                                   request.headers.at("accept") + " " + request.body);
  });
  FetchRequest request = To("/");
  request.method = "POST";
  request.body = "{\"a\":1}";
  request.headers = {"Content-Type: application/json", "accept: application/json"};

  const auto response = client_.Fetch(request);

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "POST application/json application/json {\"a\":1}");
}

TEST_F(HttpClient, UnpacksWhatIsCompressed) {
  Serve([](const Request& request) {
    EXPECT_THAT(request.headers.at("accept-encoding"), HasSubstr("gzip"));
    Response response = Response::Text(200, support::Gzip("unpacked"));
    response.headers.emplace_back("Content-Encoding", "gzip");
    return response;
  });

  const auto response = client_.Fetch(To("/"));

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "unpacked");
}

TEST_F(HttpClient, StopsAtTheCapOfTheUnpackedBody) {
  Serve([](const Request&) {
    Response response = Response::Text(200, support::Gzip(std::string(20u << 20, 'x')));
    response.headers.emplace_back("Content-Encoding", "gzip");
    return response;
  });
  FetchRequest request = To("/");
  request.max_body_bytes = 1u << 20;

  EXPECT_TRUE(absl::IsResourceExhausted(client_.Fetch(request).status()));
}

TEST_F(HttpClient, TakesABodyOfExactlyTheCap) {
  Serve([](const Request&) { return Response::Text(200, std::string(1000, 'x')); });
  FetchRequest request = To("/");

  request.max_body_bytes = 1000;
  EXPECT_TRUE(client_.Fetch(request).ok());

  request.max_body_bytes = 999;
  EXPECT_TRUE(absl::IsResourceExhausted(client_.Fetch(request).status()));
}

TEST_F(HttpClient, TellsATruncatedAnswerFromAWholeOne) {
  const RawServer server([](const RawSocket& socket, const std::string&) {
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
  });
  FetchRequest request;
  request.url = server.Url("/");

  EXPECT_TRUE(absl::IsUnavailable(client_.Fetch(request).status()));
}

TEST_F(HttpClient, SaysUnavailableWhenTheServerHangsUp) {
  const RawServer server([](const RawSocket&, const std::string&) {});
  FetchRequest request;
  request.url = server.Url("/secret?key=12345");

  const absl::Status status = client_.Fetch(request).status();

  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(status.ToString(), testing::Not(HasSubstr("12345")));
}

TEST_F(HttpClient, SaysUnavailableWhereNobodyListens) {
  Serve([](const Request&) { return Response(); });
  const FetchRequest request = To("/");
  server_.reset();

  EXPECT_TRUE(absl::IsUnavailable(client_.Fetch(request).status()));
}

TEST_F(HttpClient, GivesUpOnAnAnswerThatDripsInPastTheTime) {
  std::promise<void> over;
  std::shared_future<void> is_over = over.get_future().share();
  const RawServer server([is_over](const RawSocket& socket, const std::string&) {
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (is_over.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready &&
           socket.Send("x")) {
    }
  });
  FetchRequest request;
  request.url = server.Url("/");
  request.total_timeout = std::chrono::milliseconds(200);

  EXPECT_TRUE(absl::IsDeadlineExceeded(client_.Fetch(request).status()));
  over.set_value();
}

TEST_F(HttpClient, StopsWaitingWhenToldTo) {
  std::stop_source stop;
  std::promise<void> over;
  std::shared_future<void> is_over = over.get_future().share();
  const RawServer server([&stop, is_over](const RawSocket&, const std::string&) {
    // It says nothing.
    stop.request_stop();
    is_over.wait();
  });
  FetchRequest request;
  request.url = server.Url("/");
  request.stop = stop.get_token();

  EXPECT_TRUE(absl::IsCancelled(client_.Fetch(request).status()));
  over.set_value();
}

TEST_F(HttpClient, FollowsRedirectsOnTheSameHost) {
  Serve([](const Request& request) {
    if (request.path == "/a") return Redirect(302, "b?x=1");
    if (request.path == "/b") return Redirect(308, "/c");
    return Response::Text(200, "arrived");
  });

  const auto response = client_.Fetch(To("/a"));

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "arrived");
  EXPECT_EQ(response->url, To("/c").url);
}

TEST_F(HttpClient, RefusesARedirectToAnotherHost) {
  std::atomic<int> reached{0};
  const RawServer other([&reached](const RawSocket&, const std::string&) { ++reached; });
  Serve([&other](const Request&) { return Redirect(302, other.Url("/")); });

  EXPECT_TRUE(absl::IsPermissionDenied(client_.Fetch(To("/")).status()));
  EXPECT_EQ(reached, 0);

  Serve([](const Request&) { return Redirect(301, "file:///etc/passwd"); });
  EXPECT_TRUE(absl::IsPermissionDenied(client_.Fetch(To("/")).status()));
}

TEST_F(HttpClient, KeepsCredentialsFromAnotherHostThatIsAllowed) {
  std::promise<std::string> seen;
  const RawServer other([&seen](const RawSocket& socket, const std::string& request) {
    seen.set_value(request);
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  Serve([&other](const Request&) { return Redirect(307, other.Url("/")); });
  FetchRequest request = To("/");
  request.headers = {"Authorization: Bearer key", "X-Other: kept"};
  request.allowed_hosts = {"127.0.0.1:" + std::to_string(server_->port()),
                           "127.0.0.1:" + std::to_string(other.port())};

  const auto response = client_.Fetch(request);

  ASSERT_TRUE(response.ok()) << response.status();
  const std::string header = seen.get_future().get();
  EXPECT_THAT(header, HasSubstr("X-Other: kept"));
  EXPECT_THAT(header, testing::Not(HasSubstr("Bearer")));
}

TEST_F(HttpClient, StopsAfterSoManyRedirects) {
  std::atomic<int> asked{0};
  Serve([&asked](const Request&) {
    ++asked;
    return Redirect(302, "/again");
  });
  FetchRequest request = To("/");

  request.max_redirects = 2;
  EXPECT_TRUE(absl::IsUnavailable(client_.Fetch(request).status()));
  EXPECT_EQ(asked, 3);

  request.max_redirects = 0;
  const auto as_it_is = client_.Fetch(request);
  ASSERT_TRUE(as_it_is.ok());
  EXPECT_EQ(as_it_is->status, 302);
}

TEST_F(HttpClient, TurnsAPostIntoAGetWhereTheRedirectSaysSo) {
  Serve([](const Request& request) {
    if (request.path == "/303") return Redirect(303, "/end");
    if (request.path == "/307") return Redirect(307, "/end");
    return Response::Text(200, request.method + request.body);
  });
  FetchRequest request = To("/303");
  request.method = "POST";
  request.body = "body";

  EXPECT_EQ(client_.Fetch(request)->body, "GET");
  request.url = To("/307").url;
  EXPECT_EQ(client_.Fetch(request)->body, "POSTbody");
}

TEST_F(HttpClient, RefusesUrlsAndHeadersThatAreNone) {
  for (const char* url : {"", "nonsense", "ftp://example.org/", "file:///etc/passwd",
                          "http://user:pw@127.0.0.1/", "http://"}) {
    FetchRequest request;
    request.url = url;
    EXPECT_TRUE(absl::IsInvalidArgument(client_.Fetch(request).status())) << url;
  }
  FetchRequest request;
  request.url = "http://127.0.0.1:1/";
  request.headers = {"X: a\r\nForged: b"};
  EXPECT_TRUE(absl::IsInvalidArgument(client_.Fetch(request).status()));
}

TEST_F(HttpClient, AsksPlainHttpOnLoopbackOnly) {
  FetchRequest request;
  request.url = "http://feeds.example.org/";

  EXPECT_TRUE(absl::IsPermissionDenied(client_.Fetch(request).status()));
}

absl::Status Hop(const std::string& from, const std::string& to,
                 const std::vector<std::string>& allowed, bool allow_http = false) {
  return CheckRedirect(*ParseUrl(from), *ParseUrl(to), allowed, allow_http);
}

TEST(UrlPolicy, NeverGoesFromHttpsToHttp) {
  EXPECT_TRUE(absl::IsPermissionDenied(
      Hop("https://a.org/", "http://a.org/", {"a.org"}, /*allow_http=*/true)));
  EXPECT_TRUE(Hop("http://a.org/", "https://a.org/", {"a.org:80"}).ok());
}

TEST(UrlPolicy, MatchesHostsWholeAndByPort) {
  EXPECT_TRUE(Hop("https://a.org/", "https://B.org/", {"a.org", "b.ORG"}).ok());
  for (const char* to : {"https://b.org.evil.org/", "https://evilb.org/", "https://b.org:8443/",
                         "https://sub.b.org/", "https://127.0.0.1/"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Hop("https://a.org/", to, {"a.org", "b.org"}))) << to;
  }
  EXPECT_TRUE(Hop("https://a.org/", "https://b.org:8443/", {"b.org:8443"}).ok());
}

TEST(UrlPolicy, KnowsLoopbackHosts) {
  for (const char* url : {"http://127.0.0.1/", "http://127.1.2.3:80/", "http://localhost:8080/",
                          "http://[::1]:80/"}) {
    EXPECT_TRUE(ParseUrl(url)->IsLoopback()) << url;
  }
  for (const char* url : {"http://127.0.0.1.evil.org/", "http://128.0.0.1/", "http://a.org/"}) {
    EXPECT_FALSE(ParseUrl(url)->IsLoopback()) << url;
  }
}

}  // namespace
}  // namespace paperwire::http
