--- Keeps code lenses shown and fresh; the built-in client draws and runs them. Asked for by setup({ codelens = true }).
local client = require("whence.client")
local compat = require("whence.compat")
local config = require("whence.config")

local M = {}

---@param bufnr integer
function M.attach(bufnr)
  compat.show_lenses(bufnr)
  if not compat.lenses_need_refresh then
    return
  end
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "BufWritePost" }, {
    group = vim.api.nvim_create_augroup("whence.lens." .. bufnr, { clear = true }),
    buffer = bufnr,
    callback = function()
      if #vim.lsp.get_clients({ name = client.name, bufnr = bufnr }) > 0 then
        compat.show_lenses(bufnr)
      end
    end,
  })
end

--- Answer to workspace/codeLens/refresh: ask again for the buffers on screen.
function M.refresh_all()
  if not config.options.codelens then
    return
  end
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local bufnr = vim.api.nvim_win_get_buf(window)
    if #vim.lsp.get_clients({ name = client.name, bufnr = bufnr }) > 0 then
      compat.show_lenses(bufnr)
    end
  end
end

return M
