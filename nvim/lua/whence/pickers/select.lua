--- Places through vim.ui.select, which many setups replace by a picker of their own.
local items = require("whence.items")

local M = {}

---@param list whence.Item[]
---@param title string
function M.show(list, title)
  if #list == 0 then
    return
  end
  vim.ui.select(list, {
    prompt = title,
    kind = "whence",
    format_item = function(item)
      return items.place(item) .. "  " .. item.text
    end,
  }, function(item)
    if item then
      require("whence.pickers.jump").to(item)
    end
  end)
end

return M
