#include "services/ingest/html.h"

#include <limits>

#include "libs/paper/text.h"

namespace paperwire::ingest::html {
namespace {

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

bool IsAddressShortened(std::string_view text) {
  return text.starts_with("this http") && text.ends_with(" URL");
}

}  // namespace

Document::Document(std::string_view bytes) {
  // libxml2 changes to Latin 1, or stops, at the first bad byte.
  std::string repaired;
  if (paper::CountBadBytes(bytes) > 0) {
    repaired = paper::ReplaceBadBytes(bytes);
    bytes = repaired;
  }
  // Once for the process, before any thread uses the library.
  static const bool kReady = (xmlInitParser(), true);
  if (!kReady || bytes.size() > std::numeric_limits<int>::max()) return;
  struct FreeContext {
    void operator()(htmlParserCtxt* context) const { htmlFreeParserCtxt(context); }
  };
  const std::unique_ptr<htmlParserCtxt, FreeContext> context(htmlNewParserCtxt());
  if (context == nullptr) return;
  document_.reset(htmlCtxtReadMemory(
      context.get(), bytes.data(), static_cast<int>(bytes.size()), nullptr, "UTF-8",
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
  const xmlError* error = xmlCtxtGetLastError(context.get());
  // A fatal error stops the reader in mid-page.
  if (document_ == nullptr || (error != nullptr && error->level == XML_ERR_FATAL)) return;
  root_ = xmlDocGetRootElement(document_.get());
}

const xmlNode* Next(const xmlNode* node, const xmlNode* root, bool into) {
  if (into && node->type == XML_ELEMENT_NODE && node->children != nullptr) return node->children;
  while (node != root && node->next == nullptr) {
    node = node->parent;
    if (node == nullptr) return nullptr;
  }
  return node == root ? nullptr : node->next;
}

bool IsElement(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && View(node->name) == name;
}

std::string_view Attribute(const xmlNode* node, const char* name) {
  if (node->type != XML_ELEMENT_NODE) return {};
  for (const xmlAttr* attribute = node->properties; attribute != nullptr;
       attribute = attribute->next) {
    if (View(attribute->name) != name) continue;
    return attribute->children == nullptr ? std::string_view() : View(attribute->children->content);
  }
  return {};
}

bool HasClass(const xmlNode* node, std::string_view word) {
  const std::string_view classes = Attribute(node, "class");
  for (size_t at = classes.find(word); at != std::string_view::npos;
       at = classes.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || classes[at - 1] == ' ') && (end == classes.size() || classes[end] == ' ')) {
      return true;
    }
  }
  return false;
}

std::string Text(const xmlNode* node) {
  std::string text;
  const xmlNode* at = node;
  while (at != nullptr) {
    bool into = true;
    if (at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE) {
      text += View(at->content);
    } else if (IsElement(at, "br")) {
      text += "\n  ";
    } else if (at != node && HasClass(at, "descriptor")) {
      into = false;
    } else if (at != node && IsElement(at, "a")) {
      const std::string_view address = Attribute(at, "href");
      if (at->children != nullptr && at->children->type == XML_TEXT_NODE &&
          IsAddressShortened(View(at->children->content)) && !address.empty()) {
        text += address;
        into = false;
      }
    }
    at = Next(at, node, into);
  }
  return text;
}

}  // namespace paperwire::ingest::html
