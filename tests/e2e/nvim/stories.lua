-- Stories told to tests/e2e/fake_server.py; each is one test on each Neovim.
local S = {}

local READY = "client() and client().initialized and next(client().attached_buffers) ~= nil"

local function started(t, options)
  t.lua("start(...)", options or vim.empty_dict())
  t.wait(READY)
end

local SESSION = "session.py:7:5 Session.expire · if now > self.deadline: · 0.91 · +1 identical"

function S.search_fills_the_quickfix_list(t)
  started(t)
  t.command("WhenceSearch where are sessions expired")
  t.wait("#vim.fn.getqflist() == 2")
  t.equal(t.quickfix()[1], SESSION)
  t.equal(t.lua("return vim.fn.getqflist()[1].user_data.symbol"), "Session.expire")
  t.equal(t.lua("return vim.fn.getqflist({ title = 0 }).title"), "Whence: where are sessions expired")
  t.equal(t.lua("return notes"), { "whence: 2 places" })
  t.equal(t.sent("whence/search")[1].params, { query = "where are sessions expired" })
end

function S.search_narrows_by_path_language_and_kind(t)
  started(t)
  t.command("WhenceSearch -kind=method -lang=python -path=src/** expired sessions")
  t.wait("#notes == 1")
  t.equal(t.sent("whence/search")[1].params,
    { query = "expired sessions", kinds = { "method" }, languages = { "python" }, paths = { "src/**" } })
  t.equal(t.lua("return vim.fn.getcompletion('WhenceSearch -kind=me', 'cmdline')"), { "-kind=method" })
end

function S.search_asks_when_no_text_is_given(t)
  started(t)
  t.lua("vim.ui.input = function(options, answer) _G.asked = options.prompt; answer('sessions') end")
  t.command("WhenceSearch")
  t.wait("#vim.fn.getqflist() == 2")
  t.equal(t.lua("return asked"), "Where is: ")
end

function S.search_through_select_goes_to_the_place(t)
  started(t, { picker = "select" })
  t.lua([[vim.ui.select = function(list, options, choose)
    _G.shown = vim.tbl_map(options.format_item, list)
    choose(list[1])
  end]])
  t.lua("vim.api.nvim_win_set_cursor(0, { 1, 0 })")
  t.command("WhenceSearch sessions")
  t.wait("vim.api.nvim_win_get_cursor(0)[1] == 7")
  t.contains(t.lua("return shown[1]"), "session.py:7  Session.expire")
end

function S.an_incomplete_index_is_told(t)
  started(t)
  t.command("WhenceSearch partial sessions")
  t.wait("#notes == 1")
  t.equal(t.lua("return notes[1]"), "whence: 2 places (25% known by meaning, the rest by words, indexing)")
end

function S.an_index_that_a_first_model_bridges_is_told(t)
  started(t)
  t.command("WhenceSearch bridged sessions")
  t.wait("#notes == 1")
  t.equal(t.lua("return notes[1]"), "whence: 2 places (25% embedded, the rest by a first model so far, indexing)")
end

function S.nothing_relevant_names_the_nearest_places(t)
  started(t)
  t.command("WhenceSearch nothing")
  t.wait("#notes == 1")
  t.equal(t.lua("return notes[1]"),
    'whence: nothing relevant for "nothing"; nearest: session.py:7; words of the code spelt like it: expire')
  t.contains(t.quickfix()[1], "nearest: Session.expire")
end

function S.an_error_is_one_line(t)
  started(t)
  t.command("WhenceSearch fail")
  t.wait("#notes == 1")
  t.equal(t.lua("return notes"), { "whence: The model folder is gone; reinstall Whence" })
end

