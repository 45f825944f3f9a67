#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "libxml/HTMLparser.h"

namespace paperwire::ingest::html {

// A page as a tree, whatever its errors: libxml2's HTML reader. Not thread-safe.
class Document {
 public:
  // Bytes are taken as UTF-8; what is none becomes U+FFFD. Nothing is fetched.
  explicit Document(std::string_view bytes);

  // Null when the page has no element, or is nested more deeply than libxml2 reads (256).
  const xmlNode* root() const { return root_; }

 private:
  struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  };

  std::unique_ptr<xmlDoc, Free> document_;
  const xmlNode* root_ = nullptr;
};

// The node after `node` in the order of the page, below `root` only; what is in `node` is left out
// unless `into`. Null at the end.
const xmlNode* Next(const xmlNode* node, const xmlNode* root, bool into);

bool IsElement(const xmlNode* node, std::string_view name);

// Empty when there is none.
std::string_view Attribute(const xmlNode* node, const char* name);

// Whether the attribute `class` has that word.
bool HasClass(const xmlNode* node, std::string_view word);

// The text in it, with <br> as a new paragraph and without elements of class "descriptor". A link
// that arXiv shows as "this https URL" is its address.
std::string Text(const xmlNode* node);

}  // namespace paperwire::ingest::html
