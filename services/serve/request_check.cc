#include "services/serve/request_check.h"

#include <string>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "libs/paper/text.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// Requests nest three deep; who sends more of it gets no further.
constexpr int kDeepest = 16;

// The path of the first text that is not UTF-8; empty: there is none as far as can be read.
std::string FindBadText(const Descriptor& type, const std::string& bytes, int depth) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  while (const uint32_t tag = input.ReadTag()) {
    const FieldDescriptor* const field =
        type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool text = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
    const bool message = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED ||
        (!text && !message)) {
      if (!WireFormatLite::SkipField(&input, tag)) return "";
      continue;
    }
    uint32_t size = 0;
    std::string inner;
    if (!input.ReadVarint32(&size) || size > bytes.size() ||
        !input.ReadString(&inner, static_cast<int>(size))) {
      return "";
    }
    if (text && paper::CountBadBytes(inner) > 0) return field->name();
    if (message && depth < kDeepest) {
      const std::string found = FindBadText(*field->message_type(), inner, depth + 1);
      if (!found.empty()) return field->name() + "." + found;
    }
  }
  return "";
}

}  // namespace

absl::Status CheckEnums(const google::protobuf::Message& request) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(request, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) continue;
    if (field->type() == FieldDescriptor::TYPE_ENUM) {
      const int value = reflection.GetEnumValue(request, field);
      if (field->enum_type()->FindValueByNumber(value) != nullptr) continue;
      return InvalidField(field->name(),
                          fmt::format("{} is no {}", value, field->enum_type()->name()));
    }
    if (field->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const absl::Status inner = CheckEnums(reflection.GetMessage(request, field));
    if (!inner.ok()) {
      const std::string message(inner.message());
      const size_t colon = message.find(": ");
      return InvalidField(field->name() + "." + message.substr(0, colon),
                          message.substr(colon + 2));
    }
  }
  return absl::OkStatus();
}

absl::Status UnreadableRequest(const google::protobuf::Message& prototype, std::string_view bytes) {
  const std::string field = FindBadText(*prototype.GetDescriptor(), std::string(bytes), 0);
  if (!field.empty()) return InvalidField(field, "is not UTF-8");
  return InvalidField("request", fmt::format("is no {}", prototype.GetTypeName()));
}

}  // namespace paperwire::serve
