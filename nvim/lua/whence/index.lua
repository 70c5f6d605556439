--- :WhenceStatus, :WhenceReindex, :WhencePause, :WhenceResume and :WhenceExplain.
local client = require("whence.client")
local tell = require("whence.tell")

local M = {}

--- One line about a folder's index.
---@param folder table FolderStatus as in docs/protocol.md
---@return string
function M.folder_line(folder)
  local parts = { ("%s: %s, %d files, %d of %d chunks embedded"):format(folder.path, folder.state, folder.files, folder.embedded, folder.chunks) }
  if (folder.embeddedFirst or 0) > 0 then
    parts[#parts + 1] = ("%d by %s until then"):format(folder.embeddedFirst, folder.firstModel)
  end
  if folder.activity ~= "idle" then
    parts[#parts + 1] = folder.total > 0 and ("%s %d of %d"):format(folder.activity, folder.done, folder.total) or folder.activity
  end
  if folder.detail ~= "" then
    parts[#parts + 1] = folder.detail
  end
  if folder.error ~= "" then
    parts[#parts + 1] = folder.error
  end
  return table.concat(parts, ", ")
end

function M.status()
  client.request("whence/status", vim.empty_dict(), function(result)
    local lines = { ("whence %s, model %s%s"):format(result.version, result.model, result.paused and ", paused" or "") }
    for _, folder in ipairs(result.folders) do
      lines[#lines + 1] = ("%s, %.1f MB in %s"):format(M.folder_line(folder), folder.diskBytes / 1e6, folder.indexDir)
    end
    vim.api.nvim_echo(
      vim.tbl_map(function(line)
        return { line .. "\n" }
      end, lines),
      true,
      {}
    )
  end)
end

---@param fresh boolean build anew instead of bringing up to date
---@param folders string[] paths; none means all open folders
function M.reindex(fresh, folders)
  local params = { fresh = fresh }
  if #folders > 0 then
    params.folders = vim.tbl_map(function(path)
      return vim.uri_from_fname(vim.fs.normalize(vim.fn.fnamemodify(path, ":p"):gsub("(.)/$", "%1")))
    end, folders)
  end
  client.request("whence/reindex", params, function(result)
    local noun = result.queued == 1 and "folder is" or "folders are"
    tell.info(("%d %s %s"):format(result.queued, noun, fresh and "indexed anew" or "brought up to date"))
  end)
end

---@param paused boolean
function M.pause(paused)
  client.request("whence/pause", { paused = paused }, function(result)
    tell.info(result.paused and "indexing is paused; :WhenceResume goes on" or "indexing goes on")
  end)
end

---@param path string? nil means the current buffer
function M.explain(path)
  local full = path and path ~= "" and vim.fn.fnamemodify(path, ":p") or vim.api.nvim_buf_get_name(0)
  if full == "" then
    tell.warn("this buffer has no file; name one: :WhenceExplain PATH")
    return
  end
  client.request("whence/explainFile", { uri = vim.uri_from_fname(full) }, function(result)
    local is_indexed = result.indexed and ("indexed, %d chunks"):format(#result.chunks) or "left out"
    local reason = result.reason ~= "" and (": " .. result.reason) or ""
    tell.info(("%s is %s%s"):format(result.path ~= "" and result.path or full, is_indexed, reason))
  end)
end

--- The folders the running client has open, for completion.
---@param lead string
---@return string[]
function M.complete_folders(lead)
  local running = client.running()
  local names = {}
  for _, folder in ipairs(running and running.workspace_folders or {}) do
    local path = vim.uri_to_fname(folder.uri)
    if vim.startswith(path, lead) then
      names[#names + 1] = path
    end
  end
  return names
end

return M
