--- :checkhealth whence
local client = require("whence.client")
local compat = require("whence.compat")
local config = require("whence.config")
local pickers = require("whence.pickers")

local M = {}

local WAIT_MS = 2000 -- a health report may wait that long for an answer, not for ever

local function check_neovim()
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.10 or later is needed, this is " .. tostring(vim.version()))
  end
end

local function check_program()
  local program = client.command()[1]
  local path = vim.fn.exepath(program)
  if path == "" then
    vim.health.error(("no program %q on the PATH"):format(program), {
      "install Whence so that its program is on the PATH",
      'or name it: require("whence").setup({ cmd = { "/path/to/whence", "serve" } })',
    })
    return
  end
  local started, process = pcall(vim.system, { path, "--version" }, { text = true, timeout = WAIT_MS })
  local done = started and process:wait() or { code = -1 }
  if done.code == 0 then
    vim.health.ok(("%s: %s"):format(path, vim.trim(done.stdout)))
  else
    vim.health.warn(("%s does not tell its version"):format(path), { "run it in a terminal: " .. path .. " doctor" })
  end
end

local function check_client()
  local running = client.running()
  if not running then
    vim.health.warn("no client is running", {
      config.is_set_up and "open a file inside a project" or 'put require("whence").setup() into your init.lua',
      "the server's own messages are in " .. compat.log_path(),
    })
    return
  end
  local answer, problem
  compat.request(running, "whence/status", vim.empty_dict(), function(err, result)
    answer, problem = result, err and err.message
  end)
  vim.wait(WAIT_MS, function()
    return answer ~= nil or problem ~= nil
  end, 10)
  if not answer then
    vim.health.error("whence/status: " .. (problem or "no answer"), { "see " .. compat.log_path() })
    return
  end
  vim.health.ok(("client %d is running, server %s, %s"):format(running.id, answer.version, running.offset_encoding))
  for _, folder in ipairs(answer.folders) do
    local is_well = (folder.state == "usable" or folder.state == "missing") and folder.error == ""
    local line = require("whence.index").folder_line(folder)
    if is_well then
      vim.health.ok(line)
    else
      vim.health.warn(line, { ":WhenceReindex! builds it anew" })
    end
  end
  if #answer.folders == 0 then
    vim.health.warn("no folder is open", { "open a file inside a project" })
  end
end

local function check_pickers()
  vim.health.info("picker: " .. config.options.picker)
  for _, name in ipairs({ "telescope", "fzf" }) do
    local state = pickers.is_installed(name) and "installed" or "not installed (optional)"
    vim.health.info(("%s: %s"):format(name, state))
  end
end

function M.check()
  vim.health.start("whence")
  check_neovim()
  check_program()
  check_client()
  check_pickers()
end

return M
