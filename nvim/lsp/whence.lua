--- For `vim.lsp.enable("whence")` on Neovim 0.11 and later, with or without setup().
local client = require("whence.client")

local config = client.config()
config.root_dir = function(bufnr, on_dir)
  local root = vim.api.nvim_buf_get_name(bufnr) ~= "" and client.root(bufnr)
  if root and client.is_executable() then
    on_dir(root)
  end
end
return config
