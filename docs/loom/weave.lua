-- weave.lua: a pandoc reader that turns a chapter, which is one C file, into a page.
--
--     pandoc -f docs/loom/weave.lua chapters/01_lookup.c -o 01_lookup.html …
--
-- A block of prose opens with a line that is exactly `/*` and closes with one that is exactly
-- `*/`; what stands between is Markdown. All else is code. The file becomes one Markdown text,
-- is read once by pandoc (so that notes and references work across blocks), and then the parts
-- that belong together are brought together: hints and solution into their exercise, real
-- output, drawn figures, checked numbers.
--
-- Whatever cannot be resolved stops the build with lines `file:line: what is wrong`.
-- Pages that are Markdown already (front page, notation …) pass through the same reader.
--
-- The text leads: code that shows, prints, plots, times, reads files or parses is folded, and so
-- is all that follows the section in which a chapter says what its reader can now explain.
--
-- From the environment: WEAVE_CHAPTERS, the chapters in order; WEAVE_FOR=epub for the book,
-- where hints and solutions stand at the end of their chapter and folded code stays away;
-- WEAVE_INDEX, the file that takes what search finds of this page; WEAVE_SITE, the address that
-- the site will have, if it is known. All paths count from the directory that holds chapters/
-- and docs/.

local utils = pandoc.utils
local stringify = utils.stringify

local for_epub = os.getenv('WEAVE_FOR') == 'epub'
local MARKDOWN = 'markdown-implicit_figures-raw_html-raw_tex-markdown_in_html_blocks'

-- ------------------------------------------------------------------ faults

local faults = {}

