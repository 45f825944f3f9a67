#include "libs/http/multi_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/http/address_policy.h"
#include "libs/http/exchange.h"
#include "libs/http/url_policy.h"

namespace paperwire::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{60000};
// Of libcurl's buffers, one each a call: prompts and answers are a few kilobytes.
constexpr long kBufferBytes = 16L << 10;

struct FreeEasy {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// Which addresses a call may connect to.
enum class Reach { kPublic, kLoopback, kAny };

bool Reaches(Reach reach, AddressKind kind) {
  switch (reach) {
    case Reach::kPublic:
      return kind == AddressKind::kPublic;
    case Reach::kLoopback:
      return kind == AddressKind::kLoopback;
    case Reach::kAny:
      return true;
  }
  return false;
}

bool IsTlsTrouble(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct MultiClient::Transfer {
  FetchRequest request;
  Done done;
  // Not OK: refused before anything was sent.
  absl::Status checked = {};
  bool loopback = false;

  std::unique_ptr<CURL, FreeEasy> curl = {};
  HeaderList headers = {};
  Exchange exchange = {};
  size_t sent = 0;
  Reach reach = Reach::kPublic;
  // The last address that was refused; empty: none was.
  std::string refused = {};
  std::array<char, CURL_ERROR_SIZE> error = {};
  std::optional<clock::SteadyTime> first_byte_by = {};

  std::atomic<bool> cancelled = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop = {};

  // A body that was given out is never given out again: libcurl would ask twice, unseen, where a
  // kept connection closes while it is used.
  static size_t OnSend(char* buffer, size_t size, size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string& body = transfer.request.body;
    const size_t bytes = std::min(size * count, body.size() - transfer.sent);
    std::copy_n(body.data() + transfer.sent, bytes, buffer);
    transfer.sent += bytes;
    return bytes;
  }

  static int OnSeek(void* user, curl_off_t offset, int origin) {
    const auto& transfer = *static_cast<Transfer*>(user);
    return transfer.sent == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK
                                                                   : CURL_SEEKFUNC_FAIL;
  }

  static curl_socket_t OnSocket(void* user, curlsocktype purpose, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(user);
    if (purpose == CURLSOCKTYPE_IPCXN && !Reaches(transfer.reach, KindOf(address->addr))) {
      transfer.refused = AddressText(address->addr);
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  absl::Status Check(const Options& options) {
    if (const absl::Status status = CheckRequest(request); !status.ok()) return status;
    const absl::StatusOr<Url> url = ParseUrl(request.url);
    if (!url.ok()) return url.status();
    loopback = url->IsLoopback();
    const bool proxied = !options.proxy.empty() && !loopback;
    reach = options.allow_private || proxied ? Reach::kAny
            : loopback                       ? Reach::kLoopback
                                             : Reach::kPublic;
    if (!options.allow_private && !loopback && KindOfHost(url->host) != AddressKind::kPublic) {
      return absl::PermissionDeniedError(UrlForPeople(request.url) + ": " + url->host +
                                         " is not a public address, and others are not allowed");
    }
    return CheckUrl(*url, {url->Authority()}, options.allow_http);
  }

  bool Prepare(const Options& options) {
    curl.reset(curl_easy_init());
    if (curl == nullptr) return false;
    headers = HeadersOf(request, options.accept);
    exchange.max_body_bytes = request.max_body_bytes;
    ApplyPeer(curl.get(), options.user_agent, loopback ? "" : options.proxy, options.ca_file);
    ApplyRequest(curl.get(), request, headers.get(), request.total_timeout);
    ReceiveInto(curl.get(), exchange);
    curl_easy_setopt(curl.get(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl.get(), CURLOPT_BUFFERSIZE, kBufferBytes);
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, error.data());
    // Otherwise a call that ends while its name is looked up holds up all others until the name
    // server has answered.
    curl_easy_setopt(curl.get(), CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PRIVATE, this);
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETFUNCTION, &Transfer::OnSocket);
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETDATA, this);
    if (!request.body.empty()) {
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, nullptr);
      curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &Transfer::OnSend);
      curl_easy_setopt(curl.get(), CURLOPT_READDATA, this);
      curl_easy_setopt(curl.get(), CURLOPT_SEEKFUNCTION, &Transfer::OnSeek);
      curl_easy_setopt(curl.get(), CURLOPT_SEEKDATA, this);
    }
    return true;
  }

  absl::StatusOr<FetchResponse> Result(CURLcode code) {
    const std::string what = request.method + " " + UrlForPeople(request.url);
    if (code == CURLE_COULDNT_CONNECT && !refused.empty()) {
      return absl::PermissionDeniedError(what + ": leads to " + refused +
                                         ", not a public address, and others are not allowed");
    }
    if (IsTlsTrouble(code) && error.front() != '\0') {
      return absl::UnavailableError(what + ": TLS: " + error.data());
    }
    if (code == CURLE_PARTIAL_FILE || (code == CURLE_RECV_ERROR && exchange.answering)) {
      return absl::AbortedError(what + ": the answer breaks off");
    }
    if (code == CURLE_GOT_NOTHING) {
      return absl::UnavailableError(what + ": the other side hung up without an answer");
    }
    const absl::Status status =
        StatusOf(code, curl.get(), exchange, request, request.total_timeout);
    if (!status.ok()) return status;
    return Whole(curl.get(), request, exchange);
  }
};

