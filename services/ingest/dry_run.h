#pragma once

#include <string>

#include "paperwire/v1/paper.pb.h"
#include "services/ingest/merge.h"
#include "services/ingest/source.h"

namespace paperwire::ingest {

// A paper as one line of JSON, as the readers of files of papers take it: id, version, title,
// abstract, authors, categories, announced and, where known, type, published and comment. Pure.
std::string ToJsonLine(const v1::Paper& paper);

// What each source answered, one line each ("rss_cs.LG.xml  ok  195"), and what the days declare.
// Pure.
std::string Report(const Harvest& harvest, const Merged& merged);

}  // namespace paperwire::ingest
