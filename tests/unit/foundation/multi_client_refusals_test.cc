#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include "libs/http/address_policy.h"
#include "libs/http/multi_client.h"
#include "tests/support/certificates.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/foundation/asked.h"
#include "tests/unit/foundation/raw_socket.h"
#include "tests/unit/foundation/tls_server.h"

namespace paperwire::http {
namespace {

using foundation_test::Ask;
using foundation_test::RawServer;
using foundation_test::RawSocket;
using foundation_test::TlsServer;
using testing::HasSubstr;

FetchRequest To(const std::string& url) {
  FetchRequest request;
  request.url = url;
  return request;
}

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class Trust : public testing::Test {
 protected:
  std::string FileOf(const support::Authority& authority) const {
    const std::string path = folder_.path("ca.pem");
    std::ofstream(path) << authority.certificate();
    return path;
  }

  support::ScratchFolder folder_;
  const support::Authority ours_;
  const support::Authority other_;
  const TlsServer server_{ours_.Sign("endpoint")};
};

TEST_F(Trust, IsInTheAuthorityOfTheFile) {
  MultiClient client({.ca_file = FileOf(ours_)});

  const auto response = Ask(client, To(server_.Url()));

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "ok");
}

TEST_F(Trust, IsNotInAnotherAuthority) {
  for (const std::string& file : {FileOf(other_), std::string()}) {
    MultiClient client({.ca_file = file});
    const absl::Status status = Ask(client, To(server_.Url())).status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(status.ToString(), HasSubstr("TLS: "));
  }
}

TEST_F(Trust, EndsWithTheCertificate) {
  const TlsServer expired(ours_.Sign("endpoint", /*expired=*/true));
  MultiClient client({.ca_file = FileOf(ours_)});

  EXPECT_THAT(Ask(client, To(expired.Url())).status().ToString(), HasSubstr("expired"));
}

TEST_F(Trust, NeedsAFileThatIsThere) {
  MultiClient client({.ca_file = folder_.path("none.pem")});

  EXPECT_TRUE(absl::IsUnavailable(Ask(client, To(server_.Url())).status()));
}

TEST_F(Trust, IsNotInAServerWithoutTls) {
  const RawServer plain(RawServer::AtOnce{}, [](const RawSocket& socket, const std::string&) {
    socket.Send(kOk);
    socket.ReadAll();
  });
  MultiClient client({.ca_file = FileOf(ours_)});

  const absl::Status status =
      Ask(client, To("https://127.0.0.1:" + std::to_string(plain.port()) + "/")).status();

  EXPECT_THAT(status.ToString(), HasSubstr("TLS: "));
}

TEST(Refusals, AreOfPlainHttpBeyondLoopback) {
  MultiClient client({});

  const absl::Status status = Ask(client, To("http://api.example.org/v1")).status();

  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
}

TEST(Refusals, AreOfAddressesThatAreNotPublic) {
  MultiClient client({.allow_http = true});

  for (const char* url : {"http://10.0.0.1/", "http://192.168.1.1:8080/", "http://172.16.0.1/",
                          "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/",
                          "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/",
                          "http://100.64.0.1/", "https://10.0.0.1/"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Ask(client, To(url)).status())) << url;
  }
}

TEST(Refusals, AreOfUrlsAndHeadersThatAreNone) {
  MultiClient client({});
  for (const char* url : {"", "nonsense", "file:///etc/passwd", "http://user:pw@127.0.0.1/"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Ask(client, To(url)).status())) << url;
  }
  FetchRequest request = To("http://127.0.0.1:1/");
  request.headers = {"X: a\r\nForged: b"};
  EXPECT_TRUE(absl::IsInvalidArgument(Ask(client, request).status()));
}