// The thread, and what it has in hand.
class MultiClient::Loop {
 public:
  explicit Loop(const Options& options) : options_(options) {
    thread_ = std::thread([this] { Run(); });
  }

  ~Loop() {
    ending_ = true;
    Wake();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Add(std::unique_ptr<Transfer> transfer) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(transfer));
    }
    Wake();
  }

  // From any thread.
  void Wake() { curl_multi_wakeup(multi_.get()); }

 private:
  void Run() {
    // Signals are others' business; and OpenSSL raises one where the other side hung up.
    sigset_t all{};
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (!ending_) {
      TakeWaiting();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      FinishWhole();
      const milliseconds pause = GiveUpLate();
      curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
    while (!active_.empty()) Finish(active_.back().get(), Ending());
    std::vector<std::unique_ptr<Transfer>> left;
    {
      std::lock_guard lock(mutex_);
      left.swap(waiting_);
    }
    for (const auto& transfer : left) {
      transfer->on_stop.reset();
      transfer->done(Ending());
    }
  }

  static absl::Status Ending() { return absl::CancelledError("the client is ending"); }

  void TakeWaiting() {
    std::vector<std::unique_ptr<Transfer>> taken;
    {
      std::lock_guard lock(mutex_);
      taken.swap(waiting_);
    }
    for (auto& each : taken) {
      Transfer* const transfer = each.get();
      active_.push_back(std::move(each));
      if (!transfer->checked.ok()) {
        Finish(transfer, transfer->checked);
      } else if (transfer->cancelled) {
        Finish(transfer, transfer->Result(CURLE_ABORTED_BY_CALLBACK));
      } else if (!transfer->Prepare(options_) ||
                 curl_multi_add_handle(multi_.get(), transfer->curl.get()) != CURLM_OK) {
        Finish(transfer, absl::UnavailableError("libcurl cannot start"));
      } else if (transfer->request.first_byte_timeout.count() > 0) {
        transfer->first_byte_by = clock_.SteadyNow() + transfer->request.first_byte_timeout;
      }
    }
  }

  void FinishWhole() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      Finish(transfer, transfer->Result(code));
    }
  }

  // Ends what is cancelled or late; how long libcurl may wait before somebody else is.
  milliseconds GiveUpLate() {
    const clock::SteadyTime now = clock_.SteadyNow();
    milliseconds pause = kLongestWait;
    std::vector<Transfer*> over;
    for (const auto& transfer : active_) {
      const bool waits = transfer->first_byte_by.has_value() && !transfer->exchange.answering;
      transfer->exchange.late = waits && *transfer->first_byte_by <= now;
      if (transfer->cancelled || transfer->exchange.late) {
        over.push_back(transfer.get());
      } else if (waits) {
        pause = std::min(pause, std::chrono::ceil<milliseconds>(*transfer->first_byte_by - now));
      }
    }
    for (Transfer* transfer : over) Finish(transfer, transfer->Result(CURLE_ABORTED_BY_CALLBACK));
    return pause;
  }

  void Finish(Transfer* transfer, absl::StatusOr<FetchResponse> result) {
    const auto found = std::find_if(active_.begin(), active_.end(), [transfer](const auto& each) {
      return each.get() == transfer;
    });
    const std::unique_ptr<Transfer> owned = std::move(*found);
    *found = std::move(active_.back());
    active_.pop_back();
    owned->on_stop.reset();
    if (owned->curl != nullptr) curl_multi_remove_handle(multi_.get(), owned->curl.get());
    owned->done(std::move(result));
  }

  const Options& options_;
  const clock::SystemClock clock_;
  const std::unique_ptr<CURLM, FreeMulti> multi_{curl_multi_init()};
  std::atomic<bool> ending_ = false;

  // Of the thread alone.
  std::vector<std::unique_ptr<Transfer>> active_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> waiting_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

MultiClient::MultiClient(Options options) : options_(std::move(options)) {
  StartCurl();
  loop_ = std::make_unique<Loop>(options_);
}

MultiClient::~MultiClient() = default;

void MultiClient::Start(FetchRequest request, Done done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  transfer->checked = transfer->Check(options_);
  Transfer* const watched = transfer.get();
  const std::stop_token stop = watched->request.stop;
  watched->on_stop.emplace(stop, [this, watched] {
    watched->cancelled = true;
    loop_->Wake();
  });
  loop_->Add(std::move(transfer));
}

}  // namespace paperwire::http
