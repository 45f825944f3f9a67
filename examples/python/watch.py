"""Keeps a copy of Paperwire's feed in SQLite. Killed at any moment, it goes on where it was."""

import argparse
import random
import signal
import sqlite3
import sys
import time

import grpc

from paperwire.v1 import feed_service_pb2 as pb
from paperwire.v1 import feed_service_pb2_grpc as rpc

# Trying again cannot help against these; against everything else it can.
PERMANENT = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNIMPLEMENTED,
}
# A stream that is silent for three heartbeats is dead.
SILENCE = 45
OPTIONS = [
    ("grpc.service_config", '{"loadBalancingConfig": [{"round_robin": {}}]}'),
    ("grpc.keepalive_time_ms", 30_000),  # notices a server that is gone without a word
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
]


class Store:
    """The cards, and the token that stands for exactly them: they change in one transaction."""

    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.execute("PRAGMA journal_mode = WAL")
        with self.db:
            self.db.execute(
                "CREATE TABLE IF NOT EXISTS card"
                " (id TEXT PRIMARY KEY, announced TEXT, revision INTEGER, entry BLOB)"
            )
            self.db.execute("CREATE TABLE IF NOT EXISTS position (token TEXT)")

    def token(self):
        row = self.db.execute("SELECT token FROM position").fetchone()
        return row[0] if row else ""

    def apply(self, message):
        with self.db:
            match message.WhichOneof("event"):
                case "entry":
                    paper, revision = message.entry.paper, message.entry.revision.value
                    card = message.entry.SerializeToString()
                    self.db.execute(
                        "REPLACE INTO card VALUES (?, ?, ?, ?)",
                        (paper.arxiv_id, paper.announced, revision, card),
                    )
                case "removed_id":
                    self.db.execute("DELETE FROM card WHERE id = ?", (message.removed_id,))
                case "heartbeat":
                    # Cards that leave by age are not told one by one.
                    self.db.execute(
                        "DELETE FROM card WHERE announced < ?", (message.heartbeat.window_from,)
                    )
            self.db.execute("DELETE FROM position")
            self.db.execute("INSERT INTO position VALUES (?)", (message.resume_token,))

    def clear(self):
        with self.db:
            self.db.execute("DELETE FROM card")
            self.db.execute("DELETE FROM position")


def watch(feed, store, start):
    """Follows one stream to its end; says whether it was of use."""
    request = pb.WatchPapersRequest(resume_token=store.token(), announced_from=start)
    heard = live = False
    stream = feed.WatchPapers(request)
    signal.signal(signal.SIGALRM, lambda *_: stream.cancel())
    try:
        signal.alarm(SILENCE)
        for message in stream:
            signal.alarm(SILENCE)
            store.apply(message)
            heard = True
            if message.HasField("entry"):
                print("card", message.entry.paper.arxiv_id, message.entry.revision.value)
            elif message.HasField("removed_id"):
                print("removed", message.removed_id)
            elif message.heartbeat.live and not live:
                live = True
                print("live")
    except grpc.RpcError as error:
        if error.code() in PERMANENT:
            sys.exit(f"{error.code().name}: {error.details()}")
        if error.code() == grpc.StatusCode.OUT_OF_RANGE:
            store.clear()
            heard = True
            print("restart", error.details())
        else:
            print(f"cut: {error.code().name}: {error.details()}", file=sys.stderr)
    return heard


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="127.0.0.1:50051", help="a gRPC target")
    parser.add_argument("--store", default="cards.db")
    parser.add_argument("--from", dest="start", default="1991-01-01", help="announcement date")
    parser.add_argument("--list", action="store_true", help="print what is stored, and end")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    store = Store(arguments.store)
    if arguments.list:
        for row in store.db.execute("SELECT id, revision FROM card ORDER BY id"):
            print(*row)
        return
    failures = 0
    with grpc.insecure_channel(arguments.server, OPTIONS) as channel:
        feed = rpc.FeedServiceStub(channel)
        while True:
            failures = 0 if watch(feed, store, arguments.start) else failures + 1
            time.sleep(random.uniform(0, min(15, 0.2 * 2 ** min(failures, 10))))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
