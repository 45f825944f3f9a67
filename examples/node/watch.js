// Keeps a copy of Paperwire's feed in LevelDB. Killed at any moment, it goes on where it was.
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import grpc from '@grpc/grpc-js';
import {loadSync} from '@grpc/proto-loader';
import {ClassicLevel} from 'classic-level';

const PROTO = fileURLToPath(new URL('../../proto', import.meta.url));
// Trying again cannot help against these; against everything else it can.
const PERMANENT = [
  grpc.status.INVALID_ARGUMENT,
  grpc.status.PERMISSION_DENIED,
  grpc.status.UNAUTHENTICATED,
  grpc.status.UNIMPLEMENTED,
];

// A stream that is silent for three heartbeats is dead.
const SILENCE_MS = 45_000;

function connect(server) {
  const definition = loadSync('paperwire/v1/feed_service.proto', {
    includeDirs: [PROTO],
    longs: String, // revisions do not fit a number
    enums: String,
    oneofs: true,
    defaults: true,
  });
  const {FeedService} = grpc.loadPackageDefinition(definition).paperwire.v1;
  return new FeedService(server, grpc.credentials.createInsecure(), {
    'grpc.service_config': '{"loadBalancingConfig": [{"round_robin": {}}]}',
    'grpc.keepalive_time_ms': 30_000, // notices a server that is gone without a word
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_reconnect_backoff_ms': 5_000,
  });
}

// The cards under "card/ID", and under "token" the token that stands for exactly them.
class Store {
  constructor(path) {
    this.db = new ClassicLevel(path, {valueEncoding: 'json'});
  }

  async token() {
    return (await this.db.get('token')) ?? '';
  }

  cards() {
    return this.db.iterator({gt: 'card/', lt: 'card0'});
  }

  // What a message says and its token go in as one batch: both or neither.
  async apply(message) {
    const changes = [{type: 'put', key: 'token', value: message.resumeToken}];
    if (message.event === 'entry') {
      const key = `card/${message.entry.paper.arxivId}`;
      changes.push({type: 'put', key, value: message.entry});
    } else if (message.event === 'removedId') {
      changes.push({type: 'del', key: `card/${message.removedId}`});
    } else if (message.event === 'heartbeat') {
      // Cards that leave by age are not told one by one.
      for await (const [key, entry] of this.cards()) {
        if (entry.paper.announced < message.heartbeat.windowFrom) changes.push({type: 'del', key});
      }
    }
    await this.db.batch(changes);
  }

  clear() {
    return this.db.clear();
  }
}

// Follows one stream to its end; says whether it was of use.
async function watch(feed, store, from) {
  let heard = false;
  let live = false;
  const stream = feed.WatchPapers({resumeToken: await store.token(), announcedFrom: from});
  const silence = setTimeout(() => stream.cancel(), SILENCE_MS);
  try {
    for await (const message of stream) {
      silence.refresh();
      await store.apply(message);
      heard = true;
      if (message.event === 'entry') {
        console.log('card', message.entry.paper.arxivId, message.entry.revision.value);
      } else if (message.event === 'removedId') {
        console.log('removed', message.removedId);
      } else if (message.heartbeat?.live && !live) {
        live = true;
        console.log('live');
      }
    }
  } catch (error) {
    if (error.code === grpc.status.OUT_OF_RANGE) {
      await store.clear();
      heard = true;
      console.log('restart', error.details);
    } else if (PERMANENT.includes(error.code) || !(error.code in grpc.status)) {
      throw error;
    } else {
      console.error('cut:', error.message);
    }
  } finally {
    clearTimeout(silence);
  }
  return heard;
}

const {values: options} = parseArgs({
  options: {
    server: {type: 'string', default: '127.0.0.1:50051'}, // a gRPC target
    store: {type: 'string', default: 'cards.level'},
    from: {type: 'string', default: '1991-01-01'}, // first announcement date
    list: {type: 'boolean', default: false}, // print what is stored, and end
  },
});
const store = new Store(options.store);
if (options.list) {
  for await (const [, entry] of store.cards()) {
    console.log(entry.paper.arxivId, entry.revision.value);
  }
} else {
  const feed = connect(options.server);
  for (let failures = 0; ; failures++) {
    if (await watch(feed, store, options.from)) failures = 0;
    await sleep(Math.random() * Math.min(15_000, 200 * 2 ** failures));
  }
}
