// Search over all chapters: loaded with search-index.js when it is first asked for.
// window.everything: one list a section: [page, chapter, id, heading, text].
'use strict';

(function () {
  var MOST = 30, dialog, field, list, count;

  function fold(text) {
    return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  }

  var sections = window.everything.map(function (entry) {
    return { page: entry[0], chapter: entry[1], id: entry[2], title: entry[3], text: entry[4],
             foldedTitle: fold(entry[3]), foldedText: fold(entry[4]) };
  });

  // How well a section answers: every word must begin a word of it, or, of some, as many as can be; the
  // heading counts most.
  function score(section, words, some) {
    var sum = 0;
    for (var k = 0; k < words.length; k++) {
      var inTitle = (' ' + section.foldedTitle).search(words[k].start) >= 0;
      var times = (' ' + section.foldedText).split(words[k].every).length - 1;
      if (inTitle || times) sum += (some ? 100 : 0) + (inTitle ? 20 : 0) + Math.min(times, 8);
      else if (!some) return 0;
    }
    return sum;
  }

  function wordsOf(query) {
    return fold(query).split(/\s+/).filter(Boolean).map(function (word) {
      var safe = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return { text: word, start: new RegExp('[^a-z0-9]' + safe), every: new RegExp('[^a-z0-9]' + safe) };
    });
  }

  function add(parent, name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  // Some words around the first place that was found, with what was found marked.
  function addExcerpt(parent, section, words) {
    var line = add(parent, 'p'), text = section.text, same = text.length === section.foldedText.length;
    var places = words.map(function (word) { return (' ' + section.foldedText).search(word.start); });
    var at = places.find(function (place) { return place >= 0; }) || 0;
    var from = at < 60 ? 0 : text.indexOf(' ', at - 60) + 1;
    var piece = text.slice(from, from + 180), folded = same ? section.foldedText.slice(from, from + 180) : '';
    if (from) line.append('\u2026 ');
    for (var k = 0; k < piece.length;) {
      var next = words.map(function (word) { return { at: folded.indexOf(word.text, k), length: word.text.length }; })
        .filter(function (found) { return found.at >= 0; }).sort(function (a, b) { return a.at - b.at; })[0];
      if (!next) break;
      line.append(piece.slice(k, next.at));
      add(line, 'mark', '', piece.slice(next.at, next.at + next.length));
      k = next.at + next.length;
    }
    line.append(piece.slice(k || 0) + (from + 180 < text.length ? ' \u2026' : ''));
  }

  function answers(words, some) {
    return sections.map(function (section) { return { section: section, score: score(section, words, some) }; })
      .filter(function (entry) { return entry.score > 0; })
      .sort(function (a, b) { return b.score - a.score; });
  }

  function update() {
    var words = wordsOf(field.value);
    list.textContent = '';
    count.textContent = '';
    if (!words.length) return;
    var found = answers(words, false);
    var some = !found.length && words.every(function (word) { return answers([word], false).length; });
    if (some) found = answers(words, true);
    found.slice(0, MOST).forEach(function (entry) {
      var section = entry.section, item = add(list, 'li'), link = add(item, 'a', '', section.title);
      link.href = section.page + (section.id ? '#' + section.id : '');
      if (section.chapter) add(item, 'span', 'of', 'Chapter ' + section.chapter);
      addExcerpt(item, section, words);
    });
    count.textContent = !found.length ? 'Nothing found.' : some ? 'No section has all of these words; these have some.' : found.length === 1 ? '1 section'
      : found.length + ' sections' + (found.length > MOST ? ', the best ' + MOST + ' are shown' : '');
  }

  // Up and down go from one result to the next.
  function step(event) {
    var links = Array.prototype.slice.call(list.querySelectorAll('a'));
    var to = links.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : NaN);
    if (isNaN(to)) return;
    event.preventDefault();
    (links[Math.min(to, links.length - 1)] || field).focus();
  }

  function build() {
    dialog = add(document.body, 'dialog', 'search');
    dialog.setAttribute('aria-label', 'Search all chapters');
    var form = add(dialog, 'form');
    form.method = 'dialog';
    field = add(form, 'input');
    field.type = 'search';
    field.placeholder = 'Search all chapters';
    field.setAttribute('aria-label', 'Search all chapters');
    add(form, 'button', '', 'Close');
    count = add(dialog, 'p', 'count');
    count.setAttribute('role', 'status');
    list = add(dialog, 'ol');
    field.addEventListener('input', update);
    field.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      var first = list.querySelector('a');
      if (first) first.click();
    });
    dialog.addEventListener('keydown', step);
    dialog.addEventListener('click', function (event) {
      if (event.target === dialog || event.target.closest('a')) dialog.close();
    });
  }

  window.openSearch = function () {
    if (!dialog) build();
    if (dialog.open) return;
    dialog.showModal();
    field.select();
  };
})();
