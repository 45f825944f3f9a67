#include "services/serve/pages.h"

#include <algorithm>
#include <map>

#include "ctemplate/template.h"
#include "ctemplate/template_cache.h"
#include "fmt/format.h"
#include "libs/http/escape.h"
#include "libs/tags/description.h"
#include "services/serve/assets.h"
#include "services/serve/card.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"
#include "services/serve/wording.h"

namespace paperwire::serve {
namespace {

using ctemplate::TemplateDictionary;

const v1::LedgerDay* FindDay(const v1::GetStatusResponse& status, const std::string& date) {
  for (const v1::LedgerDay& day : status.days()) {
    if (day.announced() == date) return &day;
  }
  return nullptr;
}

void SetState(const v1::GetStatusResponse& status, TemplateDictionary& body) {
  body.SetValue("STATE", std::string(StateSlug(status.state())));
  body.SetValue("STATE_NAME", std::string(StateName(status.state())));
  body.SetValue("STATE_SENTENCE", status.sentence());
}

// Of one date or all, and of one tag or all.
EntryRange Cards(const PageFacts& facts, const std::string& date, std::string_view tag) {
  const EntryRange cards = tag.empty() ? facts.snapshot.entries() : facts.snapshot.OfTag(tag);
  return date.empty() ? cards.Between(facts.oldest, "") : cards.Between(date, date);
}

// What narrows the list narrows the other days too, but for the tag.
void AddDays(const PageFacts& facts, const ListQuery& query, TemplateDictionary& body) {
  for (const auto& [date, count] : facts.snapshot.dates()) {
    if (date < facts.oldest) break;
    ListQuery target;
    target.date = date;
    target.category = query.category;
    target.keyword = query.keyword;
    TemplateDictionary* day = body.AddSectionDictionary("DAY");
    day->SetValue("DAY_URL", UrlOf(target, 1));
    day->SetValue("DATE_SHORT", ShortDate(date));
    day->SetIntValue("COUNT", IsWhole(target) ? static_cast<long>(count)
                                              : static_cast<long>(Select(facts, target).size()));
    if (date == query.date) day->ShowSection("DAY_CURRENT");
  }
}

void AddCards(const std::vector<EntryPtr>& entries, const ListQuery& query,
              TemplateDictionary& body) {
  const size_t pages = std::max<size_t>(1, (entries.size() + kCardsOnAPage - 1) / kCardsOnAPage);
  const size_t first = (query.page - 1) * kCardsOnAPage;
  const size_t end = std::min(entries.size(), first + kCardsOnAPage);
  std::string date;
  TemplateDictionary* group = nullptr;
  for (size_t i = first; i < end; ++i) {
    const std::string& announced = entries[i]->announced();
    if (group == nullptr || announced != date) {
      date = announced;
      group = body.AddSectionDictionary("GROUP");
      if (query.date.empty()) {
        group->AddSectionDictionary("GROUP_TITLE")->SetValue("GROUP_NAME", LongDate(date));
      }
    }
    AddCard(entries[i]->Message(), false, *group);
  }
  if (pages == 1) return;
  TemplateDictionary* pager = body.AddSectionDictionary("PAGER");
  pager->SetValue("PAGER_TEXT", fmt::format("Page {} of {}", query.page, pages));
  if (query.page > 1) {
    pager->SetValueAndShowSection("PREVIOUS_URL", UrlOf(query, query.page - 1), "PREVIOUS");
  }
  if (query.page < pages) {
    pager->SetValueAndShowSection("NEXT_URL", UrlOf(query, query.page + 1), "NEXT");
  }
}

std::string_view KindName(v1::UnservedKind kind) {
  switch (kind) {
    case v1::UNSERVED_KIND_PENDING:
      return "pending";
    case v1::UNSERVED_KIND_DEAD_LETTERED:
      return "dead-lettered";
    case v1::UNSERVED_KIND_MISSING:
      return "missing";
    default:
      return "left out";
  }
}

std::string_view KindClass(v1::UnservedKind kind) {
  switch (kind) {
    case v1::UNSERVED_KIND_PENDING:
      return "pending";
    case v1::UNSERVED_KIND_DEAD_LETTERED:
      return "dead";
    case v1::UNSERVED_KIND_MISSING:
      return "missing";
    default:
      return "excluded";
  }
}

void AddLedger(const v1::GetStatusResponse& status, TemplateDictionary& body) {
  if (status.days().empty()) {
    body.ShowSection("NO_DAYS");
    return;
  }
  TemplateDictionary* table = body.AddSectionDictionary("HAVE_DAYS");
  for (const v1::LedgerDay& day : status.days()) {
    TemplateDictionary* row = table->AddSectionDictionary("DAY");
    row->SetValue("DATE", day.announced());
    row->SetValue("DATE_SHORT", ShortDate(day.announced()));
    row->SetIntValue("DECLARED", day.declared());
    row->SetIntValue("INGESTED", day.ingested());
    row->SetIntValue("SUMMARIZED", day.summarized());
    row->SetIntValue("TAGGED", day.tagged());
    row->SetIntValue("SERVED", day.served());
    row->SetIntValue("PENDING", day.pending());
    row->SetIntValue("DEAD", day.dead_lettered());
    row->SetIntValue("MISSING", day.missing());
    row->SetIntValue("EXCLUDED", day.excluded());
    row->SetValue("BALANCE_CLASS", day.balanced() ? "balanced" : "unbalanced");
    row->SetValue("BALANCE", day.balanced() ? "✓ balances" : "does not balance");
    if (day.unserved().empty()) continue;
    TemplateDictionary* rest = body.AddSectionDictionary("UNSERVED_DAY");
    rest->SetValue("DATE_LONG", LongDate(day.announced()));
    for (const v1::UnservedPaper& paper : day.unserved()) {
      TemplateDictionary* item = rest->AddSectionDictionary("UNSERVED");
      item->SetValue("ID", paper.arxiv_id());
      item->SetValue("ABS_URL", "https://arxiv.org/abs/" + paper.arxiv_id());
      item->SetValue("KIND", std::string(KindName(paper.kind())));
      item->SetValue("KIND_CLASS", std::string(KindClass(paper.kind())));
      item->SetValue("STAGE", std::string(StageName(paper.stage())));
      item->SetValue("REASON", paper.reason());
      item->SetValue("SINCE", TimeInWords(paper.since()));
    }
  }
}

std::string CycleInWords(const v1::Cycle& cycle) {
  std::string words = TimeInWords(cycle.end_time());
  switch (cycle.outcome()) {
    case v1::CYCLE_OUTCOME_PUBLISHED:
      words += fmt::format(": {} published", Counted(cycle.papers_published(), "paper", "papers"));
      break;
    case v1::CYCLE_OUTCOME_NOTHING_NEW:
      words += ": nothing new";
      break;
    case v1::CYCLE_OUTCOME_PARTIAL:
      words += fmt::format(": some sources failed, {} published",
                           Counted(cycle.papers_published(), "paper", "papers"));
      break;
    case v1::CYCLE_OUTCOME_FAILED:
      words += ": failed" + (cycle.error().empty() ? std::string() : ", " + cycle.error());
      break;
    default:
      break;
  }
  return words;
}

}  // namespace

struct Pages::Frame {
  std::string title;
  std::string description;
  const char* body;
  // AT_PAPERS, AT_STATUS, AT_ABOUT; null: none.
  const char* at = nullptr;
  const v1::GetStatusResponse* status = nullptr;
};

Pages::Pages(const tags::TagCatalogue& catalogue)
    : catalogue_(catalogue), templates_(std::make_unique<ctemplate::TemplateCache>()) {
  for (const Asset& asset : Assets()) {
    if (!asset.name.ends_with(".tpl")) continue;
    templates_->StringToTemplateCache(
        std::string(asset.name), ctemplate::TemplateString(asset.bytes.data(), asset.bytes.size()),
        ctemplate::STRIP_WHITESPACE);
  }
  style_hash_ = fmt::format("{:012x}", HashOf(FindAsset("style.css")) >> 16);
}

Pages::~Pages() = default;

TemplateDictionary* Pages::Fill(TemplateDictionary& page, const Frame& frame) const {
  page.SetValue("PAGE_TITLE", frame.title);
  page.SetValue("DESCRIPTION", frame.description);
  page.SetValue("STYLE_HASH", style_hash_);
  if (frame.at != nullptr) page.ShowSection(frame.at);
  if (frame.status != nullptr) {
    if (frame.status->sample()) page.ShowSection("SAMPLE");
    if (frame.status->stale()) {
      TemplateDictionary* stale = page.AddSectionDictionary("STALE");
      const std::string when = TimeInWords(frame.status->snapshot_time());
      stale->SetValue("STALE_TIME", when.empty() ? "an earlier time" : when);
      stale->SetValue("STALE_REASON", frame.status->stale_reason());
    }
  }
  TemplateDictionary* body = page.AddIncludeDictionary("BODY");
  body->SetFilename(frame.body);
  return body;
}

std::string Pages::Expand(TemplateDictionary& page) const {
  std::string html;
  // False only when a template is missing, which the tests of every page would show.
  templates_->ExpandWithData("layout.tpl", ctemplate::STRIP_WHITESPACE, &page, nullptr, &html);
  return html;
}

std::string UrlOf(const ListQuery& query, uint32_t page) {
  std::string url = query.home ? "/" : query.date.empty() ? "/t/" + query.tag : "/d/" + query.date;
  char separator = '?';
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    url += fmt::format("{}{}={}", separator, name, http::EscapeQueryValue(value));
    separator = '&';
  };
  if (!query.date.empty()) add("tag", query.tag);
  add("category", query.category);
  add("keyword", query.keyword);
  if (page > 1) add("page", std::to_string(page));
  return url;
}