-- place: 'file:line' or a file name.
local function fault(place, message, ...)
  faults[#faults + 1] = place .. ': ' .. message:format(...)
end

local function stop_if_faulty()
  if #faults == 0 then return end
  io.stderr:write(table.concat(faults, '\n'), '\n')
  os.exit(1)
end

-- ------------------------------------------------------------------ files

local function read_file(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return text:find('\r', 1, true) and text:gsub('\r\n', '\n') or text
end

local function lines_of(text)
  local lines = {}
  for line in (text:gsub('\n$', '') .. '\n'):gmatch('([^\n]*)\n') do lines[#lines + 1] = line end
  return lines
end

-- 'chapters/01_lookup.c' -> '01_lookup', 1, 'lookup'
local function name_of(path)
  local stem = path:match('([^/]+)%.%w+$') or path
  local number, short = stem:match('^(%d%d)_(.+)$')
  return stem, tonumber(number), short
end

-- ------------------------------------------------------------------ blocks of a C file

-- A comment of code may begin like prose; it ends behind a blank.
local function is_comment(lines, n)
  repeat n = n + 1 until not lines[n] or lines[n]:find('*/', 1, true)
  return lines[n] ~= nil and lines[n]:match('^%s+%*/') ~= nil
end

-- Or it begins in a line of code, and ends like prose.
local function leaves_open(line)
  local last = line:match('.*()/%*')
  return last ~= nil and not line:find('*/', last + 2, true)
end

-- Returns a list of {kind = 'prose' | 'code', first = line number, lines = {…}}.
local function blocks_of(path, text)
  local blocks, current = {}, nil
  local lines = lines_of(text)
  local opened, in_comment
  local function close() current = nil end
  for n, line in ipairs(lines) do
    if line == '/*' and not opened and not is_comment(lines, n) then
      opened, in_comment = n, false
      current = { kind = 'prose', first = n + 1, lines = {} }
      blocks[#blocks + 1] = current
    elseif line == '*/' and opened then
      opened = nil
      close()
    elseif line == '*/' and not in_comment then
      fault(path .. ':' .. n, 'closes a block of prose that was never opened')
    elseif opened and (line:find('/*', 1, true) or line:find('*/', 1, true)) then
      fault(path .. ':' .. n, 'a comment mark inside prose would end the comment for the compiler')
    else
      if not current then
        current = { kind = 'code', first = n, lines = {} }
        blocks[#blocks + 1] = current
      end
      current.lines[#current.lines + 1] = line
      if not opened then
        in_comment = leaves_open(line) or (in_comment and not line:find('*/', 1, true))
      end
    end
  end
  if opened then fault(path .. ':' .. opened, 'opens a block of prose that is never closed') end
  return blocks
end

-- Drops empty lines at both ends of a piece of code; nil if nothing is left.
local function trimmed(lines, first)
  local from, to = 1, #lines
  while from <= to and lines[from]:match('^%s*$') do from = from + 1 end
  while to >= from and lines[to]:match('^%s*$') do to = to - 1 end
  if from > to then return nil end
  return { first = first + from - 1, lines = { table.unpack(lines, from, to) } }
end

local CARRIED = '^// carried over from chapter (%d+)$'
local CARRIED_END = '// end of what was carried over'

-- Cuts a block of code at what was carried over and after each exercise's stub.
-- Returns pieces {first, lines, carried = chapter number, exercise = function name}.
local function pieces_of(path, block)
  local pieces, start = {}, 1
  local carried, stub
  local function cut(to, fields)
    local piece = trimmed({ table.unpack(block.lines, start, to) }, block.first + start - 1)
    if piece then
      for key, value in pairs(fields) do piece[key] = value end
      pieces[#pieces + 1] = piece
    end
    start = to + 1
  end
  for i, line in ipairs(block.lines) do
    local place = path .. ':' .. (block.first + i - 1)
    local chapter = line:match(CARRIED)
    if chapter then
      cut(i - 1, {})
      carried = { chapter = chapter, place = place }
    elseif line == CARRIED_END then
      if carried then
        cut(i, { carried = carried.chapter })
      else
        fault(place, 'ends what was carried over, but nothing was')
      end
      carried = nil
    elseif line:match('^EXERCISE%s') then
      stub = line:match('([%w_]+)%s*%(')
      if not stub then fault(place, 'EXERCISE is not followed by a function') end
    elseif line == '}' and stub then
      cut(i, { exercise = stub })
      stub = nil
    end
  end
  if carried then fault(carried.place, 'carried over from chapter %s, but no line says where that ends', carried.chapter) end
  cut(#block.lines, {})
  return pieces
end

-- ------------------------------------------------------------------ text and plumbing

-- A line without what stands in strings, characters and comments.
local function bare(line)
  return (line:gsub('\\.', '  '):gsub('"[^"]*"', '""'):gsub("'[^']*'", "''"):gsub('//.*$', ''))
end

-- Cuts lines of C into functions, declarations and directives, each with the comment above it:
-- {from, to, text, name = of the function that it defines}.
local function items_of(lines)
  local items, item, depth, conditions = {}, nil, 0, 0
  for n, line in ipairs(lines) do
    local code = bare(line)
    if not item and line:match('%S') then
      item = { from = n, code = {} }
      items[#items + 1] = item
    end
    if item then
      for open in code:gmatch('[(){}%[%]]') do depth = depth + (('({['):find(open, 1, true) and 1 or -1) end
      conditions = conditions + (code:match('^#%s*if') and 1 or code:match('^#%s*endif') and -1 or 0)
      item.to = n
      item.code[#item.code + 1] = code
      local ended = code:match('[;}]%s*$') or not line:match('%S') or code:match('^#') and not line:match('\\$')
      if ended and depth <= 0 and conditions <= 0 then item, depth = nil, 0 end
    end
  end
  for _, found in ipairs(items) do
    found.text = table.concat(found.code, '\n')
    found.name = found.text:match('\n{') and found.text:match('([%a_][%w_]*)%s*%b()%s*\n{')
  end
  return items
end

-- What shows, prints, plots, times, reads files, parses or fetches memory: by what it calls, or
-- by its name.
local OUTSIDE, ACTS = {}, {}
for word in ([[malloc calloc realloc printf fprintf vprintf vfprintf snprintf puts fputs putchar fputc putc perror
  fopen fclose fflush fread fwrite fgets fgetc getc ungetc fseek ftell remove rename tmpfile setvbuf FILE
  sscanf fscanf scanf strtod strtof strtol strtoul strtoull atoi atof getenv exit
  clock time timespec_get clock_gettime]]):gmatch('%S+') do
  OUTSIDE[word] = true
end
for verb in ('show print plot draw write save report bench time read parse open close free main'):gmatch('%S+') do ACTS[verb] = true end

local function is_plumbing(item)
  if item.name and (ACTS[item.name] or ACTS[item.name:match('^(%a+)_')]) then return true end
  for word in item.text:gmatch('[%a_][%w_]*') do
    if OUTSIDE[word] then return true end
  end
  return item.text:match('^%s*#%s*include') ~= nil
end

local A_SCREEN = 40 -- lines of code that may stand between two paragraphs

-- Cuts a piece of code into runs of plumbing and of what the text is about. A declaration goes
-- with the function that it stands before, prototypes are plumbing; so is what would fill more
-- than a screen.
local function runs_of(piece)
  local items, runs = items_of(piece.lines), {}
  local folded = false
  for k = #items, 1, -1 do
    local item = items[k]
    local prototype = item.text:match('^%s*[%a_][%w_%s*]*%b()%s*;%s*$') and not item.text:match('^%s*typedef')
    if not prototype and (item.name or item.text:match('^%s*#') or k == #items) then folded = is_plumbing(item) end
    item.folded = folded or prototype and true
  end
  for _, item in ipairs(items) do
    local run = runs[#runs]
    if not run or run.folded ~= item.folded then
      run = { folded = item.folded, from = item.from, names = {} }
      runs[#runs + 1] = run
    end
    run.to = item.to
    run.names[#run.names + 1] = item.name
  end
  for _, run in ipairs(runs) do run.folded = run.folded or run.to - run.from >= A_SCREEN end
  return runs
end

-- The pieces of a block as the page shows them: plumbing on its own, to be folded. Where the
-- chapter has said what can now be explained, all that follows is.
local function page_pieces(path, block, closed)
  local out = {}
  for _, piece in ipairs(pieces_of(path, block)) do
    if piece.carried or piece.exercise then
      out[#out + 1] = piece
    else
      local runs = runs_of(piece)
      if closed then
        local names = {}
        for _, run in ipairs(runs) do table.move(run.names, 1, #run.names, #names + 1, names) end
        runs = { { folded = true, from = 1, to = #piece.lines, names = names } }
      end
      for _, run in ipairs(runs) do
        local part = trimmed({ table.unpack(piece.lines, run.from, run.to) }, piece.first + run.from - 1)
        part.folded = run.folded and table.concat(run.names, ' ')
        out[#out + 1] = part
      end
    end
  end
  return out
end

-- "## What you can now explain"
local function closes(block)
  for _, line in ipairs(block.lines) do
    if line:match('^##%s+What you can .*explain') then return true end
  end
end

-- ------------------------------------------------------------------ C in colours

local keywords, types = {}, {}
for word in ([[auto break case const continue default do else enum extern for goto if inline
  register restrict return sizeof static struct switch typedef union volatile while _Alignas
  _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local true false NULL EXERCISE]]):gmatch('%S+') do
  keywords[word] = true
end
for word in ([[void bool char short int long float double signed unsigned size_t ptrdiff_t FILE
  int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t]]):gmatch('%S+') do
  types[word] = true
end

local function escaped(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end

-- The end of the literal that opens at `from` with the given quote.
local function end_of_literal(code, from, quote)
  local at = from + 1
  while at <= #code do
    local c = code:sub(at, at)
    if c == '\\' then
      at = at + 1
    elseif c == quote or c == '\n' then
      return c == '\n' and at - 1 or at
    end
    at = at + 1
  end
  return #code
end

-- Returns the next token's end and its class (nil for plain text).
local function token(code, at)
  local rest = code:sub(at, at + 1)
  local c = rest:sub(1, 1)
  if rest == '//' then return (code:find('\n', at, true) or #code + 1) - 1, 'c' end
  if rest == '/*' then return select(2, code:find('*/', at + 2, true)) or #code, 'c' end
  if c == '"' or c == "'" then return end_of_literal(code, at, c), 's' end
  if c == '#' and code:sub(1, at - 1):match('[^\n]*$'):match('^%s*$') then
    return select(2, code:find('^#%s*%a*', at)), 'p'
  end
  local word = code:match('^[%a_][%w_]*', at)
  if word then
    local stop = at + #word - 1
    if types[word] then return stop, 't' end
    if keywords[word] then return stop, 'k' end
    if code:find('^%s*%(', stop + 1) then return stop, 'f' end
    return stop
  end
  local number = code:match('^%.?%d[%w.]*', at)
  if number then
    local stop = at + #number - 1
    if number:match('[eEpP]$') and not number:match('^0[xX]%x*$') then
      stop = select(2, code:find('^[+-]?[%w]*', stop + 1))
    end
    return stop, 'n'
  end
  return at + #code:match('^[^%w_"\'/#.]*', at + 1)
end

-- C code as HTML, one string a line.
local function coloured(code)
  local out, at = {}, 1
  while at <= #code do
    local stop, class = token(code, at)
    local text = code:sub(at, stop)
    if class then
      text = text:gsub('[^\n]+', function(part)
        return '<span class="' .. class .. '">' .. escaped(part) .. '</span>'
      end)
    else
      text = escaped(text)
    end
    out[#out + 1] = text
    at = stop + 1
  end
  return lines_of(table.concat(out))
end

local function html(text) return pandoc.RawBlock('html', text) end

-- A listing with the line numbers of its file; `prefix` makes the ids of its lines.
local function listing(code, file, first, prefix)
  local lines = coloured(code)
  local out = {}
  for i, line in ipairs(lines) do
    local id = for_epub and '' or (' id="%s%d"'):format(prefix, first + i - 1)
    out[i] = ('<span class="line"%s data-n="%d">%s</span>'):format(id, first + i - 1, line)
  end
  local label = ('%s, lines %d to %d'):format(file, first, first + #lines - 1)
  return html(('<div class="listing"><pre class="code" tabindex="0" role="group" aria-label="%s"><code>%s\n</code></pre></div>')
    :format(label, table.concat(out, '\n')))
end

-- Code that stands in the prose itself: no line numbers.
local function snippet(block)
  local language = block.classes[1]
  local code = language == 'c' and table.concat(coloured(block.text), '\n') or escaped(block.text)
  if language == 'sh' then
    code = ('\n' .. code):gsub('([\n ])(#[^\n]*)', '%1<span class="c">%2</span>'):sub(2)
  end
  return html(('<div class="snippet"><pre tabindex="0" role="group" aria-label="%s"><code>%s\n</code></pre></div>')
    :format(language and 'Example in ' .. language or 'Example', code))
end

-- ------------------------------------------------------------------ Markdown with its places

-- Every ::: block is opened and closed in one and the same comment.
local function check_fences(path, first, lines)
  local open, code = {}, nil
  for i, line in ipairs(lines) do
    local mark = line:match('^(```+)') or line:match('^(~~~+)')
    if mark and not code then code = mark elseif mark and mark:sub(1, #code) == code then code = nil end
    if not code and line:match('^:::+%s*$') then
      if not table.remove(open) then fault(path .. ':' .. (first + i - 1), 'closes a ::: block, but none is open') end
    elseif not code and line:match('^:::') then
      if not line:match('^:::+%s+[%a][%w-]*%s*:*$') and not line:match('^:::+%s*{[^{}]*}%s*:*$') then
        fault(path .. ':' .. (first + i - 1), 'a block opens with ::: name or ::: {.name key="value"}')
      end
      open[#open + 1] = first + i - 1
    end
  end
  for _, n in ipairs(open) do fault(path .. ':' .. n, 'opens a ::: block that is not closed in the same comment') end
end

-- Writes the place (file:line) of everything that may have to be blamed into its attributes.
local function with_places(path, first, lines)
  check_fences(path, first, lines)
  local out, fence = {}, nil
  for i, line in ipairs(lines) do
    local place = ('place="%s:%d" '):format(path, first + i - 1)
    local mark = line:match('^%s*(```+)') or line:match('^%s*(~~~+)')
    if mark and not fence then
      fence = mark
    elseif mark and line:match('^%s*' .. fence:sub(1, 1):rep(#fence)) then
      fence = nil
    end
    if not fence then
      line = line:gsub('%]{(%.n[%s}])', ']{' .. place .. '%1')
      for _, kind in ipairs({ 'figure', 'drawing' }) do
        line = line:gsub('(%(' .. kind .. ':[%w_/.-]+%)){', '%1{' .. place)
        line = line:gsub('(%(' .. kind .. ':[%w_/.-]+%))([^{])', '%1{' .. place .. '}%2')
        line = line:gsub('(%(' .. kind .. ':[%w_/.-]+%))$', '%1{' .. place .. '}')
      end
      line = line:gsub('^(%s*:::+%s*){', '%1{' .. place)
      line = line:gsub('^(#+%s.*){(#[^{}]*})%s*$', '%1{' .. place .. '%2')
    end
    out[i] = line
  end
  return table.concat(out, '\n')
end

local LONG = 40 -- letters of a formula that may not fit a line on a telephone

local FENCE = ('~'):rep(24)

local function code_as_markdown(path, piece, prefix)
  local head = ('%s {.woven file="%s" first="%d" prefix="%s"'):format(FENCE, path, piece.first, prefix)
  if piece.carried then head = head .. (' carried="%s"'):format(piece.carried) end
  if piece.folded then head = head .. (' folded="%s"'):format(piece.folded) end
  if piece.exercise then head = head .. (' exercise="%s"'):format(piece.exercise) end
  return head .. '}\n' .. table.concat(piece.lines, '\n') .. '\n' .. FENCE
end

-- ------------------------------------------------------------------ solutions

-- Takes a solution file apart: functions[name] = {first, lines, prose = block or nil}.
local function solutions_of(path)
  local text = read_file(path)
  if not text then return nil end
  local functions, last = {}, nil
  for _, block in ipairs(blocks_of(path, text)) do
    if block.kind == 'prose' then
      if last and not last.prose then last.prose = block end
    else
      local start = 1
      for i, line in ipairs(block.lines) do
        local name = line:match('^[%a_][%w_%s%*]-([%a_][%w_]*)%s*%(')
        if line:match('^#') then
          start = i + 1
        elseif name and not line:match('^static%s') and not line:match(';%s*$') then
          last = { name = name, place = path .. ':' .. (block.first + i - 1) }
        elseif line == '}' and last and not last.lines then
          local piece = trimmed({ table.unpack(block.lines, start, i) }, block.first + start - 1)
          last.first, last.lines = piece.first, piece.lines
          functions[last.name] = last
          start = i + 1
        end
      end
    end
  end
  return functions
end

local function solution_as_markdown(path, functions, name, place)
  if not functions then
    fault(place, 'there is no %s to take the solution of %s from', path, name)
    return ''
  end
  local solution = functions[name]
  if not solution then
    fault(place, '%s has no solution in %s', name, path)
    return ''
  end
  if not solution.prose then
    fault(solution.place, 'the solution of %s is not followed by what to notice in it', name)
  end
  local parts = { '::::::::::::: {.solution}', code_as_markdown(path, solution, 'S') }
  if solution.prose then
    parts[#parts + 1] = with_places(path, solution.prose.first, solution.prose.lines)
  end
  parts[#parts + 1] = ':::::::::::::'
  return table.concat(parts, '\n\n')
end

-- ------------------------------------------------------------------ output of the program

-- Cuts the output at its lines `== Title`.
local function sections_of(output)
  local sections, lines = {}, nil
  for _, line in ipairs(lines_of(output)) do
    local title = line:match('^== (.-)%s*$')
    if title then
      lines = {}
      sections[title] = lines
    elseif lines then
      lines[#lines + 1] = line
    end
  end
  for title, body in pairs(sections) do
    local piece = trimmed(body, 1)
    sections[title] = piece and table.concat(piece.lines, '\n') or ''
  end
  return sections
end

local function output_of(chapter)
  local path = 'build/output/' .. chapter .. '.txt'
  local text = read_file(path)
  if not text then return { name = chapter } end
  return { name = chapter, path = path, text = text, sections = sections_of(text) }
end

-- The text that a number or an output block refers to; nil after a fault.
local function output_text(output, section, place)
  if not output.path then
    if not output.blamed then
      fault(place, 'there is no build/output/%s.txt, the output of the solved program, to take this from', output.name)
    end
    output.blamed = true
  elseif not section then
    return output.text
  elseif not output.sections[section] then
    fault(place, 'the program prints no section "%s" (see %s)', section, output.path)
  else
    return output.sections[section]
  end
end

-- What a page needs to run its program stands in a file of its own.
local run = dofile('docs/loom/run.lua')(fault, read_file, lines_of)

local function output_block(div, output)
  local section, place = div.attributes.section, div.attributes.place
  if not section then
    fault(place or '?', 'an output block names its section: {.output section="Title"}')
    return {}
  end
  local text = output_text(output, section, place)
  if not text then return {} end
  local shown = escaped(text):gsub('(%f[~]~)(%d[^%s]*)', '<span class="measured">%1%2</span>')
  local note = shown:find('class="measured"', 1, true)
    and '<span class="note">~ marks what was measured on the machine that built this page</span>' or ''
  return html(('<figure class="output"' .. run.output(div, output.name) .. '><figcaption><span class="what">Output</span> %s %s</figcaption>'
    .. '<pre tabindex="0" role="group" aria-label="Output: %s"><samp>%s\n</samp></pre></figure>')
    :format(escaped(section), note, escaped(section), shown))
end

-- ------------------------------------------------------------------ numbers in the prose

-- '38,597,376' -> '38597376'; a Unicode minus becomes '-'; nil if it is no number.
local function plain_number(text)
  local plain = text:gsub('\u{2212}', '-'):gsub('%s', ''):gsub('\u{a0}', ''):gsub('\u{202f}', ''):gsub('[%%x]$', ''):gsub('\u{d7}$', '')
  plain = plain:gsub('(%d),(%d%d%d)', '%1%2'):gsub('(%d),(%d%d%d)', '%1%2')
  if plain:lower() == 'nan' or plain:lower():match('^-?inf$') then return plain:lower() end
  return plain:match('^[+-]?%d*%.?%d+$') or plain:match('^[+-]?%d*%.?%d+[eE][+-]?%d+$')
end

-- All numbers of a text, as plain strings; measured ones (~3.2) are passed over.
local function numbers_in(text)
  local found = {}
  text = (' ' .. text):gsub('~%S+', ' ')
  local at = 1
  while true do
    local from = text:find('[%d.+-]', at)
    if not from then break end
    local number = text:match('^[+-]?%d+%.?%d*', from) or text:match('^[+-]?%.%d+', from)
    if not number or text:sub(from - 1, from - 1):match('[%w_.]') then
      at = from + (number and #number or 1)
    else
      local stop = from + #number - 1
      while number:match('^[+-]?%d%d?%d?$') or number:find(',', 1, true) do
        local group = text:match('^,%d%d%d%f[%D]', stop + 1)
        if not group then break end
        number, stop = number .. group, stop + #group
      end
      if number:find(',', 1, true) then
        local fraction = text:match('^%.%d+', stop + 1) or ''
        number, stop = number .. fraction, stop + #fraction
      end
      local exponent = text:match('^[eE][+-]?%d+', stop + 1)
      if exponent then number, stop = number .. exponent, stop + #exponent end
      found[#found + 1] = (number:gsub(',', ''))
      at = stop + 1
    end
  end
  for word in text:gmatch('%f[%w-]%-?[%a]+%f[%W]') do
    if word:lower() == 'nan' or word:lower():match('^-?inf$') then found[#found + 1] = word:lower() end
  end
  return found
end

-- Half a unit of the last digit that the prose gives.
local function half_unit(plain)
  local mantissa, exponent = plain:match('^([^eE]+)[eE]?([+-]?%d*)$')
  local decimals = #(mantissa:match('%.(%d+)$') or '')
  return 0.5 * 10.0 ^ ((tonumber(exponent) or 0) - decimals)
end

local function same_number(plain, candidate)
  local wanted, got = tonumber(plain), tonumber(candidate)
  if not wanted or not got then return plain == candidate end
  if wanted == 0 and got == 0 then return (plain:sub(1, 1) == '-') == (candidate:sub(1, 1) == '-') end
  return math.abs(wanted - got) <= half_unit(plain) * (1 + 1e-9)
end

local function check_number(span, output_for)
  local place = span.attributes.place or '?'
  local shown = stringify(span)
  local plain = plain_number(shown)
  if not plain then
    fault(place, '"%s" is marked as a number, but is none', shown)
    return
  end
  local section = span.attributes.section
  local text = output_text(output_for(span.attributes.chapter), section, place)
  if not text then return end
  for _, candidate in ipairs(numbers_in(run.lines_at(text, span))) do
    if same_number(plain, candidate) then return end
  end
  fault(place, 'the program does not print the number %s%s', shown, section and ' in its section "' .. section .. '"' or '')
end

-- ------------------------------------------------------------------ figures

-- Figures are counted through a chapter: Figure 3.2. Pages without a number have none.
local figures = { chapter = nil, count = 0 }

local function numbered(caption)
  if not figures.chapter then return nil, caption end
  figures.count = figures.count + 1
  local name = ('Figure %d.%d'):format(figures.chapter, figures.count)
  local out = pandoc.List({ pandoc.RawInline('html', '<span class="which">' .. name .. '.</span>'), pandoc.Space() })
  out:extend(caption)
  return name, out
end

-- figure:NAME (of this chapter) or figure:01_lookup/NAME (on another page).
local function figure(image, chapter)
  local place = image.attributes.place or '?'
  local target = image.src:match('^figure:(.+)$')
  local owner, name = target:match('^([^/]+)/(.+)$')
  owner, name = owner or chapter, name or target
  local base = ('build/figures-site/%s/%s'):format(owner or '', name)
  local svg, data = read_file(base .. '.svg'), read_file(base .. '.tsv')
  if not svg or not data then
    fault(place, 'the program draws no figure %s (there is no %s.tsv)', target, base)
    return {}
  end
  if #image.caption == 0 then
    fault(place, 'the figure %s has no caption that says what to look for', target)
  end
  local id = image.identifier ~= '' and image.identifier or 'fig-' .. name
  local label, caption = numbered(image.caption)
  caption = pandoc.List(caption)
  if data:find('\n?# measured: yes') then
    caption:extend({ pandoc.Space(), pandoc.RawInline('html', '<span class="note">Measured on the machine that built this page.</span>') })
  end
  return {
    html(('<figure class="drawing" id="%s"' .. run.figure(owner, name) .. '><div class="canvas" tabindex="0" role="group" aria-label="%s">%s</div><figcaption>')
      :format(id, label or 'Figure', svg)),
    pandoc.Plain(caption),
    html('</figcaption></figure>'),
  }
end

-- drawing:NAME is a picture made by hand, docs/NAME.svg, that takes its colours from the page.
-- With alt="…" what is seen stands there, and the caption below the picture; else the caption is
-- read aloud in the picture's place.
local function drawing(image)
  local name, alt = image.src:match('^drawing:(.+)$'), image.attributes.alt
  local place = image.attributes.place or '?'
  local svg = read_file('docs/' .. name .. '.svg')
  if not svg then
    fault(place, 'there is no drawing docs/%s.svg', name)
    return {}
  end
  if #image.caption == 0 or alt and not alt:match('%S') then
    fault(place, 'the drawing %s has no text for those who cannot see it', name)
  end
  local canvas = ('<div class="canvas" role="img" aria-label="%s">%s</div>')
    :format(escaped((alt or stringify(image.caption)):gsub('%s+', ' ')), svg)
  if not alt then return html('<div class="drawing">' .. canvas .. '</div>') end
  local id = image.identifier ~= '' and image.identifier or 'fig-' .. name
  local _, caption = numbered(image.caption)
  return {
    html(('<figure class="drawing" id="%s">%s<figcaption>'):format(id, canvas)),
    pandoc.Plain(caption),
    html('</figcaption></figure>'),
  }
end

-- ------------------------------------------------------------------ lists of chapters, points

-- The picture of a chapter that is marked {.thumb}, or its first, to know the chapter by: without its
-- words, and without strokes of the class "key", which only explain with words.
local function thumbnail(text)
  local name = text:match('%(drawing:([%w_-]+)%){%.thumb ') or text:match('%(drawing:([%w_-]+)%)')
  local svg = name and read_file('docs/' .. name .. '.svg')
  if not svg then return '' end
  return (svg:gsub('<text.-</text>', ''):gsub('<[^<>]- class="%w+ key"[^<>]*/>', ''):gsub('<title.-</title>', ''):gsub('<desc.-</desc>', ''):gsub('%sid="[^"]*"', '')
    :gsub('%s*\n%s*', ''):gsub('class="sketch"', 'class="sketch small" aria-hidden="true"', 1)
    :gsub('aria%-hidden="true"(.-)aria%-hidden="true"', '%1aria-hidden="true"', 1))
end

local function without_breaks(text) return (text:gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')) end

local function first_sentence(text)
  text = without_breaks(text)
  return text:match('^(.-[.?!])%s+%u') or text
end

-- What a chapter is about to show, in one sentence: that of its opening that is marked {.teaser},
-- else its first one.
local function teaser_of(text)
  local marked = text:match('%[([^%[%]]+)%]{%.teaser}')
  local opening = text:match('^%s*/%*%s*\n#[^\n]*\n%s*(.-)\n\n') or ''
  return pandoc.read(without_breaks(marked or first_sentence(opening)), MARKDOWN).blocks[1]
end

local the_chapters -- read once

local function chapter_list()
  if the_chapters then return the_chapters end
  local list = {}
  the_chapters = list
  for path in (os.getenv('WEAVE_CHAPTERS') or ''):gmatch('%S+') do
    local text = read_file(path)
    local stem, number, short = name_of(path)
    local question = text and text:match('\n#%s+([^\n]-)%s*{#') or text and text:match('\n#%s+([^\n]+)')
    if not question then
      fault(path .. ':1', 'has no heading "# Question {#name}" to name the chapter by')
    else
      list[#list + 1] = { path = path, stem = stem, number = number, short = short, question = question, text = text }
    end
  end
  return list
end

local function page_of(chapter) return chapter.stem .. '.html' end

local function plural(n, word) return ('%d %s%s'):format(n, word, n == 1 and '' or 's') end

local function question_inlines(chapter)
  local first = pandoc.read(chapter.question, MARKDOWN).blocks[1]
  return first and first.content or {}
end

-- The table of contents of the course, for `::: chapters`.
local function chapters_block()
  local items = pandoc.List({ html('<ol class="chapters">') })
  for _, chapter in ipairs(chapter_list()) do
    items:insert(html(('<li><div class="thumb" aria-hidden="true">%s</div><h3>'):format(thumbnail(chapter.text))))
    items:insert(pandoc.Plain({
      pandoc.RawInline('html', ('<span class="number">%d</span> '):format(chapter.number)),
      pandoc.Link(question_inlines(chapter), page_of(chapter)),
    }))
    items:insert(html('</h3><p class="teaser">'))
    items:insert(pandoc.Plain(teaser_of(chapter.text).content))
    local exercises = select(2, chapter.text:gsub('\n##+%s[^\n]*{#[%w-]+ %.exercise}', ''))
    items:insert(html(('</p><p class="of">%s</p></li>'):format(plural(exercises, 'exercise'))))
  end
  items:insert(html('</ol>'))
  return items
end

-- The two ways to begin, for `::: start`: read, or take the course along.
local function start_block()
  local first = chapter_list()[1]
  if not first then return {} end
  return html(('<div class="start"><a class="button first" href="%s">Start with chapter %d</a> '
    .. '<a class="button" href="a-token-is-a-row.tar.gz">Take the course along</a></div><p class="resume"></p>')
    :format(page_of(first), first.number))
end

-- The manifest of points, one row an exercise, for `::: points`.
local function points_block(place)
  local rows, order = {}, {}
  for n, line in ipairs(lines_of(read_file('tests/points.tsv') or '')) do
    local exercise, name, _, points = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t(%d+)$')
    if exercise then
      if not rows[exercise] then
        rows[exercise] = { name = name, tests = 0, points = 0 }
        order[#order + 1] = exercise
      end
      rows[exercise].tests = rows[exercise].tests + 1
      rows[exercise].points = rows[exercise].points + tonumber(points)
    elseif n > 1 then
      fault('tests/points.tsv:' .. n, 'is not a row: exercise, function, test, points')
    end
  end
  if #order == 0 then
    fault(place, 'tests/points.tsv holds no exercises')
    return {}
  end
  local out = { '| Exercise | Function | Tests | Points |', '|:--|:--|--:|--:|' }
  for _, exercise in ipairs(order) do
    local row = rows[exercise]
    out[#out + 1] = ('| %s | `%s` | %d | %d |'):format(exercise, row.name, row.tests, row.points)
  end
  return pandoc.read(table.concat(out, '\n'), MARKDOWN).blocks
end

-- ------------------------------------------------------------------ boxes

local LABELS = {
  predict = 'Predict first',
  think = 'To think about',
  belief = 'What people say',
  aside = 'Aside',
}

-- Blocks that are dealt with later.
local KEPT = { hint = true, solution = true }

local function wrapped(class, blocks)
  local out = pandoc.List({ html(('<div class="%s">'):format(class)) })
  out:extend(blocks)
  out:insert(html('</div>'))
  return out
end

local function box(class, blocks)
  local out = pandoc.List({ html(('<div class="%s" role="note" aria-label="%s"><p class="label">%s</p>')
    :format(class, LABELS[class], LABELS[class])) })
  out:extend(blocks)
  out:insert(html('</div>'))
  return out
end

-- An aside stands beside the paragraph that it follows: before it in the page, so that it can
-- float there. A narrow page shows it behind. Books have no margin, and no order but that of the text.
local function beside(blocks)
  local out = pandoc.List()
  for _, block in ipairs(blocks) do
    local before = out[#out]
    if block.t == 'Div' and block.classes[1] == 'aside' and before and before.t ~= 'Header' and before.t ~= 'Div'
      and before.t ~= 'CodeBlock' and not for_epub then
      out[#out] = pandoc.Div({ block, before }, { class = 'noted' })
    else
      out:insert(block)
    end
  end
  return out
end

local function answer_box(blocks)
  local out = pandoc.List({ html('<details class="answer"><summary>An answer</summary><div class="inside">') })
  out:extend(blocks)
  out:insert(html('</div></details>'))
  return out
end

-- Code that is not what the text is about: one line that opens it. On paper, and in the book,
-- the line says where it stands.
local function folded_code(block, code)
  local a = block.attributes
  local n = select(2, block.text:gsub('\n', '')) + 1
  local names = {}
  for name in (a.folded or ''):gmatch('%S+') do names[#names + 1] = '<code>' .. name .. '</code>' end
  local more = #names > 3 and (' and %d more'):format(#names - 3) or ''
  local what = a.carried and 'Carried over from chapter ' .. a.carried
    or #names > 0 and table.concat(names, ', ', 1, math.min(#names, 3)) .. more
    or block.text:match('#include') and 'Headers' or 'Declarations'
  local where = ('lines %s to %d'):format(a.first, a.first + n - 1)
  if for_epub then
    return { html(('<p class="elsewhere">%s: <code>%s</code>, %s</p>'):format(what, a.file, where)) }
  end
  return { html(('<details class="plumbing"><summary>%s<span class="note">, %s</span></summary>'):format(what, where)),
           code, html('</details>') }
end

local function scroller(label, blocks, class)
  local out = pandoc.List({ html(('<div class="wide%s" tabindex="0" role="group" aria-label="%s">'):format(class or '', label)) })
  out:extend(blocks)
  out:insert(html('</div>'))
  return out
end

-- ------------------------------------------------------------------ transforming the document

-- The first line of the sources that holds a text; for what carries no place of its own.
local function place_of(sources, text)
  for _, path in ipairs(sources) do
    for n, line in ipairs(lines_of(read_file(path) or '')) do
      if line:find(text, 1, true) then return path .. ':' .. n end
    end
  end
  return sources[1]
end

-- The keys of what can be cited. Each entry says at least by whom it is and what it is called.
local function bibliography()
  local path, keys = 'docs/references.bib', {}
  for key, body in (read_file(path) or ''):gmatch('@%a+%s*{%s*([^,%s]+)(.-)\n}') do
    keys[key] = true
    for _, field in ipairs({ 'author', 'title' }) do
      if not body:find('\n%s*' .. field .. '%s*=') then
        fault(place_of({ path }, '{' .. key .. ','), '%s has no %s', key, field)
      end
    end
  end
  return keys
end

-- MathML as pandoc makes it, with three of its habits put right: a minus that has nothing on its
-- left is a sign, not a difference; a function's name has narrow spaces, and none before a
-- bracket; and a size has its unit.
local function better_mathml(text)
  local before = '(<mo[^>]*>([^<]+)</mo>)'
  local closing = { [')'] = true, [']'] = true, ['}'] = true, ['|'] = true, ['!'] = true, ['\u{2032}'] = true }
  text = text:gsub(before .. '<mo>\u{2212}</mo>', function(mo, mark)
    if closing[mark] or mark:match('^%a+$') then return nil end
    return mo .. '<mo form="prefix">\u{2212}</mo>'
  end)
  text = text:gsub('(m[inax]+size="[%d.]+)"', '%1em"')
  return (text:gsub('()<mo>(%a%a+)</mo>()', function(from, name, to)
    local left = text:sub(1, from - 1):match('</m[in]>$') and '0.17em' or '0'
    local right = text:match('^<m[inst]', to) and '0.17em' or '0'
    return ('<mo form="prefix" lspace="%s" rspace="%s">%s</mo>'):format(left, right, name)
  end))
end

-- A formula as HTML; what pandoc cannot read stays a formula, and stops the build.
local function formula(math)
  local options = { html_math_method = 'mathml' }
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), 'html5', options)
  return text:match('^%s*<math') and pandoc.RawInline('html', better_mathml(text:gsub('%s+$', ''))) or math
end

-- A short word of inline code is not broken at its hyphens: `-O2`.
local function unbroken(code)
  if not code.text:find('-', 1, true) or code.identifier ~= '' or #code.classes > 0 then return nil end
  local text = code.text:gsub('%S+', function(word)
    return word:find('%-%w') and #word <= 24 and '<span class="glued">' .. escaped(word) .. '</span>' or escaped(word)
  end)
  return pandoc.RawInline('html', '<code>' .. text .. '</code>')
end

-- A formula must not part from the mark that follows it: browsers may break a line there. A long
-- one is broken nowhere; on a narrow screen it scrolls.
local function long(inlines)
  return pandoc.Span(inlines, { class = 'long', tabindex = '0', role = 'group', ['aria-label'] = 'Formula' })
end

-- A number and its per cent stay on one line, and so do the two halves of (4, -3).
local function one_thing(before, tag, after)
  if after:match('^%%') then return (tag == 'Str' or tag == 'Span') and stringify(before):match('%d$') end
  return tag == 'Str' and after:match('^[-\u{2212}]*[%d.]+%)') and before.text:match('^%([-\u{2212}]*[%d.]+,$')
end

-- A name such as GPT-2 is not broken at its hyphen.
local function is_name(text) return #text <= 16 and text:find('%a%-%d') end

-- What follows a formula and is not parted from it.
local function mark_of(text)
  return text:match('^[.,:;!?)%]]+') or text:match('^\u{2019}') or text:match('^\u{201d}')
end

-- To ask an element for its kind, or to make one, takes longer than all else here: nothing asks twice.
local function glue(inlines)
  local out, tags, changed = {}, {}, false -- tags[n]: what kind out[n] is
  local function put(n, inline, tag)
    out[n], tags[n], changed = inline, tag, true
  end
  for _, inline in ipairs(inlines) do
    local n, tag = #out, inline.tag
    if tag == 'Str' then
      local text, again = inline.text, nil
      if (tags[n] == 'Space' or tags[n] == 'SoftBreak') and n > 1 and one_thing(out[n - 1], tags[n - 1], text) then
        put(n, pandoc.Str('\u{a0}'), 'Str')
      end
      text, again = text:gsub('^(%(?)-(%d)', '%1\u{2212}%2')
      local mark = tags[n] == 'Math' and out[n].mathtype == 'InlineMath' and mark_of(text)
      if mark then
        local together = { out[n], pandoc.Str(mark) }
        put(n, #out[n].text > LONG and not for_epub and long(together) or pandoc.Span(together, { class = 'glued' }), 'Span')
        text = text:sub(#mark + 1)
      end
      if mark or again > 0 then inline, changed = pandoc.Str(text), true end
      if is_name(text) then inline, tag, changed = pandoc.Span({ inline }, { class = 'glued' }), 'Span', true end
      if text ~= '' then out[n + 1], tags[n + 1] = inline, tag end
    else
      out[n + 1], tags[n + 1] = inline, tag
    end
  end
  for k, inline in ipairs(out) do
    if tags[k] == 'Math' and inline.mathtype == 'InlineMath' and #inline.text > LONG and not for_epub then
      put(k, long({ inline }), 'Span')
    end
  end
  return changed and pandoc.List(out) or nil
end

-- A head of a column has words for those who hear it: an empty one, or one that is a formula alone.
local function name_column(cell)
  local first = cell.contents[1]
  local words = pandoc.Pandoc(cell.contents):walk({ Math = function() return {} end })
  if stringify(words):match('%S') then return end
  local unseen = pandoc.RawInline('html', '<span class="unseen">column </span>')
  if first then first.content:insert(1, unseen) else cell.contents = { pandoc.Plain({ unseen }) } end
end

local function is_picture(image) return image.src:match('^figure:') or image.src:match('^drawing:') end

-- Everything that is local to one element. Marks that the assembly needs stay: .woven, .hint, .solution.
local function transform(doc, sources, chapter)
  local keys = bibliography()
  local outputs = {}
  doc = doc:walk({ Blocks = beside })
  local function output_for(other)
    local stem = other or chapter
    stem = stem or 'NN_name'
    outputs[stem] = outputs[stem] or output_of(stem)
    return outputs[stem]
  end
  local left = {} -- pictures that are no paragraph of their own: source -> how many
  -- What a question asks, it asks of the printed page: a run changes nothing in the answer.
  doc = doc:walk({
    Div = function(div)
      if not div.classes:includes('answer') then return nil end
      return div:walk({
        Span = function(span)
          if span.classes:includes('n') then span.classes:insert('kept') end
          return span
        end,
      })
    end,
  })
  doc = doc:walk({
    Span = function(span)
      if span.classes:includes('n') then
        check_number(span, output_for)
        return pandoc.Span(span.content, run.number(span))
      end
      if span.classes:includes('teaser') then return span.content end
    end,
    Cite = function(cite)
      for _, citation in ipairs(cite.citations) do
        if not keys[citation.id] then
          fault(place_of(sources, '@' .. citation.id), 'docs/references.bib has no entry %s', citation.id)
        end
      end
    end,
    Math = function(math)
      local text, again = math.text:gsub('\\mathrm%s*(%b{})', '\\text%1')
      repeat text, again = text:gsub('(%d[%d,]*){,}(%d%d%d)', '%1,%2') until again == 0
      text = text:gsub('%d[%d,]*,%d%d%d', '\\text{%0}')
      if text == math.text then return nil end
      math.text = text
      return math
    end,
    Inlines = glue,
    CodeBlock = function(block)
      if not block.classes:includes('woven') then return snippet(block) end
    end,
    Table = function(table_)
      -- Columns as wide as what they hold, however long the lines of the source are.
      for _, column in ipairs(table_.colspecs) do column[2] = nil end
      for _, cell in ipairs(table_.head.rows[1] and table_.head.rows[1].cells or {}) do name_column(cell) end
      return scroller('Table', { table_ })
    end,
    Para = function(para)
      local content = para.content
      local only = #content == 1 and content[1] or { tag = 'several' }
      if only.tag == 'Image' and is_picture(only) then
        left[only.src] = left[only.src] - 1
        return only.src:match('^figure:') and figure(only, chapter) or drawing(only)
      end
      if only.tag == 'Math' and only.mathtype == 'DisplayMath' then
        return scroller('Formula', { para }, ' formula')
      end
    end,
    Image = function(image)
      if is_picture(image) then left[image.src] = (left[image.src] or 0) + 1; return nil end
      if #image.caption == 0 then fault(place_of(sources, image.src), 'the image %s has no text for those who cannot see it', image.src) end
    end,
    Div = function(div)
      local class = div.classes[1]
      if class == 'output' then return output_block(div, output_for(div.attributes.chapter)) end
      if class == 'answer' then return answer_box(div.content) end
      if class == 'noted' then return wrapped('noted', div.content) end
      if class == 'chapters' then return chapters_block() end
      if class == 'run' then return run.values(div, chapter) end
      if class == 'start' then return start_block() end
      if class == 'points' then return points_block(div.attributes.place or sources[1]) end
      if LABELS[class] then return box(class, div.content) end
      if not KEPT[class] then
        fault(place_of(sources, '::: ' .. (class or '')), 'there is no kind of block "%s"', class or '')
      end
    end,
  })
  for src, n in pairs(left) do
    if n > 0 then fault(place_of(sources, src), 'the picture %s does not stand alone in its paragraph (or a quote ends its alt="…" too early)', src) end
  end
  return doc
end

local function has_citations(doc)
  local found = false
  doc:walk({ Cite = function() found = true end })
  return found
end

-- ------------------------------------------------------------------ assembling a chapter

local function without_place(header)
  header.attributes.place = nil
  header.classes = header.classes:filter(function(class) return class ~= 'exercise' end)
  return header
end

-- Takes the hints out of the document: hints[exercise number] = {{blocks, place}, …}.
local function take_hints(blocks)
  local hints, kept, inside = {}, pandoc.List(), false
  for _, block in ipairs(blocks) do
    if block.t == 'Header' then inside = block.identifier == 'hints' end
    if block.t == 'Div' and block.classes:includes('hint') then
      local number = block.attributes.exercise or '?'
      hints[number] = hints[number] or { place = block.attributes.place }
      table.insert(hints[number], block.content)
    elseif not inside then
      kept:insert(block)
    end
  end
  return hints, kept
end

-- Hint 2 lies folded inside hint 1, and hint 3 inside hint 2: they open one by one.
local function hints_as_details(exercise, hints)
  local out = pandoc.List()
  for i, blocks in ipairs(hints) do
    out:insert(html(('<details class="hint" id="%s-hint-%d"><summary>Hint %d of %d</summary><div class="inside">')
      :format(exercise.id, i, i, #hints)))
    out:extend(blocks)
    out:insert(html('</div>'))
  end
  out:insert(html(('</details>'):rep(#hints)))
  return out
end

local function solution_as_details(exercise)
  local out = pandoc.List({ html(('<details class="solution" id="%s-solution"><summary>Solution, and what to notice in it</summary><div class="inside">')
    :format(exercise.id)) })
  out:extend(exercise.solution)
  out:insert(html('</div></details>'))
  return out
end

local function close_exercise(exercise, out)
  if for_epub then
    out:insert(pandoc.Para({ pandoc.Link({ pandoc.Str('Hints and solution') }, '#' .. exercise.id .. '-help'), pandoc.Str('.') }))
  else
    out:insert(html('<div class="help">'))
    out:extend(hints_as_details(exercise, exercise.hints))
    out:extend(solution_as_details(exercise))
    out:insert(html('</div>'))
  end
  out:insert(html('</section>'))
end

-- In the book, help stands at the end of the chapter, under headings.
local function help_at_end(exercises)
  local out = pandoc.List()
  if #exercises > 0 then
    out:insert(pandoc.Header(2, 'Hints and solutions', { id = 'hints-and-solutions' }))
  end
  for _, exercise in ipairs(exercises) do
    out:insert(pandoc.Header(3, exercise.title, { id = exercise.id .. '-help', class = 'unlisted' }))
    for i, blocks in ipairs(exercise.hints) do
      out:insert(pandoc.Para({ pandoc.Strong(('Hint %d.'):format(i)) }))
      out:extend(blocks)
    end
    out:insert(pandoc.Para({ pandoc.Strong('Solution.') }))
    out:extend(exercise.solution)
  end
  return out
end

local function listing_of(block)
  local a = block.attributes
  return listing(block.text, a.file, tonumber(a.first), a.prefix)
end

local function as_exercise(header, hints)
  local title = stringify(header.content)
  local number = title:match('^Exercise (%d+%.%d+):')
  local place = header.attributes.place or '?'
  local exercise = { id = header.identifier, number = number, title = header.content, place = place, solution = {}, hints = {} }
  if not number then
    fault(place, 'an exercise is headed "Exercise 1.2: what to do", not "%s"', title)
    return exercise
  end
  exercise.hints = hints[number] or exercise.hints
  exercise.hints.used = true
  if #exercise.hints ~= 3 then
    fault(place, 'exercise %s has %s, not 3', number, plural(#exercise.hints, 'hint'))
  end
  return exercise
end

-- Goes through the blocks in order: turns code into listings and wraps each exercise,
-- from its heading to the end of its stub, into a section of its own.
local function assemble(blocks, hints)
  local out, exercises, contents = pandoc.List(), {}, {}
  local open
  local function left_open()
    if open then fault(open.place, 'exercise %s ends without its function: EXERCISE … {', open.number or '?') end
    open = nil
  end
  for i, block in ipairs(blocks) do
    if block.t == 'Header' and block.level == 3 then
      contents[#contents + 1] = { id = block.identifier, title = block.content, level = 3 }
      out:insert(without_place(block))
    elseif block.t == 'Header' and block.level <= 2 then
      left_open()
      contents[#contents + 1] = { id = block.identifier, title = block.content, exercise = block.classes:includes('exercise') }
      if block.classes:includes('exercise') then
        open = as_exercise(block, hints)
        exercises[#exercises + 1] = open
        out:insert(html(('<section class="exercise" aria-labelledby="%s">'):format(block.identifier)))
      end
      out:insert(without_place(block))
    elseif block.t == 'CodeBlock' and block.attributes.exercise then
      local name, place = block.attributes.exercise, block.attributes.file .. ':' .. block.attributes.first
      if not open then
        fault(place, '%s is an exercise, but stands under no exercise heading', name)
      elseif open.id ~= name:gsub('_', '-') then
        fault(place, 'exercise %s is headed {#%s}, but its function is %s', open.number or '?', open.id, name)
      end
      out:insert(listing_of(block))
      local solution = blocks[i + 1]
      if open then
        if solution and solution.t == 'Div' and solution.classes:includes('solution') then
          open.solution = solution.content:map(function(b) return b.t == 'CodeBlock' and listing_of(b) or b end)
        end
        close_exercise(open, out)
        open = nil
      end
    elseif block.t == 'CodeBlock' then
      local code = listing_of(block)
      if block.attributes.carried or block.attributes.folded then out:extend(folded_code(block, code)) else out:insert(code) end
    elseif not (block.t == 'Div' and block.classes:includes('solution')) then
      out:insert(block)
    end
  end
  left_open()
  for number, list in pairs(hints) do
    if not list.used then fault(list.place or '?', 'these are hints for exercise %s, which this chapter does not have', number) end
  end
  return out, exercises, contents
end

local function walk_blocks(blocks, filter)
  return pandoc.Pandoc(blocks):walk(filter).blocks
end

local function check_links(blocks, sources)
  local ids, links = {}, {}
  local function note(element) if element.identifier ~= '' then ids[element.identifier] = true end end
  walk_blocks(blocks, {
    Header = note, Div = note, Span = note, Code = note,
    Link = function(link)
      note(link)
      links[#links + 1] = link.target:match('^#(.+)$')
    end,
    RawBlock = function(raw) for id in raw.text:gmatch('%sid="([^"]+)"') do ids[id] = true end end,
  })
  for _, id in ipairs(links) do
    if not ids[id] then fault(place_of(sources, '(#' .. id .. ')'), 'links to #%s, which is nowhere on this page', id) end
  end
end

-- ------------------------------------------------------------------ metadata for the template

local function contents_list(contents)
  local items = {}
  for _, entry in ipairs(contents) do
    if entry.id ~= '' then
      local class = entry.exercise and 'of-exercise' or entry.level == 3 and 'below' or ''
      items[#items + 1] = { pandoc.Plain({ pandoc.Link(entry.title, '#' .. entry.id, '', { class = class }) }) }
    end
  end
  return pandoc.MetaBlocks({ pandoc.BulletList(items) })
end

local function neighbour(chapter)
  return chapter and {
    href = page_of(chapter),
    number = tostring(chapter.number),
    title = pandoc.MetaInlines(question_inlines(chapter)),
  } or nil
end

-- A text for the template to put between quotes, where pandoc would leave a quote as it is.
local function in_attribute(text) return pandoc.MetaInlines({ pandoc.RawInline('html', escaped(text)) }) end

-- What every page says of itself and of the others.
local function common_meta(meta, path, summary)
  local stem = name_of(path)
  meta.file = stem .. '.html'
  meta['is-' .. stem] = true
  meta.summary = in_attribute(first_sentence(summary))
  meta.attribute = in_attribute(meta.plain)
  meta.running = meta.plain:gsub('["\\<>&]', '')
  local address = os.getenv('WEAVE_SITE') or ''
  if address ~= '' then meta.site = address end
  meta.chapters = pandoc.MetaList({})
  for _, chapter in ipairs(chapter_list()) do
    meta.chapters:insert(pandoc.MetaMap({
      href = page_of(chapter),
      title = pandoc.MetaInlines(question_inlines(chapter)),
      current = chapter.stem == stem or nil,
    }))
  end
end

-- ------------------------------------------------------------------ what search finds

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', { ['"'] = '\\"', ['\\'] = '\\\\' }):gsub('%c', ' '):gsub('\u{2028}', ' ') .. '"'
end

local function words_of(block)
  local plain = pandoc.Pandoc({ block }):walk({
    Math = function(math) return pandoc.Str((math.text:gsub('\\%a+%s*', ' '):gsub('[{}$]', ''))) end,
    Cite = function() return {} end,
    RawInline = function() return {} end,
  })
  return without_breaks(stringify(plain))
end

-- One line for each section: page, number of the chapter, id, heading, text. What is folded (hints,
-- solutions, code) is not in it, but the names of the functions are.
local function write_index(blocks, meta)
  local path = os.getenv('WEAVE_INDEX')
  if not path then return end
  local entries, depth = {}, 0
  local function begin(id, title) entries[#entries + 1] = { id = id, title = title, text = {} } end
  begin('', meta.plain)
  for _, block in ipairs(blocks) do
    local text = entries[#entries].text
    if block.t == 'Header' and block.identifier ~= 'refs' then
      begin(block.identifier, words_of(block))
    elseif block.t == 'RawBlock' then
      local code, seen = block.text, {}
      depth = depth + select(2, code:gsub('<details', '')) - select(2, code:gsub('</details', ''))
      for name in code:gmatch('<span class="f">([%w_]+)</span>') do
        if not seen[name] then text[#text + 1] = name end
        seen[name] = true
      end
    elseif depth == 0 then
      text[#text + 1] = words_of(block)
    end
  end
  local out = {}
  for _, entry in ipairs(entries) do
    out[#out + 1] = ('[%s,%s,%s,%s,%s],\n'):format(quoted(meta.file), quoted(meta.chapter or ''), quoted(entry.id),
      quoted(entry.title), quoted(table.concat(entry.text, ' ')))
  end
  local file = io.open(path, 'wb')
  if not file then return fault(path, 'cannot be written') end
  file:write(table.concat(out))
  file:close()
end

local function first_paragraph(blocks)
  for _, block in ipairs(blocks) do
    if block.t == 'Para' then return (stringify(block):gsub('%s+', ' ')) end
  end
  return ''
end

-- Ids must differ between the chapters of the book. A link to a page that is not in it is its words.
local function with_prefix(blocks, prefix, names)
  local function rename(element)
    if element.identifier ~= '' then element.identifier = prefix .. element.identifier end
    return element
  end
  return walk_blocks(blocks, {
    Header = rename, Div = rename, Span = rename,
    Link = function(link)
      local page, id = link.target:match('^%d%d_([%w_]+)%.html#?(.*)$')
      if page then
        link.target = '#' .. page .. (id ~= '' and '-' .. id or '')
      elseif link.target:match('^#') then
        link.target = '#' .. prefix .. link.target:sub(2)
      elseif link.target:match('^%l+%.html') then
        local name, place = link.target:match('^(%l+)%.html#?(.*)$')
        if not names[name] then return link.content end
        link.target = '#' .. name .. (place ~= '' and '-' .. place or '')
      end
      return link
    end,
    RawBlock = function(raw)
      raw.text = raw.text:gsub('(%s)id="', '%1id="' .. prefix):gsub('aria%-labelledby="([^"]*)"', function(names)
        return 'aria-labelledby="' .. names:gsub('%S+', prefix .. '%0') .. '"'
      end)
      return raw
    end,
  })
end

-- ------------------------------------------------------------------ the two kinds of page

local function read_chapter(path, text)
  local stem, number, short = name_of(path)
  local answers = 'solutions/' .. stem .. '.c'
  local functions = solutions_of(answers)
  local parts, closed = {}, false
  for _, block in ipairs(blocks_of(path, text)) do
    if block.kind == 'prose' then
      closed = closed or closes(block)
      parts[#parts + 1] = with_places(path, block.first, block.lines)
    else
      for _, piece in ipairs(page_pieces(path, block, closed)) do
        parts[#parts + 1] = code_as_markdown(path, piece, 'L')
        if piece.exercise then
          parts[#parts + 1] = solution_as_markdown(answers, functions, piece.exercise, path .. ':' .. piece.first)
        end
      end
    end
  end
  local sources = { path, answers }
  figures = { chapter = number, count = 0 }
  local doc = pandoc.read(table.concat(parts, '\n\n') .. '\n', MARKDOWN)
  doc = transform(doc, sources, stem)
  local title = doc.blocks[1]
  if not title or title.t ~= 'Header' or title.level ~= 1 then
    fault(path .. ':1', 'does not begin with a block of prose that opens with "# Question {#%s}"', short or 'name')
    stop_if_faulty()
  end
  if title.identifier ~= short then
    fault(path .. ':2', 'the chapter is headed {#%s}, but its file is named %s', title.identifier, short or stem)
  end
  local hints, kept = take_hints(doc.blocks)
  kept:remove(1)
  local blocks, exercises, contents = assemble(kept, hints)
  for k, exercise in ipairs(exercises) do
    local wanted = ('%d.%d'):format(number, k)
    if exercise.number and exercise.number ~= wanted then
      fault(exercise.place, 'this is exercise %s by its place, but is headed %s', wanted, exercise.number)
    end
  end
  if for_epub then blocks:extend(help_at_end(exercises)) end
  check_links(blocks, sources)
  return { blocks = blocks, title = title, contents = contents, exercises = exercises, stem = stem,
           number = number, short = short, path = path, answers = answers }
end

local function with_references(blocks, contents)
  if has_citations(pandoc.Pandoc(blocks)) then
    blocks:insert(pandoc.Header(2, 'References', { id = 'references' }))
    blocks:insert(pandoc.Div({}, { id = 'refs', class = 'references' }))
    contents[#contents + 1] = { id = 'references', title = { pandoc.Str('References') } }
  end
end

local function chapter_page(path, text)
  local chapter = read_chapter(path, text)
  with_references(chapter.blocks, chapter.contents)
  local meta = {
    title = pandoc.MetaInlines(chapter.title.content),
    plain = stringify(chapter.title.content),
    chapter = tostring(chapter.number),
    source = chapter.path,
    codefile = chapter.stem .. '.c',
    exercises = plural(#chapter.exercises, 'exercise'),
    contents = contents_list(chapter.contents),
    run = run.offer(chapter.stem),
  }
  local list = chapter_list()
  for i, other in ipairs(list) do
    if other.stem == chapter.stem then
      meta.previous, meta.next = neighbour(list[i - 1]), neighbour(list[i + 1])
    end
  end
  common_meta(meta, path, stringify(teaser_of(text)))
  write_index(chapter.blocks, meta)
  return pandoc.Pandoc(chapter.blocks, meta)
end

local function markdown_page(path, text)
  local doc = transform(pandoc.read(with_places(path, 1, lines_of(text)), MARKDOWN), { path }, nil)
  local contents = {}
  local title = doc.blocks[1]
  if not title or title.t ~= 'Header' or title.level ~= 1 then
    fault(path .. ':1', 'does not begin with a heading "# …"')
    stop_if_faulty()
  end
  doc.blocks:remove(1)
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' then
      without_place(block)
      if block.level <= 3 then contents[#contents + 1] = { id = block.identifier, title = block.content, level = block.level } end
    end
  end
  with_references(doc.blocks, contents)
  check_links(doc.blocks, { path })
  doc.meta.title = pandoc.MetaInlines(title.content)
  doc.meta.plain = stringify(title.content)
  common_meta(doc.meta, path, doc.meta.description and stringify(doc.meta.description) or first_paragraph(doc.blocks))
  if not doc.meta.lost then write_index(doc.blocks, doc.meta) end
  if not doc.meta.front then doc.meta.contents = contents_list(contents) end
  return doc
end

-- ------------------------------------------------------------------ the book

local function book(sources)
  local blocks, names = pandoc.List(), {}
  for _, source in ipairs(sources) do names[source.name:match('([^/]+)%.md$') or ''] = true end
  for _, source in ipairs(sources) do
    local path = source.name
    if path:match('%.c$') then
      local chapter = read_chapter(path, read_file(path))
      local heading = pandoc.List({ pandoc.Str(('%d.'):format(chapter.number)), pandoc.Space() })
      heading:extend(chapter.title.content)
      blocks:insert(pandoc.Header(1, heading, { id = chapter.short }))
      blocks:extend(with_prefix(chapter.blocks, chapter.short .. '-', names))
    else
      local page = markdown_page(path, source.text)
      local _, _, name = path:find('([^/]+)%.md$')
      blocks:insert(pandoc.Header(1, page.meta.title, { id = name }))
      blocks:extend(with_prefix(page.blocks, name .. '-', names))
    end
  end
  blocks:insert(pandoc.Header(1, 'References', { id = 'references' }))
  blocks:insert(pandoc.Div({}, { id = 'refs', class = 'references' }))
  return pandoc.Pandoc(blocks)
end

-- A chapter is read from its file, which takes no time; to be handed it by pandoc takes longer than to cut it.
-- Figures that a page shows are counted anew, its formulas and code are made last: all that looks
-- at them before wants their letters.
function Reader(sources)
  local doc
  if for_epub then
    doc = book(sources)
  elseif sources[1].name:match('%.c$') then
    doc = chapter_page(sources[1].name, read_file(sources[1].name))
  else
    doc = markdown_page(sources[1].name, sources[1].text)
  end
  stop_if_faulty()
  return doc:walk({ Math = formula, Code = unbroken })
end