function S.live_search_follows_what_is_typed(t)
  started(t)
  t.keys(":WhenceSearch!<CR>slow")
  t.wait("vim.fn.getcmdline() == 'slow'")
  vim.wait(15000, function() return #t.sent("whence/search") == 1 end, 5)
  t.keys("<C-u>sessions")
  t.wait("#vim.fn.getqflist() == 2")
  t.equal(t.lua("return vim.fn.mode()"), "c")
  t.keys("<CR>")
  t.wait("vim.fn.mode() == 'n'")
  t.equal(t.lua("return notes"), { "whence: 2 places" })
  t.equal(t.sent("$/cancelRequest")[1].params.id, t.sent("whence/search")[1].id)
  t.equal(t.lua("return require('whence.search').last"), "sessions")
end

function S.escape_brings_the_former_list_back(t)
  started(t)
  t.command("WhenceSearch nothing")
  t.wait("#vim.fn.getqflist() == 1")
  t.keys(":WhenceSearch!<CR><C-u>sessions")
  t.wait("#vim.fn.getqflist() == 2")
  t.keys("<Esc>")
  t.wait("vim.fn.mode() == 'n' and #vim.fn.getqflist() == 1")
end

function S.similar_at_the_cursor_names_copies_apart(t)
  started(t)
  t.lua("vim.api.nvim_win_set_cursor(0, { 7, 16 })")
  t.command("WhenceSimilar")
  t.wait("#vim.fn.getqflist() == 2")
  t.contains(t.quickfix()[1], "exact copy: expire")
  t.equal(t.lua("return notes"), { "whence: 1 exact copy, 1 similar to Session.expire" })
  -- Byte 16 is UTF-16 unit 14: an astral character stands before it.
  t.equal(t.sent("whence/similar")[1].params.position, { line = 6, character = 14 })
end

function S.similar_takes_a_visual_selection(t)
  started(t)
  t.lua("vim.api.nvim_win_set_cursor(0, { 6, 0 })")
  t.keys("Vj:WhenceSimilar<CR>")
  t.wait("#vim.fn.getqflist() == 2")
  t.equal(t.sent("whence/similar")[1].params.range,
    { start = { line = 5, character = 0 }, ["end"] = { line = 6, character = 27 } })
end

function S.a_lens_is_shown_refreshed_and_run(t)
  started(t, { codelens = true })
  local title = [[vim.iter(vim.lsp.codelens.get(vim.fn.has("nvim-0.12") == 1 and { bufnr = 0 } or 0)):any(function(found)
    local lens = found.lens or found
    return lens.command ~= nil and lens.command.title == "2 similar"
  end)]]
  t.lua("vim.cmd.redraw()")
  vim.wait(15000, function()
    t.lua("vim.api.nvim__redraw({ flush = true, valid = false })") -- 0.12 resolves what is on screen
    return t.lua("return " .. title)
  end, 20)
  t.wait(title)
  t.lua("vim.api.nvim_win_set_cursor(0, { 7, 0 }); vim.lsp.codelens.run()")
  t.wait("#vim.fn.getqflist() == 2")
  t.equal(t.sent("whence/similar")[1].params.position, { line = 6, character = 8 })
end

function S.hover_is_shown_by_the_built_in_client(t)
  started(t)
  t.lua("vim.api.nvim_win_set_cursor(0, { 7, 16 }); vim.lsp.buf.hover()")
  t.wait([[vim.iter(vim.api.nvim_list_wins()):any(function(window)
    local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false))
    return vim.api.nvim_win_get_config(window).relative ~= "" and text:find("basketTotal", 1, true) ~= nil
  end)]])
end

function S.workspace_symbol_answers_a_question(t)
  started(t)
  t.lua("vim.lsp.buf.workspace_symbol('where are sessions expired')")
  t.wait("#vim.fn.getqflist() == 1")
  t.contains(t.quickfix()[1], "session.py:7:5")
end

