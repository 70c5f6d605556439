/** What `vscode.l10n` does where no translation is loaded. */
export const english = {
  t: (message: string, ...args: (string | number | boolean)[]): string =>
    message.replace(/\{(\d+)\}/g, (whole, idx: string) => String(args[Number(idx)] ?? whole)),
};
