--- Chooses where places are shown: quickfix, vim.ui.select, Telescope or fzf-lua.
local config = require("whence.config")
local tell = require("whence.tell")

local M = {}

local modules = { telescope = "telescope", fzf = "fzf-lua" }

---@param name "telescope"|"fzf"
---@return boolean
function M.is_installed(name)
  return (pcall(require, modules[name]))
end

--- Show a list of places with the chosen picker.
---@param list whence.Item[]
---@param title string
function M.show(list, title)
  local name = config.options.picker
  if modules[name] and not M.is_installed(name) then
    tell.warn(("picker %q is not installed; using the quickfix list"):format(name))
    name = "quickfix"
  end
  if name == "auto" then
    name = "quickfix"
  end
  require("whence.pickers." .. name).show(list, title)
end

--- The live prompt: the chosen picker, else the first installed, else one that fills the quickfix list.
---@return fun(text: string)
function M.live()
  local named = M.live_when_named()
  if named then
    return named
  end
  if config.options.picker == "auto" then
    for _, name in ipairs({ "telescope", "fzf" }) do
      if M.is_installed(name) then
        return require("whence.pickers." .. name).live
      end
    end
  end
  return require("whence.pickers.quickfix").live
end

--- The live prompt of a picker that was asked for by name and is installed.
---@return (fun(text: string))?
function M.live_when_named()
  local name = config.options.picker
  if modules[name] and M.is_installed(name) then
    return require("whence.pickers." .. name).live
  end
  return nil
end

return M
