--- :WhenceSimilar and the command behind code lenses: places alike the definition at the cursor or a selection.
local client = require("whence.client")
local items = require("whence.items")
local pickers = require("whence.pickers")
local tell = require("whence.tell")

local M = {}

--- For the definition at the cursor.
function M.at_cursor()
  M.ask(function(from)
    local params = vim.lsp.util.make_position_params(0, from.offset_encoding)
    return { textDocument = params.textDocument, position = params.position }
  end)
end

--- For whole lines, 1-based, both included.
---@param first integer
---@param last integer
function M.lines(first, last)
  local uri = vim.uri_from_bufnr(0)
  local text = vim.fn.getline(last)
  M.ask(function(from)
    local units = { ["utf-8"] = #text, ["utf-32"] = vim.fn.strchars(text) }
    local width = units[from.offset_encoding] or vim.fn.strutf16len(text)
    local range = { start = { line = first - 1, character = 0 }, ["end"] = { line = last - 1, character = width } }
    return { textDocument = { uri = uri }, range = range }
  end)
end

--- The command `whence.showSimilar` of a code lens or code action.
---@param command lsp.Command
function M.on_command(command)
  local target = command.arguments and command.arguments[1]
  if type(target) ~= "table" then
    tell.error("whence.showSimilar came without a place; update Whence or this plugin, they do not fit together")
    return
  end
  M.ask({ textDocument = target.textDocument, position = target.position, range = target.range })
end

---@param params table|fun(client: vim.lsp.Client): table
function M.ask(params)
  client.request("whence/similar", params, function(result, from)
    local copies = items.from_hits(result.copies, from, "exact copy")
    local alike = items.from_hits(result.hits, from)
    local name = result.target.symbol ~= "" and result.target.symbol or "the selection"
    local gap = items.gap(result.completeness)
    local suffix = gap ~= "" and (" (%s)"):format(gap) or ""
    if #copies + #alike == 0 then
      tell.info(("nothing similar to %s%s"):format(name, suffix))
      return
    end
    pickers.show(vim.list_extend(copies, alike), ("Whence: similar to %s%s"):format(name, suffix))
    local n_copies = #result.copies
    local counts = n_copies > 0 and (n_copies == 1 and "1 exact copy, " or ("%d exact copies, "):format(n_copies)) or ""
    tell.info(("%s%d similar to %s%s"):format(counts, #alike, name, suffix))
  end)
end

return M
