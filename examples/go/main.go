// Command watch keeps a copy of Paperwire's feed in a file. Killed at any moment, it goes on where
// it was.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"

	pb "paperwire.example/watch/gen/paperwire/v1"
)

// A stream that is silent for three heartbeats is dead.
const silence = 45 * time.Second

func dial(target string) (*grpc.ClientConn, error) {
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`),
		// Notices a server that is gone without a word.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time:    30 * time.Second,
			Timeout: 10 * time.Second,
		}),
	}
	if list := strings.TrimPrefix(target, "ipv4:"); list != target {
		addresses := manual.NewBuilderWithScheme("ipv4")
		var state resolver.State
		for _, address := range strings.Split(list, ",") {
			state.Addresses = append(state.Addresses, resolver.Address{Addr: address})
		}
		addresses.InitialState(state)
		options = append(options, grpc.WithResolvers(addresses))
	}
	return grpc.NewClient(target, options...)
}

// watch follows one stream to its end, which always has a reason; heard: it brought something.
func watch(feed pb.FeedServiceClient, store *bbolt.DB, from string) (heard bool, err error) {
	request := &pb.WatchPapersRequest{AnnouncedFrom: from}
	if err := store.View(func(tx *bbolt.Tx) error {
		request.ResumeToken = string(tx.Bucket(position).Get(token))
		return nil
	}); err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	timer := time.AfterFunc(silence, cancel)
	defer timer.Stop()
	stream, err := feed.WatchPapers(ctx, request)
	if err != nil {
		return false, err
	}
	for live := false; ; heard = true {
		message, err := stream.Recv()
		if err != nil {
			return heard, err
		}
		timer.Reset(silence)
		if err := store.Update(func(tx *bbolt.Tx) error { return Apply(tx, message) }); err != nil {
			log.Fatal(err)
		}
		switch event := message.Event.(type) {
		case *pb.WatchPapersResponse_Entry:
			fmt.Println("card", event.Entry.Paper.ArxivId, event.Entry.Revision.Value)
		case *pb.WatchPapersResponse_RemovedId:
			fmt.Println("removed", event.RemovedId)
		case *pb.WatchPapersResponse_Heartbeat:
			if event.Heartbeat.Live && !live {
				live = true
				fmt.Println("live")
			}
		}
	}
}

func main() {
	log.SetFlags(0)
	server := flag.String("server", "127.0.0.1:50051", "a gRPC target, or ipv4:ADDRESS,ADDRESS")
	path := flag.String("store", "cards.bolt", "where the cards are kept")
	from := flag.String("from", "1991-01-01", "first announcement date")
	list := flag.Bool("list", false, "print what is stored, and end")
	flag.Parse()
	store, err := Open(*path)
	if err == nil && *list {
		err = store.View(func(tx *bbolt.Tx) error {
			return Each(tx, func(entry *pb.Entry) { fmt.Println(entry.Paper.ArxivId, entry.Revision.Value) })
		})
	}
	if err != nil {
		log.Fatal(err)
	}
	if *list {
		return
	}
	connection, err := dial(*server)
	if err != nil {
		log.Fatal(err)
	}
	jitter := rand.New(rand.NewSource(time.Now().UnixNano()))
	for failures := 0; ; failures++ {
		heard, err := watch(pb.NewFeedServiceClient(connection), store, *from)
		switch status.Code(err) {
		case codes.InvalidArgument, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
			log.Fatal(err)
		case codes.OutOfRange:
			if err := store.Update(Clear); err != nil {
				log.Fatal(err)
			}
			fmt.Println("restart", status.Convert(err).Message())
			heard = true
		default:
			log.Println("cut:", err)
		}
		if heard {
			failures = 0
		}
		ceiling := 15 * time.Second
		if failures < 6 {
			ceiling = 200 * time.Millisecond << failures
		}
		time.Sleep(time.Duration(jitter.Int63n(int64(ceiling))))
	}
}
