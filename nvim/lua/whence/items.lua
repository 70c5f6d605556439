--- Hits of the server as quickfix items and as words; asks nobody and shows nothing.
local M = {}

---@class whence.Hit as in docs/protocol.md
---@field uri string
---@field range lsp.Range
---@field path string
---@field folder string
---@field symbol string
---@field kind string
---@field language string
---@field score number
---@field reasons { kind: string, text: string, score: number }[]
---@field snippet string
---@field copies string[]

---@class whence.Completeness
---@field files integer
---@field chunks integer
---@field embedded integer
---@field embeddedFirst integer
---@field complete boolean
---@field indexing boolean

---@class whence.Item: vim.quickfix.entry
---@field user_data whence.Hit

--- Quickfix items in the order of the hits.
---@param hits whence.Hit[]
---@param client vim.lsp.Client
---@param label string? before the text, such as "exact copy"
---@return whence.Item[]
function M.from_hits(hits, client, label)
  local has_folders = #(client.workspace_folders or {}) > 1
  local items = {}
  for _, hit in ipairs(hits) do
    -- One hit a call: the built-in function sorts by file, and it counts columns in the client's encoding.
    local item = vim.lsp.util.locations_to_items({ { uri = hit.uri, range = hit.range } }, client.offset_encoding)[1]
    if item then
      item.text = M.text(hit, label, has_folders)
      item.user_data = hit
      items[#items + 1] = item
    end
  end
  return items
end

--- One line for a hit: [label: ][folder · ]symbol · the line of the snippet · score.
---@param hit whence.Hit
---@param label string?
---@param with_folder boolean
---@return string
function M.text(hit, label, with_folder)
  local parts = {}
  if with_folder then
    parts[#parts + 1] = vim.fs.basename((vim.uri_to_fname(hit.folder):gsub("/$", "")))
  end
  if hit.symbol ~= "" then
    parts[#parts + 1] = hit.symbol
  end
  for line in vim.gsplit(hit.snippet, "\n", { plain = true }) do
    if vim.trim(line) ~= "" then
      parts[#parts + 1] = vim.trim(line)
      break
    end
  end
  parts[#parts + 1] = ("%.2f"):format(hit.score)
  if #hit.copies > 0 then
    parts[#parts + 1] = ("+%d identical"):format(#hit.copies)
  end
  return (label and label .. ": " or "") .. table.concat(parts, " · ")
end

--- path:line of an item as a person would name it.
---@param item whence.Item
---@return string
function M.place(item)
  return ("%s:%d"):format(item.user_data.path, item.lnum)
end

--- What is missing from the answer; "" when nothing is.
---@param completeness whence.Completeness
---@return string
function M.gap(completeness)
  if completeness.complete then
    return ""
  elseif completeness.chunks == 0 then
    return completeness.indexing and "the index is being started" or "nothing is indexed yet"
  end
  if completeness.embedded >= completeness.chunks then
    return "some files are still to be read"
  end
  local by_meaning = completeness.embedded + completeness.embeddedFirst
  local indexing = completeness.indexing and ", indexing" or ""
  if by_meaning < completeness.chunks then
    local percent = math.floor(100 * by_meaning / completeness.chunks)
    return ("%d%% known by meaning, the rest by words%s"):format(percent, indexing)
  end
  local percent = math.floor(100 * completeness.embedded / completeness.chunks)
  return ("%d%% embedded, the rest by a first model so far%s"):format(percent, indexing)
end

---@param n integer
---@param one string
---@return string
function M.count(n, one)
  return ("%d %s%s"):format(n, one, n == 1 and "" or "s")
end

return M
