-- The editor under test: this plugin, an own home, and messages that are kept instead of shown.
vim.opt.runtimepath:prepend(vim.env.WHENCE_PLUGIN)
if vim.env.WHENCE_SITE then -- Telescope, where the package brings it
  vim.opt.packpath:prepend(vim.env.WHENCE_SITE)
end
vim.o.swapfile = false
vim.o.shortmess = vim.o.shortmess .. "FAI"
_G.notes = {}
vim.notify = function(text)
  table.insert(_G.notes, text)
end
vim.notify_once = vim.notify
_G.server = vim.json.decode(vim.env.WHENCE_SERVER)
function _G.has_note(pattern)
  return vim.iter(_G.notes):any(function(note)
    return note:find(pattern, 1, true) ~= nil
  end)
end
function _G.start(options)
  require("whence").setup(vim.tbl_extend("force", { cmd = _G.server, debounce_ms = 20 }, options or {}))
  vim.cmd.edit("session.py")
end
function _G.client()
  return vim.lsp.get_clients({ name = "whence" })[1]
end
