// Every field of every request with values that nobody means well with: an error that fits, never
// INTERNAL, never the end of the server.
#include <functional>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/serve/page_token.h"
#include "tests/integration/access/faces.h"

namespace paperwire::serve {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One bad request: the bytes, and which field is bad ("page_size", "filter.tags_any").
struct Bad {
  std::string field;
  std::string what;
  std::string bytes;
};

constexpr size_t kMostBytes = 60000;

std::vector<std::string> BadTexts(const std::string& token) {
  std::string tampered = token;
  if (tampered.size() > 4) tampered[tampered.size() / 2] ^= 1;
  std::string nested(2000, '(');
  std::string quotes;
  for (int i = 0; i < 500; ++i) quotes += "\"a -\"* tag: ";
  return {"no-such-thing",
          std::string(10000, 'a'),
          std::string(10000, ' '),
          nested,
          quotes,
          std::string("a\0b", 3),
          "\xef\xbf\xbf\xe2\x80\xae",
          "a* b* c* d* e*",
          "-",
          "\"",
          "tag:",
          "../../etc/passwd",
          "' OR 1=1 --",
          "2026-13-45",
          "9999-99-99",
          token,
          tampered,
          token.substr(0, token.size() / 2)};
}

// Calls `visit` for every field of `message` and of the messages in it, with the message that holds
// it and the path to it.
void EachField(
    Message* message, const std::string& path,
    const std::function<void(Message*, const FieldDescriptor*, const std::string&)>& visit) {
  const auto* const type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const std::string name = path + field->name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        EachField(message->GetReflection()->MutableMessage(message, field), name + ".", visit);
        message->GetReflection()->ClearField(message, field);
      }
      continue;
    }
    visit(message, field, name);
  }
}

void SetText(Message* message, const FieldDescriptor* field, const std::string& text) {
  const Reflection& reflection = *message->GetReflection();
  if (field->is_repeated()) {
    reflection.AddString(message, field, text);
  } else {
    reflection.SetString(message, field, text);
  }
}

std::vector<Bad> BadRequests(const google::protobuf::Descriptor& type, const std::string& token) {
  const Message* const prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  const std::unique_ptr<Message> request(prototype->New());
  std::vector<Bad> made = {{"", "empty", ""},
                           {"", "no message", std::string(100, '\xff')},
                           {"", "cut short",
                            "\x0a\x7f"
                            "ab"},
                           {"", "groups", std::string(30000, '\x0b')},
                           {"", "unknown fields",
                            "\xfa\x7f\x03"
                            "abc"}};
  EachField(request.get(), "",
            [&](Message* holder, const FieldDescriptor* field, const std::string& path) {
              const Reflection& reflection = *holder->GetReflection();
              const auto add = [&](const std::string& what) {
                std::string bytes = request->SerializePartialAsString();
                if (bytes.size() < kMostBytes) made.push_back({path, what, std::move(bytes)});
                reflection.ClearField(holder, field);
              };
              switch (field->cpp_type()) {
                case FieldDescriptor::CPPTYPE_STRING: {
                  for (const std::string& text : BadTexts(token)) {
                    SetText(holder, field, text);
                    add(text.substr(0, 40));
                  }
                  // Put in by hand: a message does not take it.
                  SetText(holder, field, "0123456789");
                  std::string bytes = request->SerializeAsString();
                  bytes.replace(bytes.find("0123456789"), 10,
                                "\xc3\x28\xff\xfe\xf8\x80\x80\x80\x80\x01");
                  made.push_back({path, "not UTF-8", bytes});
                  reflection.ClearField(holder, field);
                  if (field->is_repeated()) {
                    for (int i = 0; i < 5000; ++i) SetText(holder, field, "x" + std::to_string(i));
                    add("5,000 of them");
                  }
                  break;
                }
                case FieldDescriptor::CPPTYPE_INT32:
                  for (const int32_t number : {-1, INT32_MIN, INT32_MAX}) {
                    reflection.SetInt32(holder, field, number);
                    add(std::to_string(number));
                  }
                  break;
                case FieldDescriptor::CPPTYPE_INT64:
                  for (const int64_t number : {int64_t{-1}, INT64_MIN, INT64_MAX}) {
                    reflection.SetInt64(holder, field, number);
                    add(std::to_string(number));
                  }
                  break;
                case FieldDescriptor::CPPTYPE_ENUM:
                  for (const int number : {-1, 99, INT32_MAX}) {
                    reflection.SetEnumValue(holder, field, number);
                    add("enum " + std::to_string(number));
                  }
                  break;
                case FieldDescriptor::CPPTYPE_BOOL:
                  reflection.SetBool(holder, field, true);
                  add("true");
                  break;
                default:
                  ADD_FAILURE() << "no bad values for " << path << ": add some here";
              }
            });
  return made;
}

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }
  // One that ListPapers gives, for another filter than any of the bad requests has.
  static std::string Token(Faces& faces) {
    v1::ListPapersRequest request;
    request.set_page_size(1);
    request.mutable_filter()->add_categories("cs.LG");
    const auto page = faces.methods.Find("ListPapers")->run(request, Caller{});
    v1::ListPapersResponse response;
    EXPECT_TRUE(page.ok() && response.ParseFromString(page->Flat()));
    return response.next_page_token();
  }
};

