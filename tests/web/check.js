// Looks at the page in a real browser.
//
// usage: node check.js ADDRESS FOLDER
//
// Opens ADDRESS at desktop and phone width, light and dark, with and without JavaScript, checks
// what a reader relies on, and writes screenshots to FOLDER. One line a check; the last line is
// `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {chromium} from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [address, folder] = process.argv.slice(2);
if (!address || !folder) {
  console.error('usage: node check.js ADDRESS FOLDER');
  process.exit(64);
}
mkdirSync(folder, {recursive: true});

let passed = 0;
let failed = 0;

function check(where, what, holds, detail = '') {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED ${where}: ${what}${detail ? `: ${detail}` : ''}`);
  }
}

function findBrowser() {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], {encoding: 'utf8'}).trim();
  } catch {
    console.log('SKIPPED: there is no chromium on this machine');
    console.log('0 passed, 0 failed, 1 skipped');
    process.exit(0);
  }
}

// What one look at the page is taken with.
const looks = [];
for (const [device, width, height] of [['desktop', 1280, 900], ['phone', 390, 844]]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const javaScriptEnabled of [true, false]) {
      const name = `${device}-${colorScheme}-${javaScriptEnabled ? 'js' : 'nojs'}`;
      looks.push({name, width, height, colorScheme, javaScriptEnabled});
    }
  }
}

// The page's width against the window's: anything wider scrolls sideways.
const measureOverflow = () => ({
  wide: document.documentElement.scrollWidth,
  window: document.documentElement.clientWidth,
});

async function checkReadMore(page, where) {
  const more = page.locator('article details.more').first();
  if (await more.count() === 0) {
    check(where, 'a card has Read more', false);
    return;
  }
  check(where, 'Read more is closed at first', await more.getAttribute('open') === null);
  await more.locator('summary').first().click();
  check(where, 'Read more opens', await more.getAttribute('open') !== null);
  const text = await more.innerText();
  check(where, 'it holds the parts of a card',
      ['Methodology', 'Results', 'Implications'].every(
          (part) => text.toLowerCase().includes(part.toLowerCase())), text.slice(0, 200));
}

async function checkList(page, where) {
  const figures = (await page.locator('dl.figures').innerText()).replace(/\s+/g, ' ');
  check(where, 'the header has the papers of the day', /papers today \d+/i.test(figures), figures);
  check(where, 'the header has the update frequency', /updates 8 ?h/i.test(figures), figures);
  check(where, 'the header has the days of history', /history 7/i.test(figures), figures);
  const cards = page.locator('article');
  const count = await cards.count();
  check(where, 'there are cards', count > 0);
  check(where, 'every card has a title that links', await cards.locator('h2 a, h3 a').count() >= count);
  const tagged = await cards.evaluateAll(
      (all) => all.filter((card) => card.querySelector('a[href*="/t/"]')).length);
  check(where, 'every card has a tag', tagged === count, `${tagged} of ${count}`);
}

async function checkAxe(page, where) {
  await page.evaluate(axeSource);
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  const serious = violations.filter(({impact}) => impact === 'serious' || impact === 'critical');
  check(where, 'axe finds nothing serious', serious.length === 0,
      serious.map(({id, nodes}) => `${id} at ${nodes[0].target}`).join('; '));
}

async function look(browser, {name, width, height, colorScheme, javaScriptEnabled}) {
  const context = await browser.newContext(
      {viewport: {width, height}, colorScheme, javaScriptEnabled, reducedMotion: 'reduce',
        // The page's own policy would keep axe out.
        bypassCSP: true});
  const page = await context.newPage();
  const complaints = [];
  const foreign = [];
  const origin = new URL(address).origin;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) {
      foreign.push(request.url());
    }
  });

  const response = await page.goto(address, {waitUntil: 'load'});
  check(name, 'the page answers 200', response.status() === 200, String(response.status()));
  await page.screenshot({path: path.join(folder, `${name}.png`)});
  await checkList(page, name);
  const overflow = await page.evaluate(measureOverflow);
  check(name, 'nothing scrolls sideways', overflow.wide <= overflow.window, JSON.stringify(overflow));
  await checkReadMore(page, name);
  const open = await page.evaluate(measureOverflow);
  check(name, 'nothing scrolls sideways with Read more open', open.wide <= open.window, JSON.stringify(open));
  await page.screenshot({path: path.join(folder, `${name}-open.png`)});
  if (javaScriptEnabled) {
    await checkAxe(page, name);
  }
  check(name, 'the console is silent', complaints.length === 0, complaints.join('; '));

  const card = await page.locator('article a[href^="/p/"]').first().getAttribute('href').catch(() => null);
  for (const [what, target] of [['tag', await page.locator('a[href^="/t/"]').first().getAttribute('href').catch(() => null)],
    ['card', card], ['status', '/status'], ['about', '/about']]) {
    if (target === null) {
      check(name, `there is a link to a ${what} page`, false);
      continue;
    }
    const answer = await page.goto(new URL(target, address).href, {waitUntil: 'load'});
    check(name, `${target} answers 200`, answer.status() === 200, String(answer.status()));
    const size = await page.evaluate(measureOverflow);
    check(name, `${target} does not scroll sideways`, size.wide <= size.window, JSON.stringify(size));
    if (javaScriptEnabled) {
      await checkAxe(page, `${name} ${what}`);
    }
    await page.screenshot({path: path.join(folder, `${name}-${what}.png`)});
  }

  const missing = await page.goto(new URL('/no-such-page', address).href, {waitUntil: 'load'});
  check(name, 'an unknown page answers 404', missing.status() === 404, String(missing.status()));
  check(name, 'the 404 page leads back', await page.locator('a[href="/"]').count() > 0);
  check(name, 'nothing is asked of other servers', foreign.length === 0, foreign.join(' '));
  await context.close();
}

const browser = await chromium.launch({
  executablePath: findBrowser(),
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  for (const one of looks) {
    try {
      await look(browser, one);
    } catch (error) {
      check(one.name, 'it can be looked at', false, String(error).split('\n')[0]);
    }
  }
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
