// The program in the page. docs/loom/run.sh has compiled each chapter with its solution, and the
// plotter, to WebAssembly; here a reader changes a setting and runs it. What the program says then
// stands in the output boxes, in the marked numbers of the prose and in the figures.
//
// Nothing is loaded before the reader asks, and nothing from elsewhere: programs, texts and the data of
// figures are scripts beside the page that hand over packed bytes, so that it works from a disk, too.
'use strict';

// ------------------------------------------------------------------ the machine

// Runs in a Worker. A computer as small as the programs need: arguments, an environment, files, a clock.
function machine() {
  const ENOENT = 44, EBADF = 8, ESPIPE = 70, ENOSYS = 52;

  // files: name -> bytes. hear(fd, bytes) gets what is written to 1 and 2, closed(name, bytes) each file
  // that was written. Returns the exit code.
  function run(module, args, env, files, hear, closed) {
    const open = {};
    let memory;
    const view = () => new DataView(memory.buffer);
    const bytes = (at, n) => new Uint8Array(memory.buffer, at, n);
    const u32 = (at, value) => { view().setUint32(at, value, true); return 0; };

    function strings(list) {
      const all = list.map(s => new TextEncoder().encode(s + '\0'));
      return {
        sizes: (n, size) => { u32(n, all.length); return u32(size, all.reduce((sum, s) => sum + s.length, 0)); },
        get: (at, to) => { all.forEach((s, i) => { u32(at + 4 * i, to); bytes(to, s.length).set(s); to += s.length; }); return 0; },
      };
    }

    // Hands each piece of memory that a call lists to visit, and adds up how much was done.
    function each(at, n, done, visit) {
      let sum = 0;
      for (; n-- > 0; at += 8) sum += visit(bytes(view().getUint32(at, true), view().getUint32(at + 4, true)));
      return u32(done, sum);
    }

    function append(file, part) {
      if (file.at + part.length > file.data.length) {
        const larger = new Uint8Array(2 * (file.at + part.length));
        larger.set(file.data.subarray(0, file.size));
        file.data = larger;
      }
      file.data.set(part, file.at);
      file.at += part.length;
      file.size = Math.max(file.size, file.at);
      file.written = true;
      return part.length;
    }

    const given = strings(args), around = strings(env);
    const calls = {
      args_sizes_get: given.sizes, args_get: given.get,
      environ_sizes_get: around.sizes, environ_get: around.get,
      clock_time_get: (id, precision, at) => {
        view().setBigUint64(at, BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)), true);
        return 0;
      },
      fd_prestat_get: (fd, at) => fd === 3 ? (u32(at, 0), u32(at + 4, 1)) : EBADF, // one folder: "."
      fd_prestat_dir_name: (fd, at) => { bytes(at, 1)[0] = 46; return 0; },
      fd_fdstat_set_flags: () => 0,
      fd_fdstat_get: (fd, at) => { // 0, 1, 2 are terminals, so that each line is handed on
        bytes(at, 24).fill(fd < 3 ? 0 : 255);
        bytes(at, 4).set([fd < 3 ? 2 : fd === 3 ? 3 : 4, 0, 0, 0]);
        return 0;
      },
      fd_close: fd => {
        const file = open[fd];
        delete open[fd];
        if (file && file.written) {
          files[file.name] = file.data.subarray(0, file.size);
          closed(file.name, files[file.name]);
        }
        return 0;
      },
      fd_seek: (fd, by, from, at) => {
        const file = open[fd];
        if (!file) return ESPIPE;
        file.at = Number(by) + [0, file.at, file.size][from];
        view().setBigUint64(at, BigInt(file.at), true);
        return 0;
      },
      fd_read: (fd, at, n, done) => each(at, n, done, room => {
        const file = open[fd];
        const part = file ? file.data.subarray(file.at, Math.min(file.size, file.at + room.length)) : [];
        room.set(part);
        if (file) file.at += part.length;
        return part.length;
      }),
      fd_write: (fd, at, n, done) => each(at, n, done, part => {
        if (fd > 2) return append(open[fd], part);
        hear(fd, part);
        return part.length;
      }),
      path_open: (dir, lookup, path, length, flags, rights, more, fdflags, at) => {
        const name = new TextDecoder().decode(bytes(path, length)), create = flags & 1, empty = flags & 8;
        if (!files[name] && !create) return ENOENT;
        const data = files[name] && !empty ? files[name] : new Uint8Array(0);
        let fd = 4;
        while (open[fd]) fd++;
        open[fd] = { name: name, data: data, size: data.length, at: 0, written: false };
        return u32(at, fd);
      },
      proc_exit: code => { throw { code: code }; },
    };
    const wasi = new Proxy(calls, { get: (own, name) => own[name] || (() => ENOSYS) });
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
    memory = instance.exports.memory;
    try {
      instance.exports._start();
    } catch (end) {
      if (end.code === undefined) throw end;
      return end.code;
    }
    return 0;
  }

  // What the plotter makes of a table: a picture, or nothing where the table is none.
  function draw(plotter, name, table) {
    let svg = '';
    const keep = (file, bytes) => { if (file === 'svg') svg = new TextDecoder().decode(bytes); };
    const code = run(plotter, ['plot', name + '.tsv', 'svg'], [], { [name + '.tsv']: table }, () => {}, keep);
    return code === 0 ? svg : '';
  }

  // Hands on whole lines; throws at the heading after the section `until`.
  function reader(until) {
    const decode = new TextDecoder();
    let rest = '', section = null;
    return function (part) {
      const lines = (rest + decode.decode(part, { stream: true })).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const title = /^== (.*?)\s*$/.exec(line);
        if (title && section !== null && section === until) throw { code: 0 };
        if (title) section = title[1];
        postMessage({ line: line });
      }
    };
  }

  onmessage = function (event) {
    const job = event.data, read = reader(job.until), start = performance.now(), decode = new TextDecoder();
    function hear(fd, part) {
      if (fd === 1) read(part); else postMessage({ aside: decode.decode(part, { stream: true }) });
    }
    function closed(name, bytes) {
      const figure = /^figures\/(.+)\.tsv$/.exec(name);
      if (!figure) return;
      const data = new TextDecoder().decode(bytes);
      const svg = data === job.drawn[figure[1]] ? null : draw(job.plotter, figure[1], bytes);
      postMessage({ figure: figure[1], data: data, svg: svg });
    }
    let code, broke;
    try {
      code = run(job.program, job.args, job.env, job.files, hear, closed);
    } catch (error) {
      broke = String(error && error.message || error);
    }
    postMessage({ end: true, code: code, broke: broke, seconds: (performance.now() - start) / 1000 });
  };
}

