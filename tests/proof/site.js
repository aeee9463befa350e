// Runs in the harness page that tests/proof/site.sh writes: measures every page, one frame each.
// It waits for events; a clock only says that one does not come.
'use strict';

(function () {
  var WIDTHS = [1280, 768, 320];
  var THEMES = ['light', 'dark'];
  var report = [];

  function tell(name, faults) {
    report.push(faults.length ? 'not ok ' + name + ': ' + faults.slice(0, 3).join('; ') +
      (faults.length > 3 ? ' and ' + (faults.length - 3) + ' more' : '') : 'ok ' + name);
  }

  function describe(element) {
    var text = (element.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 30);
    return '<' + element.tagName.toLowerCase() + (element.getAttribute('class') ? ' class="' + element.getAttribute('class') + '"' : '') + '> "' + text + '"';
  }

  // Boxes that scroll by themselves may be wider than the page; nothing else may.
  function insideScroller(element) {
    for (var e = element.parentElement; e; e = e.parentElement) {
      var overflow = e.ownerDocument.defaultView.getComputedStyle(e).overflowX;
      if (overflow === 'auto' || overflow === 'scroll' || overflow === 'hidden') return true;
    }
    return false;
  }

  function sideways(page, frame, faults) {
    WIDTHS.forEach(function (width) {
      frame.style.width = width + 'px';
      var root = page.documentElement;
      if (root.clientWidth !== width) faults.push('the frame is ' + root.clientWidth + ' and not ' + width + ' px wide');
      if (root.scrollWidth <= width) return;
      var widest = Array.prototype.filter.call(page.body.querySelectorAll('*'), function (e) {
        return e.getBoundingClientRect().right > width + 0.5 && !insideScroller(e);
      })[0];
      faults.push('at ' + width + ' px the page is ' + root.scrollWidth + ' px wide: ' + (widest ? describe(widest) : '?'));
    });
  }

  function parts(colour) {
    var m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(colour);
    if (m) return [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]];
    m = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/.exec(colour);
    if (m) return [255 * m[1], 255 * m[2], 255 * m[3], m[4] === undefined ? 1 : +m[4]];
    return null;
  }

  function over(top, below) {
    var a = top[3];
    return [0, 1, 2].map(function (k) { return a * top[k] + (1 - a) * below[k]; }).concat(1);
  }

  function luminance(c) {
    var linear = c.slice(0, 3).map(function (v) {
      v /= 255;
      return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function contrast(a, b) {
    var x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }

  // The colour behind an element: all backgrounds up to the page, laid over each other.
  function backgroundOf(element, view) {
    var layers = [];
    for (var e = element; e; e = e.parentElement) {
      var c = parts(view.getComputedStyle(e).backgroundColor);
      if (c && c[3] > 0) layers.push(c);
      if (c && c[3] === 1) break;
    }
    return layers.reduceRight(function (below, top) { return over(top, below); }, [255, 255, 255, 1]);
  }

  // The cell of a heat map under a text of the same drawing.
  function cellUnder(text, view) {
    var box = text.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    var cells = text.ownerSVGElement.querySelectorAll('rect');
    for (var k = cells.length - 1; k >= 0; k--) {
      var r = cells[k].getBoundingClientRect();
      if (x >= r.left && x <= r.right && y >= r.top && y <= r.bottom) return parts(view.getComputedStyle(cells[k]).fill);
    }
    return null;
  }

  function hasOwnText(element) {
    return Array.prototype.some.call(element.childNodes, function (n) { return n.nodeType === 3 && n.data.trim() !== ''; });
  }

  function readable(page, theme, faults) {
    var view = page.defaultView, known = {};
    page.documentElement.dataset.theme = theme;
    page.querySelectorAll('body *').forEach(function (element) {
      // Code has thousands of coloured words: one of each kind in each kind of box is enough.
      // So it is with the signs of formulas.
      var inCode = element.tagName === 'SPAN' && element.parentElement.className === 'line';
      if (inCode || element.namespaceURI.slice(-6) === 'MathML') {
        var box = element.closest('.exercise, .predict, .belief, .think, .aside');
        var kind = (inCode ? element.className : 'formula') + ' in ' + (box && box.className);
        if (known[kind]) return;
        known[kind] = true;
      }
      if (!hasOwnText(element) || /^(SCRIPT|STYLE|TITLE|DESC|ANNOTATION)$/i.test(element.tagName)) return;
      var style = view.getComputedStyle(element), inDrawing = element.ownerSVGElement;
      var front = parts(inDrawing ? style.fill : style.color);
      var back = inDrawing && element.tagName === 'text' && cellUnder(element, view) || backgroundOf(inDrawing ? element.ownerSVGElement.parentElement : element, view);
      if (!front) {
        faults.push(theme + ': the colour of ' + describe(element) + ' cannot be read: ' + (inDrawing ? style.fill : style.color));
        return;
      }
      front = over([front[0], front[1], front[2], front[3] * style.opacity], back);
      var key = front + ' ' + back;
      if (known[key]) return;
      known[key] = true;
      var ratio = contrast(front, back);
      if (ratio < 4.5) faults.push(theme + ': ' + describe(element) + ' has a contrast of ' + ratio.toFixed(2) + ', and 4.5 is the least');
    });
    var line = page.querySelector('.line');
    if (line) {
      var number = view.getComputedStyle(line, '::before'), behind = backgroundOf(line, view), c = parts(number.color);
      var ratio = contrast(over([c[0], c[1], c[2], c[3] * number.opacity], behind), behind);
      if (ratio < 4.5) faults.push(theme + ': the line numbers have a contrast of ' + ratio.toFixed(2) + ', and 4.5 is the least');
    }
  }

  // Every box that scrolls is a stop for the Tab key, and no other box is.
  function reachable(page, frame, width, faults) {
    frame.style.width = width + 'px';
    page.defaultView.dispatchEvent(new Event('resize'));
    page.querySelectorAll('pre, .canvas, .wide, .long, [tabindex="0"]').forEach(function (element) {
      if (element.closest('details:not([open])')) return;
      var overflow = page.defaultView.getComputedStyle(element).overflowX;
      var scrolls = (overflow === 'auto' || overflow === 'scroll') && element.scrollWidth > element.clientWidth + 1;
      if (scrolls && element.tabIndex < 0) faults.push(describe(element) + ' scrolls, but has no tabindex');
      if (!scrolls && element.tabIndex >= 0 && !element.matches('a, button, summary, input, select, textarea, figure[data-figure] .canvas')) {
        faults.push('at ' + width + ' px ' + describe(element) + ' does not scroll, but is a stop');
      }
    });
  }

  function meet(a, b) {
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  }

  // The words of a drawing stay inside it and do not cover each other.
  function lettered(svg, faults) {
    var frame = svg.getBoundingClientRect();
    var texts = Array.prototype.map.call(svg.querySelectorAll('text'), function (t) { return { element: t, box: t.getBoundingClientRect() }; });
    texts.forEach(function (t, k) {
      if (t.box.left < frame.left - 1 || t.box.right > frame.right + 1 || t.box.top < frame.top - 1 || t.box.bottom > frame.bottom + 1) {
        faults.push(describe(t.element) + ' leaves its drawing');
      }
      for (var j = 0; j < k; j++) {
        if (meet(t.box, texts[j].box)) faults.push(describe(t.element) + ' covers ' + describe(texts[j].element));
      }
    });
  }

  function drawn(page, faults) {
    page.querySelectorAll('figure svg').forEach(function (svg) { lettered(svg, faults); });
    page.querySelectorAll('math, svg, img').forEach(function (element) {
      var box = element.getBoundingClientRect();
      if (element.closest('.site, .thumb') || (box.width > 1 && box.height > 1)) return;
      faults.push(describe(element) + ' takes no room');
    });
  }

  // ---------------------------------------------------------------- text and code

  function shown(element) { return element.getClientRects().length > 0 && !element.closest('details:not([open]) > :not(summary)'); }

  function heights(page, selector) {
    return Array.prototype.filter.call(page.querySelectorAll(selector), shown)
      .reduce(function (sum, element) { return sum + element.getBoundingClientRect().height; }, 0);
  }

  // As a reader finds the page, text is at least half of it, and no heading stands over more than
  // three screens.
  function texts(page, frame, width, screen, faults) {
    frame.style.width = width + 'px';
    var main = page.querySelector('main'), whole = main.getBoundingClientRect().height;
    var other = heights(page, 'main .listing, main .output, main .drawing, main .snippet, main .plumbing > summary');
    if (other > whole / 2) faults.push('at ' + width + ' px ' + Math.round(100 * other / whole) + ' % of the height is code, output and drawings');
    var headings = Array.prototype.filter.call(main.querySelectorAll('h1, h2, h3'), shown);
    headings.forEach(function (heading, k) {
      var next = headings[k + 1], end = next ? next.getBoundingClientRect().top : main.getBoundingClientRect().bottom;
      var screens = (end - heading.getBoundingClientRect().top) / screen;
      if (screens > 3) faults.push('at ' + width + ' px ' + describe(heading) + ' stands over ' + screens.toFixed(1) + ' screens');
    });
  }

  // On a telephone every word of a plot is seen without scrolling, and can be read.
  function plots(page, frame, faults) {
    frame.style.width = '390px';
    page.querySelectorAll('main .plot').forEach(function (svg) {
      var canvas = svg.closest('.canvas');
      if (canvas.scrollWidth > canvas.clientWidth + 1) faults.push(describe(svg) + ' scrolls');
      var text = svg.querySelector('text.soft'), size = text && text.getBoundingClientRect().height;
      if (text && size < 9) faults.push(describe(svg) + ' has letters of ' + size.toFixed(1) + ' px');
    });
  }

  // Series are told apart without colours, and square tables are drawn as squares.
  function forms(page, faults) {
    page.querySelectorAll('main .plot').forEach(function (svg) {
      var dashes = {};
      svg.querySelectorAll('path.line[class*=" s"]').forEach(function (line) {
        dashes[line.getAttribute('class')] = line.getAttribute('stroke-dasharray') || 'whole';
      });
      var kinds = Object.keys(dashes).map(function (key) { return dashes[key]; });
      if (new Set(kinds).size < Math.min(kinds.length, 5)) faults.push(describe(svg) + ' has lines with the same dashes');
      var cells = svg.querySelector('g.cells, rect.cell.numbered'), size = /(\d+) rows and (\d+) columns/.exec(svg.textContent);
      if (!cells || !size || size[1] !== size[2]) return;
      var one = cells.tagName === 'g' ? cells.getAttribute('transform').replace(/.*scale\(([\d.]+) ([\d.]+)\).*/, '$1 $2').split(' ')
        : [cells.getAttribute('width'), cells.getAttribute('height')];
      if (Math.abs(one[0] - one[1]) > 0.01) faults.push(describe(svg) + ' has cells of ' + one.join(' x '));
    });
  }

  // ---------------------------------------------------------------- where am I

  function inTime(what, begin) {
    return new Promise(function (done, fail) {
      setTimeout(function () { fail(new Error(what + ' does not happen')); }, 20000);
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
  async function jumps(page, frame, width, step, faults) {
    var view = page.defaultView, links = Array.prototype.slice.call(page.querySelectorAll('.contents li a'));
    links = links.filter(function (link, k) { return k % step === 0 || k === links.length - 1; });
    frame.style.width = width + 'px';
    view.history.replaceState(null, '', view.location.href.split('#')[0]);
    for (var k = 0; k < links.length; k++) {
      var hash = links[k].getAttribute('href');
      await happens(view, 'hashchange', function () { view.location.hash = hash; });
      var here = page.querySelector('.contents .here'), now = page.querySelector('.contents .now').textContent;
      if (here !== links[k]) faults.push('at ' + width + ' px a jump to ' + hash + ' marks ' + (here ? here.getAttribute('href') : 'nothing'));
      else if (now !== here.textContent) faults.push('the bar says ' + now);
      var heading = page.getElementById(decodeURIComponent(hash.slice(1))).getBoundingClientRect();
      var bar = page.querySelector('.contents').getBoundingClientRect();
      if (width < 1248 && (bar.top !== 0 || heading.top < bar.height || bar.height > 60)) faults.push('at ' + width + ' px the bar covers ' + hash);
    }
  }

  // However the reader came there: by scrolling, too.
  function scrolls(page, frame, faults) {
    var view = page.defaultView, last = page.documentElement.scrollHeight;
    frame.style.width = '1280px';
    for (var k = 1; k < 8; k++) {
      view.dispatchEvent(new Event('wheel'));
      view.scrollTo(0, k * last / 9);
      view.dispatchEvent(new Event('scroll'));
      var above = Array.prototype.filter.call(page.querySelectorAll('main h2[id], main h3[id]'), function (h) { return h.getBoundingClientRect().top < 130; }).pop();
      var here = page.querySelector('.contents .here');
      var wanted = above ? '#' + above.id : 'nothing', got = here ? here.getAttribute('href') : 'nothing';
      if (wanted !== got) faults.push('scrolled into ' + wanted + ', and ' + got + ' is marked');
    }
  }

  // ---------------------------------------------------------------- on paper

  // With the rules for paper in force and dark chosen: light, and 65 to 75 letters a line.
  function printed(page, frame, faults) {
    var view = page.defaultView, rules = '';
    Array.prototype.forEach.call(page.styleSheets, function (sheet) {
      Array.prototype.forEach.call(sheet.cssRules, function (rule) {
        if (rule.media && rule.media.mediaText === 'print') rules += Array.prototype.map.call(rule.cssRules, function (r) { return r.cssText; }).join('\n');
      });
    });
    var style = page.head.appendChild(page.createElement('style'));
    style.textContent = rules;
    frame.style.width = '650px';
    readable(page, 'dark', faults);
    var back = backgroundOf(page.body, view);
    if (luminance(back) < 0.9) faults.push('the paper is dark');
    var letters = 0, lines = 0;
    page.querySelectorAll('main > p').forEach(function (p) {
      var height = parseFloat(view.getComputedStyle(p).lineHeight), n = Math.round(p.getBoundingClientRect().height / height);
      if (p.querySelector('math, code') || n < 4) return;
      letters += p.textContent.length;
      lines += n - 0.5; // the last line ends somewhere
    });
    if (lines > 20 && (letters / lines < 65 || letters / lines > 75)) faults.push('a line has ' + Math.round(letters / lines) + ' letters');
    page.querySelectorAll('details:not([open]):not(.plumbing), .copy, .site nav').forEach(function (element) {
      if (element.getClientRects().length) faults.push(describe(element) + ' is on the paper');
    });
    style.remove();
  }

  // ---------------------------------------------------------------- what the script adds

  // Citations show their entry when they have the focus.
  function entries(page, faults) {
    var cite = page.querySelector('a[role="doc-biblioref"]'), tip = page.getElementById('tip');
    if (!cite) return;
    cite.dispatchEvent(new page.defaultView.FocusEvent('focusin', { bubbles: true }));
    var entry = page.getElementById(decodeURIComponent(cite.hash.slice(1)));
    if (tip.hidden || tip.textContent !== entry.textContent) faults.push('the entry of ' + cite.hash + ' does not show');
    if (cite.getAttribute('aria-describedby') !== 'tip') faults.push('the entry of ' + cite.hash + ' is not read aloud');
    page.dispatchEvent(new page.defaultView.KeyboardEvent('keydown', { key: 'Escape' }));
    if (!tip.hidden) faults.push('Escape does not hide the entry');
  }

  // Headings have anchors to copy, and so have lines: at their numbers.
  async function anchors(page, faults) {
    var view = page.defaultView;
    page.querySelectorAll('main h2[id], main h3[id]').forEach(function (heading) {
      var anchor = heading.querySelector('.anchor');
      if (!anchor || anchor.getAttribute('href') !== '#' + heading.id) faults.push(describe(heading) + ' has no anchor');
    });
    var line = Array.prototype.filter.call(page.querySelectorAll('.line[id]'), shown)[0];
    if (!line) return;
    await happens(view, 'hashchange', function () {
      line.dispatchEvent(new view.MouseEvent('click', { bubbles: true, clientX: line.getBoundingClientRect().left + 4 }));
    });
    if (view.location.hash !== '#' + line.id) faults.push('the number of a line leads to ' + view.location.hash);
  }

  // A solution that was opened is remembered, in the browser alone, and can be forgotten.
  async function memory(page, faults) {
    var solution = page.querySelector('details.solution'), kept = page.querySelector('.kept');
    if (!solution) return;
    await happens(solution, 'toggle', function () { solution.open = true; });
    var link = page.querySelector('.contents a[href="#' + solution.id.replace('-solution', '') + '"]');
    if (!link.classList.contains('opened')) faults.push('the contents do not mark the exercise that was opened');
    if (kept.hidden || !JSON.stringify(localStorage).includes(solution.id)) faults.push('what was opened is not remembered, or nothing says so');
    await happens(page.defaultView, 'hashchange', function () { page.defaultView.location.hash = link.hash; });
    page.defaultView.dispatchEvent(new Event('pagehide'));
    if (!/token-row place/.test(JSON.stringify(localStorage))) faults.push('the place is not remembered');
    kept.querySelector('button').click();
    if (/token-row place/.test(JSON.stringify(localStorage))) faults.push('the place is not forgotten');
    if (!kept.hidden || JSON.stringify(localStorage).includes(solution.id)) faults.push('what was opened is not forgotten');
  }

  // Searching finds a section by words of its text, and leads to it.
  async function searching(frame, faults) {
    var page = frame.contentDocument, view = frame.contentWindow;
    await inTime('search', function (done) {
      new MutationObserver(function (changes, observer) {
        if (page.querySelector('dialog[open]')) observer.disconnect(), done();
      }).observe(page, { subtree: true, childList: true, attributes: true });
      page.querySelector('.find').click();
    });
    var field = page.querySelector('dialog input'), wanted = view.everything[view.everything.length >> 1];
    field.value = wanted[3];
    field.dispatchEvent(new view.Event('input'));
    var found = Array.prototype.map.call(page.querySelectorAll('dialog li a'), function (link) { return link.getAttribute('href'); });
    if (found.indexOf(wanted[0] + (wanted[2] && '#' + wanted[2])) < 0) faults.push('"' + wanted[3] + '" is not found');
    field.value = 'token qzxv';
    field.dispatchEvent(new view.Event('input'));
    if (page.querySelector('dialog li')) faults.push('what is not there is found');
    var key = new view.KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true });
    field.dispatchEvent(key);
    page.querySelector('dialog').close();
    page.querySelectorAll('.menu a').forEach(function (link) {
      if (!view.everything.some(function (entry) { return entry[0] === link.getAttribute('href'); })) faults.push('nothing of ' + link.getAttribute('href') + ' is searched');
    });
  }

  // The right arrow turns to the next chapter (and did not while the reader wrote).
  async function turning(frame, faults) {
    var page = frame.contentDocument, next = page.querySelector('link[rel="next"]');
    if (!next) return;
    var wanted = next.href;
    await happens(frame, 'load', function () {
      page.body.dispatchEvent(new frame.contentWindow.KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    });
    if (frame.contentWindow.location.href !== wanted) faults.push('the right arrow leads to ' + frame.contentWindow.location.href);
  }

  async function measure(frame) {
    var page = frame.contentDocument, name = frame.dataset.name;
    var long = [], lost = [], wide = [], pale = [], stops = [], empty = [], small = [], paper = [], added = [];
    texts(page, frame, 1280, 800, long);
    reachable(page, frame, 1280, stops);
    if (page.querySelector('.contents')) {
      await jumps(page, frame, 1280, 5, lost);
      scrolls(page, frame, lost);
      await jumps(page, frame, 390, 8, lost);
    }
    texts(page, frame, 390, 844, long);
    plots(page, frame, small);
    forms(page, small);
    printed(page, frame, paper);
    entries(page, added);
    await anchors(page, added);
    await memory(page, added);
    // Plumbing is code like other code: one piece of it is enough.
    page.querySelectorAll('main details:not(.plumbing)').forEach(function (d) { d.open = true; });
    page.querySelectorAll('main .plumbing:first-of-type').forEach(function (d) { d.open = true; });
    sideways(page, frame, wide);
    reachable(page, frame, 320, stops);
    THEMES.forEach(function (theme) { readable(page, theme, pale); });
    drawn(page, empty);
    if (page.body.classList.contains('chapter')) tell(name + ' is led by its text', long);
    tell(name + ' marks where the reader is', lost);
    tell(name + ' has plots for a telephone and for few colours', small);
    tell(name + ' is a light page of a book when printed', paper);
    tell(name + ' has anchors, shows entries and remembers what was opened', added);
    tell(name + ' never scrolls sideways', wide);
    tell(name + ' is readable in light and dark', pale);
    tell(name + ' has stops for the keyboard where there is something to scroll', stops);
    tell(name + ' shows its formulas and drawings', empty);
  }

  async function main() {
    var frames = Array.prototype.slice.call(document.querySelectorAll('iframe[src]')), done = 0;
    for (var k = 0; k < frames.length; k++) {
      try {
        if (frames[k].contentDocument.readyState !== 'complete' || frames[k].contentWindow.location.href === 'about:blank') {
          await happens(frames[k], 'load', function () {});
        }
        await measure(frames[k]);
        done++;
      } catch (error) {
        report.push('not ok ' + frames[k].dataset.name + ' is measured: ' + error);
      }
    }
    var chapter = frames.filter(function (frame) { return frame.contentDocument.querySelector('link[rel="next"]'); })[0] || frames[0];
    var sought = [], turned = [];
    await searching(chapter, sought);
    tell('search finds what is there', sought);
    await turning(chapter, turned);
    tell('arrow keys turn to the next chapter', turned);
    report.push('end ' + done);
    frames.forEach(function (frame) { frame.remove(); });
  }

  // A document that is being written keeps this page from being loaded until it is closed: then
  // the browser prints it.
  var waiting = document.body.appendChild(document.createElement('iframe'));
  var unfinished = waiting.contentDocument;
  unfinished.open();
  unfinished.write('measuring');
  main().catch(function (error) { report.push('not ok pages are measured to the end: ' + error); }).then(function () {
    document.getElementById('report').textContent = '\n' + report.join('\n') + '\n';
    unfinished.close();
  });
})();
