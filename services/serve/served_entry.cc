#include "services/serve/served_entry.h"

#include <algorithm>
#include <limits>

#include "google/protobuf/util/time_util.h"
#include "services/serve/fold.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kValueHead = 3;

// Of length-delimited fields below 16: the tag is one byte.
constexpr char Tag(int field) { return static_cast<char>(field << 3 | 2); }

void AppendVarint(std::string& out, size_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void AppendHead(std::string& out, int field, size_t length) {
  out.push_back(Tag(field));
  AppendVarint(out, length);
}

void AppendField(std::string& out, int field, std::string_view bytes) {
  AppendHead(out, field, bytes.size());
  out.append(bytes);
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMillis(TimeUtil::TimestampToMilliseconds(timestamp));
}

}  // namespace

EntryPtr ServedEntry::Make(const v1::Entry& entry, window::Cursor first, window::Cursor changed) {
  const std::shared_ptr<ServedEntry> made(new ServedEntry());
  const v1::Paper& paper = entry.paper();
  made->arxiv_id_ = paper.arxiv_id();
  made->announced_ = paper.announced();
  made->revision_ = entry.revision().value();
  made->first_ = first;
  made->changed_ = changed;
  made->tagged_ = TimeOf(entry.tag_provenance().create_time());
  made->revised_ = std::max(made->tagged_, TimeOf(entry.summary().provenance().create_time()));
  made->has_code_ = !paper.code_url().empty();
  made->AddValue(Facet::kSummarizer, entry.summary().provenance().model());
  made->AddValue(Facet::kTagger, entry.tag_provenance().model());
  made->is_fallback_ =
      entry.summary().provenance().fallback_reason() != v1::FALLBACK_REASON_UNSPECIFIED;
  for (const v1::Tag& tag : entry.tags()) made->AddValue(Facet::kTag, tag.slug());
  for (const std::string& category : paper.categories()) {
    made->AddValue(Facet::kCategory, category);
  }
  if (!paper.categories().empty()) made->AddValue(Facet::kPrimaryCategory, paper.categories(0));
  for (const std::string& keyword : entry.summary().keywords()) {
    made->AddValue(Facet::kKeyword, FoldKeyword(keyword));
  }
  for (const v1::Author& author : paper.authors())
    made->AddValue(Facet::kAuthor, FoldName(author.name()));
  made->values_.shrink_to_fit();
  made->Serialize(entry);
  return made;
}

void ServedEntry::AddValue(Facet facet, std::string_view value) {
  value = value.substr(0, std::numeric_limits<uint16_t>::max());
  values_.push_back(static_cast<char>(value.size() & 0xff));
  values_.push_back(static_cast<char>(value.size() >> 8));
  values_.push_back(static_cast<char>(facet));
  values_.append(value);
}

template <typename Visit>
void ServedEntry::ForEachValue(const Visit& visit) const {
  for (size_t at = 0; at < values_.size();) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(values_[at + i]); };
    const size_t size = byte(0) | static_cast<size_t>(byte(1)) << 8;
    const auto facet = static_cast<Facet>(values_[at + 2]);
    at += kValueHead;
    const bool more = visit(Posting{.entry = this,
                                    .begin = static_cast<uint32_t>(at),
                                    .size = static_cast<uint16_t>(size),
                                    .facet = facet});
    if (!more) return;
    at += size;
  }
}

std::vector<std::string_view> ServedEntry::values(Facet facet) const {
  std::vector<std::string_view> found;
  ForEachValue([&](const Posting& posting) {
    if (posting.facet == facet) found.push_back(posting.value());
    return true;
  });
  return found;
}

std::vector<Posting> ServedEntry::postings() const {
  std::vector<Posting> found = {{.entry = this}};
  ForEachValue([&](Posting posting) {
    if (posting.facet == Facet::kKeyword || posting.facet == Facet::kSummarizer ||
        posting.facet == Facet::kTagger) {
      return true;
    }
    if (posting.facet != Facet::kAuthor) {
      found.push_back(posting);
      return true;
    }
    const std::string_view name = posting.value();
    for (size_t begin = 0; begin < name.size();) {
      const size_t end = std::min(name.find(' ', begin), name.size());
      Posting word = posting;
      word.begin += static_cast<uint32_t>(begin);
      word.size = static_cast<uint16_t>(end - begin);
      found.push_back(word);
      begin = end + 1;
    }
    return true;
  });
  const auto key = [](const Posting& posting) { return std::pair(posting.facet, posting.value()); };
  std::sort(found.begin(), found.end(),
            [&](const Posting& a, const Posting& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const Posting& a, const Posting& b) { return key(a) == key(b); }),
              found.end());
  return found;
}

std::string_view ServedEntry::First(Facet facet) const {
  std::string_view first;
  ForEachValue([&](const Posting& posting) {
    if (posting.facet != facet) return true;
    first = posting.value();
    return false;
  });
  return first;
}

bool ServedEntry::Has(Facet facet, std::string_view value) const {
  const std::vector<std::string_view> all = values(facet);
  return std::find(all.begin(), all.end(), value) != all.end();
}