// ------------------------------------------------------------------ what comes with the page on demand

const packed = {}; // name of a script -> what it handed over

// Called by the scripts that hold a program, a text or the data of figures.
function hand(name, things) { packed[name] = things; } // eslint-disable-line no-unused-vars

const loading = {};

function load(name) {
  loading[name] = loading[name] || new Promise(function (resolve, reject) {
    const script = document.createElement('script');
    script.src = name + '.js';
    script.onload = () => packed[name] ? resolve(packed[name]) : reject(new Error(name + '.js is not whole.'));
    script.onerror = () => { delete loading[name]; script.remove(); reject(new Error(name + '.js, which belongs to this page, is not beside it.')); };
    document.head.appendChild(script);
  });
  return loading[name];
}

async function unpack(text) {
  const letters = atob(text), zipped = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) zipped[i] = letters.charCodeAt(i);
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpackText(text) { return new TextDecoder().decode(await unpack(text)); }

// ------------------------------------------------------------------ numbers

// Every number of a line, as the program wrote it; measured ones (~3.2) are passed over.
function numbersIn(line) {
  return line.replace(/~\S+/g, ' ')
    .match(/(?<![\w.+-])(?:[+-]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+|-?(?:nan|inf)\b)/gi) || [];
}

// What a line says besides its numbers.
function wordsOf(line) {
  let words = line.replace(/~\S+/g, '~');
  numbersIn(line).forEach(n => { words = words.replace(n, '#'); });
  return words.replace(/\s+/g, ' ').trim();
}

// '−1,234.5 %' -> {before, digits, after, plain, decimals}
function proseNumber(text) {
  const m = /^([^\d.+\u2212-]*)([+\u2212-]?(?:[\d,]*\.?\d+(?:[eE][+-]?\d+)?|nan|inf))(.*)$/is.exec(text);
  if (!m) return null;
  const plain = m[2].replace('\u2212', '-').replace(/,/g, '');
  return { before: m[1], digits: m[2], after: m[3], plain: plain, decimals: (/\.(\d+)/.exec(plain) || ['', ''])[1].length };
}

function sameNumber(prose, token) {
  const a = Number(prose.plain), b = Number(token.replace(/,/g, ''));
  if (Number.isNaN(a) || Number.isNaN(b)) return prose.plain.toLowerCase() === token.toLowerCase();
  const exponent = Number((/e([+-]?\d+)$/i.exec(prose.plain) || ['', 0])[1]);
  return Math.abs(a - b) <= 0.5 * Math.pow(10, exponent - prose.decimals) * (1 + 1e-9);
}

// A number of the program in the manner of the number that is printed in its place.
function inManner(prose, printed, token) {
  const value = Number(token.replace(/,/g, ''));
  let text = token;
  if (prose.digits.replace('\u2212', '-') !== printed && Number.isFinite(value)) {
    text = /e/i.test(prose.plain) ? value.toExponential(prose.decimals) : value.toFixed(prose.decimals);
    if (/,/.test(prose.digits)) text = text.replace(/\d+/, n => n.replace(/\B(?=(\d{3})+$)/g, ','));
  }
  return prose.before + (/\u2212/.test(prose.digits) || !/-/.test(prose.digits) ? text.replace('-', '\u2212') : text) + prose.after;
}

// Where in a section a number of the prose can come from: [{line, words, nth, k, printed}].
// at: the line that holds these words; or, as in "words:3", the third number of that line.
function placesOf(prose, lines, at) {
  const places = [], seen = {}, told = /^(.*?)(?::(\d+))?$/.exec(at || '');
  lines.forEach(function (line, i) {
    const words = wordsOf(line);
    seen[words] = (seen[words] || 0) + 1;
    numbersIn(line).forEach(function (token, k) {
      const here = line.includes(told[1]) && (!told[2] || Number(told[2]) === k + 1);
      if (here && sameNumber(prose, token)) places.push({ line: i, words: words, nth: seen[words], k: k, printed: token });
    });
  });
  return places;
}

// The number that a new run has at a place of the printed one, or null.
function numberAt(place, lines) {
  let left = place.nth;
  let line = lines.find(l => wordsOf(l) === place.words && --left === 0);
  if (line === undefined && lines[place.line] !== undefined) line = lines[place.line];
  return line === undefined ? null : numbersIn(line)[place.k] || null;
}

// ------------------------------------------------------------------ output boxes

function escaped(text) { return text.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]); }