TEST(Refusals, AreOfNamesThatLeadToSuchAddresses) {
  std::atomic<int> reached{0};
  const RawServer server([&reached](const RawSocket& socket, const std::string&) {
    ++reached;
    socket.Send(kOk);
  });
  std::array<char, 256> name{};
  ASSERT_EQ(gethostname(name.data(), name.size() - 1), 0);
  const std::string url =
      std::string("http://") + name.data() + ":" + std::to_string(server.port()) + "/";
  addrinfo* found = nullptr;
  if (getaddrinfo(name.data(), nullptr, nullptr, &found) != 0) {
    GTEST_SKIP() << "this machine's name leads nowhere";
  }
  const AddressKind kind = KindOf(*found->ai_addr);
  freeaddrinfo(found);
  if (kind == AddressKind::kPublic) GTEST_SKIP() << "this machine's name leads to the public";

  MultiClient client({.allow_http = true});
  const absl::Status status = Ask(client, To(url)).status();

  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("leads to "));
  EXPECT_EQ(reached, 0);
}

TEST(Proxy, IsTheOneOfTheSettingAndIsNotGivenTheServersHeaders) {
  std::promise<std::string> seen;
  const RawServer proxy([&seen](const RawSocket& socket, const std::string& request) {
    seen.set_value(request);
    socket.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  MultiClient client({.proxy = proxy.Url("")});
  FetchRequest request = To("https://api.example.org/v1");
  request.headers = {"Authorization: Bearer key"};

  EXPECT_TRUE(absl::IsUnavailable(Ask(client, request).status()));

  const std::string head = seen.get_future().get();
  EXPECT_THAT(head, HasSubstr("CONNECT api.example.org:443"));
  EXPECT_THAT(head, testing::Not(HasSubstr("Bearer")));
}

TEST(Proxy, OfTheEnvironmentIsIgnored) {
  const RawServer proxy([](const RawSocket& socket, const std::string&) {
    ADD_FAILURE() << "asked";
    socket.Send(kOk);
  });
  for (const char* name : {"http_proxy", "ALL_PROXY"}) setenv(name, proxy.Url("").c_str(), 1);
  const RawServer server([](const RawSocket& socket, const std::string&) { socket.Send(kOk); });
  MultiClient client({});

  EXPECT_TRUE(Ask(client, To(server.Url("/"))).ok());
  for (const char* name : {"http_proxy", "ALL_PROXY"}) unsetenv(name);
}

TEST(Proxy, IsNotAskedForALoopbackHost) {
  const RawServer proxy([](const RawSocket&, const std::string&) { ADD_FAILURE() << "asked"; });
  const RawServer server([](const RawSocket& socket, const std::string&) { socket.Send(kOk); });
  MultiClient client({.proxy = proxy.Url("")});

  EXPECT_TRUE(Ask(client, To(server.Url("/"))).ok());
}

TEST(Proxy, IsNoWayToAddressesThatAreNotAllowed) {
  const RawServer proxy([](const RawSocket&, const std::string&) { ADD_FAILURE() << "asked"; });
  MultiClient client({.allow_http = true, .proxy = proxy.Url("")});

  EXPECT_TRUE(absl::IsPermissionDenied(Ask(client, To("http://169.254.169.254/")).status()));
}

TEST(AddressPolicy, KnowsWhichAddressesArePublic) {
  for (const char* host : {"8.8.8.8", "172.32.0.1", "172.15.255.255", "100.63.255.255",
                           "100.128.0.1", "[2606:4700::1]", "[::ffff:8.8.8.8]", "[2002:808:808::]",
                           "[64:ff9b::8.8.8.8]", "api.example.org", "223.255.255.255"}) {
    EXPECT_EQ(KindOfHost(host), AddressKind::kPublic) << host;
  }
  for (const char* host :
       {"10.255.255.255", "172.31.255.255", "100.127.255.255", "198.19.0.1", "224.0.0.1",
        "255.255.255.255", "[::]", "[fe80::1%25eth0]", "[fc00::]", "[ff02::1]", "[2002:a00:1::]",
        "[64:ff9b::192.168.0.1]", "[2001:db8::1]", "[fec0::1]", "[nonsense]"}) {
    EXPECT_EQ(KindOfHost(host), AddressKind::kPrivate) << host;
  }
  for (const char* host : {"127.0.0.1", "127.255.255.255", "[::1]", "[::ffff:127.0.0.1]"}) {
    EXPECT_EQ(KindOfHost(host), AddressKind::kLoopback) << host;
  }
}

}  // namespace
}  // namespace paperwire::http
