--- The one client: its configuration, its folders, and requests through it. Knows no command and no picker.
local compat = require("whence.compat")
local config = require("whence.config")
local tell = require("whence.tell")

local M = {}

M.name = "whence"

---@type table<integer, fun(client: vim.lsp.Client)[]> by client id: what waits for `initialize` to be answered
local waiting = {}

--- The configuration for `vim.lsp.start`, `vim.lsp.config` and `nvim/lsp/whence.lua`.
---@return table
function M.config()
  local options = config.options
  -- An empty Lua table would travel as a JSON list.
  local settings = next(options.settings) and options.settings or vim.empty_dict()
  return {
    name = M.name,
    cmd = options.cmd,
    filetypes = options.filetypes,
    capabilities = compat.capabilities(),
    settings = { whence = settings },
    init_options = { settings = settings, clientCommands = { "whence.showSimilar" } },
    reuse_client = M.reuse,
    on_init = M.on_init,
    on_exit = M.on_exit,
    handlers = { ["workspace/codeLens/refresh"] = compat.lenses_need_refresh and M.on_lens_refresh or nil },
  }
end

--- The folder a buffer belongs to; nil where it should not be searched from: no file, or the home or root folder would be indexed.
---@param bufnr integer
---@return string?
function M.root(bufnr)
  local name = vim.api.nvim_buf_get_name(bufnr)
  if vim.bo[bufnr].buftype ~= "" or name:find("^%a[%w+.-]+://") then
    return nil
  end
  local chosen = config.options.root
  if type(chosen) == "function" then
    chosen = chosen(bufnr)
  elseif chosen == nil then
    chosen = name ~= "" and vim.fs.root(bufnr, ".git") or M.working_folder()
  end
  return chosen and vim.fs.normalize(chosen) or nil
end

--- The current folder, with the git work tree around it; nil for the home and the root folder.
---@return string?
function M.working_folder()
  local here = assert(vim.uv.cwd())
  local tree = vim.fs.root(here, ".git")
  if tree then
    return tree
  end
  local home = vim.uv.os_homedir()
  if here == home or vim.fs.dirname(here) == here then
    return nil
  end
  return vim.fs.normalize(here)
end

--- Whether the server's program can be started.
---@return boolean
function M.is_executable()
  return vim.fn.executable(M.command()[1]) == 1
end

--- The command as configured here or through `vim.lsp.config`.
---@return string[]
function M.command()
  local chosen = compat.has_lsp_config and vim.lsp.config[M.name]
  local cmd = chosen and chosen.cmd or config.options.cmd
  return type(cmd) == "table" and cmd or config.options.cmd
end

--- Keep one client for all folders: a new folder is added to the one that runs.
---@param client vim.lsp.Client
---@param wanted vim.lsp.ClientConfig
---@return boolean
function M.reuse(client, wanted)
  if client.name ~= M.name or compat.is_stopped(client) then
    return false
  end
  if type(wanted.root_dir) == "string" then
    M.when_ready(client, function(ready)
      M.add_folder(ready, wanted.root_dir)
    end)
  end
  return true
end

---@param client vim.lsp.Client
---@param folder string
function M.add_folder(client, folder)
  local added = { uri = vim.uri_from_fname(folder), name = folder }
  for _, known in ipairs(client.workspace_folders or {}) do
    if known.uri == added.uri then
      return
    end
  end
  client.workspace_folders = vim.list_extend(client.workspace_folders or {}, { added })
  compat.notify(client, "workspace/didChangeWorkspaceFolders", { event = { added = { added }, removed = {} } })
end

--- Call back now or as soon as `initialize` is answered.
---@param client vim.lsp.Client
---@param callback fun(client: vim.lsp.Client)
function M.when_ready(client, callback)
  if client.initialized then
    callback(client)
    return
  end
  waiting[client.id] = vim.list_extend(waiting[client.id] or {}, { callback })
end