function S.index_commands_tell_what_they_did(t)
  started(t)
  t.command("WhencePause")
  t.wait("#notes == 1")
  t.command("WhenceResume")
  t.wait("#notes == 2")
  t.command("WhenceReindex!")
  t.wait("#notes == 3")
  t.command("WhenceExplain")
  t.wait("#notes == 4")
  t.command("WhenceExplain shop.min.js")
  t.wait("#notes == 5")
  t.equal(t.lua("return notes"), {
    "whence: indexing is paused; :WhenceResume goes on",
    "whence: indexing goes on",
    "whence: 1 folder is indexed anew",
    "whence: session.py is indexed, 1 chunks",
    "whence: shop.min.js is left out: minified",
  })
  t.command("WhenceStatus")
  t.wait("vim.fn.execute('messages'):find('usable, 3 files, 8 of 8 chunks embedded, 2.5 MB in /index', 1, true) ~= nil")
end

function S.commands_without_setup_say_what_to_do(t)
  for _, command in ipairs({ "WhenceSearch x", "WhenceSearch!", "WhenceSimilar", "WhenceStatus", "WhenceReindex", "WhencePause", "WhenceExplain a.py" }) do
    t.lua("_G.notes = {}")
    t.keys(":" .. command .. "<CR>" .. (command:find("!") and "x<CR>" or ""))
    t.wait("has_note('not running; put require(\"whence\").setup() into your init.lua')")
  end
end

function S.a_missing_program_is_told(t)
  t.lua("start({ cmd = { 'no-such-whence' } })")
  t.command("WhenceSearch x")
  t.wait("#notes >= 2")
  t.contains(t.lua("return notes[#notes]"), 'no program "no-such-whence"; install Whence or set cmd in setup()')
end

function S.a_server_that_dies_is_told(t)
  t.lua([[start({ cmd = { server[1], "-c", "import sys; sys.exit(3)" } })]])
  t.wait("has_note('the server ended with code 3')")
end

function S.wrong_options_are_named(t)
  t.lua("require('whence').setup({ pickr = 'auto' })")
  t.lua("require('whence').setup({ picker = 'fancy' })")
  t.lua("require('whence').setup({ cmd = 'whence' })")
  local notes = t.lua("return notes")
  t.contains(notes[1], 'unknown option "pickr"; known are cmd, codelens,')
  t.contains(notes[2], 'picker: expected one of auto,')
  t.contains(notes[3], "cmd: expected a table, got a string")
end

