package main

import (
	"go.etcd.io/bbolt"
	"google.golang.org/protobuf/proto"

	pb "paperwire.example/watch/gen/paperwire/v1"
)

var cards, position, token = []byte("cards"), []byte("position"), []byte("token")

// Open opens the file, or makes it. It has the cards, and the token that stands for exactly them.
func Open(path string) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return nil, err
	}
	return db, db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(cards); err != nil {
			return err
		}
		_, err := tx.CreateBucketIfNotExists(position)
		return err
	})
}

// Apply stores what a message says, and its token.
func Apply(tx *bbolt.Tx, message *pb.WatchPapersResponse) (err error) {
	switch event := message.Event.(type) {
	case *pb.WatchPapersResponse_Entry:
		var value []byte
		if value, err = proto.Marshal(event.Entry); err == nil {
			err = tx.Bucket(cards).Put([]byte(event.Entry.Paper.ArxivId), value)
		}
	case *pb.WatchPapersResponse_RemovedId:
		err = tx.Bucket(cards).Delete([]byte(event.RemovedId))
	case *pb.WatchPapersResponse_Heartbeat:
		err = dropBefore(tx.Bucket(cards), event.Heartbeat.WindowFrom)
	}
	if err != nil {
		return err
	}
	return tx.Bucket(position).Put(token, []byte(message.ResumeToken))
}

// Clear forgets the cards and the token.
func Clear(tx *bbolt.Tx) error {
	for _, name := range [][]byte{cards, position} {
		if err := tx.DeleteBucket(name); err != nil {
			return err
		}
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return nil
}

// Each reads the cards, in the order of their ids.
func Each(tx *bbolt.Tx, do func(*pb.Entry)) error {
	return tx.Bucket(cards).ForEach(func(_, value []byte) error {
		entry := &pb.Entry{}
		if err := proto.Unmarshal(value, entry); err != nil {
			return err
		}
		do(entry)
		return nil
	})
}

// Cards that leave by age are not told one by one.
func dropBefore(bucket *bbolt.Bucket, date string) error {
	var old []string
	err := Each(bucket.Tx(), func(entry *pb.Entry) {
		if entry.Paper.Announced < date {
			old = append(old, entry.Paper.ArxivId)
		}
	})
	for _, id := range old {
		if err == nil {
			err = bucket.Delete([]byte(id))
		}
	}
	return err
}