std::vector<EntryPtr> Select(const PageFacts& facts, const ListQuery& query) {
  std::vector<EntryPtr> selected;
  const std::string keyword = FoldKeyword(query.keyword);
  for (const ServedEntry& entry : Cards(facts, query.date, query.tag)) {
    if ((query.category.empty() || entry.Has(Facet::kPrimaryCategory, query.category)) &&
        (keyword.empty() || HasAnyKeyword(entry, {&keyword, 1}))) {
      selected.push_back(entry.Share());
    }
  }
  return selected;
}

// On a day's page the tags narrow the day; elsewhere they lead to the tag's own page.
void Pages::AddTags(const PageFacts& facts, const ListQuery& query,
                    TemplateDictionary& body) const {
  ListQuery untagged = query;
  untagged.home = false;
  untagged.tag.clear();
  const auto count_of = [&](std::string_view tag) {
    ListQuery tagged = untagged;
    tagged.tag = tag;
    return IsWhole(tagged) ? Cards(facts, tagged.date, tag).size() : Select(facts, tagged).size();
  };
  body.SetValue("TAGS_TITLE", query.date.empty() ? "Tags of the seven days" : "Tags of this day");
  if (!query.date.empty()) {
    TemplateDictionary* all = body.AddSectionDictionary("ALL_TAGS");
    all->SetValue("ALL_URL", UrlOf(untagged, 1));
    all->SetIntValue("COUNT", static_cast<long>(count_of("")));
    if (query.tag.empty()) all->ShowSection("ALL_CURRENT");
  }
  for (const tags::TagInfo& info : catalogue_) {
    const size_t count = count_of(info.slug);
    if (count == 0 && info.slug != query.tag) continue;
    TemplateDictionary* tag = body.AddSectionDictionary("TAG_LINK");
    ListQuery target = untagged;
    target.tag = info.slug;
    tag->SetValue("TAG_URL", UrlOf(target, 1));
    tag->SetValue("TAG_NAME", info.name);
    tag->SetValue("TAG_MEANING", info.meaning);
    tag->SetIntValue("COUNT", static_cast<long>(count));
    if (info.slug == query.tag) tag->ShowSection("TAG_CURRENT");
  }
}

