--- Goes to a place, leaving a mark to come back with CTRL-O.
local M = {}

---@param item whence.Item
function M.to(item)
  vim.cmd("normal! m'")
  vim.cmd.edit(vim.fn.fnameescape(item.filename))
  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { math.min(item.lnum, last), math.max(item.col - 1, 0) })
  vim.cmd("normal! zv")
end

return M
