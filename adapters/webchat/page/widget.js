// The chat widget: <script src="https://…/widget.js" data-color="#00aa66" data-lang="uk" async>
(async () => {
const tag = document.currentScript, base = new URL('.', tag.src), given = tag.dataset;

// --- what this browser keeps -----------------------------------------------------------------
const KEY = 'cordboard ' + base;
const load = store => { try { return JSON.parse(window[store][KEY]) } catch { return null } };
const save = (store, value) => { try { window[store][KEY] = JSON.stringify(value) } catch {} };
const mine = { token: '', read: 0, open: false, mailed: false, ...load('localStorage') };
const keep = change => save('localStorage', Object.assign(mine, change));
// What was not taken yet outlives a reload of the page.
const unsent = new Map();
const keepUnsent = () => save('sessionStorage', [...unsent.values()].filter(m => !m.file));

// --- words and pieces ------------------------------------------------------------------------
const spoken = given.lang || navigator.language;
const lang = /^(uk|ru)/i.test(spoken) ? spoken.slice(0, 2).toLowerCase() : 'en';
const get = async path => (await fetch(new URL(path, base))).text();
const [css, words] = await Promise.all([get('widget.css'), get(`words/${lang}.json`).then(JSON.parse)]);

const make = (name, props, ...inside) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(props))
    key in made ? made[key] = value : made.setAttribute(key, value);
  made.append(...inside);
  return made;
};
const icon = path => {
  const [svg, line] = ['svg', 'path'].map(n => document.createElementNS('http://www.w3.org/2000/svg', n));
  svg.setAttribute('viewBox', '0 0 24 24');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
};
const button = (className, label, path, onclick) =>
  make('button', { type: 'button', className, title: label, onclick }, icon(path));

// --- the picture -----------------------------------------------------------------------------
const badge = make('span', { className: 'badge', hidden: true });
const launch = button('launch', words.open, 'M4 5h16v11H10l-5 4v-4H4z', () => { show(panel.hidden); area.focus() });
launch.append(badge);
const title = make('h2', { textContent: words.title });
const log = make('div', { className: 'log', role: 'log', tabIndex: 0, 'aria-live': 'polite', 'aria-label': words.log });
const below = make('button', { type: 'button', className: 'below', hidden: true, textContent: words.below, onclick: () => toEnd() });
const typing = make('div', { className: 'typing' });
const state = make('div', { className: 'state', role: 'status', hidden: true });
const picker = make('input', { type: 'file', hidden: true, onchange: () => attach() });
const area = make('textarea', { rows: 1, maxLength: 4000, placeholder: words.write, 'aria-label': words.write });
const form = make('form', { onsubmit: event => { event.preventDefault(); write() } },
  button('quiet', words.attach, 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7', () => picker.click()),
  area, picker,
  make('button', { className: 'send', title: words.send }, icon('M5 12h13M12 6l6 6-6 6')));
const address = make('input', { type: 'email', autocomplete: 'email', maxLength: 320, placeholder: words.mail, 'aria-label': words.mail });
const mail = make('form', { className: 'mail', noValidate: true, hidden: true, onsubmit: event => { event.preventDefault(); tell({ type: 'email', address: address.value }) } },
  address, make('button', { textContent: words.save, className: 'quiet' }));
const panel = make('div', { id: 'panel', className: 'panel', role: 'dialog', hidden: true, 'aria-label': words.title },
  make('header', {}, title, button('quiet', words.close, 'M6 6l12 12M18 6L6 18', () => leave())),
  log, below, typing, state, mail, form);
launch.setAttribute('aria-controls', 'panel');

const host = make('div', { lang });
const root = host.attachShadow({ mode: 'open' });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];
const color = /^#[0-9a-f]{6}$/i.test(given.color) ? given.color : '#1f5fbf';
const [r, g, b] = [1, 3, 5].map(at => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
host.style.setProperty('--accent', color);
host.style.setProperty('--on', 0.21 * r + 0.72 * g + 0.07 * b > 0.18 ? '#000' : '#fff');
root.append(panel, launch);
document.body.append(host);

// --- messages --------------------------------------------------------------------------------
const shown = new Map();
let last = 0, limit = 0, more = false, asking = false, follows = true;

const place = line => {
  let before = log.lastElementChild;
  while (before && (before === line || before.seq > line.seq)) before = before.previousElementSibling;
  if (line.parentNode && before === line.previousElementSibling) return;
  before ? before.after(line) : log.prepend(line);
};
// Text stays text; only what is an address of the web becomes a link.
const link = (href, ...inside) => make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...inside);
const linked = text => text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/).map((part, at) => at % 2 ? link(part, part) : part);
const fileChip = file => {
  const size = file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
  return make('div', { className: 'file' }, file.url ? link(new URL(file.url, base), file.name) : file.name, ' ' + size);
};
const time = at => {
  const day = new Date(at * 1000), parts = { hour: '2-digit', minute: '2-digit' };
  if (day.toDateString() !== new Date().toDateString()) Object.assign(parts, { day: 'numeric', month: 'short' });
  return day.toLocaleString(lang, parts);
};
const draw = m => {
  const line = make('div', { className: m.mine ? 'm me' : 'm' },
    make('div', { className: m.mine ? 'unseen' : 'who', textContent: m.mine ? words.you : m.from || words.agent }),
    make('div', { className: 'text' }, ...(m.text ? linked(m.text) : []), ...(m.files || []).map(fileChip)),
    make('div', { className: 'meta' }));
  shown.set(m.id, line);
  return line;
};
const add = m => {
  const line = shown.get(m.id) || draw(m);
  line.seq = m.seq ?? Infinity;
  line.theirs = !m.mine && m.seq > 0;
  line.classList.toggle('wait', !!m.state);
  const meta = line.lastChild;
  if (m.state === 'failed') meta.replaceChildren(words.failed + '. ', make('button', { type: 'button', className: 'bad', textContent: words.again, onclick: () => push(m) }));
  else if (m.at) meta.textContent = m.state ? words.sending : time(m.at) + (m.mine ? ' · ' + words.sent : '');
  place(line);
  const news = line.theirs && m.seq > last;
  if (news) last = m.seq;
  if (follows || m.state) toEnd();
  else if (news) below.hidden = false;
};
const fill = page => {
  const height = log.scrollHeight;
  log.ariaBusy = 'true';
  ({ more } = page);
  page.history?.forEach(taken);
  log.ariaBusy = 'false';
  return height;
};
const toEnd = () => { log.scrollTop = log.scrollHeight; follows = below.hidden = true };
// What opens below the messages must not cover the last one.
new ResizeObserver(() => follows && toEnd()).observe(log);
const taken = m => { if (unsent.delete(m.id)) keepUnsent(); add(m) };
const seen = () => {
  if (!panel.hidden && follows && !document.hidden && last > mine.read) {
    keep({ read: last });
    tell({ type: 'read', seq: last });
  }
  const count = [...shown.values()].filter(line => line.theirs && line.seq > mine.read).length;
  badge.textContent = count;
  badge.hidden = !count;
  launch.ariaLabel = launch.title = (panel.hidden ? words.open : words.close) + (count ? `. ${words.unread}: ${count}` : '');
};