std::string Pages::NameOf(const PageFacts& facts, std::string_view tag) const {
  const std::string_view name = catalogue_.Resolve(tag).name;
  if (!name.empty()) return std::string(name);
  for (const ServedEntry& tagged : facts.snapshot.OfTag(tag)) {
    const v1::Entry entry = tagged.Message();
    for (const v1::Tag& own : entry.tags()) {
      if (own.slug() == tag && !own.name().empty()) return own.name();
    }
  }
  return std::string(tag);
}

// What a tag means, and how far it can be trusted.
void Pages::Introduce(const PageFacts& facts, std::string_view tag,
                      TemplateDictionary& body) const {
  const tags::TagCatalogue::Standing standing = catalogue_.Resolve(tag);
  if (standing.tag == nullptr) {
    body.SetValueAndShowSection("LEDE_TEXT",
                                standing.name.empty()
                                    ? "A tag of a later version than this one."
                                    : "No longer given: its last cards leave with their day.",
                                "LEDE");
    return;
  }
  body.SetValueAndShowSection("LEDE_TEXT", standing.tag->meaning, "LEDE");
  TemplateDictionary* note = body.AddSectionDictionary("TAG_NOTE");
  note->SetValue("EXCLUDES", standing.tag->excludes);
  const v1::TagDescription told =
      tags::Describe(catalogue_, *standing.tag, facts.snapshot.tag_model());
  if (told.measured_on() != 0) {
    note->SetValueAndShowSection("PRECISION_TEXT", PrecisionInWords(told), "PRECISION");
  }
}

