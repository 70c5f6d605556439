--- What is typed after :WhenceSearch: -kind=, -lang= and -path= in front, then plain words. Pure.
local M = {}

---@class whence.Query params of whence/search
---@field query string
---@field paths string[]?
---@field languages string[]?
---@field kinds string[]?

local fields = { ["-path"] = "paths", ["-lang"] = "languages", ["-kind"] = "kinds" }

-- Kinds and languages worth completing; the server takes any it knows.
local kinds = { "class", "constant", "enum", "function", "interface", "method", "module", "section", "struct", "test", "type" }

---@param text string
---@return whence.Query
function M.parse(text)
  local query = {}
  local rest = vim.trim(text)
  while true do
    local option, value, after = rest:match("^(%-%l+)=(%S+)%s*(.*)$")
    local field = option and fields[option]
    if not field then
      break
    end
    query[field] = vim.list_extend(query[field] or {}, { value })
    rest = after
  end
  query.query = rest
  return query
end

--- Completion for the command line (customlist).
---@param lead string the word being typed
---@return string[]
function M.complete(lead)
  local option, value = lead:match("^(%-%l+)=(.*)$")
  local values
  if option == "-kind" then
    values = kinds
  elseif option == "-lang" then
    values = vim.fn.getcompletion(value, "filetype")
  elseif option == "-path" then
    values = vim.fn.getcompletion(value, "file")
  elseif vim.startswith(lead, "-") then
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, { "-kind=", "-lang=", "-path=" })
  else
    return {}
  end
  local matching = {}
  for _, candidate in ipairs(values) do
    if vim.startswith(candidate, value) then
      matching[#matching + 1] = option .. "=" .. candidate
    end
  end
  return matching
end

return M
