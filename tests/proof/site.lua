-- Reads the built site and the book, and prints `ok NAME` or `not ok NAME: what is wrong` for each
-- thing that must hold. Run by tests/proof/site.sh inside pandoc, which brings a Lua interpreter along.
-- From the environment: SITE_DIR (a folder), SITE_FILES (all its files), CHAPTERS (chapters/*.c).

local SITE = os.getenv('SITE_DIR') or 'build/site'

local function words(name)
  local list = {}
  for word in (os.getenv(name) or ''):gmatch('[^\n]+') do list[#list + 1] = word end
  return list
end

local function read_file(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return text
end

-- One line of result; at most three faults are told.
local function tell(name, faults)
  if #faults == 0 then
    print('ok ' .. name)
    return
  end
  local more = #faults > 3 and (' and %d more'):format(#faults - 3) or ''
  print('not ok ' .. name .. ': ' .. table.concat(faults, '; ', 1, math.min(3, #faults)) .. more)
end

-- ------------------------------------------------------------------ reading HTML and XHTML

local VOID = {}
for name in ('area base br col embed hr img input link meta source track wbr'):gmatch('%a+') do VOID[name] = true end
local ENTITY = { amp = '&', lt = '<', gt = '>', quot = '"', apos = "'", nbsp = '\u{a0}' }

-- Counts lines as it goes: `at` never falls from one call to the next.
local function line_counter(text)
  local line, from = 1, 1
  return function(at)
    local stop = text:find('\n', from, true)
    while stop and stop < at do
      line, from = line + 1, stop + 1
      stop = text:find('\n', from, true)
    end
    return line
  end
end

local function decoded(text, bad)
  if not text:find('&', 1, true) then return text end
  return (text:gsub('&(#?%w*);?', function(name)
    if name:match('^#%d+$') then return utf8.char(tonumber(name:sub(2))) end
    if name:match('^#x%x+$') then return utf8.char(tonumber(name:sub(3), 16)) end
    if not ENTITY[name] then bad[#bad + 1] = '&' .. name .. ' is no entity' end
    return ENTITY[name]
  end))
end

local function attributes_of(inside, complain)
  local attributes, bad, at = {}, {}, 1
  while true do
    at = inside:find('%S', at)
    if not at then return attributes end
    local name, value, stop = inside:match('^([%w:_-]+)="([^"<]*)"()', at)
    if not name then
      complain('an attribute is not written name="value": ' .. inside:sub(at, at + 30))
      return attributes
    end
    if attributes[name] then complain('the attribute ' .. name .. ' stands twice') end
    attributes[name] = decoded(value, bad)
    if bad[1] then
      complain(bad[1])
      bad = {}
    end
    at = stop
  end
end

-- Reads a page as strictly as XML: every tag closed, every attribute quoted. Returns a flat list of
-- elements {name, attributes, line, parent, text, children} and the faults.
local function parse(text)
  local elements, faults, stack = {}, {}, {}
  local root = { name = '#root', attributes = {}, children = {}, text = '' }
  local current = root
  local at = 1
  local line_at = line_counter(text)
  local function complain(what)
    if #faults < 10 then faults[#faults + 1] = ('line %d: %s'):format(line_at(math.min(at, #text)), what) end
  end
  local function add_text(raw)
    local bad = {}
    if raw:find('<', 1, true) then complain('a bare < in the text') end
    current.children[#current.children + 1] = decoded(raw, bad)
    if bad[1] then complain(bad[1]) end
  end
  while at <= #text do
    local open = text:find('<', at, true)
    if not open then
      add_text(text:sub(at))
      break
    end
    if open > at then add_text(text:sub(at, open - 1)) end
    at = open
    if text:match('^<!%-%-', at) then
      at = (select(2, text:find('-->', at, true)) or #text) + 1
    elseif text:match('^<!DOCTYPE', at) or text:match('^<%?', at) then
      at = (text:find('>', at, true) or #text) + 1
    elseif text:match('^</', at) then
      local name, stop = text:match('^</([%w:]+)%s*>()', at)
      if not name then
        complain('a closing tag is not understood')
        stop = at + 2
      elseif current.name ~= name then
        complain(('</%s> closes <%s>'):format(name, current.name))
        local k = #stack
        while k > 0 and stack[k].name ~= name do k = k - 1 end
        if k > 0 then
          while #stack >= k do table.remove(stack) end
          current = stack[#stack] or root
        end
      else
        table.remove(stack)
        current = stack[#stack] or root
      end
      at = stop
    else
      local name, inside, slash, stop = text:match('^<([%a][%w:]*)([^<>]-)(/?)>()', at)
      if not name then
        complain('a tag is not understood: ' .. text:sub(at, at + 30))
        stop = at + 1
      else
        local element = { name = name, attributes = attributes_of(inside, complain), line = line_at(at), parent = current, children = {} }
        elements[#elements + 1] = element
        current.children[#current.children + 1] = element
        if slash == '' and not VOID[name] then
          stack[#stack + 1] = element
          current = element
          if name == 'script' or name == 'style' then
            local close = text:find('</' .. name, stop, true) or #text
            current.children[1] = text:sub(stop, close - 1)
            stop = close
          end
        end
      end
      at = stop
    end
  end
  if current ~= root then complain(('<%s> of line %d is never closed'):format(current.name, current.line)) end
  return elements, faults
end

-- All text in an element, or all but that of its elements of one name.
local function text_of(element, without)
  local first, out = element.children[1], {}
  if type(first) == 'string' and element.children[2] == nil then return first end
  for _, child in ipairs(element.children) do
    if type(child) == 'string' then
      out[#out + 1] = child
    elseif child.name ~= without then
      out[#out + 1] = text_of(child, without)
    end
  end
  return table.concat(out)
end

local function inside_of(element, name)
  local e = element.parent
  while e do
    if e.name == name then return e end
    e = e.parent
  end
end

local function has_class(element, class)
  local own = element.attributes.class
  return own == class or own ~= nil and (' ' .. own .. ' '):find(' ' .. class .. ' ', 1, true) ~= nil
end

-- ------------------------------------------------------------------ checks of one page

local function ids_of(page)
  local ids, twice = {}, {}
  for _, element in ipairs(page.elements) do
    local id = element.attributes.id
    if id == '' then twice[#twice + 1] = ('line %d: an empty id'):format(element.line) end
    if id and ids[id] then twice[#twice + 1] = ('line %d: the id %s stands twice'):format(element.line, id) end
    if id then ids[id] = element end
  end
  return ids, twice
end

-- "a/b/../c" -> "a/c"
local function normalised(path)
  local again
  repeat path, again = path:gsub('[^/]+/%.%./', '', 1) until again == 0
  return (path:gsub('%./', ''))
end

local function link_faults(page, pages, files)
  local faults = {}
  for _, element in ipairs(page.elements) do
    local href = element.name == 'a' and element.attributes.href
    if href and href:match('^%a[%w+.-]*:') then
      if not href:match('^https?://[%w.-]+%.%a+[/%w%p]*$') then
        faults[#faults + 1] = ('line %d: %s is no address'):format(element.line, href)
      end
    elseif href then
      local file, id = href:match('^([^#]*)#?(.*)$')
      local target = file == '' and page.name or normalised(page.folder .. file)
      if not files[target] then
        faults[#faults + 1] = ('line %d: links to %s, which does not exist'):format(element.line, href)
      elseif href:find('#', 1, true) and not (pages[target] and pages[target].ids[id]) then
        faults[#faults + 1] = ('line %d: links to %s, but no id on that page is %s'):format(element.line, href, id)
      end
    end
  end
  return faults
end

local FETCHES = { src = true, srcset = true, poster = true, data = true, background = true, action = true, ['xlink:href'] = true }

-- What a browser fetches by itself must lie in the site.
local function resource_faults(page, files)
  local faults = {}
  for _, element in ipairs(page.elements) do
    for key, value in pairs(element.attributes) do
      local fetched = FETCHES[key] or (key == 'href' and element.name ~= 'a' and element.name ~= 'base' and element.attributes.rel ~= 'canonical')
      if fetched and not value:match('^#') and not value:match('^data:') then
        local target = normalised(page.folder .. value:gsub('[?#].*$', ''))
        if value:match('^%a[%w+.-]*:') or value:match('^//') or not files[target] then
          faults[#faults + 1] = ('line %d: <%s> loads %s, which is not in the site'):format(element.line, element.name, value)
        end
      end
      if key == 'style' and value:find('url(', 1, true) then
        faults[#faults + 1] = ('line %d: a style loads something'):format(element.line)
      end
      if key:match('^on') then faults[#faults + 1] = ('line %d: a script in %s'):format(element.line, key) end
    end
    -- The page for what is not there is shown at any address: it says where the site is, if it knows.
    if element.name == 'base' and page.name ~= '404.html' or element.name == 'iframe' or element.name == 'object' or element.name == 'embed' then
      faults[#faults + 1] = ('line %d: there is an element <%s>'):format(element.line, element.name)
    end
  end
  return faults
end

local function heading_faults(page, tops)
  local faults, last, ones = {}, 0, 0
  for _, element in ipairs(page.elements) do
    local level = tonumber(element.name:match('^h([1-6])$'))
    if level then
      if level > last + 1 and last > 0 then
        faults[#faults + 1] = ('line %d: <h%d> follows <h%d>'):format(element.line, level, last)
      end
      if text_of(element):match('^%s*$') then faults[#faults + 1] = ('line %d: an empty heading'):format(element.line) end
      ones = ones + (level == 1 and 1 or 0)
      last = level
    end
  end
  if tops and ones ~= tops then faults[#faults + 1] = ('there are %d headings <h1>'):format(ones) end
  return faults
end

-- A text for those who do not see: pictures, drawings, figures, buttons, fields.
local function alternative_faults(page)
  local faults = {}
  local function blame(element, what) faults[#faults + 1] = ('line %d: %s'):format(element.line, what) end
  local function refers(element, key)
    if not element.attributes[key] then return end
    for id in element.attributes[key]:gmatch('%S+') do
      local target = page.ids[id]
      if not target or text_of(target):match('^%s*$') then
        blame(element, ('%s="%s" names nothing that says something'):format(key, id))
      end
    end
  end
  for _, element in ipairs(page.elements) do
    local a = element.attributes
    refers(element, 'aria-labelledby')
    refers(element, 'aria-describedby')
    if element.name == 'img' and (a.alt or ''):match('^%s*$') then blame(element, 'a picture without a text') end
    if element.name == 'svg' and a['aria-hidden'] ~= 'true' then
      local said = {}
      for _, child in ipairs(element.children) do
        if type(child) == 'table' then said[child.name] = text_of(child):match('%S') end
      end
      if a.role ~= 'img' or not said.title or not said.desc or not a['aria-labelledby'] then
        blame(element, 'a drawing without role, title and description')
      end
    end
    if element.name == 'svg' and a['aria-hidden'] == 'true' then
      local e = element.parent
      local named = e and (e.attributes['aria-label'] or text_of(e):match('%S') or has_class(e, 'thumb')) -- beside a link
      if not named then blame(element, 'a drawing that is hidden and that nothing describes') end
    end
    if element.name == 'figure' then
      local said
      for _, child in ipairs(element.children) do
        if type(child) == 'table' and child.name == 'figcaption' then said = text_of(child):match('%S') end
      end
      if not said then blame(element, 'a figure without a caption') end
    end
    if element.name == 'details' then
      local first
      for _, child in ipairs(element.children) do
        if type(child) == 'table' then first = child break end
      end
      if not first or first.name ~= 'summary' or not text_of(first):match('%S') then blame(element, 'something folded without a summary') end
    end
    if element.name == 'button' and not (a['aria-label'] or text_of(element):match('%S')) then blame(element, 'a button without a name') end
    if element.name == 'a' and a.href and not (a['aria-label'] or text_of(element):match('%S')) then blame(element, 'a link without a text') end
    if a.tabindex and tonumber(a.tabindex) > 0 then blame(element, 'a tabindex above 0') end
  end
  return faults
end

local LEFTOVERS = {
  { '%[@%w', 'a citation that was not resolved' },
  { '%w%?%?', 'a citation that has no entry' },
  { ':::', 'a ::: that was not understood' },
  { '%]{', 'attributes that were not understood' },
  { '{%.%l', 'attributes that were not understood' },
  { '{#%l', 'an id that was not understood' },
  { '%]%(%l[^ )]*%)', 'a link that was not understood' },
  { '\\%l%l+', 'a formula that was not converted' },
  { '%$%$', 'a formula that was not converted' },
  { 'figure:%l', 'a figure that was not drawn' },
  { '%s```', 'code that was not understood' },
  { '&%l+;', 'a character that was escaped twice' },
}

local NONE = {}
local AS_IT_IS = { code = true, pre = true, samp = true, script = true, annotation = true, style = true }

-- What Markdown left standing in the text.
local function leftover_faults(page)
  local faults = {}
  local function look(element)
    for _, child in ipairs(element.children) do
      if type(child) == 'string' then
        for _, leftover in ipairs(child:find('%p') and LEFTOVERS or NONE) do
          local from = child:find(leftover[1])
          if from then
            faults[#faults + 1] = ('line %d: %s: %s'):format(element.line or 0, leftover[2], child:sub(from, from + 30):gsub('%s+', ' '))
          end
        end
      elseif not AS_IT_IS[child.name] then
        look(child)
      end
    end
  end
  for _, element in ipairs(page.elements) do
    if element.name == 'body' then look(element) end
  end
  return faults
end

local function frame_faults(page)
  local faults, count = {}, {}
  local function need(name, n)
    if (count[name] or 0) ~= n then faults[#faults + 1] = ('there are %d <%s>, not %d'):format(count[name] or 0, name, n) end
  end
  for _, element in ipairs(page.elements) do
    count[element.name] = (count[element.name] or 0) + 1
    if element.name == 'html' and element.attributes.lang ~= 'en' then faults[#faults + 1] = 'no language is given' end
    if element.name == 'title' and element.parent.name == 'head' then page.title = text_of(element) end
    if element.name == 'meta' and element.attributes.name == 'description' and not (element.attributes.content or ''):match('%S') then
      faults[#faults + 1] = 'the description is empty'
    end
    if element.name == 'meta' and element.attributes.name == 'description' then
      local said = element.attributes.content or ''
      if #said > 200 or said:match('[.?!]%s') or not said:match('[.?!]$') then faults[#faults + 1] = 'the description is not one short sentence: ' .. said end
    end
    if element.name == 'meta' and element.attributes.name == 'viewport' then count.viewport = 1 end
    if element.name == 'link' and element.attributes.rel == 'apple-touch-icon' then count.touch = 1 end
    if element.attributes.role == 'doc-biblioentry' then faults[#faults + 1] = 'a role that is no more: doc-biblioentry' end
    if element.name == 'th' and not text_of(element, 'math'):match('%S') then faults[#faults + 1] = ('line %d: the head of a column says nothing'):format(element.line) end
    -- What folds the contents on small screens runs before anything is painted.
    if element.name == 'nav' and has_class(element, 'contents') then
      local after
      for k, sibling in ipairs(element.parent.children) do
        if sibling == element then after = element.parent.children[k + 1] end
        if type(after) == 'string' and not after:match('%S') then after = element.parent.children[k + 2] end
      end
      if type(after) ~= 'table' or after.name ~= 'script' then faults[#faults + 1] = 'the contents fold after the first paint' end
    end
  end
  need('main', 1)
  need('viewport', 1)
  need('touch', 1)
  if not (page.title or ''):match('%S') then faults[#faults + 1] = 'the page has no title' end
  local skip = page.ids.main and true
  if not skip then faults[#faults + 1] = 'there is no id main to skip to' end
  return faults
end

-- ------------------------------------------------------------------ chapters and their pages

-- The numbered lines of code of a C file: what stands outside of prose.
local function code_lines(path)
  local lines, inside, n = {}, false, 0
  for line in (read_file(path):gsub('\r', '') .. '\n'):gmatch('(.-)\n') do
    n = n + 1
    if line == '/*' then inside = true
    elseif line == '*/' then inside = false
    elseif not inside and line:match('%S') then lines[#lines + 1] = { n = n, text = line } end
  end
  return lines
end

-- Every line of the program stands on the page, letter for letter, under its own number.
local function code_faults(page, path)
  local faults = {}
  for _, line in ipairs(code_lines(path)) do
    local shown = page.ids['L' .. line.n]
    if not shown then
      faults[#faults + 1] = ('%s:%d is not on the page'):format(path, line.n)
    elseif text_of(shown) ~= line.text or shown.attributes['data-n'] ~= tostring(line.n) then
      faults[#faults + 1] = ('%s:%d stands on the page as: %s'):format(path, line.n, text_of(shown))
    end
  end
  return faults
end

local function exercise_faults(page, source)
  local faults, count = {}, 0
  for name in source:gmatch('\nEXERCISE%s[^\n(]-([%w_]+)%s*%(') do
    local id = name:gsub('_', '-')
    count = count + 1
    for k = 1, 3 do
      local hint = page.ids[('%s-hint-%d'):format(id, k)]
      if not hint then
        faults[#faults + 1] = ('%s has no hint %d'):format(name, k)
      elseif k > 1 and inside_of(hint, 'details') ~= page.ids[('%s-hint-%d'):format(id, k - 1)] then
        faults[#faults + 1] = ('hint %d of %s does not lie in hint %d'):format(k, name, k - 1)
      elseif hint.attributes.open then
        faults[#faults + 1] = ('hint %d of %s is open'):format(k, name)
      end
    end
    local solution = page.ids[id .. '-solution']
    if not solution or solution.attributes.open or not text_of(solution):find(name .. '(', 1, true) then
      faults[#faults + 1] = ('%s has no folded solution'):format(name)
    end
    if not page.ids[id] then faults[#faults + 1] = ('%s has no heading'):format(name) end
  end
  if count == 0 then faults[#faults + 1] = 'there are no exercises' end
  for _, element in ipairs(page.elements) do
    if element.name == 'details' and has_class(element, 'hint') then count = count - 1 / 3 end
  end
  if math.abs(count) > 1e-9 then faults[#faults + 1] = 'hints and exercises do not match' end
  return faults
end

-- Each output block of the source, each figure and drawing and each checked number is on the page.
local function part_faults(page, source)
  local faults, shown = {}, { output = 0, drawing = 0, number = 0 }
  local kept, following = select(2, source:gsub('%.n%s[^}]*%.kept', '')), 0
  for _, element in ipairs(page.elements) do
    if element.name == 'figure' and has_class(element, 'output') then shown.output = shown.output + 1 end
    if has_class(element, 'drawing') then shown.drawing = shown.drawing + 1 end
    if element.name == 'span' and has_class(element, 'n') and not inside_of(element, 'pre') then
      shown.number = shown.number + 1
      local answer = inside_of(element, 'details')
      answer = answer and has_class(answer, 'answer')
      if element.attributes['data-section'] then following = following + 1 end
      if answer and element.attributes['data-section'] then faults[#faults + 1] = 'a number of an answer would follow a run: ' .. text_of(element) end
    end
  end
  if kept > 0 and following + kept > shown.number then faults[#faults + 1] = 'a number that is to be kept would follow a run' end
  local function expect(what, pattern, other)
    local wanted = select(2, source:gsub(pattern, '')) + (other and select(2, source:gsub(other, '')) or 0)
    if shown[what] < wanted then faults[#faults + 1] = ('%d of %d parts of the kind %s are there'):format(shown[what], wanted, what) end
  end
  expect('output', '\n:::+%s*{%.output')
  expect('drawing', '%(figure:', '%(drawing:')
  expect('number', '%]{%.n[%s}]')
  return faults
end

-- What only prints, times or reads is folded: by looking at the lines that stand open.
local function folding_faults(page)
  local faults, seen = {}, 0
  for _, element in ipairs(page.elements) do
    if has_class(element, 'line') then
      local text = text_of(element)
      local acts = text:match('%f[%w_](f?printf)%(') or text:match('%f[%w_](fopen)%(') or text:match('^%s*(#%s*include)')
      local box = inside_of(element, 'details') or inside_of(element, 'section')
      if acts and not box then faults[#faults + 1] = ('line %s of the program stands open, with its %s'):format(element.attributes['data-n'], acts) end
      if acts and box then seen = seen + 1 end
    end
    if element.name == 'details' and has_class(element, 'plumbing') and element.attributes.open then
      faults[#faults + 1] = ('line %d: plumbing stands open'):format(element.line)
    end
  end
  if seen == 0 then faults[#faults + 1] = 'nothing is folded' end
  return faults
end

-- Figures are counted: "Figure 3.2."
local function figure_faults(page, number)
  local faults, count = {}, 0
  for _, element in ipairs(page.elements) do
    if element.name == 'figure' and has_class(element, 'drawing') then
      count = count + 1
      local wanted = ('Figure %d.%d.'):format(number, count)
      if text_of(element):match('Figure %d+%.%d+%.') ~= wanted then faults[#faults + 1] = ('line %d: this is not called %s'):format(element.line, wanted) end
      for _, inner in ipairs(element.children) do
        local label = type(inner) == 'table' and inner.attributes.role == 'group' and inner.attributes['aria-label']
        if label and label .. '.' ~= wanted then faults[#faults + 1] = ('line %d: its group is named %s'):format(element.line, label) end
      end
    end
  end
  return faults
end

local CHILDREN = { msub = 2, msup = 2, mfrac = 2, munder = 2, mover = 2, mroot = 2, msubsup = 3, munderover = 3 }

local LENGTHS, UNITS = {}, { ['%'] = true }
for name in ('width height depth voffset lspace rspace minsize maxsize mathsize linethickness'):gmatch('%a+') do LENGTHS[name] = true end
for name in ('em ex ch rem px pt pc in cm mm q'):gmatch('%a+') do UNITS[name] = true end

-- A minus that is a sign, and the name of a function, have the spaces of those; lengths have a unit.
local function formula_faults(page)
  local faults, last = {}, nil
  for _, element in ipairs(page.elements) do
    local of_formula = element.name:match('^m')
    for name, value in pairs(of_formula and element.attributes or NONE) do
      if LENGTHS[name] and value ~= '0' and not UNITS[value:match('^[+-]?%d*%.?%d+([%a%%]+)$') or ''] then
        faults[#faults + 1] = ('line %d: %s="%s" is no length'):format(element.line, name, value)
      end
    end
    if element.name == 'mo' then
      local text = text_of(element)
      if text:match('^%a%a+$') and not element.attributes.rspace then faults[#faults + 1] = ('line %d: %s is spaced like an operator'):format(element.line, text) end
      local before = last and last.parent == element.parent and text_of(last)
      if text == '\u{2212}' and before and before:match('^[=<>,(+:]$') and element.attributes.form ~= 'prefix' then
        faults[#faults + 1] = ('line %d: the minus after %s is spaced like a difference'):format(element.line, before)
      end
    end
    if of_formula then last = element end
    if CHILDREN[element.name] then
      local parts = 0
      for _, child in ipairs(element.children) do parts = parts + (type(child) == 'table' and 1 or 0) end
      if parts ~= CHILDREN[element.name] then
        faults[#faults + 1] = ('line %d: <%s> has %d parts'):format(element.line, element.name, parts)
      end
    end
  end
  return faults
end

-- In the prose a line never begins with a per cent sign, and a minus is not a hyphen.
local function number_faults(page)
  local faults, in_code = {}, { pre = true, code = true, kbd = true, svg = true, math = true, script = true, style = true, input = true }
  local function look(element)
    if in_code[element.name] then return ' x ' end
    local out = {}
    for _, child in ipairs(element.children) do out[#out + 1] = type(child) == 'string' and child or look(child) end
    return table.concat(out)
  end
  for _, element in ipairs(page.elements) do
    if element.name == 'main' then
      local text = look(element)
      for parted in text:gmatch('%d%s+%%') do faults[#faults + 1] = ('"%s" may part at the end of a line'):format(parted) end
      for hyphen in text:gmatch('%f[%S]%(?%-%d[%d.,]*') do faults[#faults + 1] = ('"%s" has a hyphen for a minus'):format(hyphen) end
    end
  end
  return faults
end

-- An aside stands beside the paragraph that it follows in the file.
local function aside_faults(page, source)
  local faults, wanted, k = {}, {}, 0
  for before in source:gmatch('\n([^\n]+)\n\n:::+ aside\n') do
    local words = before:gsub('%b{}', '')
    if not before:match('^#') then wanted[#wanted + 1] = words:match('[$}"]') and '' or words end
  end
  for _, element in ipairs(page.elements) do
    local previous -- an aside that opens a section has no paragraph
    if element.name == 'div' and has_class(element, 'aside') then
      for _, sibling in ipairs(element.parent.children) do
        if sibling == element then break end
        if type(sibling) == 'table' then previous = sibling end
      end
    end
    if element.name == 'div' and has_class(element, 'aside') and not (previous and previous.name:match('^h%d$')) then
      k = k + 1
      local box, word = element.parent, (wanted[k] or ''):match('(%a+)%W*$') or ''
      if not has_class(box, 'noted') or box.children[#box.children] == element or not text_of(box):gsub('%s+$', ''):find(word .. '%W*$') then
        faults[#faults + 1] = ('line %d: this aside does not stand beside the paragraph that ends with "%s"'):format(element.line, word)
      end
    end
  end
  return faults
end

-- All chapters can be reached from every page, in their order.
local function menu_faults(page, chapters)
  local faults, listed = {}, {}
  for _, element in ipairs(page.elements) do
    local menu = element.name == 'a' and inside_of(element, 'details')
    if menu and has_class(menu, 'menu') then listed[#listed + 1] = element.attributes.href end
  end
  for k, path in ipairs(chapters) do
    local name = path:match('([^/]+)%.c$') .. '.html'
    if listed[k] ~= name then faults[#faults + 1] = ('its menu has %s where %s belongs'):format(listed[k] or 'nothing', name) end
  end
  return faults
end

-- The front page: a button to begin, the archive, and of each chapter a picture and a question.
local function front_faults(page, chapters)
  local faults, begin, along, teasers, pictures = {}, nil, nil, 0, 0
  for _, element in ipairs(page.elements) do
    local href = element.attributes.href
    if has_class(element, 'button') and href == chapters[1]:match('([^/]+)%.c$') .. '.html' then begin = true end
    if has_class(element, 'button') and href == 'a-token-is-a-row.tar.gz' then along = true end
    if has_class(element, 'teaser') and text_of(element):match('%?%s*$') then teasers = teasers + 1 end
    if has_class(element, 'thumb') and text_of(element):match('%S') then faults[#faults + 1] = 'a small picture has words in it' end
    if element.name == 'svg' and has_class(element.parent, 'thumb') then pictures = pictures + 1 end
  end
  if not begin then faults[#faults + 1] = 'there is no button to begin' end
  if not along then faults[#faults + 1] = 'there is no button to take the course along' end
  if teasers ~= #chapters then faults[#faults + 1] = ('%d of %d chapters ask a question'):format(teasers, #chapters) end
  if pictures ~= #chapters then faults[#faults + 1] = ('%d of %d chapters have a picture'):format(pictures, #chapters) end
  return faults
end

-- Each entry of the index: [page, chapter, id, heading, text], of a place that is there.
local function index_faults(pages)
  local faults, sections = {}, {}
  local index = read_file(SITE .. '/search-index.js') or ''
  if not utf8.len(index) then faults[#faults + 1] = 'the index has letters that are broken' end
  for line in index:gmatch('[^\n]+') do
    local name, id, text = line:match('^%["([^"]+)","%d*","([^"]*)",".-","(.*)"%],$')
    if name then
      sections[name] = (sections[name] or 0) + 1
      if not pages[name] or id ~= '' and not pages[name].ids[id] then faults[#faults + 1] = ('finds %s#%s, which is not there'):format(name, id) end
      if text:find('<', 1, true) and text:find('class=', 1, true) then faults[#faults + 1] = ('%s#%s holds markup'):format(name, id) end
    end
  end
  for name in pairs(pages) do
    if name ~= '404.html' and not sections[name] then faults[#faults + 1] = 'nothing of ' .. name .. ' is searched' end
  end
  return faults
end

local function order_faults(pages, chapters)
  local faults = {}
  local function linked(from, to)
    for _, element in ipairs(pages[from].elements) do
      if element.name == 'a' and element.attributes.href == to then return element end
    end
  end
  for k, path in ipairs(chapters) do
    local name = path:match('([^/]+)%.c$') .. '.html'
    if not pages[name] then
      faults[#faults + 1] = path .. ' has no page'
    else
      local on_front = linked('index.html', name)
      local title = text_of(pages[name].h1)
      if not on_front or text_of(on_front) ~= title then
        faults[#faults + 1] = ('the front page does not list "%s"'):format(title)
      end
      local before, after = chapters[k - 1], chapters[k + 1]
      if before and not linked(name, before:match('([^/]+)%.c$') .. '.html') then faults[#faults + 1] = name .. ' has no way back' end
      if after and not linked(name, after:match('([^/]+)%.c$') .. '.html') then faults[#faults + 1] = name .. ' has no way on' end
    end
  end
  return faults
end

-- ------------------------------------------------------------------ what people say

-- An entry of claims.html: its heading, and what stands between that and the next one.
local function claims_of(page)
  local claims = {}
  for _, element in ipairs(page.elements) do
    if element.name == 'h3' and element.parent.name == 'main' then
      local claim = { said = text_of(element):gsub('%s+', ' '), line = element.line, verdicts = {}, links = {}, numbers = {}, rest = {} }
      claims[#claims + 1] = claim
      local inside = false
      local function gather(node)
        for _, child in ipairs(node.children) do
          local class = type(child) == 'table' and child.attributes.class
          if type(child) == 'string' then claim.rest[#claim.rest + 1] = child
          elseif class and class:match('^verdict') then claim.verdicts[#claim.verdicts + 1] = text_of(child)
          elseif class == 'n' then claim.numbers[#claim.numbers + 1] = child
          elseif child.name == 'a' then claim.links[#claim.links + 1] = child.attributes.href
          elseif class ~= 'citation' and child.name ~= 'code' then gather(child) end
        end
      end
      for _, sibling in ipairs(element.parent.children) do
        if type(sibling) == 'table' then
          if sibling == element then inside = true
          elseif sibling.name:match('^h[1-6]$') then inside = false
          elseif inside then gather(sibling) end
        end
      end
    end
  end
  return claims
end

local KINDS = { { '^True%.$', 'true' }, { '^True only of .+%.$', 'only' }, { '^False%.$', 'false' }, { '^Not known%.$', 'unknown' } }

-- Each has one verdict and leads to a section of a chapter. How many there are of each kind stands above.
local function verdict_faults(page, claims, pages)
  local faults, count = {}, { all = #claims, ['true'] = 0, only = 0, ['false'] = 0, unknown = 0 }
  for _, claim in ipairs(claims) do
    local verdict, kind, led = claim.verdicts[1] or '', nil, false
    for _, one in ipairs(KINDS) do kind = kind or verdict:match(one[1]) and one[2] end
    if not kind or #claim.verdicts ~= 1 then
      faults[#faults + 1] = ('line %d: %s has no verdict, or more than one: "%s"'):format(claim.line, claim.said, verdict)
    else
      count[kind] = count[kind] + 1
    end
    for _, href in ipairs(claim.links) do
      local name, id = href:match('^(%d%d_[%w_]+%.html)#(.+)$')
      local place = pages[name or ''] and pages[name].ids[id]
      led = led or place and place.name:match('^h[23]$')
    end
    if not led then faults[#faults + 1] = ('line %d: %s leads to no section of a chapter'):format(claim.line, claim.said) end
  end
  local opening = ''
  for _, element in ipairs(page.elements) do
    if element.name == 'h2' then break end
    if element.name == 'p' then opening = opening .. ' ' .. text_of(element):gsub('%s+', ' ') end
  end
  local told = ('Of the %d sentences %d are true, %d are true of something only, %d are false, and of %d it is not known.')
    :format(count.all, count['true'], count.only, count['false'], count.unknown)
  if not opening:find(told, 1, true) then faults[#faults + 1] = 'its opening does not say: ' .. told end
  return faults
end

-- Is this number in the text, whole and with its sign?
local function is_printed(text, number)
  local plain, at = number:gsub('\u{2212}', '-'), 1
  while true do
    local from, to = text:find(plain, at, true)
    if not from then return false end
    if not text:sub(from - 1, from - 1):match('[%d.,~-]') and not text:sub(to + 1, to + 2):match('^[.,]?%d') then return true end
    at = from + 1
  end
end

-- A number is printed by the program that it is taken from, and that is one of a chapter which the
-- entry leads to. One that is not marked is printed by one of these. (GPT-2 is a name.)
local function quoted_faults(claims)
  local faults, outputs = {}, {}
  local function output(stem)
    outputs[stem] = outputs[stem] or read_file('tests/expected/' .. stem .. '.txt') or ''
    return outputs[stem]
  end
  for _, claim in ipairs(claims) do
    local led = {}
    local function blame(number, what) faults[#faults + 1] = ('line %d: %s quotes %s, which %s'):format(claim.line, claim.said, number, what) end
    for _, href in ipairs(claim.links) do led[href:match('^(%d%d_[%w_]+)%.html#') or ''] = true end
    led[''] = nil
    for _, span in ipairs(claim.numbers) do
      local stem, number = span.attributes['data-chapter'] or '', text_of(span)
      if not led[stem] then blame(number, 'is of a chapter that it does not lead to: ' .. stem)
      elseif not is_printed(output(stem), number) then blame(number, stem .. ' does not print') end
    end
    for word in table.concat(claim.rest, ' '):gmatch('%S+') do
      local number = not word:match('^%W*%a') and word:match('[\u{2212}-]*%d[%d.,]*%d') or not word:match('^%W*%a') and word:match('%d')
      local found = not number
      for stem in pairs(led) do found = found or is_printed(output(stem), number) end
      if not found then blame(number, 'none of its chapters prints') end
    end
  end
  return faults
end

-- Every chapter answers something, every belief that a chapter names has its entry, and the page is found.
local function reach_faults(claims, pages, chapters)
  local faults, led = {}, {}
  for _, claim in ipairs(claims) do
    for _, href in ipairs(claim.links) do
      led[href], led[href:gsub('#.*', '')] = true, true
    end
  end
  for _, path in ipairs(chapters) do
    local name = path:match('([^/]+)%.c$') .. '.html'
    local above, leads = {}, false -- the headings that an element stands under
    if not led[name] then faults[#faults + 1] = 'none leads to ' .. name end
    for _, element in ipairs(pages[name] and pages[name].elements or {}) do
      if element.name == 'h2' then above = { element } elseif element.name == 'h3' then above[2] = element end
      if has_class(element, 'belief') and above[1] then
        local found = false
        for _, heading in ipairs(above) do found = found or led[name .. '#' .. heading.attributes.id] end
        if not found then
          faults[#faults + 1] = ('%s, line %d: no entry leads to this belief, in #%s'):format(name, element.line, above[#above].attributes.id)
        end
      end
      leads = leads or element.name == 'a' and element.attributes.href == 'claims.html' and inside_of(element, 'main')
    end
    if path == chapters[#chapters] and not leads then faults[#faults + 1] = name .. ' does not lead to them' end
  end
  local front
  for _, element in ipairs(pages['index.html'] and pages['index.html'].elements or {}) do
    front = front or element.name == 'a' and element.attributes.href == 'claims.html' and inside_of(element, 'main')
  end
  if not front then faults[#faults + 1] = 'the front page does not lead to them' end
  return faults
end

-- ------------------------------------------------------------------ the book, a zip file

local function u16(data, at) return (string.unpack('<I2', data, at)) end
local function u32(data, at) return (string.unpack('<I4', data, at)) end

-- What is packed in a zip file is unpacked by gzip, which knows the same format with another head.
local function inflate(body, crc, size)
  local name = os.tmpname()
  local file = assert(io.open(name, 'wb'))
  file:write('\31\139\8\0\0\0\0\0\0\255', body, string.pack('<I4I4', crc, size))
  file:close()
  local pipe = assert(io.popen("gzip -dc 2> /dev/null < '" .. name .. "'"))
  local text = pipe:read('a')
  local good = pipe:close()
  os.remove(name)
  if not good or #text ~= size then error('holds a part that cannot be unpacked') end
  return text
end

-- Returns files[name] = content and the list of names in order.
local function unzip(data)
  local files, names = {}, {}
  local tail = data:match('.*()PK\5\6') or error('is no zip file')
  local n, at = u16(data, tail + 10), u32(data, tail + 16) + 1
  for _ = 1, n do
    local method, crc, packed, size = u16(data, at + 10), u32(data, at + 16), u32(data, at + 20), u32(data, at + 24)
    local n_name, n_extra, n_comment = u16(data, at + 28), u16(data, at + 30), u16(data, at + 32)
    local name = data:sub(at + 46, at + 45 + n_name)
    local head = u32(data, at + 42) + 1
    local from = head + 30 + u16(data, head + 26) + u16(data, head + 28)
    local body = data:sub(from, from + packed - 1)
    names[#names + 1] = name
    if name:match('%.x?html$') or name:match('%.opf$') or name:match('%.xml$') or name:match('%.ncx$') or name == 'mimetype' then
      files[name] = method == 0 and body or inflate(body, crc, size)
    else
      files[name] = ''
    end
    at = at + 46 + n_name + n_extra + n_comment
  end
  return files, names
end

local function manifest_faults(files)
  local faults, listed = {}, {}
  local opf = (files['META-INF/container.xml'] or ''):match('full%-path="([^"]+)"')
  if not opf or not files[opf] then return { 'the container names no package' } end
  local folder, ids = opf:match('^(.*/)') or '', {}
  for item in files[opf]:gmatch('<item%s[^>]*>') do
    local href, id = item:match('href="([^"]+)"'), item:match('%sid="([^"]+)"')
    ids[id or ''] = true
    listed[folder .. (href or '')] = true
    local body = files[folder .. (href or '')]
    if not body then faults[#faults + 1] = ('the package lists %s, which is not in it'):format(href) end
    for kind, mark in pairs({ mathml = '<math', svg = '<svg' }) do
      local has, says = (body or ''):find(mark, 1, true) ~= nil, (item:match('properties="([^"]*)"') or ''):find(kind, 1, true) ~= nil
      if has ~= says then faults[#faults + 1] = ('%s and its properties do not agree on %s'):format(href, kind) end
    end
  end
  for name in pairs(files) do
    if name:match('^' .. folder) and name ~= opf and not listed[name] then faults[#faults + 1] = name .. ' is in the book, but not in its list' end
  end
  for idref in files[opf]:gmatch('<itemref%s[^>]-idref="([^"]+)"') do
    if not ids[idref] then faults[#faults + 1] = 'the order of reading names ' .. idref .. ', which is not listed' end
  end
  for _, what in ipairs({ 'accessMode', 'accessModeSufficient', 'accessibilityFeature', 'accessibilityHazard', 'accessibilitySummary' }) do
    if not files[opf]:match('<meta property="schema:' .. what .. '">[^<]+<') then faults[#faults + 1] = 'the book does not tell its ' .. what end
  end
  local cover = files[opf]:match('<item [^>]*properties="cover%-image"[^>]*>')
  if not cover then faults[#faults + 1] = 'the book has no cover' end
  for _, tag in ipairs({ 'dc:title', 'dc:language', 'dc:identifier', 'dc:creator' }) do
    if not files[opf]:match('<' .. tag .. '[^>]*>[^<]+<') then faults[#faults + 1] = 'the book has no ' .. tag end
  end
  return faults
end

local function check_book(chapters)
  local data = read_file(SITE .. '/a-token-is-a-row.epub')
  if not data then return tell('book exists', { 'there is no a-token-is-a-row.epub' }) end
  local good, files, names = pcall(unzip, data)
  if not good then return tell('book can be unpacked', { tostring(files) }) end
  tell('book can be unpacked', names[1] == 'mimetype' and data:sub(31, 38) == 'mimetype' and files.mimetype == 'application/epub+zip'
    and {} or { 'it does not begin with its type' })
  tell('book lists its parts', manifest_faults(files))
  local pages, all, faults = {}, '', { form = {}, ids = {}, links = {}, loads = {}, headings = {}, texts = {}, leftovers = {}, formulas = {} }
  local function gather(into, more, name)
    for _, what in ipairs(more) do into[#into + 1] = name .. ', ' .. what end
  end
  for _, name in ipairs(names) do
    if name:match('%.xhtml$') then
      local page = { name = name, folder = name:match('^(.*/)') or '' }
      local wrong, twice
      page.elements, wrong = parse(files[name])
      page.ids, twice = ids_of(page)
      gather(faults.form, wrong, name)
      gather(faults.ids, twice, name)
      pages[name] = page
      all = all .. files[name]
    end
  end
  for name, page in pairs(pages) do
    gather(faults.links, link_faults(page, pages, files), name)
    gather(faults.loads, resource_faults(page, files), name)
    gather(faults.headings, heading_faults(page), name)
    gather(faults.texts, alternative_faults(page), name)
    gather(faults.leftovers, leftover_faults(page), name)
    gather(faults.formulas, formula_faults(page), name)
  end
  tell('book is well formed', faults.form)
  tell('book has each id once', faults.ids)
  tell('book has no broken link', faults.links)
  tell('book loads nothing from elsewhere', faults.loads)
  tell('book has its headings in order', faults.headings)
  tell('book describes its drawings', faults.texts)
  tell('book has nothing left of its markup', faults.leftovers)
  tell('book spaces its formulas', faults.formulas)
  local missing, seen = {}, 1
  for _, path in ipairs(chapters) do
    local stem = path:match('%d_([^/]+)%.c$')
    local found = all:find(' id="' .. stem .. '"', seen, true)
    if not found then missing[#missing + 1] = path .. ' is missing, or not in order' end
    seen = found or seen
    for name in ('\n' .. read_file(path)):gmatch('\nEXERCISE%s[^\n(]-([%w_]+)%s*%(') do
      if not all:find(' id="' .. stem .. '-' .. name:gsub('_', '-') .. '-help"', 1, true) then
        missing[#missing + 1] = 'hints and solution of ' .. name .. ' are missing'
      end
    end
  end
  local words = 0
  for _, page in pairs(pages) do
    for _, element in ipairs(page.elements) do
      if element.name == 'p' then words = words + select(2, text_of(element):gsub('%S+', '')) end
    end
  end
  if words < 2000 * #chapters then missing[#missing + 1] = ('its paragraphs have %d words'):format(words) end
  tell('book holds all chapters in order', missing)
end

-- ------------------------------------------------------------------ the whole site

local function style_faults(files)
  local faults = {}
  for name in pairs(files) do
    local text = name:match('%.css$') and read_file(SITE .. '/' .. name)
    if text and text:find('attr(data-n)', 1, true) and not text:find('attr(data-n) / ""', 1, true) then faults[#faults + 1] = name .. ' has line numbers read aloud' end
    if text and (text:find('url%(') or text:find('@import') or text:find('https?:')) then faults[#faults + 1] = name .. ' loads something' end
    local script = name:match('%.js$') and read_file(SITE .. '/' .. name)
    -- (A word is found sooner than a pattern, in all that is packed.)
    local function says(word, pattern) return script:find(word, 1, true) and script:find(pattern) end
    if script and (says('http', 'https?:') or says('fetch', '%f[%w]fetch%s*%(') or says('XMLHttpRequest', '') or says('import', 'import%s*%(')) then
      faults[#faults + 1] = name .. ' loads something'
    end
  end
  return faults
end

local function check_site()
  local files, pages, names, chapters = {}, {}, {}, words('CHAPTERS')
  for _, path in ipairs(words('SITE_FILES')) do files[path:sub(#SITE + 2)] = true end
  for name in pairs(files) do
    if name:match('%.html$') then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local page = { name = name, folder = name:match('^(.*/)') or '' }
    page.elements, page.faults = parse(read_file(SITE .. '/' .. name))
    page.ids, page.twice = ids_of(page)
    for _, element in ipairs(page.elements) do
      if element.name == 'h1' then page.h1 = page.h1 or element end
    end
    pages[name] = page
  end
  local titles = {}
  for _, name in ipairs(names) do
    local page = pages[name]
    tell(name .. ' is well formed', page.faults)
    tell(name .. ' has each id once', page.twice)
    tell(name .. ' has no broken link', link_faults(page, pages, files))
    tell(name .. ' loads nothing from elsewhere', resource_faults(page, files))
    tell(name .. ' has its headings in order', heading_faults(page, 1))
    tell(name .. ' describes its drawings, figures and buttons', alternative_faults(page))
    tell(name .. ' has nothing left of its markup', leftover_faults(page))
    local frame = frame_faults(page)
    if titles[page.title or ''] then frame[#frame + 1] = 'its title is also that of ' .. titles[page.title] end
    titles[page.title or ''] = name
    tell(name .. ' has title, language and landmarks', frame)
    tell(name .. ' spaces its formulas', formula_faults(page))
    tell(name .. ' keeps its numbers together', number_faults(page))
    tell(name .. ' leads to all chapters', menu_faults(page, chapters))
  end
  for _, path in ipairs(chapters) do
    local name = path:match('([^/]+)%.c$') .. '.html'
    if pages[name] then
      local source = read_file(path)
      tell(name .. ' shows every line of the program', code_faults(pages[name], path))
      tell(name .. ' has hints and solution for each exercise', exercise_faults(pages[name], source))
      tell(name .. ' has its outputs, drawings and numbers', part_faults(pages[name], source))
      tell(name .. ' folds its plumbing', folding_faults(pages[name]))
      tell(name .. ' counts its figures', figure_faults(pages[name], tonumber(name:match('^%d+'))))
      tell(name .. ' has its asides where they belong', aside_faults(pages[name], source))
    end
  end
  tell('styles and scripts load nothing from elsewhere', style_faults(files))
  tell('search knows all pages', index_faults(pages))
  tell('there is a page for what is not there', pages['404.html'] and {} or { 'no 404.html' })
  if pages['index.html'] then tell('front page lets one begin', front_faults(pages['index.html'], chapters)) end
  if pages['index.html'] then tell('chapters are listed and follow each other', order_faults(pages, chapters)) end
  if pages['claims.html'] then
    local claims = claims_of(pages['claims.html'])
    tell('claims have a verdict and a section that answers them', verdict_faults(pages['claims.html'], claims, pages))
    tell('claims quote what is printed', quoted_faults(claims))
    tell('claims cover the chapters, and are found', reach_faults(claims, pages, chapters))
  else
    tell('claims have a page', { 'no claims.html' })
  end
  check_book(chapters)
end

check_site()