// --- sending ---------------------------------------------------------------------------------
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(n => n.toString(16).padStart(2, '0')).join('');
const push = m => {
  unsent.set(m.id, m);
  keepUnsent();
  add({ ...m, state: 'sending' });
  if (m.file) tell({ type: 'ticket', cid: m.id, name: m.file.name, media_type: m.file.type, size: m.file.size });
  else tell({ type: 'msg', cid: m.id, text: m.text, files: m.passes });
};
const later = (m, seconds) => setTimeout(() => unsent.has(m.id) && push(m), seconds * 1000);
const fail = m => { unsent.delete(m.id); keepUnsent(); add({ ...m, state: 'failed' }) };
const compose = rest => push({ id: newId(), mine: true, at: Date.now() / 1000, text: '', ...rest });
const write = () => {
  const text = area.value.trim();
  if (text) compose({ text });
  area.value = '';
  typedAt = 0;
  grow();
};
const attach = () => {
  const [file] = picker.files;
  picker.value = '';
  if (file.size > limit) say(`${words.large} ${Math.floor(limit / 2 ** 20)}`, 6);
  else compose({ file, files: [{ name: file.name, size: file.size }] });
};
const upload = async ({ cid, url }) => {
  const m = unsent.get(cid);
  if (!m?.file) return;
  // Without a type of its own the body needs no permission asked in advance.
  const answer = await fetch(new URL(url, base), { method: 'POST', body: m.file.slice() }).catch(() => ({ status: 503 }));
  if (!answer.ok) return answer.status === 503 ? later(m, 5) : fail(m);
  m.passes = [(await answer.json()).file];
  delete m.file;
  push(m);
};
const grow = () => { area.style.height = 'auto'; area.style.height = area.scrollHeight + 'px' };
const say = (text, seconds) => {
  clearTimeout(say.over);
  state.textContent = text;
  state.hidden = !text;
  if (seconds) say.over = setTimeout(say, seconds * 1000, '');
};

