--- :WhenceSearch: one question, one list of places.
local client = require("whence.client")
local items = require("whence.items")
local pickers = require("whence.pickers")
local query = require("whence.query")
local tell = require("whence.tell")

local M = {}

---@class whence.Answer
---@field items whence.Item[]
---@field title string
---@field note string one line for the user; "" when there is nothing to say
---@field is_empty boolean nothing relevant; the items are the nearest places

--- The text of the last question, "" before the first.
M.last = ""

--- Ask the server; the answer comes as items and as words.
---@param text string
---@param callback fun(answer: whence.Answer)
---@param on_problem fun()?
---@return fun() cancel
function M.ask(text, callback, on_problem)
  return client.request("whence/search", query.parse(text), function(result, from)
    callback(M.answer(text, result, from))
  end, on_problem)
end

---@param text string
---@param result table reply of whence/search
---@param from vim.lsp.Client
---@return whence.Answer
function M.answer(text, result, from)
  local gap = items.gap(result.completeness)
  local suffix = gap ~= "" and (" (%s)"):format(gap) or ""
  if #result.hits > 0 then
    local found = items.from_hits(result.hits, from)
    return {
      items = found,
      title = ("Whence: %s%s"):format(text, suffix),
      note = items.count(#found, "place") .. suffix,
      is_empty = false,
    }
  end
  local nearest = items.from_hits(result.nearest, from, "nearest")
  local note = ("nothing relevant for %q"):format(text)
  if #nearest > 0 then
    note = note .. "; nearest: " .. table.concat(vim.tbl_map(items.place, nearest), ", ")
  end
  if #result.nearestWords > 0 then
    note = note .. "; words of the code spelt like it: " .. table.concat(result.nearestWords, ", ")
  end
  return {
    items = nearest,
    title = ("Whence: nothing relevant for %s%s"):format(text, suffix),
    note = note .. suffix,
    is_empty = true,
  }
end

--- Search for a text, asked for when empty, and show what was found.
---@param text string?
function M.run(text)
  if not text or vim.trim(text) == "" then
    vim.ui.input({ prompt = "Where is: " }, function(typed)
      if typed and vim.trim(typed) ~= "" then
        M.run(typed)
      end
    end)
    return
  end
  M.last = text
  local live = pickers.live_when_named()
  if live then
    live(text)
    return
  end
  M.ask(text, function(answer)
    pickers.show(answer.items, answer.title)
    if answer.is_empty then
      tell.warn(answer.note)
    else
      tell.info(answer.note)
    end
  end)
end

--- Results as they are typed, starting from the last question.
---@param text string?
function M.live(text)
  pickers.live()(text and vim.trim(text) ~= "" and text or M.last)
end

return M
