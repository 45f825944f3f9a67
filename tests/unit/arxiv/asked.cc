#include "tests/unit/arxiv/asked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "libs/http/curl_client.h"
#include "pugixml.hpp"

namespace paperwire::arxiv {

World JuneWorld(int papers_a_day) {
  World world;
  Generate({.from = absl::CivilDay(2026, 6, 10),
            .to = absl::CivilDay(2026, 6, 26),
            .papers_a_day = papers_a_day},
           world);
  return world;
}

clock::WallTime Moment(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) << error;
  return absl::ToChronoTime(time);
}

absl::StatusOr<http::FetchResponse> Fetch(const std::string& url,
                                          std::vector<std::string> headers) {
  http::CurlClient client;
  return client.Fetch({.url = url,
                       .headers = std::move(headers),
                       .total_timeout = std::chrono::seconds(20),
                       .max_redirects = 0});
}

std::string Body(const std::string& url, int status) {
  const auto response = Fetch(url);
  EXPECT_TRUE(response.ok()) << url << ": " << response.status();
  if (!response.ok()) return "";
  EXPECT_EQ(response->status, status) << url;
  return response->body;
}

std::vector<std::string> IdsOf(const std::vector<v1::Paper>& papers) {
  std::vector<std::string> ids;
  for (const v1::Paper& paper : papers) ids.push_back(paper.arxiv_id());
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::string> IdsOf(const ingest::PaperList& papers) {
  return IdsOf(std::vector<v1::Paper>(papers.begin(), papers.end()));
}

std::vector<std::string> IdsOf(const std::vector<Listed>& listed) {
  std::vector<std::string> ids;
  for (const Listed& one : listed) ids.push_back(one.paper.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string TokenOf(const std::string& page) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(page.data(), page.size()));
  const pugi::xml_node list = document.first_child().last_child();
  return list.child_value("resumptionToken");
}

std::vector<v1::Paper> HarvestAll(const std::string& base, const std::string& arguments,
                                  int* requests) {
  std::vector<v1::Paper> papers;
  std::string next = arguments;
  for (int page = 1; !next.empty() && page < 100; ++page) {
    const std::string body = Body(fmt::format("{}/oai?verb=ListRecords&{}", base, next));
    if (requests != nullptr) *requests = page;
    for (v1::Paper& paper : ingest::Read(body).papers) papers.push_back(std::move(paper));
    const std::string token = TokenOf(body);
    std::string quoted;
    for (const char letter : token) {
      quoted += letter;
      if (letter == '%') quoted += "25";
    }
    next = token.empty() ? "" : std::move(quoted.insert(0, "resumptionToken="));
  }
  return papers;
}

}  // namespace paperwire::arxiv
