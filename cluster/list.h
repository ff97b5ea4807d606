// Lists of the API server, page by page (limit and continue), so that a list of
// any length needs the memory of one page.
#pragma once

#include <functional>
#include <string>

#include "cluster/api_client.h"

namespace sluice::cluster {

struct ListRequest {
  std::string path{};   // of the collection, without a query
  std::string query{};  // "labelSelector=…", its values as in paths; limit and continue are set here
  net::Headers headers{};
  std::size_t page = 500;
  std::size_t page_bytes = 32u << 20;
  std::size_t pages = 2000;
  std::optional<Clock::time_point> end{};  // of it all; none: a minute from now
  const net::Cancellation* cancel = nullptr;
};

// The page as it was parsed; its "items" is a list, perhaps empty. An Error ends
// the listing.
using PageSink = std::function<Status(const manifests::ParsedFile& page)>;

struct ListAnswer {
  int status = 0;       // of the last page; 0: none came
  std::string trouble;  // half a sentence; empty: the list is whole
};

// An Error where the credentials cannot be had or the sink gave one. A list that
// goes on past its limits, or that says "continue" without a token, is trouble.
Result<ListAnswer> List(ApiClient& client, const ListRequest& request, const PageSink& sink);

}  // namespace sluice::cluster
