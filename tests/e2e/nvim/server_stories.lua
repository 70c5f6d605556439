-- Stories told to `whence serve` itself, with the tiny model.
local S = {}

local function started(t, options)
  t.lua("start(...)", options or vim.empty_dict())
  t.wait("client() and client().initialized and next(client().attached_buffers) ~= nil")
end

--- Wait until the project's index is complete.
local function indexed(t)
  t.lua([[
    local function again()
      require("whence.client").request("whence/status", vim.empty_dict(), function(status)
        local folder = status.folders[1]
        _G.is_indexed = folder and folder.files == 3 and folder.activity == "idle" and folder.embedded == folder.chunks
        if not _G.is_indexed then vim.defer_fn(again, 50) end
      end)
    end
    again()
  ]])
  t.wait("is_indexed")
end

function S.every_command_and_surface_answers(t)
  started(t, { codelens = true })
  indexed(t)
  t.command("WhenceSearch validate a jwt token")
  t.wait("#vim.fn.getqflist() > 0")
  t.contains(t.quickfix()[1], "session.py:13:1 validate_jwt_token")

  t.lua("_G.notes = {}")
  t.lua("vim.api.nvim_win_set_cursor(0, { 13, 6 })")
  t.command("WhenceSimilar")
  t.wait("#notes == 1")
  t.contains(t.lua("return notes[1]"), "similar to validate_jwt_token")

  t.lua("_G.notes = {}")
  t.command("13,18WhenceSimilar")
  t.wait("#notes == 1")
  t.contains(t.lua("return notes[1]"), "similar to ")

  t.lua("_G.notes = {}")
  t.command("WhenceExplain")
  t.wait("#notes == 1")
  t.contains(t.lua("return notes[1]"), "session.py is indexed")

  t.command("WhencePause")
  t.wait("has_note('indexing is paused')")
  t.command("WhenceResume")
  t.wait("has_note('indexing goes on')")
  t.command("WhenceReindex")
  t.wait("has_note('1 folder is brought up to date')")
  t.command("WhenceStatus")
  t.wait("vim.fn.execute('messages'):find('usable', 1, true) ~= nil")

  t.command("checkhealth whence")
  local report = t.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')")
  t.contains(report, "client 1 is running, server ")
  t.contains(report, ": usable, ")
  t.command("buffer session.py")

  t.lua("_G.notes = {}; vim.fn.setqflist({}, 'f'); vim.lsp.buf.workspace_symbol('validate a jwt token')")
  t.wait("#vim.fn.getqflist() > 0")
end

function S.copies_are_named_by_lens_hover_and_command(t)
  started(t, { codelens = true })
  indexed(t)
  local lens = [[vim.iter(vim.lsp.codelens.get(vim.fn.has("nvim-0.12") == 1 and { bufnr = 0 } or 0)):find(function(found)
    local lens = found.lens or found
    return lens.range.start.line == 12 and lens.command ~= nil and lens.command.title:find("%d") ~= nil
  end)]]
  vim.wait(15000, function()
    t.lua("vim.api.nvim__redraw({ flush = true, valid = false })") -- 0.12 resolves what is on screen
    return t.lua("return " .. lens .. " ~= nil")
  end, 50)
  t.wait(lens .. " ~= nil")
  t.lua("_G.notes = {}; vim.api.nvim_win_set_cursor(0, { 13, 6 }); vim.lsp.codelens.run()")
  t.wait("#notes == 1")
  t.contains(t.lua("return notes[1]"), "1 exact copy")
  t.contains(t.quickfix()[1], "copied.py")
  t.command("wincmd p")
  t.command("buffer session.py")
  t.lua("vim.api.nvim_win_set_cursor(0, { 13, 6 }); vim.lsp.buf.hover()")
  t.wait([[vim.iter(vim.api.nvim_list_wins()):any(function(window)
    local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false))
    return vim.api.nvim_win_get_config(window).relative ~= "" and text:find("copied.py", 1, true) ~= nil
  end)]])
end

return S