// --- the line --------------------------------------------------------------------------------
let socket, welcomed = false, pause = 1, again, heardAt = 0, stay = false;
const tell = frame => welcomed && socket.send(JSON.stringify(frame));
const connect = () => {
  clearTimeout(again);
  if (socket || stay) return;
  const ws = socket = new WebSocket(new URL('ws', base).href.replace(/^http/, 'ws'));
  const user = given.user && { id: given.user, hash: given.userHash || '', name: given.userName || '' };
  heardAt = Date.now();
  ws.onopen = () => ws.send(JSON.stringify({ type: 'hello', token: mine.token, read: mine.read, page: location.href, lang: spoken, ...(user && { user }) }));
  ws.onmessage = ({ data }) => { heardAt = Date.now(); const frame = JSON.parse(data); hear[frame.type]?.(frame) };
  ws.onclose = () => ws === socket && lost();
};
const lost = () => {
  socket?.close();
  socket = null;
  welcomed = false;
  if (pause > 1) say(words.offline);
  again = setTimeout(connect, pause * (750 + Math.random() * 500));
  pause = Math.min(pause * 2, 30);
};
const hear = {
  welcome(frame) {
    welcomed = true;
    pause = 1;
    say('');
    if (frame.token) keep({ token: frame.token });
    limit = frame.limit;
    title.textContent = panel.ariaLabel = frame.title || words.title;
    const oldest = frame.history?.[0]?.seq;
    // Missed more than one page: what is older comes again by scrolling up.
    if (frame.more) for (const [id, line] of shown) if (line.seq < oldest) { line.remove(); shown.delete(id) }
    if (!frame.more && !shown.has('hello')) add({ id: 'hello', seq: 0, text: frame.greeting || words.hello });
    fill(frame);
    seen();
    for (const m of unsent.values()) push(m);
  },
  history(frame) {
    const height = fill(frame), top = log.scrollTop;
    log.scrollTop = top + log.scrollHeight - height;
    asking = false;
  },
  msg(frame) {
    if (!frame.mine) { hear.typing({}); mail.hidden ||= !address.value }
    taken(frame);
    seen();
  },
  ack({ cid, seq, at }) {
    const m = unsent.get(cid);
    if (!m) return;
    mail.hidden = mine.mailed || last > 0 || !!given.user;
    taken({ ...m, state: '', seq: seq || undefined, at });
  },
  nack({ cid, retry }) { const m = unsent.get(cid); if (m) retry ? later(m, retry) : fail(m) },
  typing({ on, from }) {
    clearTimeout(typing.over);
    typing.textContent = on ? `${from || words.agent} ${words.typing}` : '';
    if (on) typing.over = setTimeout(hear.typing, 6000, {});
  },
  waits(told) { typing.textContent = told[lang] },
  ticket: upload,
  noted({ ok }) {
    if (ok) { keep({ mailed: true }); mail.hidden = true; area.focus() }
    say(ok ? words.saved : words.wrong, 5);
  },
  bye(frame) { stay = frame.stay },
};

// --- hands -----------------------------------------------------------------------------------
const show = open => {
  panel.hidden = !open;
  launch.ariaExpanded = String(open);
  keep({ open });
  if (open) { connect(); toEnd() }
  seen();
};
const leave = () => { show(false); launch.focus() };
panel.onkeydown = event => { if (event.key === 'Escape') leave() };
area.onkeydown = event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); write() }
};
let typedAt = 0;
area.oninput = () => {
  grow();
  const on = !!area.value.trim(), now = Date.now();
  if (on ? now - typedAt > 3000 : typedAt) { typedAt = on ? now : 0; tell({ type: 'typing', on }) }
};
log.onscroll = () => {
  follows = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  if (follows) { below.hidden = true; seen() }
  const first = [...log.children].find(line => line.seq > 0);
  if (log.scrollTop < 40 && more && !asking && first) { asking = true; tell({ type: 'history', before: first.seq }) }
};
document.addEventListener('visibilitychange', seen);
addEventListener('storage', event => { if (event.key === KEY) { Object.assign(mine, load('localStorage'), { open: mine.open }); seen() } });
addEventListener('online', connect);
setInterval(() => socket && Date.now() - heardAt > 70000 && lost(), 5000);

load('sessionStorage')?.forEach(m => push(m));
show(mine.open);
// Who never wrote and never opened the chat is not counted, and costs nobody a socket.
if (mine.token || given.user || unsent.size) connect();
})();