std::string Pages::List(const PageFacts& facts, const ListQuery& query) const {
  const v1::GetStatusResponse& status = facts.status;
  const std::string tag_name = query.tag.empty() ? std::string() : NameOf(facts, query.tag);
  const std::string heading = query.date.empty()  ? tag_name
                              : query.tag.empty() ? "Papers of " + LongDate(query.date)
                                                  : tag_name + " on " + LongDate(query.date);
  TemplateDictionary page("list");
  TemplateDictionary& body =
      *Fill(page, {.title = query.home ? "Paperwire: machine learning, paper by paper"
                                       : heading + " · Paperwire",
                   .description = "New machine-learning papers from arXiv, each on one card.",
                   .body = "list.tpl",
                   .at = query.home ? "AT_PAPERS" : nullptr,
                   .status = &status});
  if (query.home) {
    body.ShowSection("HERO_HOME");
  } else {
    body.SetValueAndShowSection("HEADING", heading, "HERO_OTHER");
  }
  if (query.home) {
    body.SetValueAndShowSection("LEDE_TEXT",
                                "What arXiv announces in machine learning, read, summarized and "
                                "tagged: a fresh look every eight hours.",
                                "LEDE");
  } else if (!query.tag.empty()) {
    Introduce(facts, query.tag, body);
  }
  body.SetIntValue("PAPERS_TODAY", status.papers_today());
  body.SetIntValue("UPDATE_HOURS", status.update_hours());
  body.SetIntValue("HISTORY_DAYS", status.history_days());
  SetState(status, body);
  const std::string ledger_date = query.home ? status.newest_announced() : query.date;
  const v1::LedgerDay* day = FindDay(status, ledger_date);
  if (day != nullptr) body.SetValueAndShowSection("LEDGER_LINE", LedgerLine(*day), "LEDGER");

  AddDays(facts, query, body);
  AddTags(facts, query, body);
  const std::vector<EntryPtr> entries = Select(facts, query);
  TemplateDictionary* head = body.AddSectionDictionary("DAY_HEAD");
  head->SetValue("STREAM_TITLE", query.date.empty() ? "The last seven days" : LongDate(query.date));
  std::string note = Counted(static_cast<uint32_t>(entries.size()), "paper", "papers");
  if (!query.tag.empty() && !query.date.empty()) note += " on " + tag_name;
  if (!query.category.empty()) note += ", first of all in " + query.category;
  if (!query.keyword.empty()) note += ", with the keyword " + query.keyword;
  head->SetValue("STREAM_NOTE", note);
  AddCards(entries, query, body);
  if (entries.empty()) {
    body.SetValueAndShowSection("NOTHING_TEXT",
                                !IsWhole(query) ? "No paper here that was asked for."
                                : query.tag.empty()
                                    ? "No cards here yet. They appear as soon as they are made."
                                    : "No paper with this tag here.",
                                "NOTHING");
  }
  return Expand(page);
}