// A line, with what differs from the printed line marked; measured times differ always.
function marked(line, printed) {
  if (line === printed) return shownTokens(line.split(/(\s+)/), null);
  const now = line.split(/(\s+)/), then = (printed || '').split(/(\s+)/);
  return shownTokens(now, now.length === then.length ? then : []);
}

// The printed line that a line is held against: the one in its place, if it says the same words; else
// another that does.
function twin(line, printed, i) {
  const words = wordsOf(line);
  if (printed[i] !== undefined && wordsOf(printed[i]) === words) return printed[i];
  return printed.find(then => wordsOf(then) === words) || printed[i];
}

function shownTokens(now, then) {
  return now.map(function (token, i) {
    if (!/\S/.test(token)) return token;
    const bare = text => (text || '').replace(/~\d[^\s)]*/, '~');
    const shown = escaped(token).replace(/~\d[^\s)]*/, '<span class="measured">$&</span>');
    return then && bare(then[i]) !== bare(token) ? '<mark>' + shown + '</mark>' : shown;
  }).join('');
}

// Cuts what a program said at its lines "== Title".
function sectionsOf(text) {
  const sections = {};
  let lines = [];
  text.split('\n').forEach(function (line) {
    const title = /^== (.*?)\s*$/.exec(line);
    if (title) sections[title[1]] = lines = []; else lines.push(line);
  });
  Object.keys(sections).forEach(title => { sections[title] = trimmed(sections[title]); });
  return sections;
}

function trimmed(lines) {
  let from = 0, to = lines.length;
  while (from < to && !lines[from].trim()) from++;
  while (to > from && !lines[to - 1].trim()) to--;
  return lines.slice(from, to);
}

// ------------------------------------------------------------------ the page

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  Object.entries(attributes || {}).forEach(function ([key, value]) {
    if (key === 'class') element.className = value;
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  });
  element.append(...children);
  return element;
}

// All that a run may change, and how it was printed.
function partsOfPage(chapter) {
  const main = document.getElementById('main');
  const boxes = [...main.querySelectorAll('figure.output[data-section]')].map(figure => ({
    figure: figure, section: figure.dataset.section,
    set: (figure.dataset.set || '').split(' ').filter(Boolean), follows: (figure.dataset.follows || '').split(' '),
    samp: figure.querySelector('samp'), printed: figure.querySelector('samp').innerHTML,
  }));
  const numbers = [...main.querySelectorAll('span.n[data-section]')].map(span => ({
    span: span, section: span.dataset.section, printed: span.innerHTML, prose: proseNumber(span.textContent),
  }));
  const figures = [...main.querySelectorAll('figure.drawing[data-figure]')].filter(f => f.dataset.chapter === chapter.name).map(figure => ({
    figure: figure, name: figure.dataset.figure, canvas: figure.querySelector('.canvas'),
    printed: figure.querySelector('.canvas').innerHTML,
  }));
  return { boxes: boxes, numbers: numbers, figures: figures };
}

// A short note in the caption of a box or figure: with what it was run.
function note(caption, text) {
  let span = caption.querySelector('.yours');
  if (!text) { if (span) span.remove(); return; }
  if (!span) { span = make('span', { class: 'yours' }); caption.append(' ', span); }
  span.textContent = text;
}

// Puts what a run said into the page.
function presenter(parts) {
  let printed = {}; // section -> lines, of the printed page
  const original = {}; // figure -> data, of the printed page
  const drawn = {}; // figure -> data, as it stands in the page now

  function box(section, lines, whole, label) {
    parts.boxes.filter(b => b.section === section).forEach(function (b) {
      const then = printed[section] || [];
      const html = lines.map((line, i) => marked(line, twin(line, then, i))).join('\n');
      const pending = whole ? '' : then.slice(lines.length).map(escaped).join('\n');
      b.samp.innerHTML = html + (pending ? '\n<span class="pending">' + pending + '</span>' : '') + '\n';
      const changed = /<mark>/.test(html) || (whole && lines.length < then.length);
      const measured = /class="measured"/.test(html);
      b.figure.classList.toggle('changed', changed);
      if (whole && b.set.length) bringIntoView(b.samp);
      note(b.figure.querySelector('figcaption'), [changed && label, measured && 'measured in this browser'].filter(Boolean).join('; '));
    });
  }

  // On a narrow screen all that has changed may stand where one would have to scroll to see it.
  function bringIntoView(samp) {
    const pre = samp.closest('pre'), edge = pre.getBoundingClientRect().right;
    const nearest = Math.min(...[...samp.querySelectorAll('mark')].map(mark => mark.getBoundingClientRect().right));
    if (Number.isFinite(nearest) && nearest > edge) pre.scrollLeft += nearest - edge + 24;
  }

  // A number whose places do not agree stays as it was printed, and says so.
  function prose(section, lines, label) {
    parts.numbers.filter(n => n.section === section && n.prose).forEach(function (n) {
      n.places = n.places || placesOf(n.prose, printed[section] || [], n.span.dataset.at);
      const found = n.places.map(function (place) {
        const token = numberAt(place, lines);
        return token === null ? null : inManner(n.prose, place.printed, token);
      });
      const all = new Set(found.map((text, i) => text !== null && numberAt(n.places[i], lines) === n.places[i].printed ? '' : text));
      const text = all.size === 1 ? [...all][0] : null;
      restore(n);
      if (text === null) {
        n.span.classList.add('lost');
        n.span.title = 'as printed: this run has no such number';
      } else if (text !== '' && text !== n.span.textContent) {
        n.span.title = 'printed: ' + n.span.textContent + '; here with ' + label;
        n.span.textContent = text;
        n.span.classList.add('changed');
      }
    });
  }

  function restore(n) {
    n.span.innerHTML = n.printed;
    n.span.classList.remove('changed', 'lost');
    n.span.removeAttribute('title');
  }

  function figure(name, data, svg, label) {
    drawn[name] = data;
    parts.figures.filter(f => f.name === name).forEach(function (f) {
      const same = data === original[name], measured = !same && /^# measured: yes/m.test(data);
      if (same) f.canvas.innerHTML = f.printed;
      else if (svg) f.canvas.innerHTML = svg;
      f.figure.classList.toggle('changed', !same && !measured);
      f.figure.classList.toggle('ran', measured);
      note(f.figure.querySelector('figcaption'), same ? '' : measured ? 'Measured in this browser.' : label);
      f.figure.dispatchEvent(new Event('redrawn'));
    });
  }

  function back() {
    parts.boxes.forEach(function (b) {
      b.samp.innerHTML = b.printed;
      b.figure.classList.remove('changed');
      note(b.figure.querySelector('figcaption'), '');
    });
    parts.numbers.forEach(restore);
    Object.keys(drawn).forEach(name => { figure(name, original[name], null, ''); });
  }

  return {
    box: box, prose: prose, figure: figure, back: back, drawn: drawn, original: original,
    know: function (sections, data) { printed = sections; Object.assign(original, data); },
    count: () => document.querySelectorAll('#main .changed').length,
    dataOf: name => drawn[name],
    order: () => Object.keys(printed),
  };
}

