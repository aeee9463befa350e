// What a page gains with a script: light and dark, copy buttons, the mark of the section being
// read, anchors, entries of citations, arrow keys, search, and a memory for where the reader was.
// Every page can be read without it. Nothing leaves the browser.
'use strict';

(function () {
  var root = document.documentElement;
  var page = location.pathname.replace(/.*\//, '').replace(/\.html$/, '') || 'index';
  var PREFIX = 'token-row ';

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  // Where a browser keeps nothing (a private window), nothing is kept.
  function recall(key) {
    try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch (error) { return null; }
  }
  function remember(key, value) {
    try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch (error) { return; }
    tellWhatIsKept();
  }
  function forget() {
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(PREFIX) === 0 && key !== PREFIX + 'theme') localStorage.removeItem(key);
      });
    } catch (error) { /* there was nothing to forget */ }
  }
  function isKept() {
    try {
      return Object.keys(localStorage).some(function (key) { return key.indexOf(PREFIX) === 0 && key !== PREFIX + 'theme'; });
    } catch (error) { return false; }
  }
  function tellWhatIsKept() {
    var line = document.querySelector('footer .kept');
    if (line) line.hidden = !isKept();
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // ---------------------------------------------------------------- light and dark

  // Before the first paint, so that nothing flashes.
  root.classList.add('live');
  var chosen = recall('theme');
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function offerThemes() {
    document.querySelector('.theme').addEventListener('click', function () {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      remember('theme', root.dataset.theme);
    });
  }

  // ---------------------------------------------------------------- copies

  function say(button, word) {
    button.textContent = word;
    setTimeout(function () { button.textContent = 'Copy'; }, 1500);
  }

  function copyWithSelection(code) {
    var range = document.createRange();
    range.selectNodeContents(code);
    var selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand('copy');
  }

  function copy(button, code) {
    var byHand = function () { say(button, copyWithSelection(code) ? 'Copied' : 'Press Ctrl+C'); };
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(code.textContent).then(function () { say(button, 'Copied'); }, byHand);
  }

  function offerCopies() {
    all('.listing, .snippet').forEach(function (box) {
      var button = element('button', 'copy', 'Copy');
      button.type = 'button';
      button.setAttribute('aria-live', 'polite');
      button.addEventListener('click', function () { copy(button, box.querySelector('code')); });
      box.appendChild(button);
    });
  }

  // ---------------------------------------------------------------- what is folded

  function markOpened(exercises) {
    all('.contents li a').forEach(function (link) {
      var opened = exercises.some(function (id) { return id.indexOf(link.hash.slice(1) + '-') === 0; });
      link.classList.toggle('opened', opened && link.classList.contains('of-exercise'));
    });
  }

  // Hints and solutions that were opened once are open when the reader comes back.
  function keepOpen() {
    var opened = recall('opened ' + page) || [];
    all('details[id]').forEach(function (details) {
      if (opened.indexOf(details.id) >= 0) details.open = true;
      details.addEventListener('toggle', function () {
        var without = opened.filter(function (id) { return id !== details.id; });
        opened = details.open ? without.concat(details.id) : without;
        remember('opened ' + page, opened);
        markOpened(opened);
      });
    });
    markOpened(opened);
  }

  // A link to a place inside something folded opens it.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
    target.scrollIntoView();
  }

  // Menus lie over the page: a click beside them, or Escape, closes them.
  function closeMenus() {
    var contents = document.querySelector('.contents details');
    var wide = matchMedia('(min-width: 78rem)');
    var fold = function () { if (contents) contents.open = wide.matches; };
    var menus = function () {
      return all('.menu[open]').concat(contents && contents.open && !wide.matches ? [contents] : []);
    };
    wide.addEventListener('change', fold);
    document.addEventListener('click', function (event) {
      menus().forEach(function (menu) {
        if (!menu.contains(event.target) || event.target.closest('a')) menu.open = false;
      });
    });
    document.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape') return;
      menus().forEach(function (menu) {
        menu.open = false;
        menu.querySelector('summary').focus();
      });
    });
  }

  // ---------------------------------------------------------------- where am I

  function markSection() {
    var links = {}, now = document.querySelector('.contents .now');
    all('.contents li a').forEach(function (link) { links[link.hash.slice(1)] = link; });
    var headings = all('main h2[id], main h3[id]').filter(function (h) { return links[h.id]; });
    if (!headings.length) return;
    var here = null, jumped = null;
    function show(heading) {
      if (heading === here) return;
      if (here) {
        links[here.id].classList.remove('here');
        links[here.id].removeAttribute('aria-current');
      }
      here = heading;
      now.textContent = here ? links[here.id].textContent : '';
      if (!here) return;
      links[here.id].classList.add('here');
      links[here.id].setAttribute('aria-current', 'location');
      var list = document.querySelector('.contents'), box = links[here.id].getBoundingClientRect();
      if (list.scrollHeight > list.clientHeight && (box.top < 0 || box.bottom > innerHeight)) {
        list.scrollTop += box.top - innerHeight / 3;
      }
    }
    // The section of the last heading above a line near the top of the window; at the end
    // of the page that of the heading jumped to, which cannot come up so far.
    function update() {
      var line = 130, found = null;
      headings.forEach(function (h) { if (h.getBoundingClientRect().top < line) found = h; });
      if (jumped) {
        var top = jumped.getBoundingClientRect().top;
        if (top >= 0 && top < innerHeight) found = jumped;
      }
      show(found);
      keepPlace(here);
    }
    function jump() {
      var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      jumped = null;
      if (target) headings.forEach(function (h) {
        if (h === target || h.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING) jumped = h;
      });
      update();
    }
    ['wheel', 'touchmove', 'keydown'].forEach(function (kind) {
      addEventListener(kind, function () { jumped = null; }, { passive: true });
    });
    addEventListener('scroll', update, { passive: true });
    addEventListener('resize', update);
    addEventListener('hashchange', jump);
    document.addEventListener('toggle', update, true);
    jump();
  }

  // ---------------------------------------------------------------- where was I

  var place = null;

  function keepPlace(heading) {
    place = heading && { page: page, id: heading.id, section: heading.firstChild.textContent && textOf(heading) };
  }

  function textOf(heading) {
    var copy = heading.cloneNode(true);
    all('.anchor, annotation', copy).forEach(function (e) { e.remove(); });
    return copy.textContent.trim();
  }

  function chapterOf(name) {
    var links = all('.menu a'), k = links.findIndex(function (link) { return link.getAttribute('href') === name + '.html'; });
    return k < 0 ? '' : 'chapter ' + (k + 1);
  }

  function wayBack(at, words) {
    var link = element('a', '', words + ' \u201c' + at.section + '\u201d');
    link.href = (at.page === page ? '' : at.page + '.html') + '#' + at.id;
    return link;
  }

  function offerPlace() {
    var last = recall('place'), here = recall('place ' + page);
    var resume = document.querySelector('.resume');
    if (resume && last && chapterOf(last.page)) {
      resume.appendChild(wayBack(last, 'Go on in ' + chapterOf(last.page) + ':'));
    }
    if (here && !location.hash && document.body.classList.contains('chapter') && scrollY < innerHeight) {
      var bar = element('div', 'back'), close = element('button', '', '\u00d7');
      close.type = 'button';
      close.setAttribute('aria-label', 'Stay here');
      bar.setAttribute('role', 'status');
      bar.appendChild(wayBack(here, 'You were at'));
      bar.appendChild(close);
      bar.addEventListener('click', function () { bar.remove(); });
      document.body.appendChild(bar);
      addEventListener('scroll', function () { if (scrollY > 3 * innerHeight) bar.remove(); }, { passive: true });
    }
    addEventListener('pagehide', function () {
      if (!place || !chapterOf(page)) return;
      remember('place', place);
      remember('place ' + page, place);
    });
    var button = document.querySelector('footer .kept button');
    button.addEventListener('click', function () {
      place = null;
      forget();
      tellWhatIsKept();
      if (resume) resume.textContent = '';
    });
    tellWhatIsKept();
  }

  // How many exercises of each chapter were opened, on the front page.
  function countOpened() {
    all('.chapters > li').forEach(function (item) {
      var link = item.querySelector('h3 a'), of = item.querySelector('.of'), exercises = {};
      (recall('opened ' + link.getAttribute('href').replace('.html', '')) || []).forEach(function (id) {
        exercises[id.replace(/-(hint-\d|solution)$/, '')] = true;
      });
      var n = Object.keys(exercises).length;
      if (n) of.textContent += ', ' + n + ' opened';
    });
  }

  // ---------------------------------------------------------------- the keyboard

  // A box is a stop for the Tab key while it has something to scroll.
  function keepStops() {
    var boxes = all('pre[tabindex], .drawing:not([data-figure]) .canvas[tabindex], .wide[tabindex], .long[tabindex]');
    function settle() {
      var visible = boxes.filter(function (box) { return !box.closest('details:not([open])'); });
      visible.map(function (box) { return box.scrollWidth > box.clientWidth + 1; }).forEach(function (scrolls, k) {
        if (scrolls) visible[k].setAttribute('tabindex', '0'); else visible[k].removeAttribute('tabindex');
      });
    }
    addEventListener('resize', settle);
    document.addEventListener('toggle', settle, true);
    settle();
  }

  // Left and right turn to the chapters beside this one, "/" searches.
  function takeKeys() {
    document.addEventListener('keydown', function (event) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target.closest && event.target.closest('input, textarea, select, [contenteditable], dialog, [tabindex="0"], [role="slider"]')) return;
      if (event.key === '/') {
        event.preventDefault();
        search();
      }
      var way = event.key === 'ArrowLeft' ? 'prev' : event.key === 'ArrowRight' ? 'next' : '';
      var link = way && document.querySelector('link[rel="' + way + '"]');
      if (link) location.href = link.href;
    });
  }

  // ---------------------------------------------------------------- search, when it is wanted

  function load(source) {
    return new Promise(function (done, fail) {
      var script = element('script');
      script.src = source;
      script.async = false; // one after the other
      script.onload = done;
      script.onerror = fail;
      document.head.appendChild(script);
    });
  }

  var loading = null;

  function search() {
    loading = loading || Promise.all([load('search-index.js'), load('search.js')]);
    loading.then(function () { window.openSearch(); });
  }

  // ---------------------------------------------------------------- anchors

  function offerAnchors() {
    all('main h2[id], main h3[id]').forEach(function (heading) {
      var anchor = element('a', 'anchor', '#');
      anchor.href = '#' + heading.id;
      anchor.tabIndex = -1; // the contents have the same links, with names
      anchor.setAttribute('aria-hidden', 'true');
      heading.appendChild(anchor);
    });
    document.addEventListener('click', function (event) {
      var line = event.target.closest('.line[id]');
      if (line && event.clientX < line.getBoundingClientRect().left + parseFloat(getComputedStyle(line, '::before').width)) {
        location.hash = line.id;
      }
    });
  }

  // ---------------------------------------------------------------- citations and notes

  // The entry shows while the pointer or the focus is on the citation; Escape hides it.
  function showEntries() {
    var tip = element('div', 'tip'), owner = null, wait = 0;
    tip.id = 'tip';
    tip.setAttribute('role', 'tooltip');
    tip.hidden = true;
    document.body.appendChild(tip);
    function hide() {
      tip.hidden = true;
      if (owner) owner.removeAttribute('aria-describedby');
      owner = null;
    }
    function show(link) {
      var entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      clearTimeout(wait);
      if (!entry || link === owner) return;
      hide();
      owner = link;
      tip.innerHTML = entry.innerHTML;
      all('.footnote-back, [role="doc-backlink"]', tip).forEach(function (e) { e.remove(); });
      all('[id]', tip).forEach(function (e) { e.removeAttribute('id'); });
      tip.hidden = false;
      var at = link.getBoundingClientRect(), box = tip.getBoundingClientRect();
      var below = at.bottom + box.height + 12 < innerHeight;
      tip.style.left = Math.max(8, Math.min(at.left, root.clientWidth - box.width - 8)) + scrollX + 'px';
      tip.style.top = (below ? at.bottom + 6 : at.top - box.height - 6) + scrollY + 'px';
      link.setAttribute('aria-describedby', 'tip');
    }
    function of(event) { return event.target.closest && event.target.closest('a[role="doc-biblioref"], a[role="doc-noteref"]'); }
    function leave() { clearTimeout(wait); wait = setTimeout(hide, 200); }
    document.addEventListener('mouseover', function (event) {
      if (of(event)) show(of(event)); else if (tip.contains(event.target)) clearTimeout(wait); else if (owner && owner !== document.activeElement) leave();
    });
    document.addEventListener('focusin', function (event) { if (of(event)) show(of(event)); else hide(); });
    document.addEventListener('keydown', function (event) { if (event.key === 'Escape') hide(); });
  }

  document.addEventListener('DOMContentLoaded', function () {
    offerThemes();
    offerCopies();
    keepOpen();
    closeMenus();
    openTarget();
    addEventListener('hashchange', openTarget);
    offerPlace();
    markSection();
    countOpened();
    keepStops();
    takeKeys();
    offerAnchors();
    showEntries();
    document.querySelector('.find').addEventListener('click', search);
  });
})();
