--- Places in a Telescope picker; the server searches again as the prompt changes.
local items = require("whence.items")

local M = {}

---@param item whence.Item
---@return table entry as telescope.make_entry describes it
local function entry(item)
  local text = items.place(item) .. "  " .. item.text
  return { value = item, display = text, ordinal = text, filename = item.filename, lnum = item.lnum, col = item.col }
end

--- A finder that answers later: Telescope drops what comes for a prompt that is no longer there.
---@param picker fun(): table? the picker it belongs to, once there is one
local function live_finder(picker)
  local current ---@type { prompt: string, process_result: fun(entry: table), process_complete: fun() }?
  local asking = require("whence.live").new(function(answer, prompt)
    if not current or current.prompt ~= prompt then
      return
    end
    require("whence.search").last = prompt
    for index, item in ipairs(answer.items) do
      local made = entry(item)
      made.index = index
      if current.process_result(made) then
        return
      end
    end
    local border = picker() and picker().results_border
    if border and border.change_title then
      border:change_title(answer.note)
    end
  end)
  return setmetatable({
    close = function()
      current = nil
      asking.stop()
    end,
  }, {
    __call = function(_, prompt, process_result, process_complete)
      local mine = { prompt = prompt, process_result = process_result, process_complete = process_complete }
      current = mine
      asking.ask(prompt, function()
        if current == mine then
          process_complete()
        end
      end)
    end,
  })
end

---@param text string
function M.live(text)
  local values = require("telescope.config").values
  local picker
  picker = require("telescope.pickers").new({}, {
    prompt_title = "Where is",
    results_title = "Whence",
    default_text = text,
    finder = live_finder(function()
      return picker
    end),
    sorter = require("telescope.sorters").highlighter_only({}), -- the server's order is the order
    previewer = values.grep_previewer({}),
  })
  picker:find()
end

---@param list whence.Item[]
---@param title string
function M.show(list, title)
  local values = require("telescope.config").values
  require("telescope.pickers")
    .new({}, {
      prompt_title = title,
      finder = require("telescope.finders").new_table({ results = list, entry_maker = entry }),
      sorter = values.generic_sorter({}),
      previewer = values.grep_previewer({}),
    })
    :find()
end

return M
