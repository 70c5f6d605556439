--- The differences between Neovim 0.10 and later, in one place; knows nothing of Whence.
local M = {}

local has_011 = vim.fn.has("nvim-0.11") == 1

--- Whether `vim.lsp.config` and `vim.lsp.enable` exist.
M.has_lsp_config = has_011

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler fun(err: lsp.ResponseError?, result: any)
---@return integer? id for `cancel`; nil where the request could not be sent
function M.request(client, method, params, handler)
  local sent, id
  -- 0.10: request is a field that takes no self; 0.11: a method.
  if has_011 then
    sent, id = client:request(method, params, handler, 0)
  else
    sent, id = client.request(method, params, handler, 0)
  end
  return sent and id or nil
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if has_011 then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

---@param client vim.lsp.Client
---@param method string
---@param params table
function M.notify(client, method, params)
  if has_011 then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

---@param client vim.lsp.Client
---@return boolean
function M.is_stopped(client)
  if has_011 then
    return client:is_stopped()
  end
  return client.is_stopped()
end

--- Start a client that no buffer is attached to yet.
---@param config vim.lsp.ClientConfig
---@return integer? client id
function M.start_unattached(config)
  if has_011 then
    return vim.lsp.start(config, { attach = false })
  end
  return (vim.lsp.start_client(config))
end

--- Let the built-in client show code lenses in a buffer.
---@param bufnr integer
function M.show_lenses(bufnr)
  if vim.lsp.codelens.enable then -- 0.12: asks again by itself after edits and on refresh
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  vim.lsp.codelens.refresh({ bufnr = bufnr })
end

--- Where the built-in client logs what servers write to stderr.
---@return string
function M.log_path()
  return require("vim.lsp.log").get_filename() -- vim.lsp.get_log_path is deprecated from 0.12
end

--- What to tell the server the client can do: Neovim's own list, with the lens refresh that lens.lua adds before 0.12.
---@return lsp.ClientCapabilities
function M.capabilities()
  local ours = { workspace = { codeLens = { refreshSupport = true } } }
  return vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), ours)
end

--- Whether lenses have to be asked for anew by us after edits and when the server says so (before 0.12).
M.lenses_need_refresh = vim.lsp.codelens.enable == nil

return M
