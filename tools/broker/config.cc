#include "tools/broker/config.h"

namespace paperwire::broker {

void Config::Declare(config::Settings& settings) {
  settings.Text(&address_file, "address-file", "File to write the broker's address to.");
  settings.Integer(&partitions, "partitions", "Partitions of every topic.", 1, 256);
}

}  // namespace paperwire::broker
