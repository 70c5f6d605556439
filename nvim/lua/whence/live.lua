--- Questions that change while they are typed: waits for a pause, cancels what was asked before, answers the last only.
local config = require("whence.config")
local search = require("whence.search")

local M = {}

---@class whence.Live
---@field ask fun(text: string, on_done: fun()?) ask after a pause; on_done is called however it ends
---@field stop fun() cancel what is under way
---@field finish fun(text: string, callback: fun()) answer this text at once if it is not answered yet, then call back

---@param on_answer fun(answer: whence.Answer, text: string)
---@return whence.Live
function M.new(on_answer)
  local timer ---@type uv.uv_timer_t?
  local cancel ---@type fun()?
  local ended ---@type fun()?
  local answered ---@type string?

  local function stop()
    if timer then
      timer:stop()
      timer:close()
      timer = nil
    end
    if cancel then
      cancel()
      cancel = nil
    end
    if ended then
      local done = ended
      ended = nil
      done()
    end
  end

  local function send(text, on_done)
    ended = on_done
    cancel = search.ask(text, function(answer)
      cancel, ended = nil, nil
      answered = text
      on_answer(answer, text)
      if on_done then
        on_done()
      end
    end, function()
      cancel, ended = nil, nil
      if on_done then
        on_done()
      end
    end)
  end

  local live = { stop = stop }

  function live.ask(text, on_done)
    stop()
    if vim.trim(text) == "" then
      if on_done then
        on_done()
      end
      return
    end
    ended = on_done
    timer = assert(vim.uv.new_timer())
    timer:start(config.options.debounce_ms, 0, vim.schedule_wrap(function()
      if timer then -- not stopped between the clock and this turn of the loop
        timer:close()
        timer = nil
        send(text, on_done)
      end
    end))
  end

  function live.finish(text, callback)
    if vim.trim(text) == "" or text == answered then
      callback()
      return
    end
    stop()
    send(text, callback)
  end

  return live
end

return M