---@param client vim.lsp.Client
function M.on_init(client)
  local callbacks = waiting[client.id] or {}
  waiting[client.id] = nil
  for _, callback in ipairs(callbacks) do
    callback(client)
  end
end

---@param code integer
---@param signal integer
---@param client_id integer
function M.on_exit(code, signal, client_id)
  waiting[client_id] = nil
  if code ~= 0 and signal == 0 then
    vim.schedule(function()
      tell.error(("the server ended with code %d; see :checkhealth whence and %s"):format(code, compat.log_path()))
    end)
  end
end

function M.on_lens_refresh()
  vim.schedule(function()
    require("whence.lens").refresh_all()
  end)
  return vim.NIL
end

--- Attach the buffer, starting the server if none runs (0.10; from 0.11 on `vim.lsp.enable` does it).
---@param bufnr integer
function M.attach(bufnr)
  local types = config.options.filetypes
  if types and not vim.tbl_contains(types, vim.bo[bufnr].filetype) then
    return
  end
  if vim.api.nvim_buf_get_name(bufnr) == "" then
    return
  end
  local root = M.root(bufnr)
  if root and M.is_executable() then
    vim.lsp.start(vim.tbl_extend("force", M.config(), { root_dir = root }), { bufnr = bufnr, reuse_client = M.reuse })
  end
end

--- The running client: this buffer's, else any.
---@return vim.lsp.Client?
function M.running()
  return vim.lsp.get_clients({ name = M.name, bufnr = 0 })[1] or vim.lsp.get_clients({ name = M.name })[1]
end

--- Send a request through the running client, started for the current folder if need be. Problems are told, not raised.
---@param method string
---@param params table|fun(client: vim.lsp.Client): table?
---@param callback fun(result: any, client: vim.lsp.Client)
---@param on_problem fun()? called after a problem was told
---@return fun() cancel
function M.request(method, params, callback, on_problem)
  local is_cancelled, id, used = false, nil, nil
  local function fail(text)
    tell.error(text)
    if on_problem then
      on_problem()
    end
  end
  local function send(client)
    local complete = type(params) == "function" and params(client) or params
    if is_cancelled or type(complete) ~= "table" then
      return
    end
    used = client
    id = compat.request(client, method, complete, function(err, result)
      id = nil
      if is_cancelled then
        return
      elseif err then
        fail(err.message or vim.inspect(err))
      else
        callback(result, client)
      end
    end)
    if not id then
      fail("the server is going away; try again or see :checkhealth whence")
    end
  end
  local client, problem = M.ensure()
  if client then
    M.when_ready(client, send)
  else
    fail(problem --[[@as string]])
  end
  return function()
    is_cancelled = true
    if used and id then
      compat.cancel(used, id)
      id = nil
    end
  end
end

--- The running client, or one started for the current folder.
---@return vim.lsp.Client?
---@return string? problem what the user can do about it
function M.ensure()
  local client = M.running()
  if client then
    return client
  end
  for _, starting in ipairs(vim.lsp.get_clients({ name = M.name, _uninitialized = true })) do
    return starting
  end
  local is_enabled = compat.has_lsp_config and vim.lsp._enabled_configs and vim.lsp._enabled_configs[M.name] ~= nil
  if not config.is_set_up and not is_enabled then
    return nil, 'not running; put require("whence").setup() into your init.lua, see :help whence'
  end
  local command = M.command()
  if vim.fn.executable(command[1]) ~= 1 then
    return nil, ("no program %q; install Whence or set cmd in setup(), see :checkhealth whence"):format(command[1])
  end
  local root = M.root(vim.api.nvim_get_current_buf()) or M.working_folder()
  if not root then
    return nil, "no folder to search: open a file of a project, or :cd to one (the home folder is not indexed)"
  end
  local id = compat.start_unattached(vim.tbl_extend("force", M.config(), { cmd = command, root_dir = root }))
  client = id and vim.lsp.get_client_by_id(id)
  if not client then
    return nil, ("%s could not be started; see :checkhealth whence"):format(table.concat(command, " "))
  end
  return client
end

return M
