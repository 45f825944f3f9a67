#include "services/serve/card.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "ctemplate/template_dictionary.h"
#include "fmt/format.h"
#include "services/serve/wording.h"

namespace paperwire::serve {
namespace {

using ctemplate::TemplateDictionary;

constexpr int kAuthorsShown = 8;

std::string Names(const v1::Paper& paper, int from, int to) {
  std::string names;
  for (int i = from; i < to; ++i) {
    if (i > from) names += ", ";
    names += paper.authors(i).name();
  }
  return names;
}

void AddAuthors(const v1::Paper& paper, TemplateDictionary& card) {
  const int all = paper.authors_size();
  // One name more is not worth folding.
  const int shown = all <= kAuthorsShown + 1 ? all : kAuthorsShown;
  card.SetValue("AUTHORS", Names(paper, 0, shown));
  if (shown == all) return;
  TemplateDictionary* more = card.AddSectionDictionary("MORE_AUTHORS");
  more->SetIntValue("MORE_COUNT", all - shown);
  more->SetValue("MORE_NAMES", ", " + Names(paper, shown, all));
}

void AddMark(std::string_view kind, const std::string& text, TemplateDictionary& card) {
  TemplateDictionary* mark = card.AddSectionDictionary("MARK");
  mark->SetValue("MARK_KIND", std::string(kind));
  mark->SetValue("MARK_TEXT", text);
}

void AddMarks(const v1::Entry& entry, TemplateDictionary& card) {
  const v1::Paper& paper = entry.paper();
  if (paper.withdrawn()) AddMark("withdrawn", "Withdrawn by its authors", card);
  if (paper.revised()) AddMark("revised", fmt::format("Revised: v{}", paper.version()), card);
  if (entry.summary().provenance().fallback_reason() != v1::FALLBACK_REASON_UNSPECIFIED) {
    AddMark("fallback", "Fallback card", card);
  }
  if (!paper.venue().empty()) AddMark("venue", paper.venue(), card);
}

void AddLinks(const v1::Paper& paper, TemplateDictionary& card) {
  // Made from the id, which was checked: an address that came with the paper could lead anywhere.
  const std::string versioned = fmt::format("{}v{}", paper.arxiv_id(), paper.version());
  card.SetValue("ABS_URL", "https://arxiv.org/abs/" + versioned);
  card.SetValue("PDF_URL", "https://arxiv.org/pdf/" + versioned);
  if (!paper.html_url().empty()) {
    card.SetValueAndShowSection("HTML_URL", "https://arxiv.org/html/" + versioned, "HTML");
  }
  if (std::string_view(paper.code_url()).starts_with("https://")) {
    card.SetValueAndShowSection("CODE_URL", paper.code_url(), "CODE");
  }
}

void AddPart(const char* name, const std::string& text, bool lead, TemplateDictionary& card) {
  TemplateDictionary* part = card.AddSectionDictionary("PART");
  part->SetValue("PART_NAME", name);
  if (lead) part->ShowSection("LEAD");
  if (text.empty()) {
    part->ShowSection("PART_EMPTY");
  } else {
    part->SetValueAndShowSection("TEXT", text, "PART_TEXT");
  }
}

}  // namespace

void AddCard(const v1::Entry& entry, bool open, TemplateDictionary& parent) {
  const v1::Paper& paper = entry.paper();
  const v1::Summary& summary = entry.summary();
  TemplateDictionary& card = *parent.AddIncludeDictionary("CARD");
  card.SetFilename("card.tpl");
  card.SetValue("ID", paper.arxiv_id());
  card.SetIntValue("VERSION", paper.version());
  card.SetValue("TITLE", paper.title());
  card.SetValue("DATE", paper.announced());
  card.SetValue("DATE_SHORT", ShortDate(paper.announced()));
  std::string categories;
  for (const std::string& category : paper.categories()) {
    categories += (categories.empty() ? "" : ", ") + category;
  }
  card.SetValue("CATEGORIES", categories);
  if (paper.withdrawn()) card.ShowSection("WITHDRAWN");
  AddAuthors(paper, card);
  AddMarks(entry, card);
  AddLinks(paper, card);
  for (const v1::Tag& tag : entry.tags()) {
    TemplateDictionary* chip = card.AddSectionDictionary("TAG");
    chip->SetValue("SLUG", tag.slug());
    chip->SetValue("NAME", tag.name().empty() ? tag.slug() : tag.name());
  }
  if (!summary.highlights().empty()) {
    TemplateDictionary* highlights = card.AddSectionDictionary("HIGHLIGHTS");
    for (const std::string& highlight : summary.highlights()) {
      highlights->AddSectionDictionary("HIGHLIGHT")->SetValue("TEXT", highlight);
    }
  }
  AddPart("Summary", summary.summary(), true, card);
  AddPart("Methodology", summary.methodology(), false, card);
  AddPart("Results", summary.results(), false, card);
  AddPart("Implications", summary.implications(), false, card);
  card.SetValue("PROVENANCE", ProvenanceInWords(entry));
  if (open) {
    card.ShowSection("OPEN");
    if (!paper.abstract().empty()) {
      card.AddSectionDictionary("ABSTRACT")->SetValue("ABSTRACT_TEXT", paper.abstract());
    }
  }
}

}  // namespace paperwire::serve
