// A cluster in this process that takes what an agent applies, keeps its state, and writes down who asked for
// what: of the API server's ways it has those that an agent without watches uses.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "agent/identities.h"
#include "net/listener.h"

namespace sluice::agent {

class RecordingCluster {
 public:
  // `kubeconfig` is a path; it is written.
  explicit RecordingCluster(const std::string& kubeconfig);
  RecordingCluster(const RecordingCluster&) = delete;
  RecordingCluster& operator=(const RecordingCluster&) = delete;

  struct Write {
    std::string path;  // of an object that was applied or deleted
    std::string body;  // as it was applied; empty: it was deleted
  };
  // Since the last call.
  std::vector<Write> TakeWrites();
  // What is there, by path: the bytes that were applied.
  std::map<std::string, std::string> Objects() const;
  // Nothing is there any more, the state of an agent neither.
  void Clear();
  // Whether deletes work.
  void LetDelete(bool works) { deletes_ = works; }

 private:
  struct Stored {
    std::string body;
    std::string uid;
    std::string label;
    std::uint64_t version = 0;
  };

  net::ServedAnswer Answer(const net::ServedRequest& request);
  net::ServedAnswer KeepState(const net::ServedRequest& request, const std::string& path);
  net::ServedAnswer Apply(const std::string& path, const std::string& query, const std::string& body);
  net::ServedAnswer Delete(const std::string& path, const std::string& body);
  net::ServedAnswer Show(const std::string& path) const;

  std::atomic<bool> deletes_{true};
  mutable std::mutex mutex_;
  std::map<std::string, Stored> objects_;
  std::map<std::string, std::string> states_;
  std::vector<Write> writes_;
  std::uint64_t version_ = 0;
  std::unique_ptr<net::Listener> listener_;  // last: it ends first
};

}  // namespace sluice::agent
