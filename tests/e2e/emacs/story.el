;;; story.el --- what docs/editors.md promises to Emacs, in batch mode  -*- lexical-binding: t -*-
;; usage: emacs --batch -l CONFIGURATION -l story.el -- FILE QUERY SYMBOL
(require 'project)
(setq eglot-sync-connect 30 eglot-autoshutdown t)

(defun check (name held)
  "Tell that NAME held, or end."
  (if held (princ (format "ok %s\n" name))
    (princ (format "FAILED %s\n" name))
    (kill-emacs 1)))

(pcase-let ((`(,file ,query ,symbol) (cdr command-line-args-left)))
  (setq command-line-args-left nil)
  (find-file file)
  (python-mode)
  (apply #'eglot--connect (eglot--guess-contact))
  (check "initialized" (eglot-current-server))
  (eglot--maybe-activate-editing-mode)
  (let* ((reply nil) (tries 0))
    ;; The real server may still be reading its files: ask until it has some.
    (while (and (= 0 (length (plist-get reply :hits))) (< tries 100))
      (setq reply (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                                   `(:command "whence/search" :arguments [(:query ,query)]))
            tries (1+ tries))
      (when (= 0 (length (plist-get reply :hits)))
        (accept-process-output nil 0.1)))
    (check "executeCommand whence/search" (seq-some (lambda (hit) (equal (plist-get hit :symbol) symbol)) (plist-get reply :hits))))
  (check "workspace/symbol by xref"
         (seq-some (lambda (item) (string-suffix-p (file-name-nondirectory file) (xref-location-group (xref-item-location item))))
                   (xref-backend-apropos 'eglot query)))
  (let (shown)
    (cl-letf (((symbol-function 'xref-show-xrefs) (lambda (fetch _) (setq shown (funcall fetch)))))
      (whence-search query))
    (check "whence-search" (seq-some (lambda (item) (string-prefix-p symbol (xref-item-summary item))) shown))
    (check "a place in the file"
           (seq-some (lambda (item) (equal (file-truename (xref-file-location-file (xref-item-location item))) (file-truename file))) shown)))
  (let ((eglot-autoreconnect nil)) (eglot-shutdown (eglot-current-server))))
