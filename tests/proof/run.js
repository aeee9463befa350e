// Evaluated in a chapter's page by tests/proof/run.sh, after each navigation: what it does there and
// looks at. Each function of `test` resolves to lines "ok NAME" and "not ok NAME: why".
'use strict';

window.test = (function () {
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const one = (selector, root) => (root || document).querySelector(selector);
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const COARSE = 'const fine = performance.now.bind(performance); performance.now = () => Math.floor(fine());\n';
  let resting = null, coarse = 0; // how many workers have a coarse clock
  let printed = ''; // all that a run may change, as it was
  const bar = () => one('.runbar'), go = () => one('.runbar .go'), said = () => one('.runbar .said').textContent;
  const box = title => all('figure.output').find(f => f.dataset.section === title);
  const field = (title, name) => all('input, select', box(title)).find(f => f.id.startsWith('set-' + name + '-') && f.type !== 'range');
  const verdict = (name, faults) => faults.length ? 'not ok ' + name + ': ' + faults.slice(0, 3).join('; ') : 'ok ' + name;

  async function until(holds, seconds) {
    for (const start = performance.now(); performance.now() - start < 1000 * seconds; await wait(20)) if (holds()) return true;
    return false;
  }

  async function finished(seconds) {
    await until(() => bar().dataset.state === 'running', 1); // or it has ended already
    return await until(() => bar().dataset.state !== 'running', seconds || 60);
  }

  function type(input, value) {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function enter(input) {
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  }

  // Sets what the bar's own fields show: {name: value}.
  function set(values) {
    for (const [name, value] of Object.entries(values)) {
      const input = document.getElementById('set-' + name + '-bar');
      if (input.type === 'checkbox') {
        if (input.checked !== (value === '1')) input.click();
      } else if (input.tagName === 'SELECT') {
        input.value = value;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      } else {
        type(input, value);
      }
    }
  }

  // What may change: the text of boxes, numbers and figures, and the values of fields.
  function snapshot() {
    return JSON.stringify([all('.output samp, span.n, .drawing .canvas').map(e => e.innerHTML),
      all('.output, .drawing, span.n').map(e => e.className + (e.title || '')), all('.runbar input, .runbar select, .fields input').map(f => f.value + f.checked)]);
  }

  const numbersOf = text => (text.replace(/(\d),(?=\d{3}(?!\d))/g, '$1').match(/[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|nan|inf/gi) || []);

  // Each number of the prose that followed is one of its section, to the digits that it gives.
  function proseFaults() {
    const faults = [];
    all('span.n[data-section]:not(.lost)').forEach(function (span) {
      const shown = box(span.dataset.section);
      if (!shown) return;
      const text = span.textContent.replace(/\u2212/, '-').replace(/,/g, '').replace(/[\s%\u00d7x].*$/, '');
      const half = 0.5 * Math.pow(10, -((/\.(\d+)/.exec(text) || ['', ''])[1].length)) * (1 + 1e-9);
      const found = numbersOf(one('samp', shown).textContent).some(n => n.toLowerCase() === text.toLowerCase() || Math.abs(Number(n) - Number(text)) <= half);
      if (!found) faults.push('"' + span.textContent + '" is not a number of "' + span.dataset.section + '"');
    });
    return faults;
  }

  // The rows of numbers of a figure: those that the native program has written, or the page was built with.
  async function rowsOf(figure) {
    const native = await load('../run/check-' + figure.dataset.chapter), name = figure.dataset.figure;
    const data = await unpackText((native[name + '.tsv']) || (await load(figure.dataset.chapter + '.figures'))[name]);
    return data.split('\n').filter(line => line && line[0] !== '#').slice(1).map(line => line.split('\t').slice(1));
  }

  return {
    // Runs with these settings, or with those of the page; and with so much of the novel as the reader's text.
    run: async function (values, letters) {
      if (values) set(values);
      if (letters) document.getElementById('set-text').value = (await unpackText((await load('austen-emma-txt.data')).text)).slice(0, letters);
      if (bar().dataset.state === 'running') await finished();
      go().click();
      if (!await finished(120)) return 'not ok it ends: ' + said();
      return bar().dataset.state === 'done' ? '' : 'not ok it runs: ' + said();
    },

    // The boxes as the program would print them, in the program's order.
    boxes: function () {
      const order = JSON.parse(document.getElementById('run').textContent).sections, shown = new Set(all('figure.output[data-section]').map(f => f.dataset.section));
      return order.filter(t => shown.has(t)).map(t => '== ' + t + '\n' + one('samp', box(t)).textContent).join('\n');
    },

    prose: function (name) {
      const faults = proseFaults(), lost = all('span.n.lost').length, n = all('span.n[data-section]').length;
      if (lost > n / 4) faults.push(lost + ' of ' + n + ' numbers were lost');
      return verdict(name + ': the numbers of the prose follow', faults);
    },

    // Runs as far as the output that a field stands with, with all settings as they are.
    asPrinted: async function (name, title, setting) {
      enter(field(title, setting));
      await finished();
      const faults = all('#main .changed, #main .lost').map(e => (e.dataset.section || e.dataset.figure) + ' ' + e.textContent.slice(0, 40));
      if (!/all as printed$/.test(said())) faults.push('it says: ' + said());
      return verdict(name + ': with the settings of the print all is as printed', faults);
    },

    // build/run/check-NAME.js holds what the native plotter drew of the native program's data.
    figures: async function (name) {
      const faults = [], native = await load('../run/check-' + name);
      for (const [figure, zipped] of Object.entries(native)) {
        if (/\.tsv$/.test(figure)) continue;
        const holder = document.createElement('div');
        holder.innerHTML = await unpackText(zipped);
        const drawn = one('[data-figure="' + figure + '"] .canvas svg');
        if (!drawn || drawn.outerHTML.trim() !== holder.innerHTML.trim()) faults.push(figure + ' is another picture');
      }
      if (!Object.keys(native).length) faults.push('there was none to compare');
      return verdict(name + ': figures are those of the native plotter', faults);
    },

    // A pointer on what a picture holds, and what is said then.
    pointers: async function (name) {
      const faults = [];
      for (const figure of all('figure.drawing[data-figure]')) {
        const canvas = one('.canvas', figure), svg = one('svg', canvas), tip = one('.value', figure);
        const cells = all('rect.cell.numbered', svg), texts = all('text.tag', svg);
        const seen = cells.length ? cells[cells.length - 1] : all('rect.mark, path.mark, g.cells, path.dots, path.line[fill="none"]', svg).filter(p => !p.matches('path.line') || p.getAttribute('d')).pop();
        figure.scrollIntoView({ block: 'center', behavior: 'instant' });
        const b = seen.getBoundingClientRect(), p = { x: b.left + b.width / 2, y: b.top + b.height / 2 };
        if (seen.matches('path.line, path.dots')) {
          const end = seen.getPointAtLength(seen.getTotalLength()), m = svg.getScreenCTM();
          p.x = end.x * m.a + m.e;
          p.y = end.y * m.d + m.f;
        }
        let wanted = '';
        if (seen.matches('g.cells')) { // the cell behind the middle
          const rows = await rowsOf(figure), r = rows.length >> 1, c = rows[0].length >> 1;
          const m = seen.getScreenCTM(); // a row's strokes run through its middle; blank cells have none
          p.x = (c + 0.5) * m.a + m.e;
          p.y = r * m.d + m.f;
          wanted = rows[r][c];
        }
        canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: p.x, clientY: p.y, bubbles: true }));
        await until(() => !tip.hidden, 20);
        if (tip.hidden || !tip.textContent.trim()) faults.push(figure.dataset.figure + ' says nothing');
        else if (cells.length && tip.firstChild.textContent !== texts[texts.length - 1].textContent.replace('\u2212', '-')) faults.push(figure.dataset.figure + ' says ' + tip.textContent + ' where ' + texts[texts.length - 1].textContent + ' stands');
        else if (seen.matches('g.cells') && tip.firstChild.textContent !== wanted) faults.push(figure.dataset.figure + ' says ' + tip.textContent + ' where ' + wanted + ' stands');
        else if (seen.matches('path.line') && all('text.name', svg).length && !all('text.name', svg).some(t => t.classList.contains(seen.classList[1]) && tip.textContent.includes(t.textContent))) faults.push(figure.dataset.figure + ' does not name its line: ' + tip.textContent);
        const press = key => canvas.dispatchEvent(new KeyboardEvent('keydown', { key: key, bubbles: true, cancelable: true }));
        if (canvas.tabIndex < 0) faults.push(figure.dataset.figure + ' cannot be reached with a key');
        canvas.focus({ preventScroll: true });
        press('Escape');
        if (!tip.hidden) faults.push(figure.dataset.figure + ' goes on after Escape');
        press('ArrowRight');
        if (!await until(() => !tip.hidden, 20)) faults.push(figure.dataset.figure + ' does not answer a key');
        canvas.blur();
      }
      return verdict(name + ': figures answer pointer and keys', faults);
    },

    // The page as it was printed; and again, after a run that has changed it. In between it runs with the
    // clock of a browser that tells whole milliseconds only.
    remember: function () {
      printed = snapshot();
      window.Blob = class extends Blob {
        constructor(parts, options) {
          const script = options?.type === 'text/javascript';
          super(script ? [COARSE, ...parts] : parts, options);
          coarse += script;
        }
      };
      return '';
    },

    back: function (name) {
      const faults = [];
      if (snapshot() === printed) faults.push('the run changed nothing');
      if (!coarse) faults.push('the clock was none of whole milliseconds');
      if (!one('#main .changed mark')) faults.push('nothing is marked');
      one('.runbar .put-back').click();
      if (snapshot() !== printed) faults.push('the page is not as it was');
      if (all('#main .changed, #main mark, #main .yours').length) faults.push('marks stay');
      if (document.getElementById('set-text')?.value) faults.push('the text stays');
      return verdict(name + ': one press puts the printed page back', faults);
    },

    typing: async function (name) {
      const faults = [], input = field('A sentence becomes ids', 'sentence'), samp = one('samp', box('A sentence becomes ids'));
      type(input, 'one two one');
      if (!await until(() => /3 tokens, 2 different/.test(samp.textContent), 20)) faults.push('ids do not follow: ' + said());
      type(input, 'one two three one');
      if (!await until(() => /4 tokens, 3 different/.test(samp.textContent), 20)) faults.push('ids do not follow the next key: ' + said());
      await finished();
      if (!/three/.test(one('samp', box('One row of switches for each token')).textContent)) faults.push('switches do not follow');
      if (!/three/.test(one('samp', box('The product is a lookup')).textContent)) faults.push('rows do not follow');
      if (!/row 4, no word, is nan/.test(one('samp', box('Equal in algebra, not in bits')).textContent)) faults.push('what the last box says does not follow');
      if (!/up to here/.test(said())) faults.push('the whole program was run');
      if (field('The product is a lookup', 'sentence').value !== input.value) faults.push('the other field of the sentence shows another');
      return verdict(name + ': what follows a sentence follows as one types', faults);
    },

    // What a field does where it stands does not wait for what comes later.
    near: async function (name, title, setting, value, later) {
      const input = field(title, setting), faults = [], before = one('samp', box(later)).innerHTML;
      type(input, value);
      enter(input);
      await finished();
      if (!box(title).classList.contains('changed')) faults.push('nothing has changed: ' + said());
      if (one('samp', box(later)).innerHTML !== before) faults.push('"' + later + '" was run, too');
      return verdict(name + ': a field runs the program as far as it must', faults);
    },

    wrong: async function (name) {
      const faults = [], input = field('Equal in algebra, not in bits', 'value');
      type(input, 'many');
      enter(input);
      await finished();
      if (!/^value= takes nan, inf, -0 or a number\.?$/.test(said())) faults.push('it says: ' + said());
      type(input, 'nan');
      type(field('Equal in algebra, not in bits', 'row'), '99');
      enter(field('Equal in algebra, not in bits', 'row'));
      await finished();
      if (!/^row= takes a whole number/.test(said())) faults.push('it says: ' + said());
      if (field('Equal in algebra, not in bits', 'row').getAttribute('aria-invalid') !== 'true') faults.push('the field is not marked');
      type(field('Equal in algebra, not in bits', 'row'), '3');
      enter(field('Equal in algebra, not in bits', 'row'));
      await finished();
      if (bar().dataset.state !== 'done' || one('[aria-invalid]')) faults.push('a good value does not put it right: ' + said());
      return verdict(name + ': a bad setting gets one sentence', faults);
    },

    stop: async function (name) {
      const faults = [];
      let frames = 0;
      set({ controls: '1', seeds: '64' });
      go().click();
      if (!await until(() => /step/.test(one('.runbar .live-line').textContent), 60)) faults.push('no live line');
      (function count() { if (++frames < 10) requestAnimationFrame(count); })();
      const y = scrollY;
      scrollTo({ top: y + 700, behavior: 'instant' });
      if (!await until(() => frames === 10, 20) || bar().dataset.state !== 'running' || scrollY === y) faults.push('the page stands still while the program runs (' + frames + ' frames)');
      if (go().textContent !== 'Stop') faults.push('the button says ' + go().textContent);
      go().click();
      if (bar().dataset.state === 'running' || said() !== 'stopped') faults.push('it does not stop: ' + said());
      await wait(300);
      if (one('.runbar .live-line').textContent !== '') faults.push('the live line goes on');
      return verdict(name + ': a long run shows its line and can be stopped', faults);
    },

    text: async function (name) {
      const faults = [];
      document.getElementById('set-text').value = 'A rose is a rose. '.repeat(40);
      await this.run();
      if (!/ /.test(said()) || bar().dataset.state !== 'wrong') faults.push('a text that is too short is taken: ' + said());
      document.getElementById('set-text').value = '';
      return verdict(name + ': a text that is too short is refused', faults);
    },

    // It takes the place of the novels, and of no table that the program reads besides.
    ownText: async function (name, text) {
      const faults = [];
      document.getElementById('set-text').value = text.repeat(100);
      await this.run();
      if (bar().dataset.state === 'wrong') faults.push('it ends with: ' + said());
      document.getElementById('set-text').value = '';
      return verdict(name + ': a text of the reader is read, and what stands beside the novels too', faults);
    },

    // Where no text is given, the page brings the novel along: what a box says of it comes before all work.
    novel: async function (name, title) {
      const faults = [], samp = one('samp', box(title)), first = samp.textContent.split('\n')[0];
      samp.textContent = '';
      go().click();
      if (!await until(() => samp.textContent.startsWith(first + '\n'), 60)) faults.push('it is said to be: ' + samp.textContent.slice(0, 60) + said());
      go().click();
      return verdict(name + ': without a text of the reader the novel is read', faults);
    },

    // What gives the answer of a box is covered, and so is nothing else.
    covered: function (name) {
      const faults = [], hidden = f => getComputedStyle(one('pre', f)).visibility === 'hidden', wanted = new Set();
      let asked = null;
      all('#main .predict, #main figure.output, #main h2, #main h3').forEach(function (e) {
        if (asked && e.matches('figure.output')) wanted.add(e);
        asked = e.matches('.predict');
      });
      all('figure.output').forEach(function (f) {
        if (hidden(f) !== wanted.has(f)) faults.push(f.dataset.section + (hidden(f) ? ' is covered' : ' is not covered'));
        else if (hidden(f) && !one('button', f)) faults.push(f.dataset.section + ' cannot be uncovered');
      });
      return verdict(name + ': the output that a guess is about is covered', faults);
    },

    guess: async function (name) {
      const faults = [];
      all('.predict').forEach((p, i) => { if (!one('.guess', p)) faults.push('box ' + (i + 1) + ' takes no guess'); if (one('details.answer', p)?.open) faults.push('box ' + (i + 1) + ' shows its answer at once'); });
      const box = one('.predict');
      one('.guess input', box).value = 'a dozen';
      one('.guess button', box).click();
      await until(() => one('.answer', box).textContent.includes('You: a dozen'), 20);
      if (!one('details.answer', box).open || !one('.answer', box).textContent.includes('You: a dozen')) faults.push('the guess is not shown with the answer');
      const next = all('.predict, figure.output').find(e => box.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (one('.uncover', next)) faults.push('the output is covered after the guess');
      const button = all('.uncover').pop(), output = button && button.closest('.output');
      if (button) {
        button.focus();
        button.click();
        if (output.classList.contains('covered') || !output.contains(document.activeElement)) faults.push('a button does not show its output, or the focus is lost');
      }
      one('details.answer', box).open = false;
      await until(() => one('details.answer', box).hidden, 20);
      return verdict(name + ': a box takes a guess before it shows the answer', faults);
    },

    kept: name => verdict(name + ': a guess is kept', one('.predict .guess input').value === 'a dozen' ? [] : ['it is gone']),

    noMachine: async function (name) {
      const machine = window.WebAssembly;
      window.WebAssembly = undefined;
      go().click();
      await finished();
      window.WebAssembly = machine;
      return verdict(name + ': without WebAssembly one sentence says so', /no WebAssembly/.test(said()) && bar().dataset.state === 'wrong' ? [] : [said()]);
    },

    narrow: async function (name) {
      const faults = [], root = document.documentElement;
      if (bar().offsetHeight > 0.2 * innerHeight) faults.push('the bar is ' + bar().offsetHeight + ' px high');
      one('.runbar .more').click();
      if (root.scrollWidth > root.clientWidth) faults.push('the page is ' + root.scrollWidth + ' px wide');
      all('.runbar button, .runbar input, .runbar select, .fields input, .fields select, .guess input, .guess button').forEach(function (control) {
        const b = control.getBoundingClientRect();
        if (control.hidden || control.closest('[hidden]') || b.width === 0) return;
        if (b.left < 0 || b.right > root.clientWidth) faults.push((control.id || control.className) + ' reaches from ' + Math.round(b.left) + ' to ' + Math.round(b.right) + ' px');
        if (control.tagName === 'BUTTON' && b.height < 24) faults.push(control.className + ' is ' + b.height + ' px high');
      });
      one('.runbar .more').click();
      return verdict(name + ': bar and fields fit 360 px', faults);
    },

    // Sets all but the sentence. The Tab key goes as far as the settings, and rests there until it may go on.
    fill: function (values) {
      set(Object.assign({}, values, { sentence: field('A sentence becomes ids', 'sentence').value }));
      document.addEventListener('keydown', resting = event => { if (event.key === 'Tab' && document.activeElement === one('.runbar .more')) event.preventDefault(); });
      return '';
    },
    goOn: () => { document.removeEventListener('keydown', resting); return ''; },

    keys: async function (name) {
      await finished();
      const faults = [];
      if (!/^\d tokens|4 tokens/m.test(one('samp', box('A sentence becomes ids')).textContent)) faults.push('there is no output');
      if (!/owl/.test(one('samp', box('A sentence becomes ids')).textContent)) faults.push('what was typed did not arrive: ' + said());
      if (!one('.panel').hidden) faults.push('Escape does not close the settings');
      return verdict(name + ': it can be set and run with the keyboard alone', faults);
    },
  };
})();
'';
