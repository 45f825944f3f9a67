// A small model behind the few words of OpenAI's protocol that are asked of an endpoint: chat
// completions, one at a time, with a JSON schema where one is sent. For tests only.
//
// usage: node front.js WEIGHTS.gguf [PORT]
// Prints its port and its base URL and serves until it is told to end.
import http from 'node:http';
import path from 'node:path';
import {getLlama, LlamaChatSession} from 'node-llama-cpp';

const [weights, port = '0'] = process.argv.slice(2);
if (!weights) {
  console.error('usage: node front.js WEIGHTS.gguf [PORT]');
  process.exit(64);
}
const CONTEXT = 4096;
// What it has not said by then it will not say: a small model repeats itself.
const MOST_TOKENS = 600;
const LARGEST_BODY = 1 << 20;
const name = path.basename(weights, '.gguf');

const llama = await getLlama({gpu: false, build: 'never', logLevel: 'error'});
const model = await llama.loadModel({modelPath: weights});

const grammars = new Map();
async function grammarOf(format) {
  const key = JSON.stringify(format ?? null);
  if (!grammars.has(key)) {
    let grammar;
    if (format?.type === 'json_schema') {
      grammar = await llama.createGrammarForJsonSchema(format.json_schema.schema);
    } else if (format?.type === 'json_object') {
      grammar = await llama.getGrammarFor('json');
    }
    grammars.set(key, grammar);
  }
  return grammars.get(key);
}

function textOf(messages, role) {
  return messages.filter((message) => message.role === role).map((message) => message.content)
    .join('\n\n');
}

async function complete(request, signal) {
  const system = textOf(request.messages, 'system');
  const user = textOf(request.messages, 'user');
  const grammar = await grammarOf(request.response_format);
  // A context of its own for each: nothing of one paper may be found in the next card.
  // One thread: several wait for one another without letting go, for minutes where cores are busy.
  const context = await model.createContext({contextSize: CONTEXT, threads: 1});
  try {
    const session = new LlamaChatSession({
      contextSequence: context.getSequence(), systemPrompt: system});
    const answer = await session.promptWithMeta(user, {
      grammar,
      maxTokens: Math.min(request.max_completion_tokens ?? request.max_tokens ?? MOST_TOKENS,
        MOST_TOKENS),
      temperature: request.temperature ?? 0,
      repeatPenalty: {lastTokens: 256, penalty: 1.15, penalizeNewLine: false},
      signal,
      stopOnAbortSignal: true,
    });
    const output = model.tokenize(answer.responseText).length;
    return {
      id: `chatcmpl-${process.hrtime.bigint()}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: name,
      choices: [{
        index: 0,
        message: {role: 'assistant', content: answer.responseText},
        finish_reason: answer.stopReason === 'maxTokens' ? 'length' : 'stop',
      }],
      usage: {
        prompt_tokens: model.tokenize(system + user).length,
        completion_tokens: output,
        total_tokens: model.tokenize(system + user).length + output,
      },
    };
  } finally {
    await context.dispose();
  }
}

let turn = Promise.resolve();
function inTurn(work) {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

function send(response, status, body) {
  response.writeHead(status, {'Content-Type': 'application/json'});
  response.end(JSON.stringify(body));
}

function fail(response, status, message) {
  send(response, status, {error: {message, type: 'invalid_request_error', code: null}});
}

async function read(request) {
  let body = '';
  for await (const piece of request) {
    body += piece;
    if (body.length > LARGEST_BODY) throw new Error('the body is too large');
  }
  return JSON.parse(body);
}

const server = http.createServer(async (request, response) => {
  if (request.method === 'GET' && request.url === '/v1/models') {
    return send(response, 200, {object: 'list', data: [{id: name, object: 'model'}]});
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    return fail(response, 404, `there is no ${request.method} ${request.url}`);
  }
  const left = new AbortController();
  response.on('close', () => left.abort());
  try {
    const asked = await read(request);
    if (asked.model !== name) return fail(response, 404, `there is no model ${asked.model}`);
    send(response, 200, await inTurn(() => complete(asked, left.signal)));
  } catch (error) {
    fail(response, 400, error.message);
  }
});
// The answer comes when it is whole, and that may take minutes.
server.requestTimeout = 0;
server.listen(Number(port), '127.0.0.1', () => {
  const at = server.address().port;
  console.log(`${at} http://127.0.0.1:${at}/v1`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