// ------------------------------------------------------------------ settings

// The settings of the chapter: one value each, and any number of fields that show it.
function settingsOf(chapter) {
  const values = {}, printed = {}, inPage = {}, fields = [];
  chapter.settings.forEach(s => {
    printed[s.name] = s.standard;
    inPage[s.name] = values[s.name] = chapter.page[s.name] !== undefined ? chapter.page[s.name] : s.standard;
  });

  function set(name, value, from) {
    values[name] = value;
    fields.filter(f => f.name === name && f.input !== from).forEach(f => f.show(value));
  }

  // Kinds of fields: a switch for 0 and 1, a choice of a few, a slider where a range is one to slide in.
  function field(setting, where, changed) {
    const id = 'set-' + setting.name + '-' + where, s = setting, range = s.most - s.least;
    const tell = how => changed(s.name, how);
    const label = make('label', { for: id }, s.name);
    let input, slider = null;
    if (s.kind === 'whole' && s.least === 0 && s.most === 1) {
      input = make('input', { id: id, type: 'checkbox' });
      input.addEventListener('change', () => { set(s.name, input.checked ? '1' : '0', input); tell('chosen'); });
      fields.push({ name: s.name, input: input, show: v => { input.checked = v === '1'; } });
    } else if (s.kind === 'whole' && range <= 8) {
      input = make('select', { id: id });
      for (let v = s.least; v <= s.most; v++) input.append(make('option', { value: v }, String(v)));
      input.addEventListener('change', () => { set(s.name, input.value, input); tell('chosen'); });
      fields.push({ name: s.name, input: input, show: v => { input.value = v; } });
    } else {
      const wide = s.kind === 'text' && s.most > 24;
      input = make('input', { id: id, type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
        inputmode: s.kind === 'text' || s.least < 0 ? null : 'decimal', class: wide ? 'wide-field' : s.kind });
      input.addEventListener('input', () => { set(s.name, input.value, input); tell('typing'); });
      input.addEventListener('keydown', e => { if (e.key === 'Enter') { e.preventDefault(); tell('enter'); } });
      fields.push({ name: s.name, input: input, show: v => { input.value = v; } });
      slider = sliderFor(s, tell);
    }
    input.setAttribute('aria-describedby', 'help-' + s.name);
    set(s.name, values[s.name], null);
    // Where a page runs with less than the print did, what stands below the field was made with the print's.
    const other = inPage[s.name] === printed[s.name] ? [] : [make('span', { class: 'of-print' }, 'printed with ' + printed[s.name])];
    return make('span', { class: 'field', title: s.help }, label, ' ', input, ...(slider ? [slider] : []), ...other);
  }

  // A range of many sizes is bent: by powers of ten, or, if it begins at 0 and its default is small, by
  // fourth powers.
  function sliderFor(s, tell) {
    const range = s.most - s.least, log = s.least > 0 && s.most >= 1 && s.most / s.least >= 1000;
    if (s.kind === 'text' || range > 200000 && (s.kind === 'whole' || !log)) return null;
    const low = s.least === 0 && s.standard > 0 && s.most / s.standard >= 100, bent = log || low;
    const fine = Math.pow(10, Math.floor(Math.log10(range / 100)));
    const step = s.kind === 'whole' ? Math.max(1, fine) : fine;
    const slider = make('input', { type: 'range', min: bent ? 0 : s.least, max: bent ? 1000 : s.most, step: bent ? 1 : step,
      'aria-label': s.name + ', as a slider' });
    const value = function () {
      if (!bent) return String(+Number(slider.value).toPrecision(12));
      const exact = log ? s.least * Math.pow(s.most / s.least, slider.value / 1000) : s.most * Math.pow(slider.value / 1000, 4);
      return String(s.kind === 'whole' ? Math.round(exact) : +exact.toPrecision(3));
    };
    const place = v => log ? 1000 * Math.log(v / s.least) / Math.log(s.most / s.least) : low ? 1000 * Math.pow(v / s.most, 0.25) : v;
    slider.addEventListener('input', () => { set(s.name, value(), slider); tell('typing'); });
    slider.addEventListener('change', () => tell('chosen'));
    fields.push({ name: s.name, input: slider, show: v => { if (Number.isFinite(Number(v))) slider.value = place(Number(v)); } });
    return slider;
  }

  return {
    field: field, set: set,
    args: () => chapter.settings.filter(s => values[s.name] !== s.standard).map(s => s.name + '=' + values[s.name]),
    reset: () => Object.keys(inPage).forEach(name => set(name, inPage[name], null)),
    blame: function (name, wrong) {
      fields.forEach(f => { if (f.name === name && wrong) f.input.setAttribute('aria-invalid', 'true'); else f.input.removeAttribute('aria-invalid'); });
    },
  };
}