// Which path a violation may name: the field itself, what it is part of, or the whole request.
bool Names(const std::string& message, const std::string& field) {
  const std::string named = message.substr(0, message.find(':'));
  const std::string last = field.substr(field.rfind('.') + 1);
  return named.find(last) != std::string::npos || named == "request" ||
         (named.find_first_of(" ") == std::string::npos && !named.empty());
}

TEST_F(BadInputTest, IsTheCallersFaultAndSaidSoByField) {
  Faces faces({});
  const std::string token = Token(faces);
  ASSERT_NE(token, "");
  using enum grpc::StatusCode;
  const std::set<grpc::StatusCode> fitting = {OK,
                                              INVALID_ARGUMENT,
                                              NOT_FOUND,
                                              OUT_OF_RANGE,
                                              UNIMPLEMENTED,
                                              RESOURCE_EXHAUSTED,
                                              FAILED_PRECONDITION};
  int asked = 0;
  int invalid = 0;
  for (const char* service : {"paperwire.v1.FeedService", "paperwire.v1.OperatorService"}) {
    const bool operators = std::string(service).ends_with("OperatorService");
    const auto channel = faces.Channel(operators);
    const auto methods = MethodsOf(service);
    ASSERT_FALSE(methods.empty());
    for (const MethodName& method : methods) {
      for (const Bad& bad : BadRequests(*method.request, token)) {
        const std::string what = method.path + ", " + bad.field + ": " + bad.what;
        const auto patience = std::chrono::milliseconds(method.streams ? 150 : 20000);
        const grpc::Status status = Call(channel, method.path, bad.bytes, {}, patience).status;
        ++asked;
        // What a stream takes, it goes on with until the caller has had enough.
        if (method.streams && status.error_code() == DEADLINE_EXCEEDED) continue;
        EXPECT_TRUE(fitting.contains(status.error_code()))
            << what << " " << status.error_code() << " " << status.error_message();
        if (status.error_code() != INVALID_ARGUMENT) continue;
        ++invalid;
        EXPECT_THAT(status.error_details(), testing::HasSubstr("google.rpc.BadRequest")) << what;
        EXPECT_TRUE(Names(status.error_message(), bad.field))
            << what << " -> " << status.error_message();
        EXPECT_LT(status.error_message().size(), 1000u) << what;
      }
    }
    EXPECT_TRUE(Call(channel, "/grpc.health.v1.Health/Check", "").status.ok());
  }
  std::cout << asked << " bad requests, " << invalid << " of them INVALID_ARGUMENT by field\n";
  EXPECT_GT(asked, 500);
  EXPECT_GT(invalid, 100);
}

TEST_F(BadInputTest, AnEnumThatIsNoneIsNamed) {
  Faces faces({});
  v1::ListPapersRequest request;
  request.set_view(static_cast<v1::EntryView>(99));
  const grpc::Status status = Call(faces.Channel(false), "/paperwire.v1.FeedService/ListPapers",
                                   request.SerializeAsString())
                                  .status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), testing::StartsWith("view: "));
}

TEST_F(BadInputTest, OverConnectIsToldInTheSameWay) {
  Faces faces({});
  const std::string token = Token(faces);
  int asked = 0;
  for (const MethodName& method : MethodsOf("paperwire.v1.FeedService")) {
    for (const Bad& bad : BadRequests(*method.request, token)) {
      http::Request request;
      request.method = "POST";
      request.path = method.path;
      request.peer = "127.0.0.1";
      request.headers["content-type"] = "application/proto";
      request.body = bad.bytes;
      const http::Response response = faces.Http(request);
      ++asked;
      EXPECT_TRUE(response.status == 200 || response.status == 400 || response.status == 404 ||
                  response.status == 501)
          << method.path << ", " << bad.field << ": " << bad.what << " -> " << response.status;
      if (response.status == 200) continue;
      EXPECT_TRUE(nlohmann::json::parse(*response.body).contains("code"));
    }
  }
  EXPECT_GT(asked, 300);
}

TEST_F(BadInputTest, RequestsOverTheLimitAreRefusedBeforeTheyAreRead) {
  Faces faces({});
  const auto channel = faces.Channel(false);
  const grpc::Status huge =
      Call(channel, "/paperwire.v1.FeedService/ListPapers", std::string(1 << 20, 'x')).status;
  EXPECT_EQ(huge.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const grpc::Status flood = Call(channel, "/paperwire.v1.FeedService/ListPapers", "",
                                  {{"x-flood", std::string(32 << 10, 'x')}})
                                 .status;
  EXPECT_EQ(flood.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << flood.error_message();
  // The flood may have cost its sender the connection.
  const grpc::Status after =
      Call(faces.Channel(false), "/paperwire.v1.FeedService/ListPapers", "").status;
  EXPECT_TRUE(after.ok()) << after.error_message();
}

}  // namespace
}  // namespace paperwire::serve