function S.one_client_serves_all_folders(t)
  started(t)
  t.command("edit ../other/tool.py")
  t.wait("#client().workspace_folders == 2 and vim.lsp.buf_is_attached(0, client().id)")
  t.equal(t.lua("return #vim.lsp.get_clients({ name = 'whence' })"), 1)
  t.command("WhenceSearch sessions")
  t.wait("#vim.fn.getqflist() == 2")
  t.contains(t.quickfix()[1], "shop · Session.expire")
  t.equal(#t.sent("workspace/didChangeWorkspaceFolders"), 1)
end

function S.settings_and_client_commands_reach_the_server(t)
  started(t, { settings = { codeLens = { minimum = 2 } } })
  local options = t.sent("initialize")[1].params.initializationOptions
  t.equal(options, { settings = { codeLens = { minimum = 2 } }, clientCommands = { "whence.showSimilar" } })
end

function S.a_search_starts_the_server_without_a_file(t)
  t.lua("require('whence').setup({ cmd = server })")
  t.command("WhenceSearch sessions")
  t.wait("#vim.fn.getqflist() == 2")
end

function S.unnamed_and_foreign_buffers_stay_alone(t)
  t.lua("require('whence').setup({ cmd = server })")
  t.lua("vim.bo.filetype = 'python'")
  t.lua("vim.api.nvim_buf_set_name(vim.api.nvim_create_buf(true, false), 'fugitive://x/y.py')")
  t.lua("vim.bo[vim.api.nvim_create_buf(true, true)].filetype = 'python'")
  t.equal(t.lua("return #vim.lsp.get_clients()"), 0)
end

function S.enabled_without_setup(t)
  t.lua("vim.lsp.config('whence', { cmd = server }); vim.lsp.enable('whence'); vim.cmd.edit('session.py')")
  t.wait(READY)
  t.command("WhenceSearch sessions")
  t.wait("#vim.fn.getqflist() == 2")
end

function S.checkhealth_reports_all(t)
  started(t)
  t.command("checkhealth whence")
  local report = t.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')")
  t.contains(report, "Neovim 0.")
  t.contains(report, "client 1 is running, server 9.9.9, utf-16")
  t.contains(report, "usable, 3 files, 8 of 8 chunks embedded")
  t.contains(report, "fzf: not installed (optional)")
end

function S.checkhealth_without_a_server_advises(t)
  t.command("checkhealth whence")
  local report = t.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')")
  t.contains(report, 'no program "whence" on the PATH')
  t.contains(report, 'put require("whence").setup() into your init.lua')
end

function S.help_is_found(t)
  t.command("helptags " .. vim.env.WHENCE_PLUGIN .. "/doc")
  t.equal(t.lua("return vim.fn.getcompletion(':WhenceSearc', 'help')"), { ":WhenceSearch" })
  t.equal(t.lua("return vim.fn.getcompletion('whence-confi', 'help')"), { "whence-configuration" })
end

function S.telescope_shows_live_results(t)
  started(t)
  t.keys(":WhenceSearch!<CR>")
  t.wait("vim.bo.filetype == 'TelescopePrompt'")
  t.keys("sessions")
  local picker = "require('telescope.actions.state').get_current_picker(vim.api.nvim_get_current_buf())"
  t.wait(picker .. ".manager and " .. picker .. ".manager:num_results() == 2")
  t.equal(t.lua("return " .. picker .. ".manager:get_entry(1).value.user_data.symbol"), "Session.expire")
  t.keys("<CR>")
  t.wait("vim.fn.expand('%:t') == 'session.py' and vim.api.nvim_win_get_cursor(0)[1] == 7")
end

function S.telescope_by_name_opens_with_the_text_and_shows_similar(t)
  started(t, { picker = "telescope" })
  t.command("WhenceSearch sessions")
  local picker = "require('telescope.actions.state').get_current_picker(vim.api.nvim_get_current_buf())"
  t.wait("vim.bo.filetype == 'TelescopePrompt' and " .. picker .. ".manager and " .. picker .. ".manager:num_results() == 2")
  t.keys("<Esc><Esc>")
  t.wait("vim.bo.filetype == 'python'")
  t.command("WhenceSimilar")
  t.wait("vim.bo.filetype == 'TelescopePrompt' and " .. picker .. ".manager and " .. picker .. ".manager:num_results() == 2")
end

-- fzf-lua is in no package registry: a stand-in with the documented functions takes its place.
local FZF = [[
package.preload["fzf-lua"] = function()
  return {
    fzf_live = function(contents, options)
      _G.fzf = { lines = {}, ended = 0, options = options }
      _G.type_text = function(text)
        _G.fzf.lines = {}
        contents({ text })(function(line)
          if line then table.insert(_G.fzf.lines, line) else _G.fzf.ended = _G.fzf.ended + 1 end
        end)
      end
    end,
    fzf_exec = function(lines, options) _G.fzf = { lines = lines, options = options } end,
  }
end
package.preload["fzf-lua.actions"] = function()
  return { file_edit_or_qf = "edit", file_split = "split", file_vsplit = "vsplit", file_tabedit = "tabedit" }
end]]

function S.fzf_lua_gets_lines_as_the_text_changes(t)
  t.lua(FZF)
  started(t, { picker = "fzf" })
  t.command("WhenceSearch sessions")
  t.equal(t.lua("return fzf.options.query"), "sessions")
  t.lua("type_text('slow')")
  vim.wait(15000, function() return #t.sent("whence/search") == 1 end, 5)
  t.lua("type_text('sessions')")
  t.wait("#fzf.lines == 2 and fzf.ended == 2")
  t.equal(t.lua("return fzf.lines[1]"), SESSION:gsub("5 S", "5: S", 1))
  t.equal(#t.sent("$/cancelRequest"), 1)
  t.command("WhenceSimilar")
  t.wait("fzf.lines[1] and fzf.lines[1]:find('exact copy', 1, true) ~= nil")
end

return S
