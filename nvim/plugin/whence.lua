-- The commands; each loads what it needs when it is used.
if vim.g.loaded_whence then
  return
end
vim.g.loaded_whence = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("whence: Neovim 0.10 or later is needed", vim.log.levels.ERROR)
  return
end

--- Run a command so that a failure is one line, never a traceback.
local function guarded(action)
  return function(arguments)
    local ok, problem = pcall(action, arguments)
    if not ok then
      local line = tostring(problem):match("[^\n]*"):gsub("^.-:%d+: ", "")
      require("whence.tell").error(line)
    end
  end
end

local function command(name, action, options)
  vim.api.nvim_create_user_command(name, guarded(action), options)
end

command("WhenceSearch", function(arguments)
  if arguments.bang then
    require("whence.search").live(arguments.args)
  else
    require("whence.search").run(arguments.args)
  end
end, {
  nargs = "*",
  bang = true,
  desc = "Search the project in plain words; with ! while typing",
  complete = function(lead)
    return require("whence.query").complete(lead)
  end,
})

command("WhenceSimilar", function(arguments)
  if arguments.range > 0 then
    require("whence.similar").lines(arguments.line1, arguments.line2)
  else
    require("whence.similar").at_cursor()
  end
end, { range = true, desc = "Places like the definition at the cursor or the selected lines" })

command("WhenceStatus", function()
  require("whence.index").status()
end, { desc = "What is indexed, and how far" })

command("WhenceReindex", function(arguments)
  require("whence.index").reindex(arguments.bang, arguments.fargs)
end, {
  nargs = "*",
  bang = true,
  desc = "Bring the index up to date; with ! build it anew",
  complete = function(lead)
    return require("whence.index").complete_folders(lead)
  end,
})

command("WhencePause", function()
  require("whence.index").pause(true)
end, { desc = "Pause indexing" })

command("WhenceResume", function()
  require("whence.index").pause(false)
end, { desc = "Go on indexing" })

command("WhenceExplain", function(arguments)
  require("whence.index").explain(arguments.args)
end, { nargs = "?", complete = "file", desc = "Whether a file is indexed, and why not" })

vim.lsp.commands["whence.showSimilar"] = guarded(function(lens_command)
  require("whence.similar").on_command(lens_command)
end)