// ------------------------------------------------------------------ the bar

function offerRuns(chapter) {
  const parts = partsOfPage(chapter), show = presenter(parts), settings = settingsOf(chapter);
  const run = make('button', { type: 'button', class: 'go' }, 'Run');
  const back = make('button', { type: 'button', class: 'put-back', hidden: true }, 'Put back');
  const said = make('span', { class: 'said', role: 'status' });
  const live = make('span', { class: 'live-line', 'aria-hidden': 'true' });
  const more = make('button', { type: 'button', class: 'more', 'aria-expanded': 'false', 'aria-controls': 'run-settings' }, 'Settings');
  const panel = make('div', { class: 'panel', id: 'run-settings', hidden: true });
  const bar = make('div', { class: 'runbar', role: 'region', 'aria-label': 'Run this chapter' },
    make('div', { class: 'line-of-bar' }, run, more, make('span', { class: 'words' }, live, said), back), panel);
  let pasted = null;   // the field for a text of the reader's own
  let worker = null, job = null, timer = 0;
  const seconds = {};  // how long the last run took, for each section that one can run up to

  function state(word) { bar.dataset.state = word; }

  function say(text, wrong) {
    said.textContent = text;
    bar.classList.toggle('wrong', !!wrong);
  }

  function fill() {
    chapter.settings.forEach(function (s) {
      const standard = chapter.page[s.name] !== undefined ? ' (in print: ' + s.standard + ')' : '';
      panel.append(make('div', { class: 'set' }, settings.field(s, 'bar', (name, how) => asked(null, how)),
        make('span', { class: 'meant', id: 'help-' + s.name }, s.help + standard)));
    });
    if (chapter.text) {
      pasted = make('textarea', { id: 'set-text', rows: 3, spellcheck: 'false', placeholder: 'paste a text, and the program reads it instead' });
      panel.append(make('div', { class: 'set whole' }, make('span', { class: 'field' }, make('label', { for: 'set-text' }, 'your own text'), ' ', pasted)));
    }
  }

  // Fields that stand with an output: changed there, the program runs as far as this output, or the last
  // one that follows the setting.
  function placeFields() {
    parts.boxes.forEach(function (b, i) {
      const fields = b.set.map(name => chapter.settings.find(s => s.name === name)).filter(Boolean)
        .map(s => settings.field(s, i, (name, how) => asked(lastWith(name, b.section), how)));
      if (fields.length) b.figure.querySelector('figcaption').after(make('div', { class: 'fields', role: 'group', 'aria-label': 'Settings for: ' + b.section }, ...fields));
    });
  }

  function lastWith(name, own) {
    const sections = parts.boxes.filter(b => b.follows.includes(name)).map(b => b.section);
    return chapter.sections.filter(title => title === own || sections.includes(title)).pop();
  }

  // A changed field runs the program a quarter second after the last key, if runs are short. Else a
  // field that stands with an output runs it when its value is chosen, and one of the bar at Enter.
  function asked(until, how) {
    clearTimeout(timer);
    const known = seconds[until], quick = known === undefined ? until !== null : known < 0.5;
    if (how === 'enter' || how === 'chosen' && until !== null && !quick) start(until);
    else if (quick) timer = setTimeout(() => start(until), 250);
    else state('ready');
  }

  function engine() {
    if (!worker) {
      const source = new Blob(['(' + machine + ')()'], { type: 'text/javascript' });
      const address = URL.createObjectURL(source);
      worker = new Worker(address);
      URL.revokeObjectURL(address);
    }
    return worker;
  }

  function drop() {
    if (worker) worker.terminate();
    worker = null;
    job = null;
  }

  let ready = null;
  // Everything that a run needs, brought here at the first one.
  async function prepare() {
    if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') throw new Error('This browser cannot run programs in a page (it has no WebAssembly).');
    const [mine, plot, figures] = await Promise.all([load(chapter.name + '.run'), load('plot.run'), load(chapter.name + '.figures')]);
    const data = {};
    for (const name of Object.keys(figures)) data[name] = await unpackText(figures[name]);
    show.know(sectionsOf(await unpackText(mine.printed)), data);
    const compile = async bytes => WebAssembly.compile(await unpack(bytes)).catch(() => { throw new Error('This browser is too old to run the program of this page.'); });
    return { program: await compile(mine.program), plotter: await compile(plot.program) };
  }

  const texts = {}; // unpacked once
  async function filesFor(text) {
    const files = {};
    if (text) files['your text'] = new TextEncoder().encode(text);
    for (const path of chapter.data) if (!text || !path.includes('/austen/')) files[path] = texts[path] = texts[path] || await unpack((await load(scriptOf(path))).text);
    return files;
  }

  function scriptOf(path) { return path.replace(/^.*data\//, '').replace(/\W+/g, '-') + '.data'; }

  async function start(until) {
    clearTimeout(timer);
    if (job) drop();
    const mine = job = { until: until, lines: [], section: null, label: settings.args().join(' ') || 'these settings', errors: '' };
    const args = settings.args(), text = pasted && pasted.value.trim() ? pasted.value : '';
    if (text) mine.label = [...args, 'your text'].join(' ');
    state('running');
    run.textContent = 'Stop';
    live.textContent = '';
    say(ready ? '' : 'fetching the program …');
    settings.blame(null);
    try {
      ready = ready || await prepare();
      const files = await filesFor(text);
      if (job !== mine) return;
      say('running …');
      const machine = engine();
      machine.onmessage = event => { if (job === mine) heard(mine, event.data); };
      machine.onerror = event => { if (job === mine) { event.preventDefault(); drop(); finish('The program could not be started: ' + event.message, true); } };
      machine.postMessage({
        program: ready.program, plotter: ready.plotter, until: until, files: files,
        drawn: Object.assign({}, show.original, show.drawn), args: [chapter.name].concat(args),
        env: ['FIGURES=figures', 'LIVE=1'].concat(text ? ['TEXT=your text'] : []),
      });
    } catch (error) {
      if (job !== mine) return;
      job = null;
      finish(error.message, true);
    }
  }

  function heard(mine, message) {
    if (message.line !== undefined) line(mine, message.line);
    if (message.aside !== undefined) aside(mine, message.aside);
    if (message.figure) show.figure(message.figure, message.data, message.svg, mine.label);
    if (message.end) ended(mine, message);
  }

  function line(mine, text) {
    const title = /^== (.*?)\s*$/.exec(text);
    if (title) {
      settle(mine);
      mine.section = title[1];
      mine.lines = [];
      return;
    }
    mine.lines.push(text);
    // Lines that come at once are shown at once, when their section is whole.
    clearTimeout(mine.slow);
    mine.slow = setTimeout(() => { if (job === mine && mine.section !== null) show.box(mine.section, trimmed(mine.lines), false, mine.label); }, 60);
  }

  function settle(mine) {
    clearTimeout(mine.slow);
    if (mine.section === null) return;
    show.box(mine.section, trimmed(mine.lines), true, mine.label);
    show.prose(mine.section, trimmed(mine.lines), mine.label);
  }

  // A live line overwrites itself; everything else on the second channel is an error.
  function aside(mine, text) {
    const last = text.split('\r').filter(part => part.trim()).pop();
    if (/\r/.test(text)) live.textContent = last ? last.trim().replace(/\s{2,}/g, '  ') : '';
    else mine.errors += text;
  }

  function ended(mine, message) {
    settle(mine);
    job = null;
    if (message.broke) {
      drop();
      const full = /memory|allocation/i.test(message.broke) && !/out of bounds/.test(message.broke);
      return finish(full ? 'There is not enough memory for these settings.' : 'The program broke off: ' + message.broke + '.', true);
    }
    if (message.code !== 0) {
      const wrong = /^([\w-]+)= /.exec(mine.errors);
      if (wrong) settings.blame(wrong[1], true);
      return finish(mine.errors.trim() || 'The program ended with exit code ' + message.code + '.', true);
    }
    seconds[mine.until] = message.seconds;
    const n = show.count(), time = message.seconds < 0.95 ? Math.max(1, Math.round(1000 * message.seconds)) + ' ms' : message.seconds.toFixed(1) + ' s';
    const changes = n === 0 ? 'all as printed' : n + (n === 1 ? ' place differs' : ' places differ');
    finish('ran ' + (mine.until === null ? '' : 'up to here ') + 'in ' + time + ': ' + changes);
  }

  function finish(text, wrong) {
    run.textContent = 'Run';
    live.textContent = '';
    back.hidden = show.count() === 0;
    say(text, wrong);
    state(wrong ? 'wrong' : 'done');
  }

  function stop() {
    const mine = job;
    drop();
    if (mine) settle(mine);
    finish('stopped');
  }

  run.addEventListener('click', () => job ? stop() : start(null));
  back.addEventListener('click', function () {
    clearTimeout(timer);
    drop();
    show.back();
    settings.reset();
    settings.blame(null);
    if (pasted) pasted.value = '';
    finish('as printed');
    run.focus();
  });
  more.addEventListener('click', function () {
    panel.hidden = !panel.hidden;
    more.setAttribute('aria-expanded', String(!panel.hidden));
  });
  bar.addEventListener('keydown', function (e) {
    if (e.key === 'Escape' && !panel.hidden) { panel.hidden = true; more.setAttribute('aria-expanded', 'false'); more.focus(); }
  });

  fill();
  placeFields();
  say('the program of this chapter, in your browser');
  state('idle');
  document.querySelector('.page').before(bar);
  document.documentElement.classList.add('runs');
  return show;
}

// ------------------------------------------------------------------ guesses

// The output that a guess is about: the first after the box and before a heading.
function outputAfter(box) {
  let next = box.nextElementSibling;
  while (next && !next.matches('figure.output, h2, h3, .predict, .exercise')) next = next.nextElementSibling;
  return next && next.matches('figure.output') ? next : null;
}

// Covers an output until it is asked for. Returns what uncovers it.
function cover(output) {
  const button = make('button', { type: 'button', class: 'uncover' }, 'Show without a guess'), pre = output.querySelector('pre');
  function uncover() {
    output.classList.remove('covered');
    button.remove();
  }
  output.classList.add('covered');
  pre.before(button);
  button.addEventListener('click', function () {
    uncover();
    if (!pre.hasAttribute('tabindex')) pre.tabIndex = -1;
    pre.focus({ preventScroll: true });
  });
  output.addEventListener('input', uncover); // whoever sets its settings wants to see it
  return uncover;
}

// A box that asks for a guess takes one, keeps it in this browser, and shows it beside the answer. Until
// then the output that gives the answer is covered.
function offerGuesses() {
  const page = location.pathname.replace(/.*\//, '').replace(/\.html$/, '');
  document.querySelectorAll('.predict').forEach(function (box, i) {
    const answer = box.querySelector('details.answer');
    if (!answer) return;
    const key = 'token-row guess ' + page + ' ' + i, id = 'guess-' + i;
    const field = make('input', { id: id, type: 'text', autocomplete: 'off' });
    const yours = make('p', { class: 'guessed' });
    const form = make('form', { class: 'guess' }, make('label', { for: id }, 'Your guess'), ' ', field, ' ', make('button', { type: 'submit' }, 'Compare'));
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch (error) { /* a private window forgets */ }
    field.value = kept || '';
    const output = kept === null && outputAfter(box), uncover = output ? cover(output) : () => {};
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      answer.hidden = false;
      answer.open = true;
      answer.querySelector('summary').focus();
    });
    answer.addEventListener('toggle', function () {
      try { localStorage.setItem(key, JSON.stringify(field.value)); } catch (error) { /* a private window forgets */ }
      if (answer.open) uncover();
      yours.textContent = field.value.trim() ? 'You: ' + field.value.trim() : '';
      form.hidden = answer.open;
      answer.hidden = !answer.open;
    });
    answer.hidden = true;
    answer.querySelector('summary').textContent = 'The answer';
    answer.querySelector('.inside').prepend(yours);
    answer.before(form);
  });
}

// ------------------------------------------------------------------ figures that answer

// A table as the plotter reads it: what kind, its labels, the names of its columns, its rows.
function tableOf(data) {
  const table = { rows: [] };
  data.split('\n').forEach(function (line) {
    const told = /^# *(\w+): *(.*)$/.exec(line);
    if (told && !table.header) table[told[1]] = told[2];
    else if (line !== '' && line[0] !== '#' && !table.header) table.header = line.split('\t');
    else if (line !== '' && table.header) table.rows.push(line.split('\t'));
  });
  return table;
}

const finite = cell => cell !== undefined && cell !== '' && Number.isFinite(Number(cell));
const onScale = (cell, scale) => finite(cell) && !(scale === 'log' && Number(cell) <= 0);

function said(cell) {
  return finite(cell) && /^-?\d{4,}(\.\d+)?$/.test(cell) ? cell.replace(/^-?\d+/, n => n.replace(/\B(?=(\d{3})+$)/g, ',')) : cell;
}

// All places of a picture that have something to say: {x, y, w, h, words, group}, in its own units.
function targetsOf(svg, table) {
  return ({ lines: lineTargets, bars: barTargets, scatter: scatterTargets, heat: heatTargets }[table.kind] || (() => []))(svg, table);
}

function lineTargets(svg, table) {
  const targets = [];
  svg.querySelectorAll('path.line[fill="none"]').forEach(function (path, s) {
    const points = [...path.getAttribute('d').matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)];
    const rows = table.rows.filter(row => onScale(row[0], table.xscale) && onScale(row[s + 1], table.yscale));
    points.forEach(function (p, k) {
      if (rows[k]) targets.push({ x: +p[1], y: +p[2], group: s, words: [(table.header.length > 2 ? table.header[s + 1] : table.y || table.header[1]) + ': ' + said(rows[k][s + 1]), (table.x || table.header[0]) + ': ' + said(rows[k][0])] });
    });
  });
  return targets;
}

