-- run.lua: what the weaver writes into a page so that its program can run in it (docs/loom/run.js).
--
-- An output block says which settings stand with it:   ::: {.output section="Title" set="seed rows"}
-- and which it follows wherever they are set:   follows="sentence"   The program runs that far then.
-- and one block a chapter gives the settings other values in the page than in the program, since a
-- browser is slower:   ::: {.run passes="0.25"}   Its text says so, and stands only where pages run.

return function(fault, read_file, lines_of)
  local run = {}
  local page_values = {} -- stem -> {setting = value}

  local function quoted(text)
    return '"' .. text:gsub('[%c"\\<]', function(c) return ('\\u%04x'):format(c:byte()) end) .. '"'
  end

  local function list(items, as)
    local out = {}
    for i, item in ipairs(items) do out[i] = as(item) end
    return '[' .. table.concat(out, ', ') .. ']'
  end

  local function attribute(text)
    return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
  end

  -- The rows of the chapter's table; nil where pages do not run.
  local function settings_of(stem)
    local text = read_file('build/run/' .. stem .. '.settings')
    if not text then return nil end
    local settings = {}
    for line in text:gmatch('[^\n]+') do
      local name, kind, standard, least, most, help = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
      if name then
        settings[#settings + 1] = { name = name, kind = kind, standard = standard, least = least, most = most, help = help }
        settings[name] = settings[#settings]
      end
    end
    return settings
  end

  -- Attributes of an output box, beginning with a space.
  function run.output(div, stem)
    local a, settings = div.attributes, settings_of(stem)
    if a.chapter then return '' end
    for name in ((a.set or '') .. ' ' .. (a.follows or '')):gmatch('%S+') do
      if settings and not settings[name] then
        fault(a.place or stem, 'the program has no setting "%s" to stand with this output', name)
      end
    end
    local set = a.set and (' data-set="%s"'):format(attribute(a.set)) or ''
    local follows = a.follows and (' data-follows="%s"'):format(attribute(a.follows)) or ''
    return (' data-section="%s"'):format(attribute(a.section)):gsub('%%', '%%%%') .. set .. follows
  end

  -- Attributes of a number in the prose; one of another chapter's program stays as it is, and so does one that is kept, by its class or in an
  -- answer: its sentence is about the printed page. Where its section has the same number in several places, at="words" names the line that holds
  -- these words, and at="words:3" the third number of it.
  function run.number(span)
    local a = span.attributes
    if a.chapter then return { class = 'n', ['data-chapter'] = a.chapter } end
    if not a.section or span.classes:includes('kept') then return { class = 'n' } end
    return { class = 'n', ['data-section'] = a.section, ['data-at'] = a.at }
  end

  -- The lines of a section in which a number is looked for: those with the words that at="…" gives.
  function run.lines_at(text, span)
    local words = span.attributes.at and span.attributes.at:gsub(':%d+$', '')
    if not words then return text end
    local found = {}
    for _, line in ipairs(lines_of(text)) do
      if line:find(words, 1, true) then found[#found + 1] = line end
    end
    return table.concat(found, '\n')
  end

  function run.figure(owner, name)
    return (' data-chapter="%s" data-figure="%s"'):format(attribute(owner), attribute(name))
  end

  -- What stands only where pages run: on a chapter's page the block that gives settings their values.
  function run.values(div, stem)
    local offered = (read_file('build/run/names') or ''):match('%S')
    local settings = offered and (stem and settings_of(stem) or not stem and {})
    if not settings or os.getenv('WEAVE_FOR') == 'epub' then return {} end
    page_values[stem or ''] = {}
    for name, value in pairs(div.attributes) do
      if name ~= 'place' and not settings[name] then
        fault(div.attributes.place or stem or 'docs', 'the program has no setting "%s" to give a value in the page', name)
      elseif name ~= 'place' then
        page_values[stem][name] = value
      end
    end
    return div.content
  end

  -- What run.js must know, as JSON; nil where pages do not run.
  function run.offer(stem)
    local settings = settings_of(stem)
    if not settings then return nil end
    local source = read_file('chapters/' .. stem .. '.c') or ''
    local data, sections, values = {}, {}, {}
    for path in source:gmatch('"(chapters/data/[^"]*)"') do
      if not data[path] then data[#data + 1] = path end
      data[path] = true
    end
    for _, line in ipairs(lines_of(read_file('build/output/' .. stem .. '.txt') or '')) do
      sections[#sections + 1] = line:match('^== (.-)%s*$')
    end
    for _, s in ipairs(settings) do
      local value = (page_values[stem] or {})[s.name]
      if value then values[#values + 1] = quoted(s.name) .. ': ' .. quoted(value) end
    end
    local rows = list(settings, function(s)
      return ('{"name": %s, "kind": %s, "standard": %s, "least": %s, "most": %s, "help": %s}')
        :format(quoted(s.name), quoted(s.kind), quoted(s.standard), s.least, s.most, quoted(s.help))
    end)
    return pandoc.RawBlock('html', ('{"name": %s, "settings": %s, "page": {%s}, "data": %s, "text": %s, "sections": %s}')
      :format(quoted(stem), rows, table.concat(values, ', '), list(data, quoted),
        tostring(source:find('getenv("TEXT")', 1, true) ~= nil), list(sections, quoted)))
  end

  return run
end
