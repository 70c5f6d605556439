--- Places in an fzf-lua picker; the server searches again as the prompt changes.
local M = {}

--- A line the way fzf-lua's previewer and actions read it.
---@param item whence.Item
---@return string
local function line(item)
  return ("%s:%d:%d: %s"):format(vim.fn.fnamemodify(item.filename, ":."), item.lnum, item.col, item.text)
end

local function options(more)
  local actions = require("fzf-lua.actions")
  return vim.tbl_extend("force", {
    previewer = "builtin",
    fzf_opts = { ["--no-sort"] = true, ["--delimiter"] = ":" },
    actions = {
      ["enter"] = actions.file_edit_or_qf,
      ["ctrl-s"] = actions.file_split,
      ["ctrl-v"] = actions.file_vsplit,
      ["ctrl-t"] = actions.file_tabedit,
    },
  }, more)
end

---@param text string
function M.live(text)
  local asking ---@type whence.Live?
  require("fzf-lua").fzf_live(function(args)
    local prompt = type(args) == "table" and args[1] or args -- earlier versions gave the bare text
    return function(write)
      if asking then
        asking.stop()
      end
      asking = require("whence.live").new(function(answer)
        require("whence.search").last = prompt
        for _, item in ipairs(answer.items) do
          write(line(item))
        end
        if answer.is_empty then
          require("whence.tell").warn(answer.note)
        end
      end)
      asking.ask(prompt, function()
        write(nil) -- the end of the list
      end)
    end
  end, options({ prompt = "Where is> ", query = text, exec_empty_query = false }))
end

---@param list whence.Item[]
---@param title string
function M.show(list, title)
  require("fzf-lua").fzf_exec(vim.tbl_map(line, list), options({ prompt = title .. "> " }))
end

return M
