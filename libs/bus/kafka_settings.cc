#include "libs/bus/kafka_settings.h"

namespace paperwire::bus {

void KafkaSettings::Declare(config::Settings& settings) {
  settings.Text(&brokers, "kafka-brokers", "Kafka's bootstrap addresses, host:port, by commas");
  settings.Text(&security_protocol, "kafka-security-protocol", "How to speak to Kafka",
                {.choices = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}});
  settings.Text(&ssl_ca, "kafka-ssl-ca", "File of the authorities that may sign the brokers (PEM)");
  settings.Text(&ssl_certificate, "kafka-ssl-certificate",
                "File of the client's certificate (PEM), for mutual TLS");
  settings.Text(&ssl_key, "kafka-ssl-key", "File of the client's private key (PEM)");
  settings.Text(&ssl_key_password, "kafka-ssl-key-password", "Password of the private key",
                {.secret = true});
  settings.Text(&sasl_mechanism, "kafka-sasl-mechanism", "SASL mechanism, with sasl_*",
                {.choices = {"", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"}});
  settings.Text(&sasl_username, "kafka-sasl-username", "SASL user name");
  settings.Text(&sasl_password, "kafka-sasl-password", "SASL password", {.secret = true});
  settings.Duration(&session_timeout, "kafka-session-timeout",
                    "How long a dead consumer keeps its partitions", std::chrono::seconds(6),
                    std::chrono::minutes(5));
}

}  // namespace paperwire::bus
