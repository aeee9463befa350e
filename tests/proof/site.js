// Evaluated in every page by tests/proof/run.sh: measures it. Each function of `measure` looks at the page
// at the width and on the medium that the browser has been told; `report` gives lines "ok NAME" and
// "not ok NAME: why". It waits for events; a clock only says that one does not come.
'use strict';

window.measure = (function () {
  const page = document, root = document.documentElement, MATH = 'http://www.w3.org/1998/Math/MathML';
  const faults = {}; // what was found to be wrong, by the name of the check
  const all = (selector, within) => [...(within || page).querySelectorAll(selector)];

  function blame(name, fault) { (faults[name] = faults[name] || []).push(fault); }

  function verdict(name, found) {
    if (!found || !found.length) return 'ok ' + name;
    return 'not ok ' + name + ': ' + found.slice(0, 3).join('; ') + (found.length > 3 ? ' and ' + (found.length - 3) + ' more' : '');
  }

  function describe(element) {
    const text = (element.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 30);
    return '<' + element.tagName.toLowerCase() + (element.getAttribute('class') ? ' class="' + element.getAttribute('class') + '"' : '') + '> "' + text + '"';
  }

  // ---------------------------------------------------------------- nothing scrolls sideways

  // Boxes that scroll by themselves may be wider than the page; nothing else may.
  function insideScroller(element) {
    for (let e = element.parentElement; e; e = e.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX)) return true;
    }
    return false;
  }

  function sideways(width) {
    if (root.clientWidth !== width) blame('sideways', 'the window is ' + root.clientWidth + ' and not ' + width + ' px wide');
    if (root.scrollWidth <= width) return;
    const widest = all('body *').find(e => e.getBoundingClientRect().right > width + 0.5 && !insideScroller(e));
    blame('sideways', 'at ' + width + ' px the page is ' + root.scrollWidth + ' px wide: ' + (widest ? describe(widest) : '?'));
  }

  // ---------------------------------------------------------------- colours

  function parts(colour) {
    let m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(colour);
    if (m) return [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]];
    m = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/.exec(colour);
    if (m) return [255 * m[1], 255 * m[2], 255 * m[3], m[4] === undefined ? 1 : +m[4]];
    return null;
  }

  function over(top, below) {
    const a = top[3];
    return [0, 1, 2].map(k => a * top[k] + (1 - a) * below[k]).concat(1);
  }

  function luminance(c) {
    const linear = c.slice(0, 3).map(v => v / 255 <= 0.04045 ? v / 255 / 12.92 : Math.pow((v / 255 + 0.055) / 1.055, 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function contrast(a, b) {
    const x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }

  // The colour behind an element: all backgrounds up to the page, laid over each other.
  function backgroundOf(element, known) {
    if (!element) return [255, 255, 255, 1];
    if (known.has(element)) return known.get(element);
    const c = parts(getComputedStyle(element).backgroundColor);
    const back = c && c[3] === 1 ? c : c && c[3] > 0 ? over(c, backgroundOf(element.parentElement, known)) : backgroundOf(element.parentElement, known);
    known.set(element, back);
    return back;
  }

  // The cell of a heat map under a text of the same drawing.
  function cellUnder(text, known) {
    const svg = text.ownerSVGElement, box = text.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    if (!known.has(svg)) known.set(svg, all('rect', svg).map(e => ({ element: e, box: e.getBoundingClientRect() })).reverse());
    const cell = known.get(svg).find(({ box: r }) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom);
    return cell ? parts(getComputedStyle(cell.element).fill) : null;
  }

  function hasOwnText(element) {
    for (let n = element.firstChild; n; n = n.nextSibling) if (n.nodeType === 3 && /\S/.test(n.data)) return true;
    return false;
  }

  // The elements whose letters are looked at. Code has thousands of coloured words: one of each kind in
  // each kind of box is enough. So it is with the signs of formulas.
  function lettersOf() {
    const known = {};
    return all('body *').filter(function (element) {
      if (!hasOwnText(element) || /^(SCRIPT|STYLE|TITLE|DESC|ANNOTATION)$/i.test(element.tagName)) return false;
      const inCode = element.tagName === 'SPAN' && element.parentElement.className === 'line';
      if (!inCode && element.namespaceURI !== MATH) return true;
      const box = element.closest('.exercise, .predict, .belief, .think, .aside');
      const kind = (inCode ? element.className : 'formula') + ' in ' + (box && box.className);
      return !known[kind] && (known[kind] = true);
    });
  }

  function readable(name, theme, letters) {
    const known = {}, backs = new Map(), cells = new Map();
    root.dataset.theme = theme;
    function look(what, front, opacity, back) {
      const colour = over([front[0], front[1], front[2], front[3] * opacity], back), key = colour + ' ' + back;
      if (known[key]) return;
      known[key] = true;
      const ratio = contrast(colour, back);
      if (ratio < 4.5) blame(name, theme + ': ' + what() + ' has a contrast of ' + ratio.toFixed(2) + ', and 4.5 is the least');
    }
    letters.forEach(function (element) {
      const style = getComputedStyle(element), drawing = element.ownerSVGElement, said = drawing ? style.fill : style.color;
      const front = parts(said);
      const back = drawing && element.tagName === 'text' && cellUnder(element, cells) || backgroundOf(drawing ? drawing.parentElement : element, backs);
      if (front) look(() => describe(element), front, style.opacity, back);
      else blame(name, theme + ': the colour of ' + describe(element) + ' cannot be read: ' + said);
    });
    const line = page.querySelector('.line'), number = line && getComputedStyle(line, '::before');
    if (line) look(() => 'the number of a line', parts(number.color), number.opacity, backgroundOf(line, backs));
  }

  // ---------------------------------------------------------------- stops of the keyboard

  // Every box that scrolls is a stop for the Tab key, and no other box is.
  function reachable(width) {
    dispatchEvent(new Event('resize'));
    all('pre, .canvas, .wide, .long, [tabindex="0"]').forEach(function (element) {
      if (element.closest('details:not([open])')) return;
      const overflow = getComputedStyle(element).overflowX;
      const scrolls = (overflow === 'auto' || overflow === 'scroll') && element.scrollWidth > element.clientWidth + 1;
      if (scrolls && element.tabIndex < 0) blame('stops', describe(element) + ' scrolls, but has no tabindex');
      if (!scrolls && element.tabIndex >= 0 && !element.matches('a, button, summary, input, select, textarea, figure[data-figure] .canvas')) {
        blame('stops', 'at ' + width + ' px ' + describe(element) + ' does not scroll, but is a stop');
      }
    });
  }

  // ---------------------------------------------------------------- drawings

  function meet(a, b) {
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  }

  // The words of a drawing stay inside it and do not cover each other.
  function lettered(svg) {
    const frame = svg.getBoundingClientRect(), texts = all('text', svg).map(t => ({ element: t, box: t.getBoundingClientRect() }));
    texts.forEach(function (t, k) {
      if (t.box.left < frame.left - 1 || t.box.right > frame.right + 1 || t.box.top < frame.top - 1 || t.box.bottom > frame.bottom + 1) {
        blame('drawn', describe(t.element) + ' leaves its drawing');
      }
      for (let j = 0; j < k; j++) {
        if (meet(t.box, texts[j].box)) blame('drawn', describe(t.element) + ' covers ' + describe(texts[j].element));
      }
    });
  }

  function drawn() {
    all('figure svg').forEach(lettered);
    all('math, svg, img').forEach(function (element) {
      const box = element.getBoundingClientRect();
      if (!(box.width > 1 && box.height > 1) && !element.closest('.site, .thumb')) blame('drawn', describe(element) + ' takes no room');
    });
  }

  // On a telephone every word of a plot is seen without scrolling, and can be read.
  function plots() {
    all('main .plot').forEach(function (svg) {
      const canvas = svg.closest('.canvas'), text = svg.querySelector('text.soft'), size = text && text.getBoundingClientRect().height;
      if (canvas.scrollWidth > canvas.clientWidth + 1) blame('plots', describe(svg) + ' scrolls');
      if (text && size < 9) blame('plots', describe(svg) + ' has letters of ' + size.toFixed(1) + ' px');
    });
  }

  // Series are told apart without colours, and square tables are drawn as squares.
  function forms() {
    all('main .plot').forEach(function (svg) {
      const dashes = {};
      all('path.line[class*=" s"]', svg).forEach(line => { dashes[line.getAttribute('class')] = line.getAttribute('stroke-dasharray') || 'whole'; });
      const kinds = Object.values(dashes);
      if (new Set(kinds).size < Math.min(kinds.length, 5)) blame('plots', describe(svg) + ' has lines with the same dashes');
      const cells = svg.querySelector('g.cells, rect.cell.numbered'), size = /(\d+) rows and (\d+) columns/.exec(svg.textContent);
      if (!cells || !size || size[1] !== size[2]) return;
      const cell = cells.tagName === 'g' ? cells.getAttribute('transform').replace(/.*scale\(([\d.]+) ([\d.]+)\).*/, '$1 $2').split(' ')
        : [cells.getAttribute('width'), cells.getAttribute('height')];
      if (Math.abs(cell[0] - cell[1]) > 0.01) blame('plots', describe(svg) + ' has cells of ' + cell.join(' x '));
    });
  }

  // ---------------------------------------------------------------- text and code

  // What is folded is not asked for its boxes, for which it would be laid out.
  function shown(element) { return !element.closest('details:not([open]) > :not(summary)') && element.getClientRects().length > 0; }

  function heights(selector) {
    return all(selector).filter(shown).reduce((sum, element) => sum + element.getBoundingClientRect().height, 0);
  }

  // As a reader finds the page, text is at least half of it, and no heading stands over more than
  // three screens.
  function texts(width, screen) {
    const main = page.querySelector('main'), whole = main.getBoundingClientRect().height;
    const other = heights('main .listing, main .output, main .drawing, main .snippet, main .plumbing > summary');
    if (other > whole / 2) blame('texts', 'at ' + width + ' px ' + Math.round(100 * other / whole) + ' % of the height is code, output and drawings');
    const headings = all('h1, h2, h3', main).filter(shown);
    headings.forEach(function (heading, k) {
      const next = headings[k + 1], end = next ? next.getBoundingClientRect().top : main.getBoundingClientRect().bottom;
      const screens = (end - heading.getBoundingClientRect().top) / screen;
      if (screens > 3) blame('texts', 'at ' + width + ' px ' + describe(heading) + ' stands over ' + screens.toFixed(1) + ' screens');
    });
  }

  // ---------------------------------------------------------------- where am I

  function inTime(what, begin) {
    return new Promise(function (done, fail) {
      setTimeout(() => fail(new Error(what + ' does not happen')), 20000);
      begin(done);
    });
  }

  function happens(target, kind, cause) {
    return inTime(kind, function (done) {
      target.addEventListener(kind, done, { once: true }); // after the page's own
      cause();
    });
  }

  // After a jump to a place, the contents and the bar name the section in which it lies.
  async function jumps(width, step) {
    const links = all('.contents li a').filter((link, k, list) => k % step === 0 || k === list.length - 1);
    history.replaceState(null, '', location.href.split('#')[0]);
    for (const link of links) {
      const hash = link.getAttribute('href');
      await happens(window, 'hashchange', () => { location.hash = hash; });
      const here = page.querySelector('.contents .here'), now = page.querySelector('.contents .now').textContent;
      if (here !== link) blame('where', 'at ' + width + ' px a jump to ' + hash + ' marks ' + (here ? here.getAttribute('href') : 'nothing'));
      else if (now !== here.textContent) blame('where', 'the bar says ' + now);
      const heading = page.getElementById(decodeURIComponent(hash.slice(1))).getBoundingClientRect();
      const bar = page.querySelector('.contents').getBoundingClientRect();
      if (width < 1248 && (bar.top !== 0 || heading.top < bar.height || bar.height > 60)) blame('where', 'at ' + width + ' px the bar covers ' + hash);
    }
  }

  // However the reader came there: by scrolling, too.
  function scrolls() {
    const last = root.scrollHeight;
    for (let k = 1; k < 8; k++) {
      dispatchEvent(new Event('wheel'));
      scrollTo(0, k * last / 9);
      dispatchEvent(new Event('scroll'));
      const above = all('main h2[id], main h3[id]').filter(h => h.getBoundingClientRect().top < 130).pop();
      const here = page.querySelector('.contents .here');
      const wanted = above ? '#' + above.id : 'nothing', got = here ? here.getAttribute('href') : 'nothing';
      if (wanted !== got) blame('where', 'scrolled into ' + wanted + ', and ' + got + ' is marked');
    }
  }

  // ---------------------------------------------------------------- on paper

  // With dark chosen: light, and 65 to 75 letters a line.
  function printed() {
    readable('paper', 'dark', lettersOf());
    if (luminance(backgroundOf(page.body, new Map())) < 0.9) blame('paper', 'the paper is dark');
    let letters = 0, lines = 0;
    all('main > p').forEach(function (p) {
      const height = parseFloat(getComputedStyle(p).lineHeight), n = Math.round(p.getBoundingClientRect().height / height);
      if (p.querySelector('math, code') || n < 4) return;
      letters += p.textContent.length;
      lines += n - 0.5; // the last line ends somewhere
    });
    if (lines > 20 && (letters / lines < 65 || letters / lines > 75)) blame('paper', 'a line has ' + Math.round(letters / lines) + ' letters');
    all('.output pre').filter(pre => getComputedStyle(pre).visibility !== 'visible').forEach(pre => blame('paper', describe(pre) + ' is not on the paper'));
    all('details:not([open]):not(.plumbing), .copy, .site nav').forEach(function (element) {
      if (element.getClientRects().length) blame('paper', describe(element) + ' is on the paper');
    });
  }

  // ---------------------------------------------------------------- what the script adds

  // Citations show their entry when they have the focus.
  function entries() {
    const cite = page.querySelector('a[role="doc-biblioref"]'), tip = page.getElementById('tip');
    if (!cite) return;
    cite.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    const entry = page.getElementById(decodeURIComponent(cite.hash.slice(1)));
    if (tip.hidden || tip.textContent !== entry.textContent) blame('added', 'the entry of ' + cite.hash + ' does not show');
    if (cite.getAttribute('aria-describedby') !== 'tip') blame('added', 'the entry of ' + cite.hash + ' is not read aloud');
    page.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    if (!tip.hidden) blame('added', 'Escape does not hide the entry');
  }

  // Headings have anchors to copy, and so have lines: at their numbers.
  async function anchors() {
    all('main h2[id], main h3[id]').forEach(function (heading) {
      const anchor = heading.querySelector('.anchor');
      if (!anchor || anchor.getAttribute('href') !== '#' + heading.id) blame('added', describe(heading) + ' has no anchor');
    });
    const line = all('.line[id]').find(shown);
    if (!line) return;
    await happens(window, 'hashchange', function () {
      line.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: line.getBoundingClientRect().left + 4 }));
    });
    if (location.hash !== '#' + line.id) blame('added', 'the number of a line leads to ' + location.hash);
  }

  // A solution that was opened is remembered, in the browser alone, and can be forgotten.
  async function memory() {
    const solution = page.querySelector('details.solution'), kept = page.querySelector('.kept');
    if (!solution) return;
    await happens(solution, 'toggle', () => { solution.open = true; });
    const link = page.querySelector('.contents a[href="#' + solution.id.replace('-solution', '') + '"]');
    if (!link.classList.contains('opened')) blame('added', 'the contents do not mark the exercise that was opened');
    if (kept.hidden || !JSON.stringify(localStorage).includes(solution.id)) blame('added', 'what was opened is not remembered, or nothing says so');
    await happens(window, 'hashchange', () => { location.hash = link.hash; });
    dispatchEvent(new Event('pagehide'));
    if (!/token-row place/.test(JSON.stringify(localStorage))) blame('added', 'the place is not remembered');
    kept.querySelector('button').click();
    if (/token-row place/.test(JSON.stringify(localStorage))) blame('added', 'the place is not forgotten');
    if (!kept.hidden || JSON.stringify(localStorage).includes(solution.id)) blame('added', 'what was opened is not forgotten');
    await happens(solution, 'toggle', () => { solution.open = false; });
  }

  // Searching finds a section by words of its text, and leads to it.
  async function searching() {
    const found = [];
    await inTime('search', function (done) {
      new MutationObserver(function (changes, observer) {
        if (page.querySelector('dialog[open]')) observer.disconnect(), done();
      }).observe(page, { subtree: true, childList: true, attributes: true });
      page.querySelector('.find').click();
    });
    const field = page.querySelector('dialog input'), wanted = everything[everything.length >> 1];
    field.value = wanted[3];
    field.dispatchEvent(new Event('input'));
    const listed = all('dialog li a').map(link => link.getAttribute('href'));
    if (!listed.includes(wanted[0] + (wanted[2] && '#' + wanted[2]))) found.push('"' + wanted[3] + '" is not found');
    field.value = everything[0][3] + ' ' + everything[everything.length - 1][3];
    field.dispatchEvent(new Event('input'));
    if (!page.querySelector('dialog li')) found.push('of words that no section has together neither is found: ' + field.value);
    field.value = 'token qzxv';
    field.dispatchEvent(new Event('input'));
    if (page.querySelector('dialog li')) found.push('what is not there is found');
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })); // turns no page
    page.querySelector('dialog').close();
    all('.menu a').forEach(function (link) {
      if (!everything.some(entry => entry[0] === link.getAttribute('href'))) found.push('nothing of ' + link.getAttribute('href') + ' is searched');
    });
    return verdict('search finds what is there', found);
  }

  const settled = work => Promise.resolve(work).then(() => '');
  const chapter = page.body.classList.contains('chapter');

  return {
    // As a reader finds it, in a wide window.
    wide: async function () {
      if (chapter) texts(1280, 800);
      reachable(1280);
      if (!page.querySelector('.contents')) return '';
      await jumps(1280, 5);
      scrolls();
      return '';
    },

    // The same, 390 px wide.
    telephone: async function () {
      if (page.querySelector('.contents')) await jumps(390, 8);
      if (chapter) texts(390, 844);
      plots();
      forms();
      entries();
      await anchors();
      return '';
    },

    // Before it is laid out for paper, so that its styles are looked up but once.
    dark: () => { root.dataset.theme = 'dark'; return ''; },

    paper: () => settled(printed()),
    memory: () => settled(memory()),

    // Plumbing is code like other code: one piece of it is enough.
    open: function () {
      all('main details:not(.plumbing), main .plumbing:first-of-type').forEach(d => { d.open = true; });
      return '';
    },

    sideways: width => settled(sideways(width)),

    // What stands in it, when all is open.
    whole: function (width) {
      reachable(width);
      drawn();
      const letters = lettersOf();
      readable('pale', 'dark', letters); // as it was on paper
      readable('pale', 'light', letters);
      return '';
    },

    report: function (name) {
      const named = {
        texts: ' is led by its text', where: ' marks where the reader is', plots: ' has plots for a telephone and for few colours',
        paper: ' is a light page of a book when printed', added: ' has anchors, shows entries and remembers what was opened',
        sideways: ' never scrolls sideways', pale: ' is readable in light and dark',
        stops: ' has stops for the keyboard where there is something to scroll', drawn: ' shows its formulas and drawings',
      };
      return Object.keys(named).filter(key => key !== 'texts' || chapter).map(key => verdict(name + named[key], faults[key])).join('\n') + '\nmeasured ' + name;
    },

    search: searching,
    turn: () => { page.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })); },
    turned: wanted => verdict('arrow keys turn to the next chapter', location.href === wanted ? [] : ['the right arrow leads to ' + location.href]),
  };
})();
'';
