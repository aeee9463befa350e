-- Puts into the finished book what pandoc has no option for: how accessible it is, and words for
-- its cover. Run by docs/loom/build.sh inside pandoc, which brings a Lua interpreter along.
-- From the environment: BOOK, the EPUB, which is written anew.
--
-- A book is a zip file. The parts that change are stored as they are, all others are copied as they
-- lie there, packed. What is packed is unpacked by gzip: the same format with another head.

local BOOK = os.getenv('BOOK')

local ACCESS = [[
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">longDescription</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Every picture is described in words, every formula is MathML, and tables of contents lead to all sections.</meta>
]]

local function with_access(opf)
  if opf:find('schema:accessMode', 1, true) then return opf end
  return (opf:gsub('</metadata>', ACCESS .. '</metadata>', 1))
end

local function with_words(cover)
  return (cover:gsub('<svg ([^>]*)>', '<svg %1 role="img" aria-labelledby="cover-title"><title id="cover-title">A Token Is a Row</title>'
    .. '<desc>The title above a table of small blue cells; one row of it is orange.</desc>', 1))
end

local function crc32(data)
  local crc = 0xFFFFFFFF
  for k = 1, #data do
    crc = crc ~ data:byte(k)
    for _ = 1, 8 do crc = crc >> 1 ~ (crc & 1 == 1 and 0xEDB88320 or 0) end
  end
  return crc ~ 0xFFFFFFFF
end

local function write(path, data)
  local file = assert(io.open(path, 'wb'))
  file:write(data)
  file:close()
end

local function unpacked(body, method, crc, size)
  if method == 0 then return body end
  write(BOOK .. '.gz', '\31\139\8\0\0\0\0\0\0\255' .. body .. string.pack('<I4I4', crc, size))
  local pipe = assert(io.popen("gzip -dc < '" .. BOOK:gsub("'", "'\\''") .. ".gz'"))
  local data = pipe:read('a')
  pipe:close()
  os.remove(BOOK .. '.gz')
  assert(#data == size, 'a part of the book cannot be unpacked')
  return data
end

local data = assert(io.open(BOOK, 'rb')):read('a')
local tail = assert(data:match('.*()PK\5\6'), 'the book is no zip file')
local n, at = string.unpack('<I2', data, tail + 10), string.unpack('<I4', data, tail + 16) + 1
local out, heads, size = {}, {}, 0
for _ = 1, n do
  local made, needs, flags, method, time, date, crc, packed, full, n_name, n_extra, n_comment, disk, inner, outer, head =
    string.unpack('<I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4', data, at + 4)
  local name = data:sub(at + 46, at + 45 + n_name)
  local local_name, local_extra = string.unpack('<I2I2', data, head + 1 + 26)
  local from = head + 1 + 30 + local_name + local_extra
  local body = data:sub(from, from + packed - 1)
  local change = name:match('%.opf$') and with_access or name:match('cover%.xhtml$') and with_words
  if change then
    body = change(unpacked(body, method, crc, full))
    method, crc, packed, full = 0, crc32(body), #body, #body
  end
  flags = flags & ~8 -- sizes stand before what they are the sizes of
  local common = string.pack('<I2I2I2I2I2I4I4I4I2I2', needs, flags, method, time, date, crc, packed, full, n_name, 0)
  out[#out + 1] = 'PK\3\4' .. common .. name .. body
  heads[#heads + 1] = 'PK\1\2' .. string.pack('<I2', made) .. common .. string.pack('<I2I2I2I4I4', 0, 0, inner, outer, size) .. name
  size = size + #out[#out]
  at = at + 46 + n_name + n_extra + n_comment
end
local listed = table.concat(heads)
out[#out + 1] = listed .. 'PK\5\6' .. string.pack('<I2I2I2I2I4I4I2', 0, 0, n, n, #listed, size, 0)
write(BOOK, table.concat(out))