function barTargets(svg, table) {
  const bars = [...svg.querySelectorAll('rect.mark')], targets = [];
  table.rows.forEach(row => row.slice(1).forEach(function (cell, s) {
    if (!onScale(cell, table.yscale) || !bars.length) return;
    const b = bars.shift(), n = key => +b.getAttribute(key);
    targets.push({ x: n('x'), y: n('y'), w: n('width'), h: n('height'), group: s, words: [row[0], (table.header.length > 2 ? table.header[s + 1] + ': ' : '') + said(cell)] });
  }));
  return targets;
}

// Few points are marks of their own; many are dots of one path for each group.
function scatterTargets(svg, table) {
  const rows = table.rows.filter(row => onScale(row[0], table.xscale) && onScale(row[1], table.yscale));
  const groups = [...new Set(table.rows.map(row => row[3] || ''))].sort((a, b) => a < b ? -1 : 1);
  const marks = [...svg.querySelectorAll('path.mark')].slice(-rows.length), targets = [];
  const target = (row, x, y) => targets.push({ x: x, y: y, group: 0,
    words: [[row[2], row[3]].filter(Boolean).join(', '), (table.x || table.header[0]) + ': ' + said(row[0]), (table.y || table.header[1]) + ': ' + said(row[1])].filter(Boolean) });
  svg.querySelectorAll('path.dots').forEach(function (path) {
    const name = groups[/ s(\d)/.exec(path.getAttribute('class'))[1] - 1], own = rows.filter(row => (row[3] || '') === name);
    [...path.getAttribute('d').matchAll(/M(-?[\d.]+) (-?[\d.]+)h0/g)].forEach((p, k) => { if (own[k]) target(own[k], +p[1], +p[2]); });
  });
  if (!targets.length) marks.forEach(function (mark, k) {
    const at = /translate\((-?[\d.]+)[ ,](-?[\d.]+)/.exec(mark.getAttribute('transform'));
    target(rows[k], +at[1], +at[2]);
  });
  return targets;
}

// Where the first cell lies, and how large a cell is: from the numbered cells, or from what moves the
// picture of many cells into its place.
function gridOf(svg) {
  const moved = /translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+) ([\d.]+)\)/.exec((svg.querySelector('g.cells') || svg).getAttribute('transform') || '');
  if (moved) return { x: +moved[1], y: moved[2] - moved[4] / 2, w: +moved[3], h: +moved[4] };
  const cells = [...svg.querySelectorAll('rect.cell.numbered')].map(r => ['x', 'y', 'width', 'height'].map(k => +r.getAttribute(k)));
  if (!cells.length) return null;
  return { x: Math.min(...cells.map(c => c[0])), y: Math.min(...cells.map(c => c[1])), w: cells[0][2] + 1, h: cells[0][3] + 1 };
}

