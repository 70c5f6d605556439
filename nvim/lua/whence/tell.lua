--- One line to the user, with the plugin's name before it.
local M = {}

---@param text string
---@return string
local function one_line(text)
  return "whence: " .. vim.trim((text:gsub("%s*[\r\n]+%s*", " ")))
end

---@param text string
function M.info(text)
  vim.notify(one_line(text), vim.log.levels.INFO)
end

---@param text string
function M.warn(text)
  vim.notify(one_line(text), vim.log.levels.WARN)
end

---@param text string
function M.error(text)
  vim.notify(one_line(text), vim.log.levels.ERROR)
end

return M
