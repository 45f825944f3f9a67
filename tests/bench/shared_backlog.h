#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/bus/message.h"
#include "tests/support/stack.h"

namespace paperwire::bench {

// How workers of a stage share a backlog when every paper waits 20 ms in it, so that the machine's
// cores are not the limit: two lanes of one process, and two processes, against one of each.
class SharedBacklog {
 public:
  struct Options {
    // For the rows and for metric names: "summarize".
    std::string stage;
    // Of tests/, with the stage's own arguments: "slow_summarize".
    std::string program;
    std::string output_topic;
    // The record of a paper, from 1.
    std::function<bus::Message(int number)> record;
  };

  // Both must outlive it.
  SharedBacklog(support::Stack& stack, const Options& options) : stack_(stack), options_(options) {}

  // Prints a line a round and the two rows. False: a run did not get through its papers.
  bool Run(int rounds);

 private:
  // Papers a second of so many processes with so many lanes each; 0: it did not work.
  double Measure(int processes, int lanes);
  // Publishes a backlog and waits until it is done: papers a second.
  double Drain(int count, std::chrono::seconds timeout);

  support::Stack& stack_;
  const Options& options_;
  int next_ = 1;
};

}  // namespace paperwire::bench
