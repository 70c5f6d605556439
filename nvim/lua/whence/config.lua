--- What the user chose in setup(), checked; knows nothing of clients.
local M = {}

---@alias whence.Picker "auto"|"quickfix"|"select"|"telescope"|"fzf"

---@class whence.Options
---@field cmd string[] how to start the server
---@field settings table settings of the server, without the "whence" prefix: { codeLens = { minimum = 2 } }
---@field filetypes string[]? buffers of these types attach; nil means all
---@field root (string|fun(bufnr: integer): string?)? the folder of a buffer; nil means the git work tree, else the current folder
---@field picker whence.Picker
---@field codelens boolean show and refresh code lenses
---@field debounce_ms integer how long a live prompt waits for the next letter

---@type whence.Options
local defaults = {
  cmd = { "whence", "serve" },
  settings = {},
  filetypes = nil,
  root = nil,
  picker = "auto",
  codelens = false,
  debounce_ms = 150, -- shorter than a pause between words, longer than one between letters
}

local expected = {
  cmd = "table",
  settings = "table",
  filetypes = "table",
  root = { "string", "function" },
  picker = "string",
  codelens = "boolean",
  debounce_ms = "number",
}

---@type whence.Options
M.options = vim.deepcopy(defaults)

--- Whether setup() was called.
M.is_set_up = false

--- The pickers that can be asked for.
M.pickers = { "auto", "quickfix", "select", "telescope", "fzf" }

---@param user table?
---@return string? problem one line that names the option; nothing was changed
function M.set(user)
  user = user or {}
  for name, value in pairs(user) do
    local wanted = expected[name]
    if wanted == nil then
      local known = vim.tbl_keys(expected)
      table.sort(known)
      return ("setup: unknown option %q; known are %s"):format(tostring(name), table.concat(known, ", "))
    end
    local wanted_types = type(wanted) == "table" and wanted or { wanted }
    if not vim.tbl_contains(wanted_types, type(value)) then
      return ("setup: %s: expected a %s, got a %s"):format(name, table.concat(wanted_types, " or "), type(value))
    end
  end
  if user.picker and not vim.tbl_contains(M.pickers, user.picker) then
    return ("setup: picker: expected one of %s, got %q"):format(table.concat(M.pickers, ", "), user.picker)
  end
  M.options = vim.tbl_deep_extend("force", vim.deepcopy(defaults), user)
  M.is_set_up = true
  return nil
end

return M
