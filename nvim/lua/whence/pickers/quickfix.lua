--- Places in the quickfix list, also while a question is being typed.
local M = {}

---@param list whence.Item[]
---@param title string
function M.show(list, title)
  vim.fn.setqflist({}, " ", { title = title, items = list })
  M.open_window(#list)
end

--- Open the list without leaving the current window.
---@param n_items integer
function M.open_window(n_items)
  if n_items == 0 then
    vim.cmd.cclose()
    return
  end
  local here = vim.api.nvim_get_current_win()
  vim.cmd("botright copen")
  if vim.api.nvim_win_is_valid(here) then
    vim.api.nvim_set_current_win(here)
  end
end

--- Ask on the command line; the list follows each letter. Enter keeps the list, Escape brings the former one back.
---@param text string
function M.live(text)
  local live = require("whence.live")
  local tell = require("whence.tell")
  local search = require("whence.search")
  local former = vim.fn.getqflist({ nr = 0, winid = 0 })
  local mine ---@type integer? id of the list this prompt fills
  local note = ""
  local asking = live.new(function(answer)
    note = answer.note
    local what = { title = answer.title, items = answer.items, id = mine }
    vim.fn.setqflist({}, mine and "r" or " ", what)
    mine = mine or vim.fn.getqflist({ id = 0 }).id
    M.open_window(#answer.items)
    vim.cmd.redraw()
  end)
  local group = vim.api.nvim_create_augroup("whence.live", { clear = true })
  vim.api.nvim_create_autocmd("CmdlineChanged", {
    group = group,
    pattern = "@",
    callback = function()
      asking.ask(vim.fn.getcmdline())
    end,
  })
  asking.ask(text)
  -- With cancelreturn, Escape is told apart from an empty line. Ctrl-C raises; it means the same.
  local ok, typed = pcall(vim.fn.input, { prompt = "Where is: ", default = text, cancelreturn = vim.NIL })
  vim.api.nvim_del_augroup_by_id(group)
  vim.cmd.redraw()
  if not ok or type(typed) ~= "string" then
    asking.stop()
    if mine and former.nr > 0 then
      vim.cmd("silent! " .. former.nr .. "chistory")
    end
    if former.winid == 0 then
      vim.cmd.cclose()
    end
    return
  end
  search.last = typed
  asking.finish(typed, function()
    if note ~= "" then
      tell.info(note)
    end
  end)
end

return M
