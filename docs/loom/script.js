// What a page gains with a script: a choice of light and dark, copy buttons, hints that stay open,
// and the mark of the section being read. Every page can be read without it.
'use strict';

(function () {
  var root = document.documentElement;

  function recall(key) {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  }
  function remember(key, value) {
    try { localStorage.setItem(key, value); } catch (error) { /* a private window forgets */ }
  }

  // Before the first paint, so that nothing flashes.
  var chosen = recall('theme');
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function offerThemes() {
    var button = document.querySelector('.theme');
    button.hidden = false;
    button.addEventListener('click', function () {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      remember('theme', root.dataset.theme);
    });
  }

  function say(button, word) {
    button.textContent = word;
    setTimeout(function () { button.textContent = 'Copy'; }, 1500);
  }

  function copyWithSelection(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand('copy');
  }

  function offerCopies() {
    document.querySelectorAll('.listing, .snippet').forEach(function (box) {
      var code = box.querySelector('code');
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.setAttribute('aria-live', 'polite');
      button.addEventListener('click', function () {
        if (!navigator.clipboard) {
          say(button, copyWithSelection(code) ? 'Copied' : 'Press Ctrl+C');
          return;
        }
        navigator.clipboard.writeText(code.textContent).then(
          function () { say(button, 'Copied'); },
          function () { say(button, copyWithSelection(code) ? 'Copied' : 'Press Ctrl+C'); });
      });
      box.appendChild(button);
    });
  }

  function keepHintsOpen() {
    var page = location.pathname.replace(/.*\//, '');
    document.querySelectorAll('details[id]').forEach(function (details) {
      var key = 'open ' + page + '#' + details.id;
      if (recall(key) === 'yes') details.open = true;
      details.addEventListener('toggle', function () { remember(key, details.open ? 'yes' : 'no'); });
    });
  }

  // A link to a place inside something folded opens it.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
    target.scrollIntoView();
  }

  function foldContentsOnSmallScreens() {
    var contents = document.querySelector('.contents details');
    if (!contents) return;
    var wide = matchMedia('(min-width: 78rem)');
    var fold = function () { contents.open = wide.matches; };
    wide.addEventListener('change', fold);
    fold();
  }

  function markSection() {
    var links = {};
    document.querySelectorAll('.contents a').forEach(function (link) { links[link.hash.slice(1)] = link; });
    var headings = Array.prototype.filter.call(document.querySelectorAll('main h2[id]'), function (h) { return links[h.id]; });
    if (!headings.length || !('IntersectionObserver' in window)) return;
    var update = function () {
      var here = null;
      headings.forEach(function (h) { if (h.getBoundingClientRect().top < innerHeight / 3) here = h; });
      headings.forEach(function (h) {
        var link = links[h.id];
        link.classList.toggle('here', h === here);
        if (h === here) link.setAttribute('aria-current', 'location'); else link.removeAttribute('aria-current');
      });
    };
    var observer = new IntersectionObserver(update, { rootMargin: '0px 0px -66% 0px', threshold: [0, 1] });
    headings.forEach(function (h) { observer.observe(h); });
    update();
  }

  document.addEventListener('DOMContentLoaded', function () {
    offerThemes();
    offerCopies();
    keepHintsOpen();
    foldContentsOnSmallScreens();
    markSection();
    openTarget();
    addEventListener('hashchange', openTarget);
  });
})();
