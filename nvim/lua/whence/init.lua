--- Whence in Neovim: where does … happen? See :help whence.
local M = {}

--- Start Whence for the buffers of projects and remember the options.
---@param options whence.Options|{}?
function M.setup(options)
  local config = require("whence.config")
  local tell = require("whence.tell")
  if vim.fn.has("nvim-0.10") == 0 then
    tell.error("Neovim 0.10 or later is needed")
    return
  end
  local problem = config.set(options)
  if problem then
    tell.error(problem)
    return
  end
  local client = require("whence.client")
  local group = vim.api.nvim_create_augroup("whence", { clear = true })
  if not client.is_executable() then
    tell.warn(("no program %q; install Whence or set cmd in setup(), see :checkhealth whence"):format(client.command()[1]))
  end
  if config.options.codelens then
    vim.api.nvim_create_autocmd("LspAttach", {
      group = group,
      callback = function(event)
        local attached = vim.lsp.get_client_by_id(event.data.client_id)
        if attached and attached.name == client.name then
          require("whence.lens").attach(event.buf)
        end
      end,
    })
  end
  if require("whence.compat").has_lsp_config then
    local ours = client.config()
    vim.lsp.config(client.name, ours)
    vim.lsp.enable(client.name)
    return
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    callback = function(event)
      client.attach(event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      client.attach(bufnr)
    end
  end
end

--- Search for a text, or ask for one.
---@param text string?
function M.search(text)
  require("whence.search").run(text)
end

--- Search while typing, starting with a text or the last question.
---@param text string?
function M.live(text)
  require("whence.search").live(text)
end

--- What is like the definition at the cursor.
function M.similar()
  require("whence.similar").at_cursor()
end

return M
