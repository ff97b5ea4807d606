// Says the health of one object a line, JSON, for the oracle kstatus.
#include <cstdio>
#include <iostream>
#include <string>

#include "agent/health.h"
#include "cluster/members.h"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const sluice::cluster::JsonObject object = sluice::cluster::ReadJsonObject(line);
    const auto health = sluice::agent::HealthOf(object.root, std::chrono::system_clock::now());
    std::printf("%s\n", std::string(sluice::agent::HealthWords(health.health)).c_str());
  }
  return 0;
}
