-- nvim --headless -u NONE -l driver.lua STORIES STORY: runs one story in a child Neovim that a person could be typing into.
local stories, story = dofile(arg[1]), arg[2]
local here = vim.fs.dirname(vim.fn.fnamemodify(arg[0], ":p"))
local TIMEOUT_MS = 15000 -- generous: it only decides how long a failure takes

local channel = vim.fn.jobstart({
  vim.env.WHENCE_NVIM, "--embed", "--headless", "-i", "NONE", "-u", here .. "/init.lua",
}, { rpc = true })

local t = {}

--- Run Lua in the child; `return` gives a value.
function t.lua(code, ...)
  return vim.rpcrequest(channel, "nvim_exec_lua", code, { ... })
end

--- Wait until a Lua expression holds in the child.
function t.wait(expression)
  local last
  local held = vim.wait(TIMEOUT_MS, function()
    last = t.lua("return " .. expression)
    return last ~= nil and last ~= false and last ~= vim.NIL
  end, 5)
  if not held then
    error(("never held: %s\nnotes: %s\nmessages: %s"):format(
      expression, vim.inspect(t.lua("return notes")), t.lua("return vim.fn.execute('messages')")), 2)
  end
  return last
end

--- Press keys as a person would; returns at once.
function t.keys(keys)
  vim.rpcrequest(channel, "nvim_input", keys)
end

function t.command(line)
  vim.rpcrequest(channel, "nvim_command", line)
end

function t.equal(got, wanted)
  if not vim.deep_equal(got, wanted) then
    error(("got %s, wanted %s"):format(vim.inspect(got), vim.inspect(wanted)), 2)
  end
end

function t.contains(text, part)
  if not tostring(text):find(part, 1, true) then
    error(("%q is not in: %s"):format(part, tostring(text)), 2)
  end
end

--- The quickfix list as text.
function t.quickfix()
  return t.lua([[return vim.tbl_map(function(item)
    return ("%s:%d:%d %s"):format(vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum, item.col, item.text)
  end, vim.fn.getqflist())]])
end

--- What the fake server was sent, oldest first.
function t.sent(method)
  local found = {}
  for line in io.lines(vim.env.FAKE_LOG) do
    local message = vim.json.decode(line)
    if message.method == method then
      found[#found + 1] = message
    end
  end
  return found
end

local ok, problem = xpcall(stories[story], debug.traceback, t)
if ok then -- what works today and warns is what breaks tomorrow
  local messages = t.lua("return vim.fn.execute('messages')")
  if messages:find("deprecated", 1, true) then
    ok, problem = false, messages
  end
end
vim.fn.jobstop(channel) -- the server sees the end of its input
if not ok then
  io.stderr:write(problem .. "\n")
  os.exit(1)
end
io.stdout:write("ok " .. story .. "\n")
os.exit(0)
