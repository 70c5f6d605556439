-- Searches from a headless Neovim as a person would and writes the cells of its screen as JSON to $WHENCE_SCREEN; see draw_neovim.py.
vim.opt.runtimepath:prepend(vim.env.WHENCE_PLUGIN)
vim.o.columns, vim.o.lines = 120, 30
vim.o.termguicolors, vim.o.number, vim.o.swapfile, vim.o.laststatus, vim.o.showcmd = true, true, false, 2, false
vim.cmd("syntax on | filetype on")
vim.cmd.colorscheme("habamax")
local question, file = vim.env.WHENCE_QUESTION, vim.env.WHENCE_FILE

local function cells()
  local rows = {}
  for row = 0, vim.o.lines - 1 do
    rows[row + 1] = {}
    for column = 0, vim.o.columns - 1 do
      -- Highlights of a popup that is gone have no look any more; such a cell is drawn plain.
      local is_known, cell = pcall(vim.api.nvim__inspect_cell, 1, row, column)
      cell = is_known and cell or { vim.fn.screenstring(row + 1, column + 1) }
      local look = cell[2] or {}
      rows[row + 1][column + 1] = {
        cell[1] or " ", look.foreground or -1, look.background or -1, look.bold or false, look.reverse or false,
      }
    end
  end
  return rows
end

local function finish(code)
  for _, client in ipairs(vim.lsp.get_clients()) do
    vim.lsp.stop_client(client.id, true)
  end
  vim.cmd("cquit " .. code)
end

vim.api.nvim_create_autocmd("VimEnter", {
  callback = function()
    require("whence").setup({ cmd = vim.json.decode(vim.env.WHENCE_SERVER) })
    vim.cmd.edit(file)
    local client = require("whence.client")
    local deadline = vim.uv.now() + 240000
    local function ask()
      if vim.uv.now() > deadline then
        finish(1)
      end
      client.request("whence/status", vim.empty_dict(), function(status)
        local folder = status.folders[1]
        if not folder or folder.activity ~= "idle" or folder.chunks == 0 or folder.embedded < folder.chunks then
          vim.defer_fn(ask, 200)
          return
        end
        client.request("whence/search", { query = "anything" }, function(answer)
          if not answer.completeness.complete then
            vim.defer_fn(ask, 200)
            return
          end
        vim.cmd("WhenceSearch " .. question)
        vim.defer_fn(function()
          vim.cmd("wincmd j | cfirst | normal! zt")
          vim.cmd.redraw()
          vim.api.nvim_echo({ { ":WhenceSearch " .. question } }, false, {})
          vim.cmd("redraw!")
          vim.fn.writefile({ vim.json.encode(cells()) }, vim.env.WHENCE_SCREEN)
          finish(0)
        end, 3000)
        end, function() vim.defer_fn(ask, 200) end)
      end, function() vim.defer_fn(ask, 200) end)
    end
    ask()
  end,
})