// Parsers take the fields of a message in any order, but not all of them merge a message that comes
// twice (those of JavaScript do not). So the long stretches stand in the bytes once, and only the
// lengths before them are written for each view.
void ServedEntry::Serialize(const v1::Entry& entry) {
  v1::Entry rest = entry;
  std::string abstract;
  if (!entry.paper().abstract().empty()) {
    AppendField(abstract, v1::Paper::kAbstractFieldNumber, entry.paper().abstract());
  }
  rest.mutable_paper()->clear_abstract();
  const std::string paper = rest.paper().SerializeAsString();

  std::string grounding;
  for (const v1::GroundingVerdict& verdict : entry.summary().provenance().grounding()) {
    AppendField(grounding, v1::Provenance::kGroundingFieldNumber, verdict.SerializeAsString());
  }
  rest.mutable_summary()->mutable_provenance()->clear_grounding();
  const std::string provenance = rest.summary().provenance().SerializeAsString();
  rest.mutable_summary()->clear_provenance();
  const std::string summary = rest.summary().SerializeAsString();

  std::string basic_tail;
  std::string full_tail;
  if (entry.summary().has_provenance()) {
    AppendField(basic_tail, v1::Summary::kProvenanceFieldNumber, provenance);
    AppendField(full_tail, v1::Summary::kProvenanceFieldNumber, provenance + grounding);
  }
  const size_t basic_provenance = basic_tail.size();
  const size_t full_provenance = full_tail.size();
  for (v1::Tag& tag : *rest.mutable_tags()) {
    AppendField(full_tail, v1::Entry::kTagsFieldNumber, tag.SerializeAsString());
    tag.clear_evidence();
    AppendField(basic_tail, v1::Entry::kTagsFieldNumber, tag.SerializeAsString());
  }
  rest.clear_paper();
  rest.clear_summary();
  rest.clear_tags();
  const std::string others = rest.SerializeAsString();

  const auto here = [this] { return static_cast<uint32_t>(bytes_.size()); };
  std::string paper_head;
  std::string summary_head;
  const auto make_heads = [&](size_t abstract_size, size_t provenance_size) {
    paper_head.clear();
    AppendHead(paper_head, v1::Entry::kPaperFieldNumber, paper.size() + abstract_size);
    summary_head.clear();
    if (!entry.has_summary()) return;
    AppendHead(summary_head, v1::Entry::kSummaryFieldNumber, summary.size() + provenance_size);
  };
  make_heads(0, basic_provenance);
  const size_t common = paper.size() + summary.size() + others.size();
  bytes_.reserve(common + abstract.size() + basic_tail.size() + full_tail.size() + 32);
  AppendHead(bytes_, 1, common + paper_head.size() + summary_head.size() + basic_tail.size());
  bytes_ += paper_head;
  paper_begin_ = here();
  bytes_ += paper;
  paper_end_ = here();
  bytes_ += summary_head;
  summary_begin_ = here();
  bytes_ += summary;
  summary_end_ = here();
  bytes_ += basic_tail;
  rest_begin_ = here();
  bytes_ += others;
  basic_end_ = here();

  make_heads(abstract.size(), full_provenance);
  AppendHead(bytes_, 1,
             common + paper_head.size() + abstract.size() + summary_head.size() + full_tail.size());
  bytes_ += paper_head;
  head_end_ = here();
  bytes_ += abstract;
  text_end_ = here();
  text_begin_ = text_end_ - static_cast<uint32_t>(entry.paper().abstract().size());
  bytes_ += summary_head;
  abstract_end_ = here();
  bytes_ += full_tail;
  bytes_.shrink_to_fit();
}

void ServedEntry::AppendTo(Payload& payload, v1::EntryView view) const {
  const EntryPtr self = Share();
  if (view == v1::ENTRY_VIEW_BASIC) {
    payload.Append(self, Bytes(0, basic_end_));
    return;
  }
  payload.Append(self, Bytes(basic_end_, head_end_));
  payload.Append(self, Bytes(paper_begin_, paper_end_));
  payload.Append(self, Bytes(head_end_, abstract_end_));
  payload.Append(self, Bytes(summary_begin_, summary_end_));
  payload.Append(self, Bytes(abstract_end_, static_cast<uint32_t>(bytes_.size())));
  payload.Append(self, Bytes(rest_begin_, basic_end_));
}

size_t ServedEntry::FieldSize(v1::EntryView view) const {
  if (view == v1::ENTRY_VIEW_BASIC) return basic_end_;
  return bytes_.size() - basic_end_ + (paper_end_ - paper_begin_) +
         (summary_end_ - summary_begin_) + (basic_end_ - rest_begin_);
}

v1::Entry ServedEntry::Message(v1::EntryView view) const {
  Payload payload;
  AppendTo(payload, view);
  v1::GetPaperResponse around;
  around.ParseFromString(payload.Flat());
  return std::move(*around.mutable_entry());
}

}  // namespace paperwire::serve