function heatTargets(svg, table) {
  const grid = gridOf(svg), targets = [];
  if (grid) table.rows.forEach((row, r) => row.slice(1).forEach(function (cell, c) {
    if (!finite(cell)) return;
    targets.push({ x: grid.x + c * grid.w, y: grid.y + r * grid.h, w: grid.w, h: grid.h, group: r,
      words: [said(cell), (table.y || 'row') + ': ' + row[0], (table.x || 'column') + ': ' + table.header[c + 1]] });
  }));
  return targets;
}

function offerValues(show) {
  document.querySelectorAll('figure.drawing[data-figure]').forEach(function (figure) {
    const canvas = figure.querySelector('.canvas'), name = figure.dataset.figure;
    const tip = make('div', { class: 'value', role: 'status', hidden: true });
    let targets = null, at = -1, asking = null;
    figure.append(tip);

    async function know() {
      if (targets) return;
      const stem = figure.dataset.chapter;
      asking = asking || load(stem + '.figures').then(all => unpackText(all[name]));
      const data = show && show.dataOf(name) || await asking;
      const svg = canvas.querySelector('svg');
      targets = svg ? targetsOf(svg, tableOf(data)) : [];
      const moved = svg && svg.querySelector(':scope > g[transform^="translate(0 "]'); // by a title of two lines
      if (moved) targets.forEach(t => { t.y += +/translate\(0 ([\d.]+)/.exec(moved.getAttribute('transform'))[1]; });
    }

    function mark(k) {
      const svg = canvas.querySelector('svg'), t = targets[k], old = svg.querySelector('.spot');
      if (old) old.remove();
      at = k;
      tip.hidden = !t;
      if (!t) return;
      const spot = document.createElementNS(svg.namespaceURI, t.w ? 'rect' : 'circle');
      Object.entries(t.w ? { x: t.x, y: t.y, width: t.w, height: t.h } : { cx: t.x, cy: t.y, r: 6 }).forEach(([key, v]) => spot.setAttribute(key, v));
      spot.setAttribute('class', 'spot');
      svg.append(spot);
      tip.replaceChildren(...t.words.map((w, i) => make(i ? 'span' : 'b', {}, w)));
      place(svg, t);
    }

    function place(svg, t) {
      const box = svg.getBoundingClientRect(), frame = figure.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
      const x = box.left - frame.left + scale * (t.x + (t.w || 0) / 2), y = box.top - frame.top + scale * t.y;
      const half = tip.offsetWidth / 2;
      tip.style.left = Math.max(half, Math.min(frame.width - half, x)) + 'px';
      tip.style.top = (y < tip.offsetHeight + 12 ? y + scale * (t.h || 0) + tip.offsetHeight + 14 : y - 10) + 'px';
    }

    // The target that is nearest to a place of the picture, if it is near.
    function nearest(x, y) {
      let best = -1, least = 24;
      targets.forEach(function (t, k) {
        const dx = t.w ? Math.max(t.x - x, 0, x - t.x - t.w) : t.x - x, dy = t.w ? Math.max(t.y - y, 0, y - t.y - t.h) : t.y - y;
        const far = Math.hypot(dx, dy);
        if (far <= least) { least = far; best = k; } // of two in one place the one that lies on top
      });
      return best;
    }

    async function follow(event) {
      try { await know(); } catch (error) { return; }
      const svg = canvas.querySelector('svg');
      if (!svg) return;
      const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
      const k = nearest((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
      if (k !== at) mark(k);
    }

    // Arrow keys walk: along a row or line, and to the same place of the next one.
    async function walk(event) {
      const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (event.key === 'Escape') { if (targets) mark(-1); return; }
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      try { await know(); } catch (error) { return; }
      if (!targets.length) return;
      const t = targets[at];
      if (!t) { mark(0); return; }
      const near = targets.map((u, k) => [u, k]).filter(([u]) => step[1] ? u.group === t.group + step[1] : u.group === t.group && (u.x - t.x || u.y - t.y) * step[0] > 0);
      const far = ([u]) => step[1] ? Math.abs(u.x - t.x) : Math.hypot(u.x - t.x, u.y - t.y);
      if (near.length) mark(near.reduce((a, b) => far(b) < far(a) ? b : a)[1]);
    }

    canvas.addEventListener('pointermove', follow);
    canvas.addEventListener('pointerdown', follow);
    canvas.addEventListener('pointerleave', () => { if (targets && document.activeElement !== canvas) mark(-1); });
    canvas.addEventListener('blur', () => { if (targets) mark(-1); });
    canvas.addEventListener('keydown', walk);
    figure.addEventListener('redrawn', () => { targets = null; at = -1; tip.hidden = true; });
  });
}

(function () {
  const told = document.getElementById('run');
  let show = null;
  if (told) show = offerRuns(JSON.parse(told.textContent));
  offerGuesses();
  offerValues(show);
})();