std::string Pages::Paper(const PageFacts& facts, const v1::Entry& entry) const {
  TemplateDictionary page("paper");
  std::string description = entry.summary().tldr();
  if (description.empty() && !entry.summary().highlights().empty()) {
    description = entry.summary().highlights(0);
  }
  TemplateDictionary& body = *Fill(page, {.title = entry.paper().title() + " · Paperwire",
                                          .description = description,
                                          .body = "paper.tpl",
                                          .status = &facts.status});
  body.SetValue("HEADING", entry.paper().title());
  body.SetValue("DATE", entry.paper().announced());
  body.SetValue("DATE_LONG", LongDate(entry.paper().announced()));
  AddCard(entry, true, body);
  return Expand(page);
}

std::string Pages::Status(const PageFacts& facts) const {
  const v1::GetStatusResponse& status = facts.status;
  TemplateDictionary page("status");
  TemplateDictionary& body = *Fill(page, {.title = "Status · Paperwire",
                                          .description = "Every announced paper, accounted for.",
                                          .body = "status.tpl",
                                          .at = "AT_STATUS",
                                          .status = &status});
  SetState(status, body);
  AddLedger(status, body);
  body.SetValue("PAPERS_IN_WINDOW", std::to_string(status.papers_in_window()));
  body.SetValue("NEWEST",
                status.newest_announced().empty() ? "none" : LongDate(status.newest_announced()));
  body.SetValue("CLOCK", status.feed_clock() == "data" ? "the newest announcement (a replay)"
                                                       : "arXiv's announcement date, New York");
  if (status.has_last_cycle()) {
    body.SetValueAndShowSection("CYCLE_TEXT", CycleInWords(status.last_cycle()), "CYCLE");
  }
  for (const v1::ModelVersion& version : status.models()) {
    TemplateDictionary* model = body.AddSectionDictionary("MODEL");
    model->SetValue("MODEL_SERVICE",
                    version.service() == "classify" ? "Tags chosen by" : "Cards made by");
    model->SetValue("MODEL_NAME", version.model().empty() ? "unnamed" : version.model());
    model->SetValue("MODEL_COUNT", Counted(version.entries(), "card", "cards"));
  }
  return Expand(page);
}

std::string Pages::About(const v1::GetStatusResponse* status) const {
  TemplateDictionary page("about");
  TemplateDictionary& body = *Fill(page, {.title = "About · Paperwire",
                                          .description = "How a card comes to be.",
                                          .body = "about.tpl",
                                          .at = "AT_ABOUT",
                                          .status = status});
  for (const tags::TagInfo& info : catalogue_) {
    TemplateDictionary* tag = body.AddSectionDictionary("TAG");
    tag->SetValue("SLUG", info.slug);
    tag->SetValue("NAME", info.name);
    tag->SetValue("MEANING", info.meaning);
    tag->SetValue("EXCLUDES", info.excludes);
  }
  return Expand(page);
}

std::string Pages::Message(int code, const std::string& heading, const std::string& text) const {
  TemplateDictionary page("message");
  TemplateDictionary& body =
      *Fill(page, {.title = heading + " · Paperwire", .description = text, .body = "message.tpl"});
  body.SetIntValue("CODE", code);
  body.SetValue("HEADING", heading);
  body.SetValue("TEXT", text);
  return Expand(page);
}

}  // namespace paperwire::serve
