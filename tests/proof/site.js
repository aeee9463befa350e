// Runs in the harness page that tests/proof/site.sh writes: measures every page, one frame each.
'use strict';

(function () {
  var WIDTHS = [320, 390, 768, 1280, 1920];
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

  // Every box that scrolls can be reached with the keyboard.
  function reachable(page, frame, faults) {
    frame.style.width = '320px';
    page.querySelectorAll('body *').forEach(function (element) {
      var overflow = page.defaultView.getComputedStyle(element).overflowX;
      if ((overflow === 'auto' || overflow === 'scroll') && element.scrollWidth > element.clientWidth + 1 && element.tabIndex < 0) {
        faults.push(describe(element) + ' scrolls, but has no tabindex');
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

  function measure(frame) {
    var page = frame.contentDocument, name = frame.dataset.name;
    page.querySelectorAll('details').forEach(function (d) { d.open = true; });
    var wide = [], pale = [], locked = [], empty = [];
    sideways(page, frame, wide);
    THEMES.forEach(function (theme) { readable(page, theme, pale); });
    reachable(page, frame, locked);
    drawn(page, empty);
    tell(name + ' never scrolls sideways', wide);
    tell(name + ' is readable in light and dark', pale);
    tell(name + ' can be scrolled with the keyboard', locked);
    tell(name + ' shows its formulas and drawings', empty);
  }

  window.addEventListener('load', function () {
    var frames = document.querySelectorAll('iframe'), done = 0;
    frames.forEach(function (frame) {
      try {
        measure(frame);
        done++;
      } catch (error) {
        report.push('not ok ' + frame.dataset.name + ' is measured: ' + error);
      }
    });
    report.push('end ' + done);
    document.getElementById('report').textContent = '\n' + report.join('\n') + '\n';
    frames.forEach(function (frame) { frame.remove(); });
  });
})();
